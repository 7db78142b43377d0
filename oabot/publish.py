"""Saves pages the safe way: read, check, splice, check, save if different, record.

Every check that can't be made means no save. What a page should say is asked for anew on each try, so that it is made
from what can be seen then.
"""

from __future__ import annotations

import enum
import hashlib
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from oabot import stops, translated
from oabot.errors import (
    AccountRefused,
    EditConflict,
    InputError,
    PageRefused,
    RegionError,
    SourceError,
    Stopped,
    WikiError,
    WikiRests,
)
from oabot.guard import Difference
from oabot.ledger import Held, Ledger, Publication, ShownRegion
from oabot.model import Edit, EntryId, Page, PageState
from oabot.seams import Clock, Wiki
from oabot.wikitext import fits

log = logging.getLogger(__name__)

TRIES = 3
"""How often a page is read again after somebody else saved it meanwhile."""

TURN = timedelta(minutes=5)
"""How long the lease is ours after each check; longer than the slowest pace and the longest request."""

NAMESPACES = frozenset({2, 3, 4, 5, 12, 13})
"""User, project and help pages and their talk pages; content isn't ours to write in."""


class Result(enum.StrEnum):
    """What became of a page; the values are the ends of message keys (``oabot-skip-…``) where it was left alone."""

    SAVED = "saved"
    UNCHANGED = "unchanged"
    WOULD_SAVE = "would-save"
    HELD = "held"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one page, and why."""

    wiki: str
    title: str
    result: Result
    reason: str = ""
    revid: int = 0
    base_revid: int = 0


@dataclass(frozen=True, slots=True)
class Drafted:
    """What a page should say, made from the page as it was just read."""

    text: str
    summary: str
    regions: tuple[ShownRegion, ...] = ()
    difference: Difference = field(default_factory=lambda: Difference(frozenset(), frozenset()))
    erased: frozenset[EntryId] = frozenset()
    guarded: bool = True
    """Whether losing many rows needs an approval; not when people changed what the region is to show."""

    @property
    def brings_news(self) -> bool:
        """Whether it adds a case or the entry that changed one."""
        return bool(self.difference.added)


@dataclass(frozen=True, slots=True)
class Permit:
    """How we may edit one wiki."""

    approved: bool
    flagged: bool = False
    news_marked_bot: bool = False
    pace: float = 10.0
    groups: frozenset[str] = frozenset({"sysop", "steward"})
    """Whose ``run`` counts on the stop pages."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What holds for all saves of one run."""

    account: str
    central: str
    run: str
    """Its id."""
    job: str = ""
    saves: int = 30
    """How many saves it may make."""
    approved: frozenset[tuple[str, str]] = frozenset()
    """(wiki, title) of pages that may lose any number of rows."""


Draft = Callable[[Page], Drafted]


