"""Cases: what was done to somebody or something, and what is left of it."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime

from oabot.model.log import ActionClass, EntryId, LogEntry, Target, Verdict


class Kind(enum.StrEnum):
    """What a case is about; the entries of one kind on one target in one scope are one case."""

    LOCK = "lock"
    RIGHTS = "rights"
    BLOCK = "block"
    GLOBAL_BLOCK = "global_block"
    REMOVAL = "removal"
    PROTECTION = "protection"


class Status(enum.StrEnum):
    """What is left of a case now."""

    IN_FORCE = "in force"
    REVERSED = "reversed"
    CHANGED = "changed"
    EXPIRED = "expired"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Annotation:
    """What people wrote about one entry; each field from an author who may set it."""

    entry: EntryId
    statement: str | None = None
    discussion: tuple[str, ...] = ()
    local_notice: str | None = None
    note: str | None = None
    claimed_date: str | None = None
    verdict: Verdict | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """The actions of one kind on one target in one scope, and what is left of them."""

    kind: Kind
    target: Target
    action_class: ActionClass
    """That of the action which opened it."""
    status: Status
    entries: tuple[LogEntry, ...]
    """Every entry that made or changed it, in the order in which they happened; the first one opened it."""
    actions: frozenset[EntryId]
    """Those of `entries` that are the Office's own; the others are what somebody else did about them."""
    rule: str
    """The id of the rule by which it is listed."""
    taken: frozenset[str] = frozenset()
    """What was taken: groups, revids, protected things."""
    outstanding: frozenset[str] = frozenset()
    """What of `taken` is still in force."""
    expires: datetime | None = None
    """`NEVER`, a time, or None if unknown or not of this kind."""
    evidence: EntryId | None = None
    """The entry that shows the status, if one does (an expiry has none)."""
    annotations: tuple[Annotation, ...] = ()

    @property
    def opening(self) -> LogEntry:
        """The entry that opened the case."""
        return self.entries[0]

    @property
    def id(self) -> EntryId:
        """A stable name for the case: its opening entry's key."""
        return self.entries[0].id


@dataclass(frozen=True, slots=True)
class CommitteeTotals:
    """What the Case Review Committee published about a period; no case is told from it."""

    period: str
    """As the committee writes it."""
    source: str
    """Where it was published: an address or a page title."""
    ratified: int
    overturned: int
    remanded: int
    ineligible: int

    @property
    def total(self) -> int:
        """All appeals of the period."""
        return self.ratified + self.overturned + self.remanded + self.ineligible
