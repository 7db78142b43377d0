"""Pages, their revisions, what we save of them, and the accounts of those who write them."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


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


@dataclass(frozen=True, slots=True)
class Look:
    """What a save depends on, as the wiki showed it at one time."""

    pages: Mapping[str, Page]
    """By the titles as asked."""
    authors: Mapping[str, User]
    """By name: the authors of those of the pages for which they were asked."""
    account: Account
