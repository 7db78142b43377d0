"""The nouns, as frozen values; nothing here does anything.

Words are the field's own (log entry, logid, performer, target, dbname, revid). Behind the door
(`logentry`), ``None`` means *hidden*, never *forgot to look*.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import NamedTuple

NEVER = datetime.max.replace(tzinfo=UTC)
"""The expiry of what has no end, however MediaWiki spells it (infinity, infinite, indefinite, never)."""

GLOBAL = "global"
"""The scope of what holds on every wiki (a lock, global rights, a global block)."""


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
    def order(self) -> tuple[datetime, str, int]:
        """Sorts entries as they happened; entries of one second by wiki and logid."""
        return (self.timestamp, self.id.wiki, self.id.logid)


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


class PageState(enum.StrEnum):
    """Whether a page can be read."""

    EXISTS = "exists"
    MISSING = "missing"
    INVALID = "invalid"


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a wiki as it was read."""

    title: str
    text: str
    revid: int
    """0 when the page is missing."""
    namespace: int = 0
    state: PageState = PageState.EXISTS
    content_model: str = "wikitext"
    language: str = ""
    """The page's language code, as MediaWiki says it (``pagelanguage``)."""
    redirected_from: str | None = None
    edit_protection: str = ""
    """The level needed to edit it (``sysop``, ``autoconfirmed``), or empty."""
    user: str | None = None
    """The author of the revision read; None when hidden or missing."""
    timestamp: datetime | None = None


@dataclass(frozen=True, slots=True)
class Revision:
    """One revision of a page."""

    revid: int
    parent: int
    timestamp: datetime
    user: str | None
    """None when hidden."""
    text: str | None
    """None when hidden or not asked for."""
    comment: str | None = None
    tags: tuple[str, ...] = ()
    minor: bool = False


@dataclass(frozen=True, slots=True)
class Edit:
    """A change that is about to be saved."""

    title: str
    text: str
    summary: str
    base_revid: int
    """The revision that was read; 0: the page was missing and is to be created."""
    mark_bot: bool = True


@dataclass(frozen=True, slots=True)
class Saved:
    """What the wiki said of a save."""

    revid: int
    changed: bool
    """False when the wiki kept the old revision because the text was the same."""


@dataclass(frozen=True, slots=True)
class Account:
    """Our own account on one wiki, as the wiki sees it now."""

    name: str
    groups: frozenset[str] = frozenset()
    rights: frozenset[str] = frozenset()
    blocked: bool = False
    talk_revid: int = 0
    """The newest revision of its talk page; 0 when there is none."""


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who asks something of us, as the wiki sees them now."""

    name: str
    groups: frozenset[str] = field(default_factory=frozenset)
    """Local groups and, where the wiki tells, global ones."""
    blocked: bool = False
    locked: bool = False
    missing: bool = False
