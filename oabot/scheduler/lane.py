"""The one lane in which everything that writes is done, one after another."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from oabot import jobs
from oabot.errors import ConfigError, LeaseLost, LedgerError, Resting, Stopped
from oabot.health import Alarm, Heartbeat
from oabot.interest import Interest, Wake
from oabot.jobs import JOBS, News, Work
from oabot.ledger import Asked, Held, Job, JobState
from oabot.logs import RUN
from oabot.publish import Result, Terms
from oabot.scheduler.bot import Bot, LateWikis, interest
from oabot.scheduler.followup import count_missed, follow_up, missed
from oabot.scheduler.intake import Intake, news_of
from oabot.scheduler.turn import Turn

if TYPE_CHECKING:
    from oabot.model import EntryId
    from oabot.scheduler.people import People

log = logging.getLogger(__name__)

IDLE: Final = 30.0
"""Seconds between two looks into the inbox when nobody rings."""

STANDBY: Final = 5.0
"""Seconds between two tries to become the one that edits."""

KEPT: Final = timedelta(days=90)
"""How long finished jobs and runs that saved nothing are remembered."""

_IDLE_DEADLINE: Final = 180.0
_FAILURES: Final = frozenset({"busy", "unread", "other", "conflict"})
"""Reasons of outcomes that another try may mend."""

_AWAITED: Final = (0.3, 0.7, 1.0, 2.0, 3.0)
"""Seconds between looks for an entry that we were told of and that a lagging replica doesn't show yet."""

_AGAIN: Final = (60.0, 120.0, 300.0, 900.0, 1800.0)


