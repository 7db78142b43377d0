"""Which letter a heading numbers, if it numbers one."""

from __future__ import annotations

import enum
import re
import unicodedata
from dataclasses import dataclass

import mwparserfromhell

from oabot.letters.words import begins_with, headings, language_of

LONGEST = 200
"""Characters of a heading that are looked at."""

_REST = re.compile(r"\s*(?:[(\[（,:：—–-]|от\s|of\s|dated\s|vom\s|du\s|del\s|from\s)?\s*(?P<rest>.*?)[)\]）]?\s*")
_MAY_FOLLOW = re.compile(r"\s*(?:$|[(\[（,.:：—–-]|от\s|of\s|dated\s|vom\s|du\s|del\s|from\s)")


class Direction(enum.StrEnum):
    """Who wrote a letter."""

    LETTER = "letter"
    """To the Foundation."""
    REPLY = "reply"
    """From the Foundation."""


@dataclass(frozen=True, slots=True)
class Numbered:
    """A heading that numbers a letter or a reply."""

    direction: Direction
    number: int
    languages: frozenset[str]
    """The languages in which it may be written."""
    rest: str = ""
    """What follows the number: a date, a language, a title."""


def numbered(title: str) -> Numbered | None:
    """What a heading's wikitext numbers; None when it numbers nothing, or two things."""
    parts = [part for part in re.split(r"\s/\s|\s*<br\s*/?>\s*", title) if part.strip()]
    found = [one for one in map(_part, parts) if one is not None]
    if not found or len({(one.direction, one.number) for one in found}) != 1:
        return None
    rest = next((one.rest for one in found if one.rest), "")
    return Numbered(found[0].direction, found[0].number, frozenset().union(*(one.languages for one in found)), rest)


def heading_text(title: str) -> str:
    """A heading's wikitext as a reader sees it."""
    text = str(mwparserfromhell.parse(title).strip_code())
    return " ".join(text.replace("'''", "").replace("''", "").split())


def heading_language(title: str) -> str | None:
    """The language that a heading names as a whole, above a version of a letter."""
    return language_of(heading_text(title))


def _part(title: str) -> Numbered | None:
    shown = heading_text(title).strip(" .:")[:LONGEST]
    text = "".join(char.lower() if len(char.lower()) == 1 else char for char in shown)  # as long as what is shown
    matches = [
        (code, kind, found)
        for code, kind, written in headings()
        if (found := begins_with(written, text)) and _MAY_FOLLOW.match(text, found.end())
    ]
    if not matches:
        return None
    _, kind, first = matches[0]
    number = int("".join(str(unicodedata.digit(digit)) for digit in first["n"]))
    same = frozenset(code for code, other, found in matches if other == kind and found.end() == first.end())
    rest = _REST.fullmatch(shown, first.end())
    return Numbered(Direction(kind), number, same, rest["rest"] if rest else "") if number else None
