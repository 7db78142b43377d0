"""Saves pages the safe way: read, check, splice, check, save if different, record.

Every check that can't be made means no save. What a page should say is asked for anew on each try, so that it is made
from what can be seen then.
"""

from __future__ import annotations

import enum
import hashlib
import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from oabot import translated
from oabot.errors import (
    AccountRefused,
    EditConflict,
    InputError,
    PageRefused,
    RegionError,
    SourceError,
    WikiError,
    WikiRests,
)
from oabot.guard import Difference
from oabot.leave import Leave, Permit, Terms
from oabot.ledger import Held, Ledger, Publication, ShownRegion
from oabot.model import Edit, EntryId, Page, PageState
from oabot.rests import RESTS
from oabot.seams import Clock, Wiki
from oabot.wikitext import fits

__all__ = [
    "NAMESPACES",
    "TURN",
    "Draft",
    "Drafted",
    "Outcome",
    "Permit",
    "Publisher",
    "Result",
    "Terms",
    "digest",
    "shown",
]

log = logging.getLogger(__name__)

TRIES = 3
"""How often a page is read again after somebody else saved it meanwhile."""

TURN = timedelta(seconds=60)
"""How long the lease is ours after each renewal, and so how long a successor of a killed process waits.

Longer than a save may take with all its tries (the settings see to that): a process that slept through its turn in the
middle of a save finds the save's deadline over as well."""

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
    losing: tuple[int, int] = (0, 0)
    """Of a page that is held: how many rows would go, of how many."""
    draft: Drafted | None = field(default=None, compare=False, repr=False)
    """In a dry run, what would be saved."""


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
    def entries(self) -> frozenset[EntryId]:
        """The entries that its regions show."""
        return frozenset(entry for region in self.regions for entry in region.entries)

    @property
    def brings_news(self) -> bool:
        """Whether it adds a case or the entry that changed one."""
        return bool(self.difference.added)


Draft = Callable[[Page], Drafted]
Ahead = Callable[[], object]