class Lane:
    """Takes jobs from the inbox and does them, while it is our turn."""

    def __init__(self, bot: Bot, turn: Turn, intake: Intake, heartbeat: Heartbeat, alarm: Alarm) -> None:
        self._bot, self._turn, self._intake = bot, turn, intake
        self._heartbeat, self._alarm = heartbeat, alarm
        self._left: list[Job] = []
        self._leading: Held | None = None
        self._erased: Mapping[EntryId, Sequence[tuple[str, str]]] = {}
        self.interest: Interest = interest(bot, None)
        self.begin: Callable[[Held], object] = lambda _: None
        """Called when our turn begins."""
        self.end: Callable[[], object] = lambda: None
        """Called when it is over."""
        self.pause = IDLE

    @cached_property
    def _people(self) -> People:
        """Control and errands, loaded with the first job: while there is none, listening is all there is to do."""
        from oabot.scheduler.people import People

        return People(self._bot, LateWikis(tuple(self._bot.settings.wikis), lambda: self._bot.wikis(save=True)))

    def heard(self, wakes: Collection[Wake], *, busy: bool) -> None:
        """As `People.heard`, if it is our turn and pages were looked at before."""
        if self._leading is not None and "_people" in self.__dict__:
            self._people.heard(wakes, self.interest.targets, busy=busy)

    def tick(self) -> None:
        """Do all that is due; never raises."""
        try:
            self._tick()
        except LeaseLost as lost:
            log.warning("%s", lost)
        except Stopped:
            log.info("stopped in between")
        except LedgerError as fault:
            log.warning("%s", fault)
            self._alarm.failed(str(fault))
        except ConfigError as fault:
            log.critical("nothing is saved: %s", fault)
            self._alarm.failed(str(fault))
        except Exception:
            log.exception("a run failed")
            self._alarm.failed("an error of the program; see the log")

    def lead(self) -> Held | None:
        """Begin our turn if it is ours, or go on with it; None while another process has it.

        Raises: `LedgerError`.
        """
        held = self._turn.take()
        self._heartbeat.beat("waiting" if held is None else "idle", _IDLE_DEADLINE)
        self.pause = STANDBY if held is None else IDLE
        if held != self._leading:
            self._left.clear()
            if held is None:
                self.end()
            else:
                self.interest = interest(self._bot, self._bot.known())
                self.begin(held)
            self._leading = held
        return held

    def _tick(self) -> None:
        if (held := self.lead()) is None:
            return
        self._intake.store()
        while due := self._due(held):
            self._do(due, held)
            self._tell_of_erased()
        self._heartbeat.beat("idle", _IDLE_DEADLINE)

    def _due(self, held: Held) -> list[Job]:
        """What is due, and what an error left undone: as much as one run can do, what we were told of first."""
        while (job := self._bot.ledger.inbox.take(held)) is not None:
            self._left.append(job)
        if not self._left:
            return []
        ours = [job for job in self._left if not self._people.asked(job)]
        told = [job for job in ours if job.name == "tables" and news_of([job]) is not None]
        if told or not ours:
            return told or self._left[:1]
        broadest = max(ours, key=lambda job: len(JOBS[job.name].steps), default=None)
        steps = set(JOBS[broadest.name].steps) if broadest else set()
        return sorted(
            (job for job in ours if steps.issuperset(JOBS[job.name].steps)), key=lambda job: job is not broadest
        )

    def _do(self, due: list[Job], held: Held) -> None:
        if self._people.asked(due[0]):
            self._do_for_people(due[0], held)
            return
        run = self._bot.new_run()
        RUN.set(run)
        ledger = self._bot.ledger
        name = due[0].name
        ledger.runs.start(run, due[0].source, name)
        work = self._work(due, run, held)
        outcome = "failed"
        try:
            with self._in_time(name):
                self._people.look(due, held)
                if not all(self._people.only_looks(job) for job in due):
                    jobs.run(name, work)
                    self._await_entries(work)
                    self._widen(work)
                    self._people.tell(work, due[0])
            outcome = "failed" if self._failed(work) else "done"
            self._settle(due, work, held, outcome)
        except LeaseLost:
            raise
        except ConfigError as fault:  # the operator has to mend something; watching goes on
            log.critical("nothing is saved: %s", fault)
            work.report.failed[self._bot.settings.central] = str(fault)
            self._settle(due, work, held, outcome)
        except Resting as rest:
            outcome = "resting"
            self._finish(due, held, JobState.REFUSED, {"stopped": True})
            self._people.rest(rest, work)
        except Stopped as stopped:
            outcome = "stopped"
            if self._bot.clock.ending:
                raise
            log.info("%s", stopped)
            self._finish(due, held, JobState.REFUSED, {"stopped": True})
        finally:
            ledger.runs.end(run, outcome, counts(work))
            RUN.set("")

    def _do_for_people(self, job: Job, held: Held) -> None:
        """Carry out one request; whatever comes of it, it isn't tried again by this process."""
        self._left.remove(job)
        self._heartbeat.beat("saving", JOBS[job.name].seconds)
        with self._in_time(job.name):
            self._people.do(job, held)
            # A page may be ours from now on.
            self.interest = interest(self._bot, self._people.pipeline.contents.known())

    def _work(self, due: list[Job], run: str, held: Held) -> Work:
        settings = self._bot.settings
        job = JOBS[due[0].name]
        scopes = {one.scope for one in due}
        return Work(
            pipeline=self._people.pipeline,
            terms=Terms(settings.account, settings.central, run, due[0].name, saves=settings.saves_per_run),
            held=held,
            news=news_of(due),
            # Who died may have stored what he then didn't publish.
            refresh=any(one.arguments.get("refresh", True) or one.attempts > 1 for one in due),
            wikis=frozenset(scopes) if all(one.arguments.get("topic") == "region" for one in due) else None,
            beat=lambda phase: self._heartbeat.beat(phase, job.seconds),
        )

    def _await_entries(self, work: Work) -> None:
        """Look again for entries that a replica doesn't show yet."""
        for seconds in _AWAITED:
            if work.news is None or not work.report.awaited:
                return
            self._bot.clock.sleep(seconds)
            awaited, work.report.awaited = work.report.awaited, set()
            work.news = News(entries=frozenset(one for one in work.news.entries if one[0] in awaited))
            jobs.run("tables", work)

    def _widen(self, work: Work) -> None:
        """Listen for what is done about new targets, then read their logs once more.

        What was done about one before we listened for it would else be found only at night.
        """
        before = self.interest.targets
        self.interest = interest(self._bot, self._people.pipeline.contents.known())
        if new := frozenset(self.interest.targets - before):
            again = work.pipeline.ingest.run((), new)
            work.report.stored |= again.stored
            work.report.erased |= again.erased
            work.report.failed |= again.failed
            if again.changed:
                jobs.publish(work)

    def _settle(self, due: list[Job], work: Work, held: Held, outcome: str) -> None:
        """Put down what comes of it, then that the jobs are done."""
        ledger, now = self._bot.ledger, self._bot.clock.now()
        if outcome == "failed" or work.report.awaited:
            again = _AGAIN[min(self._alarm.failures, len(_AGAIN) - 1)]
            due_then = now + timedelta(seconds=again)
            ledger.inbox.enqueue(Asked(f"again:{work.terms.run}", "tables", "schedule", wanted_at=due_then))
        if any(one.reason == "enough" for one in work.outcomes):
            ledger.inbox.enqueue(Asked(f"more:{work.terms.run}", "tables", "schedule"))
        follow_up(self._people.pipeline.contents.known(), self._bot.settings, ledger, now)
        if work.news is None and outcome == "done":
            ledger.state.put(f"good:{due[0].name}", now.isoformat())
            if due[0].name == "reconcile":
                ledger.forget_before(now - KEPT)
            lost = missed(ledger, work.report.stored, self._intake.heard_of, now)
            if lost:
                log.warning("the stream didn't tell of %d entries: %s", len(lost), " ".join(map(str, sorted(lost))))
                count_missed(ledger, lost, now)
        self._finish(due, held, JobState.DONE, counts(work))
        if outcome == "failed":
            self._alarm.failed(f"run {work.terms.run}: {', '.join(sorted(work.report.failed)) or 'pages'}")
        else:
            self._alarm.succeeded()
        self._erased = work.report.erased

    def _tell_of_erased(self) -> None:
        """Tell the operator what was erased, whoever's run it was that found it, and be it one that died."""
        erasures = self._bot.ledger.erasures
        untold = [stone.id for stone in erasures.tombstones() if not stone.told]
        if untold and self._alarm.erased({entry: self._erased.get(entry, ()) for entry in untold}):
            erasures.told(untold)

    def _finish(self, due: list[Job], held: Held, state: JobState, result: object) -> None:
        for job in due:
            self._bot.ledger.inbox.finish(held, job.number, state, result)
            self._left.remove(job)

    def _failed(self, work: Work) -> bool:
        return bool(work.report.failed) or any(one.reason in _FAILURES for one in work.outcomes)

    @contextmanager
    def _in_time(self, name: str) -> Iterator[None]:
        """End the process if this takes too long: nothing else can end a call that hangs."""
        timer = threading.Timer(JOBS[name].seconds, self._hangs, [name])
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def _hangs(self, name: str) -> None:
        log.critical("%s takes longer than %d s; the process ends to be started anew", name, JOBS[name].seconds)
        self._alarm.hangs(name)
        logging.shutdown()
        os._exit(1)


def counts(work: Work) -> dict[str, Any]:
    """What a run did, in numbers and dbnames."""
    results = [outcome.result for outcome in work.outcomes]
    return {
        "read": sum(work.report.read.values()),
        "stored": len(work.report.stored),
        "erased": len(work.report.erased),
        "failed": sorted(work.report.failed),
        **{result.value: results.count(result) for result in Result if result in results},
    }
