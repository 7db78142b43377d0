"""What a log entry does to its target, whoever did it: which things it takes and which it gives back.

Verdicts ask whose taking an entry undoes; cases ask what is left. Both read the same effect.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from oabot.model import (
    NEVER,
    BlockChange,
    Kind,
    LogEntry,
    ProtectionChange,
    RightsChange,
    StatusChange,
    Unblock,
    VisibilityChange,
)

LOCKED = "locked"
PAGE = "page"
BLOCK = "block"


@dataclass(frozen=True, slots=True)
class Effect:
    """Things taken and given back, as words (``locked``, a group, ``page``, ``rev 123``, ``block 7``, ``edit``)."""

    kind: Kind
    takes: frozenset[str] = frozenset()
    gives: frozenset[str] = frozenset()
    gives_all: bool = False
    """Gives back whatever of this kind stands (an unblock without an id, an unprotection)."""
    replaces: bool = False
    """Changes the terms of what stands instead of adding to it (reblock, modify)."""
    expires: datetime | None = NEVER
    terms: str = ""
    """What exactly was imposed, to see whether a later entry imposes something else."""

    def returned(self, standing: Iterable[str]) -> frozenset[str]:
        """Which of the things that stand this effect ends."""
        stands = frozenset(standing)
        if self.gives_all:
            return stands
        given = stands & self.gives
        if not given and BLOCK in stands and any(thing.startswith(f"{BLOCK} ") for thing in self.gives):
            return frozenset({BLOCK})  # a block from before blocks had ids
        return given

    def replaced(self, standing: Iterable[str]) -> frozenset[str]:
        """Which of the things that stand it puts on other terms: those that it names, or all when none is named.

        Of blocks that have ids it is only the one with the same id.
        """
        stands = frozenset(standing) if self.replaces else frozenset()
        named = stands & self.takes
        if named or all(thing.startswith(f"{BLOCK} ") for thing in stands | self.takes):
            return named
        return stands


def effect(entry: LogEntry) -> Effect | None:
    """The entry's effect; None when it has none that a case could be about."""
    if entry.hidden or entry.target is None:
        return None
    make = _EFFECTS.get(f"{entry.type}/{entry.action}")
    return make(entry) if make else None


def _lock(entry: LogEntry) -> Effect | None:
    change = entry.params
    if not isinstance(change, StatusChange):
        return None
    locked = frozenset({LOCKED})
    return Effect(Kind.LOCK, takes=change.added & locked, gives=change.removed & locked)


def _rights(entry: LogEntry) -> Effect | None:
    change = entry.params
    if not isinstance(change, RightsChange):
        return None
    return Effect(Kind.RIGHTS, takes=change.old - change.new, gives=change.new - change.old)


def _block(kind: Kind, *, replaces: bool) -> Callable[[LogEntry], Effect | None]:
    def make(entry: LogEntry) -> Effect | None:
        change = entry.params
        if not isinstance(change, BlockChange):
            return None
        thing = BLOCK if change.block_id is None else f"{BLOCK} {change.block_id}"
        scope = "sitewide" if change.sitewide else " ".join(("partial", *change.restrictions))
        return Effect(
            kind, takes=frozenset({thing}), replaces=replaces, expires=change.expiry, terms=f"{change.expiry} {scope}"
        )

    return make


def _unblock(kind: Kind) -> Callable[[LogEntry], Effect | None]:
    def make(entry: LogEntry) -> Effect | None:
        block_id = entry.params.block_id if isinstance(entry.params, Unblock) else None
        if block_id is None:
            return Effect(kind, gives_all=True)
        return Effect(kind, gives=frozenset({f"{BLOCK} {block_id}"}))

    return make


def _delete(_entry: LogEntry) -> Effect:
    return Effect(Kind.REMOVAL, takes=frozenset({PAGE}))


def _restore(_entry: LogEntry) -> Effect:
    return Effect(Kind.REMOVAL, gives=frozenset({PAGE}))


def _visibility(entry: LogEntry) -> Effect | None:
    change = entry.params
    if not isinstance(change, VisibilityChange):
        return None
    things = frozenset(f"{change.type} {number}" for number in change.ids)
    return Effect(Kind.REMOVAL, takes=things) if change.hides else Effect(Kind.REMOVAL, gives=things)


def _protect(entry: LogEntry) -> Effect | None:
    change = entry.params
    if not isinstance(change, ProtectionChange):
        return None
    restrictions = change.restrictions
    ends = [restriction.expiry for restriction in restrictions]
    last = None if None in ends else max((end for end in ends if end), default=NEVER)
    terms = " ".join(f"{one.type}={one.level} {one.expiry}" for one in restrictions)
    things = frozenset(restriction.type for restriction in restrictions) or frozenset({"edit"})
    return Effect(Kind.PROTECTION, takes=things, replaces=entry.action == "modify", expires=last, terms=terms)


def _unprotect(_entry: LogEntry) -> Effect:
    return Effect(Kind.PROTECTION, gives_all=True)


_EFFECTS: dict[str, Callable[[LogEntry], Effect | None]] = {
    "globalauth/setstatus": _lock,
    "globalauth/lock": _lock,
    "globalauth/unlock": _lock,
    "gblrights/usergroups": _rights,
    "rights/rights": _rights,
    "block/block": _block(Kind.BLOCK, replaces=False),
    "block/reblock": _block(Kind.BLOCK, replaces=True),
    "block/unblock": _unblock(Kind.BLOCK),
    "gblblock/gblock": _block(Kind.GLOBAL_BLOCK, replaces=False),
    "gblblock/gblock2": _block(Kind.GLOBAL_BLOCK, replaces=False),
    "gblblock/modify": _block(Kind.GLOBAL_BLOCK, replaces=True),
    "gblblock/gunblock": _unblock(Kind.GLOBAL_BLOCK),
    "delete/delete": _delete,
    "delete/delete_redir": _delete,
    "delete/delete_redir2": _delete,
    "delete/restore": _restore,
    "delete/revision": _visibility,
    "delete/event": _visibility,
    "protect/protect": _protect,
    "protect/modify": _protect,
    "protect/unprotect": _unprotect,
}
