"""The whole bot on one screen: ingest, judge, draft, refresh."""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import timedelta

from oabot import ownpages
from oabot.ahead import Ahead, Wanted
from oabot.begun import Begun
from oabot.config import Settings
from oabot.correspondences import Around, Record, letters_asked
from oabot.drafts import Desk, draft_page, shows_erased, subpages
from oabot.errors import InputError, RegionError, SourceError, WikiError
from oabot.explanations import Explain, Explanations
from oabot.ingest import OVERLAP, Ingest
from oabot.jobnames import VIEWS
from oabot.known import Known, know
from oabot.layout import Layout
from oabot.leave import Leave
from oabot.ledger import Held, Ledger
from oabot.links import Resolved
from oabot.model import Annotation, EntryId, Page, Verdict
from oabot.placements import bodies, in_order, placements
from oabot.presence import Absent
from oabot.publish import Drafted, Outcome, Publisher, Result, Terms
from oabot.rechecks import Rechecks
from oabot.report import Report
from oabot.resolve import resolve
from oabot.rules import Rules
from oabot.seams import Clock, Wiki
from oabot.statements import Post
from oabot.targetlogs import titles
from oabot.views import Material

log = logging.getLogger(__name__)

REREAD = 50
"""Of how many such cases the logs are read again in one run: a rename may be there."""


