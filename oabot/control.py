"""One run under people's control: by the config and the notes of now, and told of afterwards."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping
from datetime import timedelta

from oabot import communityconfig, datapage, expectations, journal, previews, statuspage
from oabot.annotations import PAGE as NOTES
from oabot.annotations import read_annotations, reader
from oabot.attribution import attribute
from oabot.communityconfig import Community, Wanted
from oabot.config import OnWikiConfig, Settings
from oabot.errors import Resting, SourceError
from oabot.jobs import Work
from oabot.leave import Leave, Terms
from oabot.ledger import Held, JobState, Ledger
from oabot.model import Annotation, EntryId, Page, PageState
from oabot.outcomes import Teller
from oabot.ownpages import OwnPages, permits, summary, teller
from oabot.pipeline import Pipeline
from oabot.previews import Previews
from oabot.publish import Drafted, Outcome, Publisher, Result
from oabot.requestpages import history
from oabot.rests import RESTS
from oabot.seams import Clock, Wiki
from oabot.timestamps import iso, parse_timestamp
from oabot.views import Place, review

log = logging.getLogger(__name__)

OWN_SAVES = 20
"""Saves of our own pages that one run may make at most."""

Build = Callable[[Mapping[str, Wiki], Settings, OnWikiConfig], Pipeline]
"""Makes a pipeline over some wikis, by the settings in force and the community's config."""


