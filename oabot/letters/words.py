"""The words by which letters are known, as data of each language: ``words.json`` and, for calendars, CLDR's.

In ``words.json``: `letter` and `reply` are headings, ``N`` being the number; `dated` are labels of a date; `noise` are
words around dates that say nothing; `called` are ways to name a language (and its code) that CLDR doesn't have.
"""

from __future__ import annotations

import functools
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from importlib import resources
from typing import Any

from babel import Locale

_NUMBER = (
    r"(?:no\.?|nr\.?|n[°º]|№|\#)?\s*(?P<n>\d{1,4})"
    r"(?:st|nd|rd|th|er|ère|ème|e|\.|[ºª°]|[-‑]?[а-яёіїє]{1,2}(?![а-яё]))?"
)


@functools.cache
def words() -> Mapping[str, Mapping[str, Any]]:
    """``words.json``: language -> what it has."""
    text = resources.files("oabot.letters").joinpath("words.json").read_text(encoding="utf-8")
    loaded: dict[str, dict[str, Any]] = json.loads(text)
    return loaded


def listed(kind: str) -> frozenset[str]:
    """The words of one kind in all languages, casefolded."""
    return frozenset(word.casefold() for own in words().values() for word in own[kind])


@functools.cache
def headings() -> tuple[tuple[str, str, str], ...]:
    """(language, ``letter`` or ``reply``, heading), longest first."""
    found = [
        (code, kind, written) for code, own in words().items() for kind in ("letter", "reply") for written in own[kind]
    ]
    return tuple(sorted(found, key=lambda row: -len(row[2])))


def begins_with(written: str, text: str) -> re.Match[str] | None:
    """A heading at the beginning of a text in small letters, its number being ``n``."""
    before = written.split("N", maxsplit=1)[0].strip().casefold()
    return _heading(written).match(text) if text.startswith(before[:1]) else None


@functools.cache
def _heading(written: str) -> re.Pattern[str]:
    before, after = (
        re.escape(part.strip().casefold()).replace(r"\ ", r"\s+") for part in written.split("N", maxsplit=1)
    )
    return re.compile(rf"{before}\s*{_NUMBER}\s*{after}(?!\w)")


@functools.cache
def months() -> Mapping[str, int]:
    """Names of months in every language here, casefolded, without a final dot; names of two months are left out."""
    return _only_one((name, number) for _, found in _calendars("months") for number, name in found)


@functools.cache
def weekdays() -> Mapping[str, frozenset[int]]:
    """Names of days of the week -> what they may be, Monday being 0."""
    found: dict[str, set[int]] = defaultdict(set)
    for _, names in _calendars("days"):
        for number, name in names:
            found[_calendar_name(name)].add(number)
    return {name: frozenset(numbers) for name, numbers in found.items()}


def _calendars(what: str) -> Iterator[tuple[str, Iterable[tuple[int, str]]]]:
    for code in words():
        names = getattr(Locale.parse(code), what)
        for context in ("format", "stand-alone"):
            for width in ("wide", "abbreviated"):
                yield code, names[context][width].items()


def _calendar_name(name: str) -> str:
    return name.casefold().rstrip(".")


def _only_one(pairs: Iterable[tuple[str, int]]) -> Mapping[str, int]:
    found: dict[str, set[int]] = defaultdict(set)
    for name, number in pairs:
        if not name[0].isdigit():  # 10月: read by its own pattern
            found[_calendar_name(name)].add(number)
    return {name: numbers.pop() for name, numbers in found.items() if len(numbers) == 1}


@functools.cache
def language_names() -> Mapping[str, str]:
    """What languages are called in the languages here, casefolded -> the code; names of two languages are left out."""
    found: dict[str, set[str]] = defaultdict(set)
    for code, own in words().items():
        for other in words():
            found[str(Locale.parse(code).languages[other]).casefold()].add(other)
        for name, meant in own["called"].items():
            found[name.casefold()] = {meant}
    return {name: codes.pop() for name, codes in found.items() if len(codes) == 1}


def language_of(label: str) -> str | None:
    """The language that a label or heading names: its code, or its name alone or among other words."""
    text = " ".join(label.casefold().split())
    if text in words():
        return text
    if text in language_names():
        return language_names()[text]
    inside = {code for name, code in language_names().items() if len(name) > 4 and _has_word(text, name)}
    return inside.pop() if len(inside) == 1 else None


def _has_word(text: str, name: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text) is not None
