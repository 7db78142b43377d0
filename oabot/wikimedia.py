"""Where Wikimedia's wikis are, by dbname, so that no address ever has to be taken from a wiki page."""

from __future__ import annotations

import re
from typing import NamedTuple

from oabot.errors import ConfigError

STREAM = "https://stream.wikimedia.org/v2/stream/recentchange"
"""The stream of recent changes to all wikis."""


class Address(NamedTuple):
    """How to reach a wiki."""

    url: str
    """``https://HOST``; the API is below it at ``/w/api.php``."""
    language: str
    """The content language as far as the dbname tells."""


_FAMILIES = {
    "wikipedia": "wiki",
    "wiktionary": "wiktionary",
    "wikibooks": "wikibooks",
    "wikinews": "wikinews",
    "wikiquote": "wikiquote",
    "wikisource": "wikisource",
    "wikiversity": "wikiversity",
    "wikivoyage": "wikivoyage",
}
_SPECIAL = {
    "metawiki": "meta.wikimedia.org",
    "commonswiki": "commons.wikimedia.org",
    "specieswiki": "species.wikimedia.org",
    "incubatorwiki": "incubator.wikimedia.org",
    "wikidatawiki": "www.wikidata.org",
    "wikifunctionswiki": "www.wikifunctions.org",
    "mediawikiwiki": "www.mediawiki.org",
    "foundationwiki": "foundation.wikimedia.org",
    "outreachwiki": "outreach.wikimedia.org",
    "sourceswiki": "wikisource.org",
    "testwiki": "test.wikipedia.org",
}
# Subdomains that aren't language codes (operations/mediawiki-config, wgLanguageCode).
_LANGUAGES = {"simple": "en", "zh-classical": "lzh", "zh-min-nan": "nan", "zh-yue": "yue", "be-x-old": "be-tarask",
              "no": "nb", "als": "gsw", "bat-smg": "sgs", "fiu-vro": "vro", "roa-rup": "rup"}  # fmt: skip
_DBNAME = re.compile(rf"([a-z][a-z_]{{1,20}}?)({'|'.join(_FAMILIES.values())})")


def address(dbname: str) -> Address:
    """The address of a Wikimedia wiki. Raises: `ConfigError` when the dbname isn't one of a public content wiki."""
    if host := _SPECIAL.get(dbname):
        return Address(f"https://{host}", "en")
    known = _DBNAME.fullmatch(dbname)
    if not known:
        raise ConfigError(f"{dbname[:40]!r} isn't the database name of a Wikimedia wiki; give its url in the settings")
    code = known[1].replace("_", "-")
    family = next(family for family, suffix in _FAMILIES.items() if suffix == known[2])
    return Address(f"https://{code}.{family}.org", _LANGUAGES.get(code, code))
