"""The runs that people ask for: save, preview, approve, undo."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace

from oabot import jobs, previews
from oabot.communityconfig import request_rules
from oabot.control import Control
from oabot.dryrun import DryRunWiki
from oabot.errands import Done
from oabot.jobs import Work
from oabot.journal import Entry
from oabot.leave import Terms
from oabot.ledger import Held
from oabot.model import Edit, User
from oabot.previews import Preview, Previews
from oabot.publish import Result, shown
from oabot.runrequests import Refusal, RunRequest, case_of, covers, page_of
from oabot.seams import Wiki
from oabot.undo import Undo

Pages = frozenset[tuple[str, str]]


class RequestedRuns:
    """Carries out requests, each as one run with its entry in the journal."""

    def __init__(
        self, control: Control, new_run: Callable[[], str], beat: Callable[[str], None] = lambda _: None
    ) -> None:
        self._control, self._new_run, self._beat = control, new_run, beat

    def __call__(self, asked: RunRequest, users: Mapping[str, User], held: Held) -> Done | Refusal:
        """Do what is asked. Raises: `Stopped`, `WikiError`, `SourceError`, `LedgerError`."""
        do = {"save": self._save, "preview": self._preview, "approve": self._approve, "undo": self._undo}[asked.mode]
        run = self._new_run()
        runs = self._control.ledger.runs
        runs.start(run, f"{asked.wiki}:{asked.revid}", asked.job or asked.mode)
        outcome = "failed"
        try:
            done = do(asked, users, run, held)
            outcome = "refused" if isinstance(done, Refusal) else "done"
        finally:
            runs.end(run, outcome, {})
        return done

    def _terms(self, run: str, job: str = "", pages: Pages = frozenset()) -> Terms:
        settings = self._control.settings
        return Terms(settings.account, settings.central, run, job, settings.saves_per_run, asked=pages)

    def _scope(self, asked: RunRequest, users: Mapping[str, User]) -> tuple[frozenset[str] | None, Pages] | Refusal:
        """The wikis and, if these are all, the pages that are asked for."""
        settings = self._control.in_force
        if asked.scope == "all":
            return None, frozenset()
        pages: Pages = frozenset()
        if asked.scope == "wiki":
            wikis = frozenset({asked.of if asked.of in settings.wikis else asked.wiki})
        elif asked.scope == "page":
            wiki, title = page_of(asked, settings.wikis)
            wikis, pages = frozenset({wiki}), frozenset({(wiki, self._canonical(wiki, title))})
        else:
            case = case_of(asked)
            pages = frozenset(self._control.ledger.publications.pages_showing(case)) if case else pages
            wikis = frozenset(wiki for wiki, _ in pages)
        if not self._covers(asked, users, wikis):
            return Refusal("refused-this-wiki")
        if asked.scope != "wiki" and not pages:
            return Refusal("refused-page-missing", ("$of",))
        return wikis, pages

    def _canonical(self, wiki: str, title: str) -> str:
        """The title as that wiki writes it, with its own name of the namespace."""
        return self._control.wikis[wiki].pages([title])[title].title

    def _covers(self, asked: RunRequest, users: Mapping[str, User], wikis: Collection[str]) -> bool:
        return covers(asked, users, request_rules(asked.wiki, self._control.onwiki), wikis)

    def _save(self, asked: RunRequest, users: Mapping[str, User], run: str, held: Held) -> Done | Refusal:
        scope = self._scope(asked, users)
        if isinstance(scope, Refusal):
            return scope
        wikis, pages = scope
        work = Work(self._control.pipeline(), self._terms(run, asked.job, pages), held, wikis=wikis, beat=self._beat)
        self._work(asked.job, work, pages)
        if pages and not work.outcomes:
            return Refusal("refused-page-missing", ("$of",))
        return self._told(asked, work, Done(run, tuple(work.outcomes)))

    def _work(self, name: str, work: Work, pages: Pages) -> None:
        """Do a job, on these pages if there are any."""
        if not pages:
            jobs.run(name, work)
        for wiki, title in sorted(pages):
            work.wikis, work.page = frozenset({wiki}), title
            jobs.run(name, work)

    def _preview(self, asked: RunRequest, users: Mapping[str, User], run: str, held: Held) -> Done | Refusal:
        scope = self._scope(asked, users)
        if isinstance(scope, Refusal):
            return scope
        wikis, pages = scope
        diffs: dict[tuple[str, str], str] = {}
        dry = _dry(self._control.wikis, diffs)
        work = Work(self._control.pipeline(dry), self._terms(run, asked.job, pages), wikis=wikis, beat=self._beat)
        self._work(asked.job, work, pages)
        if pages and not work.outcomes:
            return Refusal("refused-page-missing", ("$of",))
        if lossy := frozenset((one.wiki, one.title) for one in work.outcomes if one.result is Result.HELD):
            work.terms, work.outcomes = replace(work.terms, approved=lossy), []
            self._work(asked.job, work, pages)
        return self._shown(asked, replace(work, held=held), diffs)

    def _shown(self, asked: RunRequest, work: Work, diffs: Mapping[tuple[str, str], str]) -> Done:
        """Put a preview on its page."""
        made = [one for one in work.outcomes if one.result is Result.WOULD_SAVE and one.draft is not None]
        drafts = {(one.wiki, one.title): one.draft for one in made if one.draft is not None}
        entries = frozenset(entry for draft in drafts.values() for region in draft.regions for entry in region.entries)
        preview = Preview(
            work.terms.run,
            self._control.clock.now(),
            asked.job,
            {page: shown(draft.regions) for page, draft in drafts.items()},
            entries,
        )
        left = [one for one in work.outcomes if one.result is Result.SKIPPED]
        if not drafts:
            return Done(work.terms.run, tuple(left))
        central = self._control.teller(self._control.settings.central)
        listed = [(wiki, title, diffs.get((wiki, title), "")) for wiki, title in sorted(drafts)]
        text = previews.render(preview.id, listed, [central.left_alone(one) for one in left], central)
        own = self._control.own_pages(work.terms, work.held)
        Previews(self._control.ledger).keep(preview)  # before it is there: who dies in between leaves nothing behind
        outcome = own.put(preview.title, "oabot-summary-preview", lambda _: text, entries)
        if outcome.result is Result.SKIPPED:
            return Done(work.terms.run, (outcome, *left))
        return Done(work.terms.run, tuple(left), self._control.settings.page(preview.title))

    def _approve(self, asked: RunRequest, users: Mapping[str, User], run: str, held: Held) -> Done | Refusal:
        standing = Previews(self._control.ledger)
        preview = standing.get(asked.of)
        if preview is None or self._control.clock.now() - preview.made > previews.LIFE:
            return Refusal("refused-preview-old")
        if not self._covers(asked, users, {wiki for wiki, _ in preview.pages}):
            return Refusal("refused-this-wiki")
        pages = frozenset(preview.pages)
        terms = replace(self._terms(run, preview.job, pages), approved=pages, expected=preview.pages)
        work = Work(self._control.pipeline(), terms, held, beat=self._beat)
        self._work(preview.job, work, pages)
        own = self._control.own_pages(terms, held, {one.wiki for one in work.outcomes if one.result is Result.SAVED})
        self._control.end_preview(own, preview)
        return self._told(asked, work, Done(run, tuple(work.outcomes)))

    def _undo(self, asked: RunRequest, users: Mapping[str, User], run: str, held: Held) -> Done | Refusal:
        ledger = self._control.ledger
        made = ledger.publications.of_run(asked.of)
        if not made:
            return Refusal("refused-run-unknown", ("$of",))
        if not self._covers(asked, users, {one.wiki for one in made}):
            return Refusal("refused-this-wiki")
        terms = self._terms(run)
        pipeline = self._control.pipeline()
        work = Work(pipeline, terms, held)
        undo = Undo(pipeline, ledger, terms, held)
        work.outcomes += undo.run(asked.of)
        return self._told(asked, work, Done(run, tuple(work.outcomes), key="oabot-result-set-back"))

    def _told(self, asked: RunRequest, work: Work, done: Done) -> Done:
        """The same, with its entry in the journal."""
        entry = Entry(
            run=done.run,
            when=self._control.clock.now(),
            woken="request",
            job=asked.job or asked.mode,
            scope=" ".join(filter(None, (asked.scope if asked.mode in ("save", "preview") else "", asked.of))),
            asker=asked.asker,
            request=(asked.wiki, asked.revid),
            reason=asked.reason,
            outcomes=done.outcomes,
            done=done.key,
        )
        self._control.finish(work, entry)
        return done


def _dry(wikis: Mapping[str, Wiki], diffs: dict[tuple[str, str], str]) -> Mapping[str, Wiki]:
    """The same wikis, but what would be saved is kept as a diff."""

    def keeper(dbname: str) -> Callable[[Edit, str], None]:
        def keep(edit: Edit, diff: str) -> None:
            diffs[dbname, edit.title] = diff

        return keep

    return {dbname: DryRunWiki(wiki, keeper(dbname)) for dbname, wiki in wikis.items()}
