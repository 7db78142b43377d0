#!/usr/bin/env python3
"""Print every log row that the farm's wikis serve to anybody, as `bot.py replay` reads them.

farm/rows.py > farm/rows.jsonl   with a farm that was just built and runs on OABOT_FARM_PORT (8100)
"""

from __future__ import annotations

import json
import os
import urllib.parse
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

SHOWN = ("logid", "ns", "title", "params", "type", "action", "user", "userid", "timestamp", "comment", "tags")
FLAGS = ("actionhidden", "userhidden", "commenthidden", "suppressed", "anon", "bot")
QUERY = {
    "action": "query",
    "list": "logevents",
    "ledir": "newer",
    "lelimit": "max",
    "leprop": "ids|title|type|user|userid|timestamp|comment|details|tags",
    "format": "json",
    "formatversion": "2",
}


def logevents(address: str) -> Iterator[dict[str, Any]]:
    """Every log row of the wiki at that address, oldest first, without the keys that `replay` has no use for."""
    more: dict[str, str] | None = {}
    while more is not None:
        asked = f"{address}/w/api.php?{urllib.parse.urlencode(QUERY | more)}"
        with urllib.request.urlopen(asked, timeout=60) as answer:  # noqa: S310  loopback
            reply = json.load(answer)
        for row in reply["query"]["logevents"]:
            yield {key: row[key] for key in (*SHOWN, *FLAGS) if key in row}
        more = reply.get("continue")


def main() -> None:
    """Print the rows of all wikis, in the order of wikis.json."""
    port = int(os.environ.get("OABOT_FARM_PORT") or 8100)
    for wiki in json.loads((Path(__file__).parent / "wikis.json").read_text(encoding="utf-8")):
        for entry in logevents(f"http://127.0.0.1:{port + wiki['offset']}"):
            print(json.dumps({"wiki": wiki["dbname"], "entry": entry}, ensure_ascii=False))


if __name__ == "__main__":
    main()
