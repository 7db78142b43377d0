"""One run for a person at a terminal: says what it reads, finds and saves, and how long each step took."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from time import monotonic

from oabot.app import App
from oabot.errors import ConfigError, Resting
from oabot.jobs import Work
from oabot.journal import Entry
from oabot.model import Edit
from oabot.publish import Outcome, Result, Terms
from oabot.undo import Undo

Say = Callable[[str], None]
"""Tells the person at the terminal one line."""


def once(app: App, job: str, wikis: Collection[str], page: str, say: Say, *, save: bool) -> int:
    """Read the logs and bring the pages to what they should say; 1 if something failed, else 0.

    Raises: `ConfigError`, `Stopped`, `LedgerError`.
    """
    for dbname in wikis:
        if dbname not in app.settings.wikis:
            raise ConfigError(f"--wiki: {dbname} isn't among the settings' wikis: {', '.join(app.settings.wikis)}")
    return _Once(app, job, wikis, page, say).run(save=save)


def undo(app: App, run: str, say: Say, *, save: bool) -> int:
    """Set back what a run changed, where nobody has edited since; 1 if something failed, else 0.

    Raises: `ConfigError` when there is no such run; `Stopped`, `LedgerError`.
    """
    if not app.ledger.publications.of_run(run):
        raise ConfigError(f"no run {run!r} has saved anything, as far as this ledger knows")
    return _Once(app, "undo", (), "", say).undo(run, save=save)


class _Once:
    def __init__(self, app: App, job: str, wikis: Collection[str], page: str, say: Say) -> None:
        self._app, self._job, self._wikis, self._page, self._say = app, job, wikis, page, say
        self._begin = monotonic()

    def run(self, *, save: bool) -> int:
        return self._under_control(self._steps, Entry("", self._app.clock.now(), "operator", self._job), save=save)

    def undo(self, run: str, *, save: bool) -> int:
        key = "oabot-result-set-back"
        entry = Entry("", self._app.clock.now(), "operator", "undo", run, done=key)
        return self._under_control(lambda work: self._undo(run, work), entry, save=save)

    def _under_control(self, do: Callable[[Work], int], entry: Entry, *, save: bool) -> int:
        """Do it by what people want now, and tell them of it if it saves."""
        app = self._app
        wikis = app.wikis(self._wikis, save=save)
        control = app.control(wikis)
        terms = self._terms(wikis)
        self._step(f"run {terms.run}")
        if not save:
            return do(Work(control.pipeline(app.dry(wikis, self._show)), terms))
        with app.lease() as held:
            work = Work(control.pipeline(), terms, held)
            try:
                code = do(work)
            except Resting as rest:
                control.rest(rest, work.terms, held)
                raise
            scope = entry.scope or " ".join((*self._wikis, self._page)).strip()
            control.finish(work, replace(entry, run=terms.run, scope=scope, outcomes=tuple(work.outcomes)))
        return code

    def _terms(self, wikis: Iterable[str]) -> Terms:
        settings = self._app.settings
        asked = frozenset((dbname, self._page) for dbname in wikis if self._page)
        run = self._app.new_run()
        return Terms(settings.account, settings.central, run, self._job, settings.saves_per_run, asked=asked)

    def _undo(self, run: str, work: Work) -> int:
        work.outcomes += Undo(work.pipeline, self._app.ledger, work.terms, work.held).run(run)
        for outcome in work.outcomes:
            self._tell(outcome)
        return self._summed_up(work)

    def _steps(self, work: Work) -> int:
        pipeline = work.pipeline
        work.report = report = pipeline.read()
        if self._job in ("reconcile", "all"):
            work.report = report = pipeline.recheck_all(report)
        rows = ", ".join(f"{dbname} {number}" for dbname, number in report.read.items())
        self._step(f"read {sum(report.read.values())} log rows ({rows}), {len(report.stored)} of them new or changed")
        for dbname, why in report.failed.items():
            self._step(f"{dbname} couldn't be read: {why}")
        found = pipeline.contents.material().cases
        classes = Counter(case.action_class.value for case in found)
        self._step(f"{len(found)} cases: " + ", ".join(f"{number} {name}" for name, number in sorted(classes.items())))
        for outcome in pipeline.refresh(work.terms, work.held, self._wikis or None, self._page):
            work.outcomes.append(outcome)
            self._tell(outcome)
        return self._summed_up(work)

    def _summed_up(self, work: Work) -> int:
        saved = sum(outcome.result is Result.SAVED for outcome in work.outcomes)
        differ = sum(outcome.result is Result.WOULD_SAVE for outcome in work.outcomes)
        self._step(f"{saved} edits" if work.held else f"dry run: {differ} pages would be saved")
        return 1 if work.report.failed or any(outcome.reason in _FAILURES for outcome in work.outcomes) else 0

    def _step(self, text: str) -> None:
        self._say(f"{monotonic() - self._begin:6.1f} s  {text}")

    def _tell(self, outcome: Outcome) -> None:
        url = self._app.settings.wikis[outcome.wiki].url
        where = f"{url}/wiki/{outcome.title.replace(' ', '_')}" if outcome.title else url
        if outcome.result is Result.SAVED:
            self._step(f"saved {where} ({url}/wiki/Special:Diff/{outcome.revid})")
        else:
            self._step(f"{outcome.result.value}{f' ({outcome.reason})' if outcome.reason else ''}: {where}")

    def _show(self, dbname: str, edit: Edit, diff: str) -> None:
        self._say(f"--- {dbname}: {edit.title}\n    {edit.summary}\n{diff}")


_FAILURES = frozenset({"busy", "unread", "other", "conflict"})
"""Reasons that somebody should look into; the others are the wiki's or people's decision."""
