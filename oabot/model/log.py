"""Log entries: what a wiki's log shows, and what the rules say of it."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple

NEVER = datetime.max.replace(tzinfo=UTC)
"""The expiry of what has no end, however MediaWiki spells it (infinity, infinite, indefinite, never)."""


GLOBAL = "global"
"""The scope of what holds on every wiki (a lock, global rights, a global block)."""


HIDING = frozenset({"hidden", "oversighted"})
"""The statuses of a global account whose name isn't public."""


class Verdict(enum.StrEnum):
    """What the rules say of one log entry."""

    YES = "yes"
    NO = "no"
    REVIEW = "review"
    PRIVATE = "private"


class ActionClass(enum.StrEnum):
    """What an entry judged ``yes`` is."""

    GLOBAL_LOCK = "global_lock"
    GLOBAL_UNLOCK = "global_unlock"
    PARTIAL_BAN = "partial_ban"
    RIGHTS_REMOVED = "rights_removed"
    RIGHTS_RESTORED = "rights_restored"
    ACCOUNT_GLOBAL_BLOCK = "account_global_block"
    DMCA_REMOVAL = "dmca_removal"
    CONTENT_REMOVAL = "content_removal"
    PAGE_PROTECTION = "page_protection"
    REVERSAL = "reversal"


class EntryId(NamedTuple):
    """A log entry's key: a logid is unique only on its wiki."""

    wiki: str
    """dbname, such as ``metawiki``."""
    logid: int

    def __str__(self) -> str:
        return f"{self.wiki}:{self.logid}"


class TargetKind(enum.StrEnum):
    """What a log entry was done to."""

    ACCOUNT = "account"
    IP = "ip"
    PAGE = "page"
    OTHER = "other"


@dataclass(frozen=True, slots=True, order=True)
class Target:
    """To whom or what, and where, an entry was done."""

    kind: TargetKind
    name: str
    """An account's name without namespace and ``@wiki``, or a full page title; spaces, not underscores."""
    scope: str
    """`GLOBAL` or a dbname."""


@dataclass(frozen=True, slots=True)
class StatusChange:
    """Params of globalauth/setstatus: values are locked, hidden, oversighted."""

    added: frozenset[str]
    removed: frozenset[str]

    @property
    def touches_hiding(self) -> bool:
        """Whether it hides an account or shows it again, which is private either way."""
        return bool((self.added | self.removed) & HIDING)


@dataclass(frozen=True, slots=True)
class RightsChange:
    """Params of rights/rights and gblrights/usergroups."""

    old: frozenset[str]
    new: frozenset[str]
    expiries: tuple[tuple[str, datetime], ...] = ()
    """(group, end) of the new groups that have an end."""


@dataclass(frozen=True, slots=True)
class BlockChange:
    """Params of block and reblock, local or global."""

    expiry: datetime | None
    """`NEVER`, a time, or None when the row doesn't say it in words that we know."""
    sitewide: bool = True
    restrictions: tuple[str, ...] = ()
    """What a partial block covers, as sorted words (``ns:4``, ``page:Main Page``, ``action:move``)."""
    block_id: int | None = None


@dataclass(frozen=True, slots=True)
class Unblock:
    """Params of unblock; with several blocks on one account, `block_id` names the one that ended."""

    block_id: int | None = None


@dataclass(frozen=True, slots=True)
class Restriction:
    """One protected thing of a page."""

    type: str
    level: str
    expiry: datetime | None


@dataclass(frozen=True, slots=True)
class ProtectionChange:
    """Params of protect and modify; empty `restrictions` when the row is too old to say."""

    restrictions: tuple[Restriction, ...]


@dataclass(frozen=True, slots=True)
class PageMoved:
    """Params of protect/move_prot: the protection went along to the entry's title."""

    old_title: str


@dataclass(frozen=True, slots=True)
class Moved:
    """Params of move/move and move_redir: where the page went."""

    new_title: str


@dataclass(frozen=True, slots=True)
class Renamed:
    """Params of renameuser and gblrename/rename."""

    old: str
    new: str


@dataclass(frozen=True, slots=True)
class VisibilityChange:
    """Params of delete/revision and delete/event."""

    type: str
    """``revision``, ``logging``, ``archive`` …"""
    ids: tuple[int, ...]
    hides: bool
    """Whether anything of these ids is hidden afterwards."""


@dataclass(frozen=True, slots=True)
class TranslationMarked:
    """Params of pagetranslation/mark."""

    revision: int
    changed: int


@dataclass(frozen=True, slots=True)
class NoParams:
    """Params of entries that have none, or whose params decide nothing for us."""


@dataclass(frozen=True, slots=True)
class Unread:
    """Params in a shape that we don't know; `shape` describes it without any value that could be a name."""

    shape: str
    why: str = "shape"
    """``shape``, ``words`` (status words in a language that we don't know) or ``copies`` (rows that contradict)."""


Params = (
    StatusChange
    | RightsChange
    | BlockChange
    | Unblock
    | ProtectionChange
    | PageMoved
    | Moved
    | Renamed
    | VisibilityChange
    | TranslationMarked
    | NoParams
    | Unread
)


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One log entry as the wiki shows it."""

    id: EntryId
    type: str
    action: str
    timestamp: datetime
    """Aware, UTC; one second is the log's resolution."""
    performer: str | None
    """The account's name; None when hidden."""
    target: Target | None
    """None when hidden."""
    comment: str | None
    """None when hidden."""
    params: Params
    hidden: bool = False
    """Whether the wiki hides any part of it; such an entry is never stored or shown."""
    copy_of: str | None = None
    """The wiki on which the performer acted, when this row is only that act's copy (``metawiki>Name``)."""

    @property
    def order(self) -> tuple[datetime, bool, str, int]:
        """Sorts entries as they happened; entries of one second by wiki and logid, copies after what they copy."""
        return (self.timestamp, self.copy_of is not None, self.id.wiki, self.id.logid)


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict and why."""

    verdict: Verdict
    label: str
    """An `ActionClass` for ``yes``; free words otherwise."""
    rule: str
    """The id of the rule that decided."""
    would_be: ActionClass | None = None
    """For ``review``: what it is if people say yes."""
