"""All that the ledger holds, read and judged: the one data set that every page is made of."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from oabot.cases import cases, decided
from oabot.classify import judge
from oabot.effects import effect
from oabot.errors import InputError
from oabot.identity import Identities
from oabot.logentry import parse
from oabot.model import (
    Annotation,
    Case,
    EntryId,
    Judgement,
    LogEntry,
    PageMoved,
    Renamed,
    Status,
    Verdict,
)
from oabot.rules import Rules


@dataclass(frozen=True, slots=True)
class Known:
    """Entries with their judgements, and the cases that they make."""

    entries: tuple[LogEntry, ...]
    judgements: Mapping[EntryId, Judgement]
    cases: tuple[Case, ...]

    def publishable(self, now: datetime, settle: timedelta, shown: Collection[EntryId] = ()) -> tuple[Case, ...]:
        """The cases that may be shown: settled, or shown already (`shown`: entries on our pages).

        What was reversed within its settle time is left to people.
        """
        return tuple(case for case in self.cases if case.id in shown or _settled(case, now, settle))

    def reversed_early(self, settle: timedelta, shown: Collection[EntryId] = ()) -> tuple[Case, ...]:
        """The cases that were reversed before they had settled: for people to look at."""
        return tuple(case for case in self.cases if case.id not in shown and _reversed_early(case, settle))

    def in_review(self) -> tuple[LogEntry, ...]:
        """Entries that wait for people's verdict, in time."""
        return tuple(entry for entry in self.entries if self.judgements[entry.id].verdict is Verdict.REVIEW)


def know(
    rows: Iterable[tuple[EntryId, Mapping[str, Any]]],
    rules: Rules,
    now: datetime,
    annotations: Collection[Annotation] = (),
    left_out: Collection[EntryId] = (),
) -> Known:
    """Read, judge and fold rows; those in `left_out` (not there when last looked for) don't count."""
    entries = []
    for entry_id, row in rows:
        if entry_id in left_out:
            continue
        try:
            entries.append(parse(entry_id.wiki, row))
        except InputError:  # an older version stored what this one can't read; `rebuild` reads it anew
            continue
    entries.sort(key=lambda entry: entry.order)
    judgements = judge(entries, rules)
    by_entry: dict[EntryId, list[Annotation]] = {}
    for annotation in annotations:
        by_entry.setdefault(annotation.entry, []).append(annotation)
    told = {entry_id: decided(one, by_entry.get(entry_id, ())) for entry_id, one in judgements.items()}
    return Known(tuple(entries), told, cases(entries, judgements, now, annotations))


def _settled(case: Case, now: datetime, settle: timedelta) -> bool:
    return case.opening.timestamp + settle <= now and not _reversed_early(case, settle)


def _reversed_early(case: Case, settle: timedelta) -> bool:
    if case.status is not Status.REVERSED:
        return False
    ended = next((entry.timestamp for entry in case.entries if entry.id == case.evidence), None)
    return ended is not None and ended - case.opening.timestamp < settle


def kept(entries: Iterable[LogEntry], judgements: Mapping[EntryId, Judgement]) -> set[EntryId]:
    """Ids of what is stored: actions, what waits for review, and what their verdicts and cases rest on."""
    entries = list(entries)
    identities = Identities(entries)
    listed, about, named = set(), set(), set()
    for entry in entries:
        done, verdict = effect(entry), judgements[entry.id].verdict
        if verdict not in (Verdict.YES, Verdict.REVIEW):
            continue
        listed.add(entry.id)
        # What is given back without what was taken would look as if that had been hidden.
        if done and entry.target and (verdict is Verdict.YES or done.gives or done.gives_all):
            about.add((done.kind, identities.now(entry.target, entry)))
            named.update(identities.names(entry.target, entry))

    def belongs(entry: LogEntry) -> bool:
        done = effect(entry)
        if done and entry.target and (done.kind, identities.now(entry.target, entry)) in about:
            return True
        return bool(_other_names(entry) & named)

    return listed | {entry.id for entry in entries if judgements[entry.id].verdict is Verdict.NO and belongs(entry)}


def _other_names(entry: LogEntry) -> set[str]:
    """What a rename or a move says somebody or something was or is called."""
    if isinstance(entry.params, Renamed):
        return {entry.params.old, entry.params.new}
    return (
        {entry.params.old_title, entry.target.name} if isinstance(entry.params, PageMoved) and entry.target else set()
    )
