"""The attack corpus of tests/data/attacks: one file a class, each attack a text that wants to be markup."""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path

_CORPUS = Path(__file__).parent / "data/attacks"

_TOKEN = re.compile(r"[^\W\d_]+|\d+|.", re.DOTALL)
_KEYWORDS = frozenset(
    re.findall(
        r"\w+",
        """
    h http https mailto magnet javascript data news irc category file image media user special help m fr
    subst safesubst int raw msgnw lc plural if switch tag invoke default pagename currenttime currenttimestamp
    office end nowiki pre includeonly noinclude onlyinclude translate tvar languages syntaxhighlight source cdata
    uniq qinu ref h link iwlink item toc notoc forcetoc noindex index noeditsection staticredirect newsectionlink
    hiddencat nogallery notitleconvert nocontentconvert displaytitle defaultsort protectionlevel rfc pmid isbn
    thumb frame gallery img video svg references b script style span div td tr table br hr ul li iframe form input
    bdi bdo math templatestyles doctype php html a section poem indicator meta lt gt amp redirect group name
    rowspan colspan onclick onerror onload t d r zh hans hant cn tw
    """,
    )
)


@dataclass(frozen=True, slots=True)
class Attack:
    """One hostile text."""

    group: str
    name: str
    text: str

    @property
    def tokens(self) -> tuple[str, ...]:
        """Its shape: what words and numbers say counts only where MediaWiki gives them a meaning."""
        return tuple(_shape(token) for token in _TOKEN.findall(self.text))

    def __str__(self) -> str:
        return f"{self.group}: {self.name}"


def _shape(token: str) -> str:
    if token.lower() in _KEYWORDS:
        return token
    if token.isdecimal():
        return "0"
    return "word" if unicodedata.category(token[0])[0] == "L" and token.isascii() else token


def attacks() -> list[Attack]:
    """Every attack, in the order of the files."""
    return [
        Attack(file.stem.replace("_", " "), row["name"], row["text"] * row.get("times", 1))
        for file in sorted(_CORPUS.glob("*.json"))
        for row in json.loads(file.read_text(encoding="utf-8"))
    ]
