"""The one table of what can be asked for: the schedule, the command line and requests on wikis share it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from oabot.ingest import LONG_OVERLAP, OVERLAP
from oabot.ledger import Held
from oabot.model import EntryId
from oabot.report import Report

if TYPE_CHECKING:
    from oabot.pipeline import Pipeline
    from oabot.publish import Outcome, Terms


@dataclass(frozen=True, slots=True)
class News:
    """What is to be looked at, when it isn't everything."""

    entries: frozenset[tuple[EntryId, str, datetime]] = frozenset()
    """Log entries (id, log type, time) that we were told of."""
    hidden: frozenset[EntryId] = frozenset()
    """Entries that we hold and that may have been hidden."""


@dataclass(slots=True)
class Work:
    """One run of a job, and what came of it."""

    pipeline: Pipeline
    terms: Terms
    held: Held | None = None
    """Our lease; without one it is a dry run."""
    news: News | None = None
    """None: read all that is new."""
    refresh: bool = True
    """Whether pages are looked at though nothing new was learned."""
    wikis: frozenset[str] | None = None
    """Whose pages; None: all."""
    page: str = ""
    """Only this page."""
    overlap: timedelta = OVERLAP
    """How much of performers' logs is read again."""
    beat: Callable[[str], None] = lambda _: None
    """Told of each phase (``reading``, ``saving``) as it begins."""
    report: Report = field(default_factory=Report)
    outcomes: list[Outcome] = field(default_factory=list)


Step = Callable[[Work], None]


def read(work: Work) -> None:
    """Bring the ledger up to the logs, or to what we were told of."""
    work.beat("reading")
    if work.news is None:
        work.report = work.pipeline.read(work.overlap)
        return
    pipeline = work.pipeline
    if work.news.entries:
        work.report = pipeline.woken(work.news.entries, work.report)
    if work.news.hidden:  # last: an entry that was asked for ahead may have been hidden since
        work.report = pipeline.ingest.recheck(work.news.hidden, work.report)


def recheck(work: Work) -> None:
    """Look again at every entry that is stored."""
    work.beat("reading")
    work.report = work.pipeline.recheck_all(work.report)


def publish(work: Work) -> None:
    """Bring the pages to what they should say."""
    if work.refresh or work.report.changed:
        work.beat("saving")
        work.outcomes += work.pipeline.refresh(work.terms, work.held, work.wikis, work.page)
        work.report.erased |= work.pipeline.rechecks.erased()


@dataclass(frozen=True, slots=True)
class Job:
    """What a name stands for."""

    steps: tuple[Step, ...]
    seconds: float
    """How long it may take; a bot that needs longer hangs."""
    overlap: timedelta = OVERLAP


JOBS: Final[Mapping[str, Job]] = {
    "tables": Job((read, publish), 3600.0),
    "statements": Job((read, publish), 3600.0),
    "letters": Job((read, publish), 3600.0),
    "reconcile": Job((read, recheck, publish), 4 * 3600.0, LONG_OVERLAP),
    "all": Job((read, recheck, publish), 4 * 3600.0, LONG_OVERLAP),
}


def run(name: str, work: Work) -> Work:
    """Do a job, step by step. Raises: `Stopped`, `LedgerError`, `KeyError` for a name that isn't in the table."""
    work.overlap = JOBS[name].overlap
    for step in JOBS[name].steps:
        step(work)
    return work
