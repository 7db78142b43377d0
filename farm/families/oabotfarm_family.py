"""The farm as a Pywikibot family; its wikis are those of ``farm/wikis.json``, its ports those of OABOT_FARM_PORT."""

import json
import os
from pathlib import Path
from typing import Any

from pywikibot import family

PORT = int(os.environ.get("OABOT_FARM_PORT", "8100"))
WIKIS: list[dict[str, Any]] = json.loads((Path(__file__).parents[1] / "wikis.json").read_text(encoding="utf-8"))


class Family(family.Family):  # type: ignore[misc]  # Pywikibot ships no types
    """Every wiki of the farm, by its short code (``meta``, ``ru``)."""

    name = "oabotfarm"
    langs = {wiki["code"]: f"127.0.0.1:{PORT + wiki['offset']}" for wiki in WIKIS}  # noqa: RUF012  Pywikibot's own way

    def protocol(self, code: str) -> str:  # noqa: ARG002  Pywikibot's signature
        """Plain HTTP: nothing leaves the machine, and Pywikibot would take https."""
        return "http"

    def dbName(self, code: str) -> str:  # noqa: N802  Pywikibot's name
        """What the wiki calls itself: MediaWiki's ``wikiid``."""
        return next(str(wiki["dbname"]) for wiki in WIKIS if wiki["code"] == code)