class Publisher:
    """Saves pages for one run."""

    def __init__(
        self,
        wikis: Mapping[str, Wiki],
        permits: Mapping[str, Permit],
        ledger: Ledger,
        clock: Clock,
        terms: Terms,
        held: Held | None = None,
    ) -> None:
        """`held` is our lease; without one it is a dry run, in which nothing is recorded and nobody stops us."""
        self._wikis, self._permits = wikis, permits
        self._ledger, self._clock = ledger, clock
        self._terms, self._held, self._left = terms, held, terms.saves
        self._last_save: dict[str, datetime] = {}
        self._resting: dict[str, str] = {}

    def publish(self, wiki: str, title: str, draft: Draft) -> Outcome:
        """Bring one page to what it should say.

        Raises: `Stopped` when a stop page or the lease forbids to go on at all; everything else is in the outcome.
        """
        for _ in range(TRIES):
            try:
                return self._once(wiki, title, draft)
            except EditConflict:
                log.info("%s: somebody saved the page meanwhile; reading it again", wiki)
            except PageRefused as refusal:
                return self._skipped(wiki, title, _reason(refusal))
            except (WikiRests, AccountRefused) as refusal:
                self._resting[wiki] = _reason(refusal)
                return self._skipped(wiki, title, self._resting[wiki])
            except RegionError as problem:
                return self._skipped(wiki, title, f"region-{problem.code}")
            except (SourceError, InputError) as problem:
                log.warning("%s: %s", wiki, problem)
                return self._skipped(wiki, title, "unread")
        return self._skipped(wiki, title, "conflict")

    def _once(self, wiki: str, title: str, draft: Draft) -> Outcome:
        if reason := self._forbidden(wiki):
            return self._skipped(wiki, title, reason)
        page, source = self._read(wiki, title)
        if translated.is_translation(page, source):
            return self._skipped(wiki, title, "translation")
        if page.namespace not in NAMESPACES:
            return self._skipped(wiki, title, "namespace")
        if page.content_model not in ("wikitext", "json"):
            return self._skipped(wiki, title, "other")
        drafted = draft(page)
        if drafted.text == page.text:
            return Outcome(wiki, title, Result.UNCHANGED, base_revid=page.revid)
        if not fits(drafted.text):
            return self._skipped(wiki, title, "too-big")
        if self._shrinks(wiki, title, drafted):
            return Outcome(wiki, title, Result.HELD, "held", base_revid=page.revid)
        return self._save(wiki, page, drafted)

    def _forbidden(self, wiki: str) -> str:
        if wiki in self._resting:
            return self._resting[wiki]
        if self._held is not None and not self._permits[wiki].approved:
            return "not-approved"
        if self._held is not None and self._left <= 0:
            return "enough"
        return ""

    def _read(self, wiki: str, title: str) -> tuple[Page, Page | None]:
        """The page, the one that it may be a translation of, and the stop pages, as they are now. Raises: `Stopped`."""
        source = translated.source_title(title)
        wanted = [title, source] if source else [title]
        if self._held is None:
            pages = self._wikis[wiki].pages(wanted)
            return pages[title], pages.get(source or "")
        self._pace(wiki)
        if wiki != self._terms.central:
            self._check_stop(self._terms.central, self._wikis[self._terms.central].pages(self._stop_titles()))
        pages = self._wikis[wiki].pages([*wanted, *self._stop_titles()])
        self._check_stop(wiki, pages)
        self._ledger.lease.renew(self._held, TURN)
        return pages[title], pages.get(source or "")

    def _stop_titles(self) -> Sequence[str]:
        return stops.titles(self._terms.account, self._terms.job)

    def _check_stop(self, wiki: str, pages: Mapping[str, Page]) -> None:
        authors = {page.user for title in self._stop_titles() if (page := pages.get(title)) and page.user}
        users = self._wikis[wiki].users(sorted(authors))
        reason = stops.stop(pages, users, self._stop_titles(), self._permits[wiki].groups)
        if reason is None:
            return
        if wiki == self._terms.central:
            raise Stopped(f"{wiki}: {reason.title} ({reason.code})")
        self._resting[wiki] = "stopped"
        raise WikiRests("stopped")

    def _shrinks(self, wiki: str, title: str, drafted: Drafted) -> bool:
        if not drafted.guarded or (wiki, title) in self._terms.approved:
            return False
        return drafted.difference.loses_too_much(drafted.erased)

    def _pace(self, wiki: str) -> None:
        last = self._last_save.get(wiki)
        if last is not None:
            passed = (self._clock.now() - last).total_seconds()
            self._clock.sleep(max(0.0, self._permits[wiki].pace - passed))

    def _save(self, wiki: str, page: Page, drafted: Drafted) -> Outcome:
        permit = self._permits[wiki]
        edit = Edit(
            title=page.title,
            text=drafted.text,
            summary=drafted.summary,
            base_revid=page.revid if page.state is PageState.EXISTS else 0,
            mark_bot=permit.flagged and (permit.news_marked_bot or not drafted.brings_news),
        )
        if self._held is None:
            self._wikis[wiki].save(edit)
            return Outcome(wiki, page.title, Result.WOULD_SAVE, base_revid=page.revid)
        publication = Publication(
            wiki, page.title, edit.base_revid, digest(drafted.text), self._terms.run, drafted.regions
        )
        number = self._ledger.publications.intend(self._held, publication)
        try:
            saved = self._wikis[wiki].save(edit)
        except (EditConflict, PageRefused, AccountRefused):
            self._ledger.publications.drop_intent(self._held, number)
            raise
        # After WikiRests the save may have happened; the intent stays, and the wiki is asked about it (`resolve`).
        self._last_save[wiki] = self._clock.now()
        self._left -= 1
        self._ledger.publications.record(self._held, number, saved.revid)
        result = Result.SAVED if saved.changed else Result.UNCHANGED
        return Outcome(wiki, page.title, result, revid=saved.revid, base_revid=edit.base_revid)

    def _skipped(self, wiki: str, title: str, reason: str) -> Outcome:
        log.info("%s: a page was left alone: %s", wiki, reason)
        return Outcome(wiki, title, Result.SKIPPED, reason)


def digest(text: str) -> str:
    """The SHA-256 of a text as a wiki keeps it: MediaWiki cuts white space off a page's end."""
    return hashlib.sha256(text.rstrip().encode("utf-8", "surrogatepass")).hexdigest()


_REASONS = {
    "nobots": "bots-deny",
    "protectedpage": "protected",
    "cascadeprotected": "protected",
    "contenttoobig": "too-big",
    "pagedeleted": "missing",
    "missingtitle": "missing",
    "abusefilter-disallowed": "filtered",
    "abusefilter-warning": "filtered",
    "spamblacklist": "filtered",
    "titleblacklist-forbidden": "filtered",
    "stopped": "stopped",
    "blocked": "blocked",
}


def _reason(refusal: WikiError) -> str:
    busy = "busy" if isinstance(refusal, WikiRests) else "other"
    return _REASONS.get(refusal.code, busy)