class Control:
    """Reads what people want before a run, and tells them of it afterwards."""

    def __init__(
        self,
        settings: Settings,
        wikis: Mapping[str, Wiki],
        ledger: Ledger,
        clock: Clock,
        build: Build,
        *,
        onwiki: OnWikiConfig | None = None,
    ) -> None:
        """`settings` are the operator's; an `onwiki` that the operator gives takes the place of ``Config.json``."""
        self.settings, self.wikis, self.ledger, self.clock = settings, wikis, ledger, clock
        self._build, self._given = build, onwiki
        self._community = Community(onwiki) if onwiki else None

    @property
    def community(self) -> Community:
        """The community's config as it was last read. Raises: `LedgerError`."""
        if self._community is None:
            self._community = communityconfig.kept(self.ledger)
        return self._community

    @property
    def onwiki(self) -> OnWikiConfig:
        """The community's config in force."""
        return self.community.onwiki or OnWikiConfig()

    @property
    def in_force(self) -> Settings:
        """The settings as the community narrowed them."""
        return communityconfig.narrowed(self.settings, self.community.onwiki)

    def pipeline(self, wikis: Mapping[str, Wiki] | None = None) -> Pipeline:
        """The pipeline by what people want now; over other wikis, if those aren't to be saved on.

        Raises: `WikiError`, `InputError`, `LedgerError` when that can't be read.
        """
        wanted = self.wanted()
        made = self.idle_pipeline(wikis)
        made.adopt(wanted)
        return made

    def idle_pipeline(self, wikis: Mapping[str, Wiki] | None = None) -> Pipeline:
        """The pipeline by what people wanted when it was last read; it asks them before it looks at a page."""
        made = self._build(self.wikis if wikis is None else wikis, self.in_force, self.onwiki)
        made.ask_people = self.wanted
        return made

    def wanted(self) -> Wanted:
        """What people want, by ``Config.json`` and the notes as they are now. Raises: as `pipeline`."""
        central = self.wikis[self.settings.central]
        config, notes = self.settings.page(communityconfig.PAGE), self.settings.page(NOTES)
        pages = central.pages([config, notes])
        if self._given is None:
            self._community = communityconfig.read(pages[config], self.ledger)
        return Wanted(self.in_force, self._annotations(central, pages[notes]), self.onwiki.contact)

    def _annotations(self, central: Wiki, page: Page) -> tuple[Annotation, ...]:
        if page.state is not PageState.EXISTS:
            return ()
        template = self.settings.wikis[self.settings.central].template_note
        credits_ = attribute(history(central, page.title), reader(template, page.title, self.settings.account))
        authors = sorted({name for one in credits_ for name in one.authors})
        users = central.users(authors) if authors else {}
        allowed = communityconfig.annotation_groups(self.settings.central, self.onwiki)
        return read_annotations(credits_, users, allowed)

    def own_pages(self, terms: Terms, held: Held | None, saved: Collection[str] = ()) -> OwnPages:
        """Who writes our own pages; wikis in `saved` have just been saved on."""
        return OwnPages(self.settings, self.publisher(terms, held, saved), self.ledger, terms.run)

    def publisher(self, terms: Terms, held: Held | None, saved: Collection[str] = ()) -> Publisher:
        """Saves pages of ours and answers; by the operator's settings, for a bad config has to be told of too."""
        allowed = permits(self.settings)
        own = Terms(terms.account, terms.central, terms.run, terms.job, OWN_SAVES)
        leave = Leave(self.wikis, allowed, self.ledger, own)
        made = Publisher(self.wikis, allowed, self.ledger, self.clock, own, held, leave=leave)
        made.wait_after(saved)
        return made

    def teller(self, dbname: str) -> Teller:
        """Who says things on a wiki."""
        return teller(self.settings, dbname)

    def finish(self, work: Work, entry: journal.Entry) -> list[Outcome]:
        """Tell of a run: preview pages that are over, review, journal, status. Raises: `Stopped`, `LedgerError`."""
        if work.held is None:
            return []
        self._note_reads(work)
        saved = {one.wiki for one in work.outcomes if one.result is Result.SAVED}
        own = self.own_pages(work.terms, work.held, saved)
        told = self.end_previews(own)
        waiting = self._waiting(work.pipeline)
        told.append(self._review(own, work.pipeline, waiting))
        told.append(datapage.keep(own, work.pipeline))
        if entry.notable:
            told.append(own.add(journal.title(entry.when), "oabot-summary-journal", self._entry(entry, len(waiting))))
        told.append(self.tell_status(own, work.outcomes))
        if self.community.error:
            told += self._tell_operator(work)
        for one in told:
            if one.result is Result.SKIPPED:
                log.warning("%s: %s was left alone: %s", one.wiki, one.title, one.reason)
        return told

    def rest(self, why: Resting, terms: Terms, held: Held) -> None:
        """Tell of a rest, the only thing that is saved during one. Raises: `Stopped`, `LedgerError`."""
        log.warning("%s", why)
        if why.code != "blocked":
            self.tell_status(self.own_pages(terms, held), (), {why.wiki: why.code})

    def end_previews(self, own: OwnPages) -> list[Outcome]:
        """Blank previews on which nobody decided for a day, or that show what must not be shown."""
        standing = Previews(self.ledger)
        return [self.end_preview(own, one) for one in standing.over(self.clock.now())]

    def end_preview(self, own: OwnPages, preview: previews.Preview) -> Outcome:
        """Blank a preview that is decided."""
        central = self.teller(self.settings.central)
        outcome = own.put(preview.title, "oabot-summary-blanked", lambda _: previews.over(central))
        if outcome.result in (Result.SAVED, Result.UNCHANGED):
            Previews(self.ledger).drop(preview)
        return outcome

    def tell_status(
        self, own: OwnPages, outcomes: Collection[Outcome] = (), rests: Mapping[str, str] | None = None
    ) -> Outcome:
        """Bring ``/Status`` up to date, if it says something else or is a day old."""
        status = self._status(outcomes, rests or {})
        central = self.teller(self.settings.central)
        return own.put("Status", "oabot-summary-status", lambda text: statuspage.render(status, text, central))

    def _status(self, outcomes: Collection[Outcome], rests: Mapping[str, str]) -> statuspage.Status:
        state = self.ledger.state
        told = {one.wiki: one.reason for one in outcomes if one.reason in RESTS | {"stopped"}}
        unapproved = {name: "not-approved" for name, wiki in self.in_force.wikis.items() if not wiki.approval}
        pages = (key.split(":", 2)[1:] for key in state.starting("rest:") if key.count(":") > 1)
        missed = state.get("missed", {})
        return statuspage.Status(
            now=self.clock.now(),
            read={name: parse_timestamp(str(state.get(f"read:{name}"))) for name in self.settings.wikis},
            waiting=sum(one.source == "wiki" for one in self.ledger.inbox.in_state(JobState.WAITING)),
            rests={**unapproved, **told, **rests},
            undone={name: len(state.get(f"undone:{name}", {})) for name in self.settings.wikis},
            resting_pages=tuple((wiki, title) for wiki, title in pages),
            missed=missed.get("count", 0),
            last_missed=parse_timestamp(missed.get("last", "")),
            config_revid=self.community.revid,
            config_error=self.community.error,
        )

    def _note_reads(self, work: Work) -> None:
        now = iso(self.clock.now())
        looked = self.settings.wikis if work.news is None else work.report.read
        read = {f"read:{name}": now for name in looked if name not in work.report.failed}
        if read:
            self.ledger.state.put_all(read)

    def _waiting(self, pipeline: Pipeline) -> tuple[review.Waiting, ...]:
        decided = {one.entry for one in pipeline.contents.annotations if one.verdict is not None}
        settle = timedelta(hours=self.in_force.settle_hours)
        found = review.waiting(pipeline.contents.known(), settle, pipeline.contents.shown())
        return tuple(one for one in found if one.id not in decided)

    def _review(self, own: OwnPages, pipeline: Pipeline, waiting: tuple[review.Waiting, ...]) -> Outcome:
        central = self.settings.central
        spoken = self.teller(central).language
        place = Place(central, self.settings.page("Review"), spoken)
        material = pipeline.contents.material()
        counted = expectations.expected(self.onwiki.statements, material.cases)
        template = self.settings.wikis[central].template_note
        agenda = review.Agenda(waiting, counted, pipeline.contents.unlinked_posts())
        draft = review.render(agenda, material, place, template)

        def check(entries: Collection[EntryId]) -> None:
            report = pipeline.ingest.recheck(entries)
            if report.failed or report.changed:
                raise SourceError("the review page's entries have changed meanwhile")

        return own.put("Review", "oabot-summary-review", lambda _: draft.body, draft.entries, check)

    def _entry(self, entry: journal.Entry, waiting: int) -> Callable[[str], str]:
        central = self.teller(self.settings.central)
        told = journal.counted(entry, self.ledger.quarantine.count(), waiting)
        return lambda text: journal.append(text, told, central)

    def _tell_operator(self, work: Work) -> list[Outcome]:
        """Say once on the operator's talk page that the config can't be used."""
        mark = f"{self.community.revid}: {self.community.error}"
        if not self.settings.operator or self.ledger.state.get("config:told") == mark:
            return []
        central = self.settings.central
        language = self.teller(central)
        said = statuspage.config_error(self.community.error, language)
        heading = f"== {self.settings.page(communityconfig.PAGE)} =="
        note = f"{heading}\n{said} <!-- {self.community.revid} -->"

        def draft(page: Page) -> Drafted:
            new = page.text if note in page.text else f"{page.text.rstrip()}\n\n{note}".lstrip()
            return Drafted(new, summary(self.settings, central, work.terms.run, "oabot-summary-status"), guarded=False)

        outcome = self.publisher(work.terms, work.held).publish(central, f"User talk:{self.settings.operator}", draft)
        if outcome.result in (Result.SAVED, Result.UNCHANGED):
            self.ledger.state.put("config:told", mark)
        return [outcome]
