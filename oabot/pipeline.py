"""The whole bot on one screen: ingest, judge, draft, refresh."""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import TypeAlias, TypeVar

from oabot import ownpages
from oabot.ahead import Ahead, AskAbout
from oabot.communityconfig import Wanted
from oabot.config import Settings
from oabot.contents import Contents
from oabot.drafts import Desk, draft_page, shows_erased, subpages
from oabot.errors import InputError, RegionError, SourceError, WikiError
from oabot.ingest import OVERLAP, Ingest
from oabot.interest import Wake
from oabot.jobnames import VIEWS
from oabot.layout import Layout
from oabot.leave import Leave
from oabot.ledger import Held, Ledger
from oabot.model import EntryId, Page
from oabot.placements import bodies, in_order, placements
from oabot.publish import Drafted, Outcome, Publisher, Result, Terms
from oabot.rechecks import Rechecks
from oabot.report import Report
from oabot.resolve import resolve
from oabot.seams import Clock, Wiki
from oabot.views import Material

log = logging.getLogger(__name__)
T = TypeVar("T")
_Made: TypeAlias = tuple[Page, Material, Drafted]


class Pipeline:
    """Everything between the logs and the pages, over one ledger."""

    def __init__(
        self,
        contents: Contents,
        ledger: Ledger,
        ingest: Ingest,
        wikis: Mapping[str, Wiki],
        clock: Clock,
        *,
        ask_about: AskAbout = lambda _: (),
    ) -> None:
        self.contents, self._ledger = contents, ledger
        self._wikis, self._clock = wikis, clock
        self._material = Material((), {}, self.settings.account, self.settings.central)
        self._layouts: dict[tuple[str, str, int], Layout] = {}
        self._found: dict[str, dict[str, Page]] = {}
        self._silent: set[str] = set()
        self.ingest, self.rechecks = ingest, Rechecks(ingest, clock)
        self._ahead = Ahead(wikis, ingest, ask_about, clock)
        self.ask_people: Callable[[], Wanted] | None = None
        """Tells what people want now; asked whenever pages are looked at. Raises: `WikiError`, `InputError`."""

    def foresee(self, wake: Wake) -> None:
        """Begin to ask what a run asks that looks at this log entry. Raises: `LedgerError`."""
        first = next((name for name in self._in_order(self._wikis) if self.settings.wikis[name].approval), None)
        if first is not None:
            found = self._found.get(first, {})
            again = self.contents.shown_on(first) if found else set()
            self._ahead.begin(wake, self.settings, first, found.values(), again)

    def look_anew(self) -> None:
        """As `Ahead.look_anew`."""
        self._ahead.look_anew()

    def woken(self, entries: Iterable[tuple[EntryId, str, datetime]], report: Report) -> Report:
        """As `Ingest.woken`, with what the pages show that were looked at ahead. Raises: `LedgerError`."""
        again = self._ahead.again()
        report = self.ingest.woken(entries, report, again)
        gone = report.held.union(report.erased)
        wikis = {entry.wiki for entry, _, _ in entries}.difference(report.failed)
        self.rechecks.read(report.stored.union(one for one in again - gone if one.wiki in wikis))
        return report

    def _in_order(self, wikis: Iterable[str]) -> list[str]:
        """Who gave no answer last time comes last, so that the others don't wait for it."""
        return sorted(wikis, key=self._silent.__contains__)

    def read(self, overlap: timedelta = OVERLAP) -> Report:
        """Bring the ledger up to the logs; `overlap` is how much of them is read again. Raises: `LedgerError`."""
        report = self.ingest.run(overlap=overlap)
        if not report.failed and self._ledger.needs_backfill():
            self._ledger.set_backfilled()
        return report

    def rebuild(self) -> Report:
        """Read all logs and all that is stored again, also what couldn't be read before. Raises: `LedgerError`."""
        waiting = {entry.id for entry in self._ledger.quarantine.entries()}
        self._ledger.cursors.forget_all()
        report = self.recheck_all(self.read())
        self._ledger.quarantine.release(waiting - report.quarantined)
        return report

    def recheck_all(self, report: Report) -> Report:
        """Look again at every entry that is stored, shown or not, and at their accounts. Raises: `LedgerError`."""
        self.contents.anew = True
        return self.ingest.recheck([entry for entry, _, _ in self._ledger.observations.known()], report)

    @property
    def settings(self) -> Settings:
        """The settings by which it works."""
        return self.contents.wanted.settings

    def adopt(self, wanted: Wanted) -> None:
        """Work by what people want now."""
        self.contents.wanted = wanted

    def publisher(self, terms: Terms, held: Held | None = None) -> Publisher:
        """Saves pages on these terms."""
        permits = ownpages.permits(self.settings)
        leave = Leave(
            self._wikis, permits, self._ledger, terms, lambda dbname, text: bodies(text, self.settings.wikis[dbname])
        )
        return Publisher(self._wikis, permits, self._ledger, self._clock, terms, held, leave=leave)

    def refresh(
        self, terms: Terms, held: Held | None = None, wikis: Iterable[str] | None = None, page: str = ""
    ) -> Iterator[Outcome]:
        """Bring every page that asks for it (or just `page`) to what it should say, and tell of each when it is done.

        Raises: `Stopped`, `LedgerError`; what befell a single page or wiki is in its outcome.
        """
        if not self._ask_people():
            yield Outcome(self.settings.central, "", Result.SKIPPED, "busy")
            return
        if held is not None:
            resolve(self._ledger, self._wikis, held)
        publisher = self.publisher(terms, held)
        self._material, self._layouts = self.contents.gather(), {}
        for dbname in self._in_order(self._wikis if wikis is None else wikis):
            if held is None or self.settings.wikis[dbname].approval:
                yield from self._refresh_wiki(dbname, publisher, terms, page)
            elif wikis is not None:  # of several hundred nobody wants to hear that nothing can be saved there
                yield Outcome(dbname, "", Result.SKIPPED, "not-approved")

    def _ask_people(self) -> bool:
        """Learn what people want now; nothing is saved by what they wanted before."""
        try:
            if self.ask_people is not None:
                self.adopt(self.ask_people())
        except (SourceError, WikiError, InputError) as problem:
            log.warning("what people want can't be read: %s", problem)
            return False
        return True

    def _refresh_wiki(self, dbname: str, publisher: Publisher, terms: Terms, only: str) -> Iterator[Outcome]:
        """Bring a wiki's pages up: those that were looked at ahead, then all that can be found and aren't done."""
        here, outcomes = self.settings.wikis[dbname], dict[str, Outcome]()
        for find in (self._ahead.pages, lambda _: placements(self._wikis[dbname], here, self.settings.account)):
            try:
                self._found[dbname] = find(dbname)
                self._silent.discard(dbname)
            except (SourceError, WikiError) as problem:
                self._silent.add(dbname)
                log.warning("%s: its pages can't be found: %s", dbname, problem)
                yield Outcome(dbname, "", Result.SKIPPED, "busy")
                return
            yield from self._bring_up(dbname, publisher, terms, only, outcomes)

    def _bring_up(
        self, dbname: str, publisher: Publisher, terms: Terms, only: str, outcomes: dict[str, Outcome]
    ) -> Iterator[Outcome]:
        """Bring found pages up; a table's older parts before the page that they leave, so that no row is nowhere."""
        found, here = self._found[dbname], self.settings.wikis[dbname]
        self._material = self.contents.with_letters(self._material, dbname, here, found.values())
        order = in_order(
            found, here, VIEWS.get(terms.job), only, lambda page: self._likely(subpages, dbname, page, terms) or []
        )
        for title, before in order:
            if title in outcomes:
                continue
            waits = any(outcomes[one].result in (Result.SKIPPED, Result.HELD) for one in before if one in outcomes)
            likely = self._likely(draft_page, dbname, found[title], terms) if title in found else None
            if likely is not None and likely.text == found[title].text:
                outcomes[title] = Outcome(dbname, title, Result.UNCHANGED, base_revid=found[title].revid)
            elif waits and not shows_erased(found[title], self._desk(dbname, title, terms)):
                outcomes[title] = Outcome(dbname, title, Result.SKIPPED, "too-big", base_revid=found[title].revid)
            else:
                made = (found[title], self._material, likely) if likely else None
                draft = functools.partial(self._fresh_draft, dbname, terms, made)
                ahead = functools.partial(self.rechecks.begin, likely.entries if likely else frozenset())
                if self._ahead.go_on(title):
                    self.rechecks.expire()
                outcomes[title] = publisher.publish(dbname, title, draft, ahead=ahead)
            yield outcomes[title]

    def _likely(self, of: Callable[[Page, Desk], T], dbname: str, page: Page, terms: Terms) -> T | None:
        """What holds of a page, as it was just read, by what is known."""
        try:
            return of(page, self._desk(dbname, page.title, terms))
        except (RegionError, InputError, SourceError, WikiError):
            return None  # the publisher finds the same and says so

    def _fresh_draft(self, dbname: str, terms: Terms, made: _Made | None, page: Page) -> Drafted:
        """A draft from entries that were read again just now; the one that was `made`, if that is of the same page.

        Raises: `SourceError` when they can't be read.
        """
        if made is not None and made[0] == page and made[1] is self._material:
            drafted = made[2]
        else:
            drafted = draft_page(page, self._desk(dbname, page.title, terms))
        if (report := self.rechecks.report(drafted.entries)).failed:
            raise SourceError(f"entries of {', '.join(report.failed)} can't be read again")
        if report.changed:
            self._material, self._layouts = self.contents.material(), {}
            drafted = draft_page(page, self._desk(dbname, page.title, terms))
        return drafted

    def _desk(self, dbname: str, title: str, terms: Terms) -> Desk:
        return Desk(
            wiki=dbname,
            settings=self.settings.wikis[dbname],
            material=self._material,
            run=terms.run,
            erased=self.contents.erased,
            last=self.contents.saved.get((dbname, title)),
            pages=self._found.get(dbname, {}),
            layouts=self._layouts,
        )