class Publisher:
    """Saves pages for one run."""

    def __init__(  # noqa: PLR0913 - one of each part that it joins
        self,
        wikis: Mapping[str, Wiki],
        permits: Mapping[str, Permit],
        ledger: Ledger,
        clock: Clock,
        terms: Terms,
        held: Held | None = None,
        *,
        leave: Leave | None = None,
    ) -> None:
        """`held` is our lease; without one it is a dry run, in which nothing is recorded and nobody stops us."""
        self._leave = leave or Leave(wikis, permits, ledger, terms)
        self._wikis, self._permits = wikis, permits
        self._ledger, self._clock = ledger, clock
        self._terms, self._held, self._left = terms, held, terms.saves
        self._last_save: dict[str, datetime] = {}
        self._resting: dict[str, str] = {}

    def publish(
        self, wiki: str, title: str, draft: Draft, *, even_resting: bool = False, ahead: Ahead = lambda: None
    ) -> Outcome:
        """Bring one page to what it should say; `even_resting` for the page that says why the bot rests.

        `ahead` is called whenever the page is about to be read, for what can be read at the same time.
        Raises: `Stopped` when a stop page or the lease forbids to go on at all; everything else is in the outcome.
        """
        for _ in range(TRIES):
            try:
                return self._once(wiki, title, draft, ahead, even_resting=even_resting)
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

    def wait_after(self, wikis: Iterable[str]) -> None:
        """Keep the pace as if these wikis had just been saved on; another publisher did."""
        self._last_save |= dict.fromkeys(wikis, self._clock.now())

    def _once(self, wiki: str, title: str, draft: Draft, ahead: Ahead, *, even_resting: bool) -> Outcome:
        if reason := self._forbidden(wiki):
            return self._skipped(wiki, title, reason)
        page, source = self._read(wiki, title, ahead, even_resting=even_resting)
        if reason := self._unfit(wiki, page, source):
            return self._skipped(wiki, title, reason)
        drafted = draft(page)
        if drafted.text == page.text:
            return Outcome(wiki, title, Result.UNCHANGED, base_revid=page.revid)
        if self._terms.expected and self._terms.expected.get((wiki, title)) != shown(drafted.regions):
            return self._skipped(wiki, title, "changed")
        if not fits(drafted.text):
            return self._skipped(wiki, title, "too-big")
        if self._shrinks(wiki, title, drafted):
            losing = (len(drafted.difference.removed), len(drafted.difference.before))
            return Outcome(wiki, title, Result.HELD, "held", base_revid=page.revid, losing=losing)
        return self._save(wiki, page, drafted)

    def _unfit(self, wiki: str, page: Page, source: Page | None) -> str:
        """Why a page isn't one that we may write in now."""
        if translated.is_translation(page, source):
            return "translation"
        if page.namespace not in NAMESPACES:
            return "namespace"
        if page.content_model not in ("wikitext", "json"):
            return "other"
        return "reverted" if self._held is not None and self._leave.page_rests(wiki, page) else ""

    def _forbidden(self, wiki: str) -> str:
        if wiki in self._resting:
            return self._resting[wiki]
        if self._held is not None and not self._permits[wiki].approved:
            return "not-approved"
        if self._held is not None and self._left <= 0:
            return "enough"
        return ""

    def _read(self, wiki: str, title: str, ahead: Ahead, *, even_resting: bool) -> tuple[Page, Page | None]:
        """The page and the one that it may be a translation of, as they are now. Raises: `Stopped`, `WikiRests`."""
        source = translated.source_title(title)
        wanted = [title, source] if source else [title]
        if self._held is None:
            pages = self._wikis[wiki].pages(wanted)
            return pages[title], pages.get(source or "")
        self._pace(wiki)
        ahead()
        pages = self._leave.read(wiki, wanted, even_resting=even_resting)
        return pages[title], pages.get(source or "")

    def _shrinks(self, wiki: str, title: str, drafted: Drafted) -> bool:
        if not drafted.guarded or (wiki, title) in self._terms.approved:
            return False
        if drafted.difference.before & drafted.erased:
            return False  # what was erased goes at once, even if much else is missing; that comes back when it is there
        return drafted.difference.loses_too_much(drafted.erased)

    def _pace(self, wiki: str) -> None:
        last = self._last_save.get(wiki)
        if last is not None:
            passed = (self._clock.now() - last).total_seconds()
            pace = self._permits[wiki].pace
            self._clock.sleep(min(pace, max(0.0, pace - passed)))  # a clock that was put back makes nobody wait long

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
            return Outcome(wiki, page.title, Result.WOULD_SAVE, base_revid=page.revid, draft=drafted)
        publication = Publication(
            wiki, page.title, edit.base_revid, digest(drafted.text), self._terms.run, drafted.regions
        )
        number = self._ledger.publications.intend(self._held, publication, TURN)
        try:
            saved = self._wikis[wiki].save(edit)
        except (EditConflict, PageRefused, AccountRefused):
            self._ledger.publications.drop_intent(self._held, number)
            raise
        # After WikiRests the save may have happened; the intent stays, and the wiki is asked about it (`resolve`).
        self._last_save[wiki] = self._clock.now()
        self._left -= 1
        self._ledger.publications.record(self._held, number, saved.revid)
        self._leave.saved(wiki, page)
        result = Result.SAVED if saved.changed else Result.UNCHANGED
        return Outcome(wiki, page.title, result, revid=saved.revid, base_revid=edit.base_revid)

    def _skipped(self, wiki: str, title: str, reason: str) -> Outcome:
        log.info("%s: a page was left alone: %s", wiki, reason)
        return Outcome(wiki, title, Result.SKIPPED, reason)


def digest(text: str) -> str:
    """The SHA-256 of a text as a wiki keeps it: MediaWiki cuts white space off a page's end."""
    return hashlib.sha256(text.rstrip().encode("utf-8", "surrogatepass")).hexdigest()


def shown(regions: Iterable[ShownRegion]) -> str:
    """What a page's regions say, and what they were asked to say; people's words outside don't count."""
    return digest("\n".join(sorted(f"{one.key}:{one.sha256}" for one in regions)))


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
    **{code: code for code in ("stopped", "edited", *RESTS)},
}


def _reason(refusal: WikiError) -> str:
    busy = "busy" if isinstance(refusal, WikiRests) else "other"
    return _REASONS.get(refusal.code, busy)