class Pipeline:
    """Everything between the logs and the pages, over one ledger."""

    def __init__(  # noqa: PLR0913 - one of each part that it joins
        self,
        settings: Settings,
        rules: Rules,
        ledger: Ledger,
        ingest: Ingest,
        wikis: Mapping[str, Wiki],
        clock: Clock,
        *,
        explain: Explain = lambda _cases, _before: Explanations(),
        absent: Absent = lambda _cases, _anew: frozenset(),
        around: Around | None = None,
    ) -> None:
        self._settings, self._rules, self._ledger = settings, rules, ledger
        self._wikis, self._clock = wikis, clock
        self._material: Material = Material((), {}, settings.account, settings.central)
        self._layouts: dict[tuple[str, str, int], Layout] = {}
        self._found: dict[str, dict[str, Page]] = {}
        self._silent: set[str] = set()
        self._explain, self._explanations = explain, Explanations()
        self._look_for, self._absent, self._anew = absent, frozenset[EntryId](), False
        self._around, self._record = around or Around(), Record()
        self._links: Mapping[str, Resolved] = {}
        self.ingest, self._rechecks = ingest, Rechecks(ingest)
        self._wanted, self._ahead = Wanted(settings), Ahead(clock)
        self.ask_people: Callable[[], Wanted] | None = None
        """Tells what people want now; asked whenever pages are looked at. Raises: `WikiError`, `InputError`."""

    def begin(self) -> None:
        """Begin to read what the next `refresh` looks at, while the logs are being read."""
        if self.ask_people is not None:
            explain = functools.partial(self._explain, self.material().cases, None)
            self._ahead.begin(self.ask_people, self._wikis, self._in_order(self._wikis), explain)

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
        self._anew = True
        return self.ingest.recheck([entry for entry, _, _ in self._ledger.observations.known()], report)

    def known(self) -> Known:
        """All that the ledger holds, judged; what was missing when last looked for is left out."""
        return know(
            self._ledger.observations.entries(),
            self._rules,
            self._clock.now(),
            self._wanted.annotations,
            left_out=set(self._ledger.erasures.held()),
        )

    def material(self) -> Material:
        """What pages are made of now."""
        known, settle = self.known(), timedelta(hours=self._settings.settle_hours)
        shown = self.shown()
        wanted = {note.entry for note in self._wanted.annotations if note.verdict is Verdict.YES}
        shown |= wanted & {case.id for case in known.reversed_early(settle, shown)}
        settled = known.publishable(self._clock.now(), settle, shown)
        cases = tuple(case for case in settled if case.id not in self._absent)
        return Material(
            cases=cases,
            addresses={dbname: wiki.url for dbname, wiki in self._settings.wikis.items()},
            account=self._settings.account,
            central=self._settings.central,
            contact=self._wanted.contact,
            reach=self.ingest.reach(),
            homes=self._explanations.homes,
            statements=self._explanations.told(cases),
            statements_read=self._explanations.learned.whole,
            letters=self._record.letters,
            answers=self._record.answers,
            links=self._links,
            committee=self._around.committee,
        )

    def shown(self) -> set[EntryId]:
        """The entries that our tables show; what waits for a decision isn't shown yet."""
        own = tuple(f"{self._settings.account}/{name}" for name in ("Review", "Preview/"))
        saved = self._ledger.publications.all_latest()
        tables = [page for page in saved if not page.title.partition(":")[2].startswith(own)]
        return {entry for page in tables for entry in page.entries}

    @property
    def settings(self) -> Settings:
        """The settings by which it works."""
        return self._settings

    @property
    def annotations(self) -> tuple[Annotation, ...]:
        """What people wrote about entries, as far as it counts."""
        return self._wanted.annotations

    def adopt(self, wanted: Wanted) -> None:
        """Work by what people want now."""
        self._wanted, self._settings = wanted, wanted.settings

    def publisher(self, terms: Terms, held: Held | None = None) -> Publisher:
        """Saves pages on these terms."""
        permits = ownpages.permits(self._settings)
        leave = Leave(
            self._wikis, permits, self._ledger, terms, lambda dbname, text: bodies(text, self._settings.wikis[dbname])
        )
        return Publisher(self._wikis, permits, self._ledger, self._clock, terms, held, leave=leave)

    def refresh(
        self, terms: Terms, held: Held | None = None, wikis: Iterable[str] | None = None, page: str = ""
    ) -> Iterator[Outcome]:
        """Bring every page that asks for it (or just `page`) to what it should say, and tell of each when it is done.

        Raises: `Stopped`, `LedgerError`; what befell a single page or wiki is in its outcome.
        """
        if not self._ask_people():
            yield Outcome(self._settings.central, "", Result.SKIPPED, "busy")
            return
        if held is not None:
            resolve(self._ledger, self._wikis, held)
        publisher = self.publisher(terms, held)
        self._material, self._layouts = self.gather(), {}
        for dbname in self._in_order(self._wikis if wikis is None else wikis):
            if held is None or self._settings.wikis[dbname].approval:
                yield from self._refresh_wiki(dbname, publisher, terms, page)
            elif wikis is not None:  # of several hundred nobody wants to hear that nothing can be saved there
                yield Outcome(dbname, "", Result.SKIPPED, "not-approved")

    def _ask_people(self) -> bool:
        """Learn what people want now; nothing is saved by what they wanted before."""
        try:
            if self.ask_people is not None:
                self.adopt(self._ahead.wanted() or self.ask_people())
        except (SourceError, WikiError, InputError) as problem:
            log.warning("what people want can't be read: %s", problem)
            return False
        return True

    def gather(self) -> Material:
        """What pages are made of, with all that is read beside the logs read now. Raises: `LedgerError`."""
        cases, before = self.material().cases, self._ahead.explanations()
        explained = Begun(lambda: self._explain(cases, before))
        self._find_accounts()
        self._explanations = explained.result()
        if {case.id for case in self.material().cases}.difference(case.id for case in cases):
            self._explanations = self._explain(self.material().cases, self._explanations)
        self._links = self._around.links(link for note in self.annotations for link in note.discussion)
        return self.material()

    def present(self) -> Known:
        """As `known`, less the cases of accounts that aren't there under their name. Raises: `LedgerError`."""
        known = self.known()
        absent = self._look_for(known.cases, self._anew)
        return Known(known.entries, known.judgements, tuple(case for case in known.cases if case.id not in absent))

    def unlinked_posts(self) -> tuple[Post, ...]:
        """What the Office wrote on talk pages that no note names, as a discussion or as a statement."""
        return self._around.unlinked_posts(self.annotations)

    def _find_accounts(self) -> None:
        """Leave out the cases of accounts that aren't there; of those that are shown, look for a rename."""
        known = self.known()
        self._absent, self._anew = self._look_for(known.cases, self._anew), False
        if gone := sorted(self._absent & self.shown())[:REREAD]:
            entries = [entry for case in known.cases if case.id in gone for entry in case.entries]
            self.ingest.run((), frozenset(titles(entries, known.judgements, self._settings.central)))

    def _refresh_wiki(self, dbname: str, publisher: Publisher, terms: Terms, only: str) -> Iterator[Outcome]:
        """Bring a wiki's pages up; a table's older parts before the page that they leave, so that no row is nowhere."""
        here = self._settings.wikis[dbname]
        try:
            known = self._ahead.found().get(dbname)
            found = placements(self._wikis[dbname], here, self._settings.account) if known is None else known
            self._found[dbname] = found
            self._silent.discard(dbname)
        except (SourceError, WikiError) as problem:
            self._silent.add(dbname)
            log.warning("%s: its pages can't be found: %s", dbname, problem)
            yield Outcome(dbname, "", Result.SKIPPED, "busy")
            return
        self._read_letters(dbname)
        outcomes: dict[str, Outcome] = {}
        subpages_of = functools.partial(self._subpages, dbname, terms)
        order = in_order(found, here, VIEWS.get(terms.job), only, subpages_of)
        for title, before in order.items():
            waits = any(outcomes[one].result in (Result.SKIPPED, Result.HELD) for one in before if one in outcomes)
            likely = self._likely(dbname, found[title], terms) if title in found else None
            if likely is not None and likely.text == found[title].text:
                outcomes[title] = Outcome(dbname, title, Result.UNCHANGED, base_revid=found[title].revid)
            elif waits and not shows_erased(found[title], self._desk(dbname, title, terms)):
                outcomes[title] = Outcome(dbname, title, Result.SKIPPED, "too-big", base_revid=found[title].revid)
            else:
                draft = functools.partial(self._fresh_draft, dbname, terms)
                ahead = functools.partial(self._rechecks.begin, likely.entries if likely else frozenset())
                outcomes[title] = publisher.publish(dbname, title, draft, ahead=ahead)
            yield outcomes[title]

    def _read_letters(self, dbname: str) -> None:
        """Read the letters that a wiki's pages ask for."""
        found, settings = self._found[dbname].values(), self._settings.wikis[dbname]
        self._record = self._around.letters(letters_asked(found, dbname, settings, self._material.addresses))
        self._material = replace(self._material, letters=self._record.letters, answers=self._record.answers)

    def _subpages(self, dbname: str, terms: Terms, page: Page) -> list[str]:
        try:
            return subpages(page, self._desk(dbname, page.title, terms))
        except (RegionError, InputError, SourceError, WikiError):
            return []  # the publisher finds the same and says so

    def _likely(self, dbname: str, page: Page, terms: Terms) -> Drafted | None:
        """What a page, as it was just read, should say by what is known."""
        try:
            return draft_page(page, self._desk(dbname, page.title, terms))
        except (RegionError, InputError, SourceError, WikiError):
            return None  # the publisher finds the same and says so

    def _fresh_draft(self, dbname: str, terms: Terms, page: Page) -> Drafted:
        """A draft from entries that were read again just now. Raises: `SourceError` when they can't be."""
        drafted = draft_page(page, self._desk(dbname, page.title, terms))
        if (report := self._rechecks.report(drafted.entries)).failed:
            raise SourceError(f"entries of {', '.join(report.failed)} can't be read again")
        if report.changed:
            self._material, self._layouts = self.material(), {}
            drafted = draft_page(page, self._desk(dbname, page.title, terms))
        return drafted

    def _desk(self, dbname: str, title: str, terms: Terms) -> Desk:
        return Desk(
            wiki=dbname,
            settings=self._settings.wikis[dbname],
            material=self._material,
            run=terms.run,
            erased=self._absent.union(stone.id for stone in self._ledger.erasures.tombstones()),
            last=self._ledger.publications.latest(dbname, title),
            pages=self._found.get(dbname, {}),
            layouts=self._layouts,
        )
