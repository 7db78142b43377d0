"""In which capacity somebody acted, at that time: by the lists, by the suffix of the name, by the groups in the log."""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from oabot import names
from oabot.model import LogEntry, RightsChange, TargetKind
from oabot.rules import Actor, Actors, Rules


class Performers:
    """Answers the rules' condition ``by``, from the actors of the config and from all entries that are known."""

    def __init__(self, entries: Iterable[LogEntry], rules: Rules) -> None:
        self._actors = rules.actors
        self._roles = _roles(rules.actors)
        self._memberships = _memberships(entries, rules)
        self._looks_alike = functools.lru_cache(maxsize=4096)(self._is_look_alike)

    def of(self, entry: LogEntry) -> frozenset[str]:
        """The words that hold of whoever made an entry; none when that is hidden."""
        if entry.performer is None:
            return frozenset()
        name, time = entry.performer, entry.timestamp
        roles = {role for role, actor in self._roles.get(name, ()) if actor.acted(name, time)}
        if self._was_member(entry, "office_it"):
            roles.add("office-it")
        if self._actors.has_suffix(name) or self._was_member(entry, "trust_and_safety"):
            roles.add("staff")
        if "office" in roles:
            roles -= {"staff", "office-it"}
        target = entry.target
        if target is not None and target.kind is TargetKind.ACCOUNT and target.name == name:
            roles.add("target")
        if not roles and self._looks_alike(name):
            return frozenset({"look-alike", "other"})
        return frozenset(roles or {"other"})

    def _is_look_alike(self, name: str) -> bool:
        skeleton = names.skeleton(name)
        return any(names.skeleton(actor.name) in skeleton for actor in self._actors.office)

    def _was_member(self, entry: LogEntry, kind: str) -> bool:
        """By the rights log: in such a group after the last change before the entry, or before the first one."""
        changes = self._memberships.get((entry.performer or "", kind), ())
        before = [after for time, _, after in changes if time <= entry.timestamp]
        if before:
            return before[-1]
        return bool(changes) and changes[0][1]


def _roles(actors: Actors) -> Mapping[str, Sequence[tuple[str, Actor]]]:
    """Name -> (role, in whose time) of everybody listed."""
    found: dict[str, list[tuple[str, Actor]]] = defaultdict(list)
    lists = {
        "office": actors.office,
        "vanish": actors.vanish,
        "office-it": actors.office_it,
        "staff": actors.trust_and_safety,
    }
    for role, listed in lists.items():
        for actor in listed:
            found[actor.name].append((role, actor))
    return found


def _memberships(
    entries: Iterable[LogEntry], rules: Rules
) -> Mapping[tuple[str, str], Sequence[tuple[datetime, bool, bool]]]:
    """(account, kind of group) -> (time, member before, member after), in time."""
    found: dict[tuple[str, str], list[tuple[datetime, bool, bool]]] = defaultdict(list)
    for entry in entries:
        if not isinstance(entry.params, RightsChange) or entry.target is None:
            continue
        for kind in ("trust_and_safety", "office_it"):
            before, after = (
                any(rules.in_group(group, kind) for group in groups) for groups in (entry.params.old, entry.params.new)
            )
            if before or after:
                found[entry.target.name, kind].append((entry.timestamp, before, after))
    return found
