"""What people ask for on-wiki: taken in once, carried out in its turn, answered in its place.

The inbox says what became of each request, so that nothing is done twice; the page says the same to people, and is
brought up to that whenever it is looked at.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from oabot import runrequests
from oabot.communityconfig import request_rules
from oabot.control import Control
from oabot.errors import InputError, OabotError, RegionError, Resting, Stopped, WikiError
from oabot.jobnames import JOBS
from oabot.leave import Terms
from oabot.ledger import Asked, Held, Job, JobState
from oabot.model import User
from oabot.outcomes import Teller
from oabot.publish import Outcome, Result
from oabot.requestpages import RequestPage
from oabot.runrequests import Refusal, RunRequest
from oabot.wikitext import Wikitext

log = logging.getLogger(__name__)

SOURCE = "wiki"
"""The source of jobs that come from here."""

_FINISHED = (JobState.DONE, JobState.REFUSED, JobState.FAILED)
_LONG = frozenset({"wiki", "all"})
"""Scopes whose runs take long enough to say so."""


@dataclass(frozen=True, slots=True)
class Done:
    """What came of a request; a `Refusal` instead says why nothing was done."""

    run: str
    outcomes: tuple[Outcome, ...] = ()
    preview: str = ""
    """The title of the page on which it is shown."""
    key: str = "oabot-result-saved"
    """The key of what is said of its saves."""


CarryOut = Callable[[RunRequest, Mapping[str, User], Held], Done | Refusal]
"""Does what a request asks for."""


class Errands:
    """Requests on all wikis, for one process."""

    def __init__(self, control: Control, carry_out: CarryOut, new_run: Callable[[], str]) -> None:
        self._control, self._carry_out, self._new_run = control, carry_out, new_run
        self._inbox = control.ledger.inbox

    def take_in(self, held: Held) -> int:
        """Look at every wiki's page of requests; put new ones into the inbox, and answers into the pages.

        The number of new ones; while all wikis rest, answers wait. Raises: `Stopped`, `LedgerError`.
        """
        number = 0
        settings = self._control.in_force
        for dbname in self._control.wikis:
            if dbname == settings.central or settings.wikis[dbname].approval:
                try:
                    number += self._look(dbname, held)
                except Resting as rest:
                    self._control.rest(rest, self._terms(), held)
                except (WikiError, RegionError, InputError) as problem:
                    log.warning("%s: its requests can't be read: %s", dbname, problem)
        return number

    def do(self, job: Job, held: Held) -> None:
        """Carry out one job from the inbox that came from here. Raises: `Stopped`, `LedgerError`."""
        dbname = str(job.arguments["wiki"])
        try:
            page = self._page(dbname)
            asked = next((one for one in page.unanswered() if one.key == job.key), None)
            users = page.authors([asked]) if asked else {}
        except (WikiError, RegionError, InputError, KeyError) as problem:
            log.warning("%s: a request can't be read again: %s", dbname, problem)
            self._inbox.finish(held, job.number, JobState.FAILED, {"run": ""})
            return
        if asked is None:  # taken back, hidden, or the page is another one now
            self._inbox.finish(held, job.number, JobState.REFUSED, _refused(Refusal("gone")))
            return
        state, result = self._attempt(asked, users, page, held)
        self._inbox.finish(held, job.number, state, result)
        with contextlib.suppress(Resting):  # it was told of, and the answer is given by `take_in` later
            self._answer(page, {asked.key: self._said(state, result, asked)}, held)

    def _attempt(
        self, asked: RunRequest, users: Mapping[str, User], page: RequestPage, held: Held
    ) -> tuple[JobState, dict[str, Any]]:
        if why := self._refusal(asked, users):
            return JobState.REFUSED, _refused(why)
        try:
            if asked.scope in _LONG and asked.mode != "approve":
                self._answer(page, {asked.key: self._running(asked.wiki)}, held)
            found = self._carry_out(asked, users, held)
        except Resting as rest:
            self._control.rest(rest, self._terms(), held)
            return JobState.REFUSED, _refused(Refusal("refused-stopped", (self._control.settings.page("Run"),)))
        except Stopped:
            self._stopped(asked, held)
            raise
        except (WikiError, OabotError) as problem:
            run = self._new_run()
            log.exception("run %s: a request failed: %s", run, type(problem).__name__)
            return JobState.FAILED, {"run": run}
        return (JobState.REFUSED, _refused(found)) if isinstance(found, Refusal) else (JobState.DONE, _kept(found))

    def _stopped(self, asked: RunRequest, held: Held) -> None:
        """It will be answered when the bot may edit again."""
        job = self._inbox.get(asked.key)
        if job is not None and job.state is JobState.RUNNING:
            why = Refusal("refused-stopped", (self._control.settings.page("Run"),))
            self._inbox.finish(held, job.number, JobState.REFUSED, _refused(why))

    def _page(self, dbname: str) -> RequestPage:
        control = self._control
        return RequestPage(control.wikis[dbname], control.in_force, control.ledger, control.clock)

    def _look(self, dbname: str, held: Held) -> int:
        page = self._page(dbname)
        asked = page.unanswered()
        users = page.authors(asked)
        answers, number = {}, 0
        for one in asked:
            job = self._inbox.get(one.key)
            if job is None:
                job = self._enqueue(one, users)
                number += job is not None and job.state is JobState.WAITING
            if job is not None and (said := self._now(one, job)) is not None:
                answers[one.key] = said
        if answers:
            self._answer(page, answers, held)
        return number

    def _enqueue(self, asked: RunRequest, users: Mapping[str, User]) -> Job | None:
        why = self._refusal(asked, users) or self._over_limit(asked)
        name = asked.job if asked.job in JOBS else "tables"
        scope, mode = _word(asked.scope, runrequests.SCOPES), _word(asked.mode, runrequests.MODES)
        where = {"wiki": asked.wiki, "revid": asked.revid, "index": asked.index}
        wish = Asked(asked.key, name, SOURCE, scope, mode, where, asked.asker)
        if why is None:
            self._inbox.enqueue(wish)
        else:
            self._inbox.enqueue(wish, JobState.REFUSED, _refused(why))
        return self._inbox.get(asked.key)

    def _refusal(self, asked: RunRequest, users: Mapping[str, User]) -> Refusal | None:
        rules = request_rules(asked.wiki, self._control.onwiki)
        return runrequests.refusal(asked, users, rules, self._control.clock.now())

    def _over_limit(self, asked: RunRequest) -> Refusal | None:
        rules, now = request_rules(asked.wiki, self._control.onwiki), self._control.clock.now()
        if self._inbox.asked_since(now - timedelta(hours=1), asked.asker) >= rules.per_person_hour:
            return Refusal("refused-limit-person", (rules.per_person_hour,))
        if self._inbox.asked_since(now - timedelta(days=1)) >= rules.per_day:
            return Refusal("refused-limit-day", (rules.per_day,))
        return None

    def _now(self, asked: RunRequest, job: Job) -> dict[str, Wikitext] | None:
        """What is to be said of a request now, if it isn't on the page yet."""
        if job.state in _FINISHED:
            return self._said(job.state, job.result, asked)
        before = [one for one in self._inbox.in_state(JobState.WAITING, JobState.RUNNING) if one.number < job.number]
        if job.state is JobState.WAITING and before and asked.params.get("state") != "waiting":
            say = self._control.teller(asked.wiki).language.say
            return {"state": Wikitext("waiting"), "answer": say("oabot-request-waiting")}
        return None

    def _running(self, dbname: str) -> dict[str, Wikitext]:
        language = self._control.teller(dbname).language
        since = language.moment(self._control.clock.now())
        return {"state": Wikitext("running"), "answer": language.say("oabot-request-running", since)}

    def _terms(self) -> Terms:
        settings = self._control.settings
        return Terms(settings.account, settings.central, self._new_run())

    def _answer(self, page: RequestPage, answers: Mapping[str, Mapping[str, Wikitext]], held: Held) -> None:
        terms = self._terms()
        outcome = page.answer(self._control.publisher(terms, held), terms.run, answers)
        if outcome.result is Result.SKIPPED:
            log.warning("%s: %d answers wait: %s", outcome.wiki, len(answers), outcome.reason)

    def _said(self, state: JobState, result: Mapping[str, Any], asked: RunRequest) -> dict[str, Wikitext]:
        answer = said(state, result, self._control.teller(asked.wiki), asked.params)
        return {"state": Wikitext(state.value), "answer": answer}


