"""The letters of one page, with their language versions put together."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from oabot.letters.dates import WrittenDate, days_between, read_date
from oabot.letters.headings import Direction, Numbered, heading_language, heading_text, numbered
from oabot.letters.pieces import DEEPEST, NestedTabs, Piece, pieces
from oabot.letters.words import language_of, listed

LIMIT = 200
"""Letters and replies on one page at most."""
LONGEST_PAGE = 300_000
"""Characters of a page that are read; parsing takes time, and a letter has a few thousand."""

_HEADING = re.compile(r"^=+[^=\n].*=\s*$", re.MULTILINE)
_BRACES = re.compile(r"\{\{|\}\}")
_ITEM = re.compile(r"^\s*(?:#+|\(?\d{1,3}[.)]\)?)\s*(?=\S)")
_ASKED = re.compile(r"[?？؟]")
_MARKUP = re.compile(r"'{2,}|</?[a-zA-Z][^<>]*>")
_AT_TOP, _AT_BOTTOM = 5, 3


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter or reply, in all its language versions."""

    direction: Direction
    number: int
    heading: str
    """The heading of its first version, as readers see it: where on the page it is."""
    date: WrittenDate = field(default_factory=lambda: WrittenDate(""))
    """Of the first version that has one."""
    languages: tuple[str, ...] = ()
    """Of its versions, where the page names them; sorted."""
    questions: int = 0
    """How many numbered questions it asks."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a page's letters can't be listed."""

    code: str
    """``empty``, ``doubled``, ``nested``, ``too-long``, ``too-many``, ``missing``, ``not-author`` or ``unread``."""
    detail: str = ""
    """The heading that stands twice, or the template that isn't the author's."""


@dataclass(frozen=True, slots=True)
class Correspondence:
    """What a page holds: letters in their order, or a fault."""

    letters: tuple[Letter, ...] = ()
    fault: Fault | None = None


@dataclass(slots=True)
class _Version:
    heading: Numbered
    title: str
    language: str | None
    level: int
    texts: list[tuple[str | None, str]] = field(default_factory=list)


def correspondence(text: str) -> Correspondence:
    """The letters of a page's wikitext, each with its replies after it; or why they can't be listed."""
    if fault := _before_parsing(text):
        return Correspondence(fault=fault)
    try:
        versions = _versions(pieces(text))
    except NestedTabs:
        return Correspondence(fault=Fault("nested"))
    if not versions:
        return Correspondence(fault=Fault("empty"))
    together: dict[tuple[int, bool], list[_Version]] = {}
    for version in versions:
        key = (version.heading.number, version.heading.direction is Direction.REPLY)
        if any(_same_language(version, other) for other in together.get(key, ())):
            return Correspondence(fault=Fault("doubled", version.title))
        together.setdefault(key, []).append(version)
    if len(together) > LIMIT:
        return Correspondence(fault=Fault("too-many"))
    return Correspondence(tuple(_letter(together[key]) for key in sorted(together)))


def _before_parsing(text: str) -> Fault | None:
    """What would take long to read isn't read."""
    headings = itertools.islice(_HEADING.finditer(text), 20 * LIMIT)
    if sum(numbered(one[0].strip().strip("=")) is not None for one in headings) > 2 * LIMIT:
        return Fault("too-many")
    depth = itertools.accumulate(1 if brace[0] == "{{" else -1 for brace in _BRACES.finditer(text))
    if max(depth, default=0) > DEEPEST:
        return Fault("nested")
    return Fault("too-long") if len(text) > LONGEST_PAGE else None


def answered_after(letter: Letter, letters: Iterable[Letter]) -> int | None:
    """The days from a letter to the reply with its number; None when that can't be told."""
    replies = (one for one in letters if one.direction is Direction.REPLY and one.number == letter.number)
    reply = next(replies, None)
    return days_between(letter.date, reply.date) if reply and letter.direction is Direction.LETTER else None


def _versions(found: Sequence[Piece]) -> list[_Version]:
    """A version for each heading that numbers a letter, with the texts below it."""
    versions: list[_Version] = []
    current: _Version | None = None
    inner: str | None = None
    for piece in found:
        if not piece.level:
            if current is not None:
                current.texts.append((piece.language or inner, piece.text))
            continue
        heading = numbered(piece.text)
        if heading is not None:
            language = piece.language or (language_of(heading.rest) if heading.rest else None)
            current, inner = _Version(heading, heading_text(piece.text), language, piece.level), language
            versions.append(current)
        elif current is not None and piece.level <= current.level:
            current, inner = None, None
        elif current is not None:
            inner = heading_language(piece.text) or inner
    return versions


def _same_language(one: _Version, other: _Version) -> bool:
    """Whether two versions of a letter can't be told apart by their language."""
    if one.language and other.language:
        return one.language == other.language
    return bool(one.heading.languages & other.heading.languages)


def _letter(versions: Sequence[_Version]) -> Letter:
    languages = {code for version in versions for code, text in version.texts if code and text.strip()}
    if len(versions) > 1:  # a heading in each language is what tells them apart
        for version in versions:
            own = {code for code, text in version.texts if code and text.strip()}
            languages |= own or (version.heading.languages if len(version.heading.languages) == 1 else set())
    texts = [text for version in versions for text in _by_language(version)]
    heading = versions[0].heading
    return Letter(
        heading.direction,
        heading.number,
        versions[0].title,
        _date([*(version.heading.rest for version in versions), *texts], len(versions)),
        tuple(sorted(languages)),
        max(map(_questions, texts), default=0),
    )


def _by_language(version: _Version) -> list[str]:
    """The version's text, or one text for each language in it."""
    found: dict[str | None, list[str]] = {}
    for language, text in version.texts:
        found.setdefault(language, []).append(text)
    return ["".join(parts) for parts in found.values()]


def _date(texts: Sequence[str], headings: int) -> WrittenDate:
    """The first date among headings (the first `headings` texts) and what stands below; sound only if all agree."""
    found = [date for rest in texts[:headings] if any(map(str.isdigit, rest)) and (date := read_date(rest)).day]
    found += [below for text in texts[headings:] if (below := _date_in(text)) is not None]
    if not found:
        return WrittenDate("")
    if len({date.day for date in found if date.day}) > 1:
        return WrittenDate(found[0].raw)
    return found[0]


def _date_in(text: str) -> WrittenDate | None:
    """A line that is labelled as the date, else a line near the top or the bottom that is nothing but a date."""
    lines = [line for raw in text.splitlines() if (line := _MARKUP.sub("", raw).strip(" *:;|"))]
    for line in lines:
        label, colon, rest = re.sub("：", ":", line).partition(":")
        if colon and rest.strip() and label.strip().casefold() in listed("dated"):
            return read_date(rest)
    near = [*lines[:_AT_TOP], *lines[_AT_TOP:][-_AT_BOTTOM:]]
    return next((date for line in near if (date := read_date(line)).day), None)


def _questions(text: str) -> int:
    return sum(bool(_ASKED.search(item)) for item in _items(text))


def _items(text: str) -> Iterator[str]:
    """Each numbered item, with the lines that go on with it."""
    item: list[str] = []
    for line in text.splitlines():
        if _ITEM.match(line):
            if item:
                yield " ".join(item)
            item = [line]
        elif not line.strip():
            if item:
                yield " ".join(item)
            item = []
        elif item:
            item.append(line)
    if item:
        yield " ".join(item)
