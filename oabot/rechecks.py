"""Entries read again right before they are shown, in the time in which the page that shows them is read."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from oabot.begun import LASTS, Begun
from oabot.ingest import Ingest
from oabot.model import EntryId
from oabot.report import Report
from oabot.seams import Clock


class Rechecks:
    """Reads entries again, for one draft after the other."""

    def __init__(self, ingest: Ingest, clock: Clock) -> None:
        self._ingest, self._clock = ingest, clock
        self._begun: tuple[datetime, frozenset[EntryId], Begun[Report]] | None = None
        self._read: tuple[datetime, frozenset[EntryId]] | None = None
        self._counts: frozenset[EntryId] = frozenset()
        self._erased: dict[EntryId, list[tuple[str, str]]] = {}

    def begin(self, entries: Iterable[EntryId]) -> None:
        """Begin to read what a draft will probably show, unless all of it was asked for within `LASTS`."""
        wanted = frozenset(entries)
        if not wanted <= self._fresh():
            self._begun = self._clock.now(), wanted, Begun(lambda: self._ingest.recheck(wanted))
        self._counts = self._fresh()

    def read(self, entries: Iterable[EntryId]) -> None:
        """These were read just now, and are to be seen."""
        self._read = self._clock.now(), frozenset(entries)

    def expire(self) -> None:
        """Ask again with the next `begin`: the page is looked at then, so it costs no time."""
        self._begun = self._read = None

    def report(self, entries: Iterable[EntryId]) -> Report:
        """What these are now; each was asked for after `begin`, or within `LASTS` before it. Raises: `LedgerError`."""
        wanted, counts = frozenset(entries), self._counts
        self._counts = frozenset()
        report = self._begun[2].result() if self._begun and counts & self._begun[1] else Report()
        self._erased |= report.erased
        if report.failed:  # it may be a wiki of which this draft shows nothing
            report, counts = Report(), frozenset()
        if wanted - counts:
            rest = self._ingest.recheck(wanted - counts)
            self._erased |= rest.erased
            report = report.with_(rest)
        return report

    def erased(self) -> dict[EntryId, list[tuple[str, str]]]:
        """What was erased since this was last asked, as `Report.erased` has it."""
        erased, self._erased = self._erased, {}
        return erased

    def _fresh(self) -> frozenset[EntryId]:
        begun = self._begun[1] if self._begun and self._is_fresh(self._begun[0]) else frozenset()
        return begun | (self._read[1] if self._read and self._is_fresh(self._read[0]) else frozenset())

    def _is_fresh(self, asked: datetime) -> bool:
        return timedelta() <= self._clock.now() - asked <= LASTS