def said(state: JobState, result: Mapping[str, Any], teller: Teller, params: Mapping[str, str]) -> Wikitext:
    """An answer in words, from what the inbox keeps."""
    say = teller.language.say
    if state is JobState.FAILED:
        return say("oabot-request-failed", Wikitext(f"<bdi>{result.get('run') or '–'}</bdi>"))
    if state is JobState.REFUSED:
        code = str(result.get("code", "refused-already-done"))
        why = Refusal(code, tuple(result.get("args", ())))
        return say("oabot-request-refused", runrequests.said(why, teller.language, params))
    outcomes = [
        Outcome(wiki, title, Result(value), reason, revid, losing=(goes, of))
        for wiki, title, value, reason, revid, goes, of in result["outcomes"]
    ]
    parts = [say("oabot-request-done")]
    if result["preview"]:
        page = teller.page(teller.material.central, str(result["preview"]))
        parts.append(say("oabot-result-preview", page))
    if outcomes or not result["preview"]:
        parts += teller.result(outcomes, str(result["key"]))
    return Wikitext(" · ".join(parts))


def _refused(why: Refusal) -> dict[str, Any]:
    return {"code": why.code, "args": list(why.args)}


def _kept(done: Done) -> dict[str, Any]:
    rows = [[one.wiki, one.title, one.result.value, one.reason, one.revid, *one.losing] for one in done.outcomes]
    return {"run": done.run, "outcomes": rows, "preview": done.preview, "key": done.key}


def _word(given: str, known: tuple[str, ...]) -> str:
    """What people wrote may be anything; the inbox keeps words of ours."""
    return given if given in known else "-"
