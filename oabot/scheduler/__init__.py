"""The continuous job: listens, keeps the schedule, does what is due, and ends when it is told to."""

from __future__ import annotations

import contextlib
import logging
import threading
from datetime import UTC, timedelta
from typing import TYPE_CHECKING, Final

from oabot.errors import LedgerError
from oabot.health import Alarm, Heartbeat
from oabot.ledger import Asked, Held
from oabot.listener import POSITION, Listener
from oabot.mail import Mail
from oabot.scheduler.bot import Bot
from oabot.scheduler.ending import GRACE, Ending
from oabot.scheduler.followup import owed
from oabot.scheduler.intake import Intake
from oabot.scheduler.lane import IDLE, Lane
from oabot.scheduler.turn import Turn
from oabot.sources.eventstream import Heard, moment_of
from oabot.timestamps import parse_timestamp

if TYPE_CHECKING:
    from apscheduler.schedulers.blocking import BlockingScheduler

log = logging.getLogger(__name__)

NIGHTLY: Final = {"hour": 3, "minute": 17}
"""When everything is read again, UTC."""

DEAF: Final = timedelta(minutes=15)
"""Without a stream for this long, the logs are read hourly instead."""

_GRACE_SECONDS: Final = 3600


def run(bot: Bot, early: Listener | None = None) -> int:
    """Run until asked to end; the exit code. `early` is who listens already. Raises: `ConfigError`."""
    ending = Ending(bot.clock)
    ending.install()
    return _Service(bot, ending, early).run()


class _Service:
    """The parts of the continuous job, and what connects them."""

    def __init__(self, bot: Bot, ending: Ending, early: Listener | None) -> None:
        self._bot, self._ending = bot, ending
        self._turn = Turn(bot.ledger)
        self._intake = Intake(bot.ledger, bot.clock, self._ring)
        mail = Mail(bot.settings.mail_to, bot.settings.mail_host, bot.clock)
        self._heartbeat = Heartbeat(bot.settings.heartbeat, bot.clock)
        self._lane = Lane(bot, self._turn, self._intake, self._heartbeat, Alarm(mail.send, bot.clock))
        self._lane.begin, self._lane.end = self._begin, self._end
        self._listener = early
        self._lock = threading.Lock()
        self._busy = self._rung = False
        self._quiet = threading.Event()
        self._quiet.set()
        self._scheduler: BlockingScheduler | None = None

    def run(self) -> int:
        """Everything, in order; the main thread then only waits."""
        self._heartbeat.beat("waiting", 180.0)
        try:
            # Before the schedule is even loaded: listening is what matters.
            if self._lane.lead() is None:
                self._end()
        except LedgerError as fault:
            log.warning("%s; listening goes on", fault)
            self._listen(self._listener.position if self._listener else None)
        self._turn.keep()
        scheduler = self._schedule()
        self._ending.then(lambda: _shut(scheduler))
        if not self._bot.clock.ending:
            scheduler.start()
        self._quiet.wait(GRACE)
        self._intake.store(last=True)
        self._turn.end()
        log.info("ended")
        return 0

    def _schedule(self) -> BlockingScheduler:
        from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_EXECUTED
        from apscheduler.executors.pool import ThreadPoolExecutor
        from apscheduler.schedulers.blocking import BlockingScheduler
        from apscheduler.triggers.cron import CronTrigger

        scheduler = BlockingScheduler(
            timezone=UTC,
            executors={"default": ThreadPoolExecutor(1)},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": _GRACE_SECONDS},
        )
        now = self._bot.clock.now()
        scheduler.add_job(self._tick, "interval", seconds=IDLE, id="tick", next_run_time=now)
        nightly = CronTrigger(**NIGHTLY, timezone=UTC, jitter=600)
        scheduler.add_job(self._nightly, nightly, id="nightly")
        scheduler.add_listener(self._on_done, EVENT_JOB_EXECUTED | EVENT_JOB_ERROR)
        self._scheduler = scheduler
        return scheduler

    def _tick(self) -> None:
        with self._lock:
            self._busy, self._rung = True, False
        self._quiet.clear()
        try:
            self._mind_the_stream()
            self._lane.tick()
        finally:
            self._quiet.set()

    def _on_done(self, _event: object) -> None:
        """APScheduler drops a wake-up for a job that runs: what rang meanwhile is looked at now."""
        with self._lock:
            self._busy, rung = False, self._rung
        if rung or self._lane.pause < IDLE:
            self._look(timedelta() if rung else timedelta(seconds=self._lane.pause))

    def _ring(self) -> None:
        with self._lock:
            self._rung = True
            if self._busy:
                return
        self._look(timedelta())

    def _look(self, later: timedelta) -> None:
        if self._scheduler is not None and self._scheduler.running:
            self._scheduler.modify_job("tick", next_run_time=self._bot.clock.now() + later)

    def _nightly(self) -> None:
        self._ask(f"nightly:{self._bot.clock.now():%Y-%m-%d}", "reconcile")
        self._ring()

    def _mind_the_stream(self) -> None:
        """Read the logs every hour while the stream is silent."""
        if self._listener is None:
            return
        pulse, now = self._listener.pulse, self._bot.clock.now()
        if pulse.connected or pulse.since is None or now - pulse.since < DEAF:
            return
        self._ask(f"deaf:{now:%Y-%m-%dT%H}", "tables")

    def _ask(self, key: str, name: str) -> None:
        try:
            self._bot.ledger.inbox.enqueue(Asked(key, name, "schedule", arguments={"refresh": name == "reconcile"}))
        except LedgerError as fault:
            log.warning("%s", fault)

    def _begin(self, held: Held) -> None:
        """Our turn begins: listen, take over what was left, and catch up if a run was missed."""
        ledger, now = self._bot.ledger, self._bot.clock.now()
        position = ledger.state.get(POSITION)
        left = moment_of(position) if isinstance(position, str) else None
        self._listen(position if isinstance(position, str) else None)
        ledger.inbox.requeue(held)
        good = parse_timestamp(str(ledger.state.get("good:reconcile")))
        died = ledger.runs.unfinished()
        if name := owed(good, left, now, undone=bool(died) or ledger.needs_backfill()):
            ledger.inbox.enqueue(Asked(f"start:{held.fence}", name, "schedule"))
        for one in died:
            ledger.runs.end(one.id, "died", {})

    def _listen(self, position: str | None) -> None:
        if self._listener is not None and self._listener.position != position:
            self._end()  # it began elsewhere than where the ledger says
        if self._listener is None:
            bot = self._bot
            self._listener = Listener(bot.settings.stream, bot.agent, bot.clock, position)
            self._listener.start()
        self._listener.serve(lambda: self._lane.interest, self._take)

    def _take(self, heard: Heard) -> None:
        try:
            self._lane.heard(heard.wakes, busy=self._busy)
        except Exception:  # what is only for speed must not make us deaf
            log.exception("nothing could be asked ahead")
        self._intake.take(heard)

    def _end(self) -> None:
        if self._listener is not None:
            self._listener.end()
            self._listener = None


def _shut(scheduler: BlockingScheduler) -> None:
    from apscheduler.schedulers import SchedulerNotRunningError

    with contextlib.suppress(SchedulerNotRunningError):
        scheduler.shutdown(wait=False)
