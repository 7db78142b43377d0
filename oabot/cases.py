"""Actions + annotations -> cases with their status.

A case is all that was done of one kind to one target in one scope; its status comes from what is left of it, whoever
undid the rest.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from oabot.classify import same_act
from oabot.effects import Effect, effect
from oabot.identity import Identities
from oabot.model import (
    HIDING,
    ActionClass,
    Annotation,
    Case,
    EntryId,
    Judgement,
    Kind,
    LogEntry,
    Status,
    StatusChange,
    Target,
    TargetKind,
    Verdict,
)

_HAVE_TERMS = frozenset({Kind.BLOCK, Kind.GLOBAL_BLOCK, Kind.PROTECTION})


def cases(
    entries: Iterable[LogEntry],
    judgements: Mapping[EntryId, Judgement],
    now: datetime,
    annotations: Iterable[Annotation] = (),
) -> tuple[Case, ...]:
    """The cases that these entries make, in the order in which they were opened.

    People's verdicts on entries that wait for review count; nothing that a rule calls private can be made public, and
    an account that the log's last word hides has no case.
    """
    noted = _by_entry(annotations)
    ordered = sorted(entries, key=lambda entry: entry.order)
    identities = Identities(ordered)
    folds: dict[tuple[Kind, Target], _Fold] = {}
    for entry in ordered:
        done = effect(entry)
        judgement = decided(judgements[entry.id], noted.get(entry.id, ()))
        if done is None or entry.target is None or judgement.verdict is Verdict.PRIVATE:
            continue
        key = (done.kind, identities.now(entry.target, entry))
        if key in folds:
            folds[key].add(entry, done, judgement)
        elif judgement.verdict is Verdict.YES and done.takes:
            folds[key] = _Fold(*key)
            folds[key].add(entry, done, judgement)
    hidden = _hidden(ordered, (target for _, target in folds))
    made = [fold.case(now, noted) for fold in folds.values() if fold.target not in hidden]
    return tuple(sorted(made, key=lambda case: case.opening.order))


def _hidden(ordered: Iterable[LogEntry], targets: Iterable[Target]) -> set[Target]:
    """The accounts among these that are hidden after the last entry that says so (itself private, and not kept)."""
    hides: dict[str, bool] = {}
    for entry in ordered:
        change = entry.params
        if isinstance(change, StatusChange) and entry.target and change.touches_hiding:
            hides[entry.target.name] = bool(change.added & HIDING)
    return {target for target in targets if target.kind is TargetKind.ACCOUNT and hides.get(target.name)}


def decided(judgement: Judgement, annotations: Iterable[Annotation]) -> Judgement:
    """The judgement with people's verdict on it; only an entry in review can be decided."""
    if judgement.verdict is not Verdict.REVIEW:
        return judgement
    for annotation in annotations:
        if annotation.verdict is Verdict.YES and judgement.would_be is not None:
            return replace(judgement, verdict=Verdict.YES, label=judgement.would_be.value)
        if annotation.verdict is Verdict.NO:
            return replace(judgement, verdict=Verdict.NO)
    return judgement


def _by_entry(annotations: Iterable[Annotation]) -> Mapping[EntryId, Sequence[Annotation]]:
    found: dict[EntryId, list[Annotation]] = defaultdict(list)
    for annotation in annotations:
        found[annotation.entry].append(annotation)
    return found


@dataclass(slots=True)
class _Term:
    """One thing that stands: until when, and on what terms."""

    expires: datetime | None
    terms: str

    def stands(self, at: datetime) -> bool:
        return self.expires is None or self.expires > at


@dataclass(slots=True)
class _Fold:
    """A case in the making."""

    kind: Kind
    target: Target
    action_class: ActionClass | None = None
    rule: str = ""
    entries: list[LogEntry] = field(default_factory=list)
    actions: set[EntryId] = field(default_factory=set)
    taken: set[str] = field(default_factory=set)
    standing: dict[str, _Term] = field(default_factory=dict)
    changed: bool = False
    evidence: EntryId | None = None

    def add(self, entry: LogEntry, done: Effect, judgement: Judgement) -> None:
        ours = judgement.verdict is Verdict.YES
        if any(same_act(known, entry) for known in self.entries[-8:]):
            self._note(entry, ours)
        elif touched := done.replaced(self._alive(entry.timestamp)):
            self._replace(entry, done, touched, ours)
        elif ours and done.takes:
            self._take(entry, done, judgement)
        else:
            self._give(entry, done, ours)

    def _alive(self, at: datetime) -> dict[str, _Term]:
        return {thing: term for thing, term in self.standing.items() if term.stands(at)}

    def _note(self, entry: LogEntry, ours: bool) -> None:  # noqa: FBT001 - private, and reads well
        self.entries.append(entry)
        if ours:
            self.actions.add(entry.id)

    def _take(self, entry: LogEntry, done: Effect, judgement: Judgement) -> None:
        alive = self._alive(entry.timestamp)
        if not alive:  # the first, or a new start after all was given back or over
            self.taken.clear()
            self.standing.clear()
            self.changed = False
        if any(thing in alive and alive[thing].terms != done.terms for thing in done.takes):
            self.changed = True
        self._note(entry, ours=True)
        self.evidence = entry.id
        self.action_class = self.action_class or ActionClass(judgement.label)
        self.rule = self.rule or judgement.rule
        self.taken |= done.takes
        self.standing.update((thing, _Term(done.expires, done.terms)) for thing in done.takes)
        self._give_back(done, entry)

    def _replace(self, entry: LogEntry, done: Effect, touched: Collection[str], ours: bool) -> None:  # noqa: FBT001
        changes = any(self.standing[thing].terms != done.terms for thing in touched)
        if not (changes or ours):
            return
        self.changed = self.changed or changes
        for thing in touched:
            self.standing[thing] = _Term(done.expires, done.terms)
        self.evidence = entry.id
        self._note(entry, ours)

    def _give(self, entry: LogEntry, done: Effect, ours: bool) -> None:  # noqa: FBT001
        if self._give_back(done, entry):
            self.evidence = entry.id
            self._note(entry, ours)

    def _give_back(self, done: Effect, entry: LogEntry) -> bool:
        if not (done.gives or done.gives_all):
            return False
        given = done.returned(self._alive(entry.timestamp)) - done.takes
        for thing in given:
            del self.standing[thing]
        return bool(given)

    def _status(self, alive: Mapping[str, _Term]) -> Status:
        if not self.standing:
            return Status.REVERSED
        if not alive:
            return Status.EXPIRED
        if any(term.expires is None for term in alive.values()):
            return Status.UNKNOWN
        return Status.CHANGED if self.changed or alive.keys() != self.taken else Status.IN_FORCE

    def case(self, now: datetime, noted: Mapping[EntryId, Sequence[Annotation]]) -> Case:
        alive = self._alive(now)
        status = self._status(alive)
        ends = [term.expires for term in self.standing.values()]
        expires = None if self.kind not in _HAVE_TERMS or not ends or None in ends else max(end for end in ends if end)
        assert self.action_class is not None  # noqa: S101 - a fold begins with an action
        return Case(
            kind=self.kind,
            target=self.target,
            action_class=self.action_class,
            status=status,
            entries=tuple(self.entries),
            actions=frozenset(self.actions),
            rule=self.rule,
            taken=frozenset(self.taken),
            outstanding=frozenset(alive),
            expires=expires,
            evidence=self.evidence if status in (Status.REVERSED, Status.CHANGED) else None,
            annotations=tuple(note for entry in self.entries for note in noted.get(entry.id, ())),
        )
