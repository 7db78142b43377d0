"""What people want of the continuous job: asked when the stream or a full run gives reason, told after each run."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Collection, Container, Mapping
from typing import Final

from oabot.control import Control
from oabot.errands import SOURCE, Errands
from oabot.errors import InputError, LedgerError, Resting, SourceError, WikiError
from oabot.interest import Topic, Wake
from oabot.jobs import Work
from oabot.journal import Entry
from oabot.ledger import Held, Job
from oabot.pipeline import Pipeline
from oabot.scheduler.bot import Bot
from oabot.seams import Wiki

log = logging.getLogger(__name__)

_LOGS: Final = frozenset({Topic.LOG, Topic.HIDING})
"""Topics that are no edits."""

_STEERING: Final = frozenset({Topic.REQUESTS, Topic.CONFIG, Topic.STOP})
"""Topics after which requests are looked at: the page itself, who may ask, whether the bot may answer."""


class People:
    """Control and errands, for the lane; no wiki is asked before there is a reason."""

    def __init__(self, bot: Bot, wikis: Mapping[str, Wiki]) -> None:
        self._control: Control = bot.control(wikis)
        self._errands: Errands = bot.errands(self._control)
        self._clock = bot.clock
        self._built_by: object = None
        self._pipeline: Pipeline | None = None

    @property
    def pipeline(self) -> Pipeline:
        """The pipeline by the community's config as it was last read. Raises: `LedgerError`."""
        if self._pipeline is None or self._built_by != self._control.community.onwiki:
            self._built_by = self._control.community.onwiki
            self._pipeline = self._control.idle_pipeline()
        return self._pipeline

    def heard(self, wakes: Collection[Wake], targets: Container[tuple[str, str]], *, busy: bool) -> None:
        """After an edit look at pages anew; begin to ask what a run asks that looks at a log entry of these.

        That only if a page waits for it (with a settle time only what is done about one of these `targets` is shown
        at once), and not while another run is `busy`: what was begun would be old after it. Raises nothing.
        """
        pipeline = self._pipeline
        if pipeline and any(one.topic not in _LOGS for one in wakes):
            pipeline.look_anew()
        wake = next((one for one in wakes if one.topic is Topic.LOG), None)
        if (
            wake
            and pipeline
            and not busy
            and (not pipeline.settings.settle_hours or (wake.wiki, wake.title) in targets)
        ):
            with contextlib.suppress(LedgerError):  # the run finds the same, and says so
                pipeline.foresee(wake)

    @staticmethod
    def asked(job: Job) -> bool:
        """Whether a person asked for this on-wiki."""
        return job.source == SOURCE

    @staticmethod
    def only_looks(job: Job) -> bool:
        """Whether a look at the requests is all that this job is for."""
        return bool(job.arguments.get("news")) and job.arguments.get("topic") == Topic.REQUESTS

    def look(self, due: list[Job], held: Held) -> None:
        """Take requests in, if one of these jobs is a reason to. Raises: `Stopped`, `LedgerError`."""
        if not any(_steers(job) for job in due):
            return
        try:
            self._control.wanted()
            self._errands.take_in(held)
        except (WikiError, SourceError, InputError) as problem:
            log.warning("what people want can't be read: %s", problem)

    def do(self, job: Job, held: Held) -> None:
        """Carry out what somebody asked for. Raises: `Stopped`, `LedgerError`."""
        self._errands.do(job, held)

    def tell(self, work: Work, job: Job) -> None:
        """Tell of a run that looked at pages. Raises: `Stopped`, `LedgerError`."""
        if not work.outcomes and work.news is not None:
            return
        woken = "schedule" if work.news is None else "stream"
        entry = Entry(work.terms.run, self._clock.now(), woken, job.name, outcomes=tuple(work.outcomes))
        self._control.finish(work, entry)

    def rest(self, why: Resting, work: Work) -> None:
        """Tell that the bot rests. Raises: `Stopped`, `LedgerError`."""
        if work.held is not None:
            self._control.rest(why, work.terms, work.held)


def _steers(job: Job) -> bool:
    return not job.arguments.get("news") or job.arguments.get("topic") in _STEERING
