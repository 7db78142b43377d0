"""Which statement explains which case, and whose languages that concerns; only what people or the config say."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from oabot.model import GLOBAL, Case, EntryId, TargetKind
from oabot.statements import MONTHS, STATEMENT_TITLE, Statement

STATEMENT = "statement"
"""The kind of what explains actions; others (``policy``, ``appeal``) are only followed."""


@dataclass(frozen=True, slots=True)
class Followed:
    """A page whose translation is followed, as the config, its title or an annotation names it."""

    page: str
    id: str = ""
    kind: str = STATEMENT
    entries: frozenset[EntryId] = frozenset()
    """Log entries that it explains, by the config."""
    since: date | None = None
    until: date | None = None
    """It explains what was done from `since` to `until`, both included; both are needed."""


@dataclass(frozen=True, slots=True)
class Told:
    """A statement and what it explains."""

    statement: Statement
    kind: str = STATEMENT
    cases: frozenset[EntryId] = frozenset()
    """Ids of the cases that it explains."""
    affected: tuple[str, ...] = ()
    """Languages of the communities that these cases concern, sorted."""


Read = tuple[Followed, Statement]
"""What was asked for, and the page that was found there."""


def tell(
    found: Iterable[Read], cases: Sequence[Case], languages: Mapping[str, str], homes: Mapping[str, str]
) -> tuple[Told, ...]:
    """Each page once, statements first, the newest on top.

    `languages` maps dbnames to languages, `homes` accounts to the dbnames of their home wikis.
    """
    by_title: dict[str, list[Read]] = {}
    for followed, statement in found:
        by_title.setdefault(statement.title, []).append((followed, statement))
    explaining = {case.id: _explaining(case, by_title) for case in cases}
    told = []
    for title, asked in by_title.items():
        mine = [case for case in cases if title in explaining[case.id]]
        kind = next((followed.kind for followed, _ in asked if followed.kind != STATEMENT), STATEMENT)
        spoken = {languages[wiki] for case in mine if (wiki := _community(case, homes)) in languages}
        told.append(Told(asked[0][1], kind, frozenset(case.id for case in mine), tuple(sorted(spoken))))
    return tuple(sorted(told, key=_newest_first))


def names(read: Read) -> frozenset[str]:
    """All that an annotation may call a statement by, normalised."""
    followed, statement = read
    return frozenset(normal(name) for name in (followed.page, statement.id, statement.title) if name)


def normal(name: str) -> str:
    """A title or shortcut as MediaWiki compares titles."""
    text = " ".join(name.replace("_", " ").split())
    return text[:1].upper() + text[1:]


def communities(cases: Iterable[Case], homes: Mapping[str, str]) -> frozenset[str]:
    """The dbnames of the wikis whose people the cases concern."""
    return frozenset(wiki for case in cases if (wiki := _community(case, homes)))


def _community(case: Case, homes: Mapping[str, str]) -> str:
    if case.target.scope != GLOBAL:
        return case.target.scope
    return homes.get(case.target.name, "") if case.target.kind is TargetKind.ACCOUNT else ""


def _explaining(case: Case, by_title: Mapping[str, Collection[Read]]) -> frozenset[str]:
    """The titles of a case's statements: those that people name; else those that name it; else those of its day."""
    annotated = {normal(note.statement) for note in case.annotations if note.statement}
    ids = {entry.id for entry in case.entries}
    day = case.opening.timestamp.date()
    by_people, by_entry, by_day = set(), set(), set()
    for title, asked in by_title.items():
        for read in asked:
            followed = read[0]
            if annotated & names(read):
                by_people.add(title)
            if ids & followed.entries:
                by_entry.add(title)
            if followed.since and followed.until and followed.since <= day <= followed.until:
                by_day.add(title)
    return frozenset(by_people or by_entry or by_day)


def _newest_first(told: Told) -> tuple[bool, int, str]:
    title = told.statement.title
    months = 0
    if STATEMENT_TITLE.fullmatch(title):
        month, year = title.removeprefix("Office actions/").split()[:2]
        months = int(year) * 12 + MONTHS.index(month)
    return (told.kind != STATEMENT, -months, title)
