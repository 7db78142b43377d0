"""Who a name was at a time: renames are followed to the newest name, so that a case stays with its person."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime

from oabot.model import GLOBAL, EntryId, LogEntry, PageMoved, Renamed, Target, TargetKind

_Moment = tuple[datetime, int]


class Identities:
    """Answers who or what a target is called now.

    A name that was given up can be taken by somebody else later, so every step goes forward in time.
    """

    def __init__(self, entries: Iterable[LogEntry]) -> None:
        self._steps: dict[tuple[str, str], list[tuple[_Moment, str]]] = defaultdict(list)
        for entry in entries:
            self._learn(entry)
        for steps in self._steps.values():
            steps.sort()

    def now(self, target: Target, entry: LogEntry) -> Target:
        """The target of an entry, under the newest name that the entries tell of."""
        name = self.names(target, entry)[-1]
        return Target(target.kind, name, target.scope) if name != target.name else target

    def names(self, target: Target, entry: LogEntry) -> list[str]:
        """The target's name and all later ones, the newest last."""
        found, moment = [target.name], _moment(entry)
        if target.kind in (TargetKind.ACCOUNT, TargetKind.PAGE) and self._steps:
            while (step := self._next(target.scope, found[-1], moment)) is not None:
                moment, name = step
                found.append(name)
        return found

    def _learn(self, entry: LogEntry) -> None:
        moment = _moment(entry)
        if entry.target is None:
            return
        if isinstance(entry.params, Renamed):
            scope = GLOBAL if entry.type == "gblrename" else entry.id.wiki
            self._steps[scope, entry.params.old].append((moment, entry.params.new))
        elif isinstance(entry.params, PageMoved):
            self._steps[entry.id.wiki, entry.params.old_title].append((moment, entry.target.name))

    def _next(self, scope: str, name: str, moment: _Moment) -> tuple[_Moment, str] | None:
        later = [step for key in ({scope, GLOBAL}) for step in self._steps.get((key, name), ()) if step[0] > moment]
        return min(later, default=None)


def vanished(entries: Iterable[LogEntry], private: Collection[EntryId]) -> set[EntryId]:
    """Entries on accounts that were renamed later by one of the `private` entries: their old name is nobody's now."""
    entries = list(entries)
    given_up: dict[str, _Moment] = {}
    for entry in entries:
        if isinstance(entry.params, Renamed) and entry.id in private:
            given_up[entry.params.old] = max(given_up.get(entry.params.old, _moment(entry)), _moment(entry))
    if not given_up:
        return set()
    public = Identities(entry for entry in entries if entry.id not in private)
    accounts = ((entry, entry.target) for entry in entries if entry.target and entry.target.kind is TargetKind.ACCOUNT)
    return {
        entry.id
        for entry, target in accounts
        if any(
            name in given_up and _moment(entry) <= given_up[name]
            for name in (target.name, public.now(target, entry).name)
        )
    }


def _moment(entry: LogEntry) -> _Moment:
    return (entry.timestamp, entry.id.logid)
