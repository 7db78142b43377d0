"""Entries read again right before they are shown, in the time in which the page that shows them is read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from oabot.begun import Begun, is_fresh
from oabot.ingest import Ingest
from oabot.model import EntryId
from oabot.report import Report
from oabot.seams import Clock


class Rechecks:
    """Reads entries again, for one draft after the other."""

    def __init__(self, ingest: Ingest, clock: Clock) -> None:
        self._ingest, self._clock = ingest, clock
        self._begun: tuple[datetime, frozenset[EntryId], Begun[Report]] | None = None
        self._untold: list[Begun[Report]] = []
        self._read: tuple[datetime, frozenset[EntryId]] | None = None
        self._counts: frozenset[EntryId] = frozenset()
        self._erased: dict[EntryId, list[tuple[str, str]]] = {}

    def begin(self, entries: Iterable[EntryId]) -> None:
        """Begin to read what a draft will probably show, unless all of it was asked for within `LASTS`."""
        wanted = frozenset(entries)
        if not wanted <= self._fresh():
            begun = Begun(lambda: self._ingest.recheck(wanted))
            self._begun = self._clock.now(), wanted, begun
            self._untold.append(begun)
        self._counts = self._fresh()

    def read(self, entries: Iterable[EntryId]) -> None:
        """These were read just now, and are to be seen."""
        self._read = self._clock.now(), frozenset(entries)

    def expire(self) -> None:
        """Ask again with the next `begin`: the page is looked at then, so it costs no time."""
        self._begun = self._read = None

    def report(self, entries: Iterable[EntryId]) -> Report:
        """What these are now; each was asked for after `begin`, or within `LASTS` before it. Raises: `LedgerError`.

        With it what was found for drafts that weren't made after all.
        """
        wanted, counts = frozenset(entries), self._counts
        self._counts = frozenset()
        report = self._begun[2].result() if self._begun and counts & self._begun[1] else Report()
        if report.failed:  # it may be a wiki of which this draft shows nothing
            report, counts = replace(report, failed={}), frozenset()
        report = report.with_(self._others())
        if wanted - counts:
            rest = self._ingest.recheck(wanted - counts)
            self._erased |= rest.erased
            report = report.with_(rest)
        return report

    def erased(self) -> dict[EntryId, list[tuple[str, str]]]:
        """What was erased since this was last asked, as `Report.erased` has it. Raises: `LedgerError`."""
        self._others()
        erased, self._erased = self._erased, {}
        return erased

    def _others(self) -> Report:
        """What was read and not told of yet, whether drafts asked for it or not."""
        untold, self._untold = self._untold, []
        told = Report()
        for begun in untold:
            found = begun.result()
            self._erased |= found.erased
            told = told.with_(replace(found, failed={}))
        return told

    def _fresh(self) -> frozenset[EntryId]:
        now = self._clock.now()
        begun = self._begun[1] if self._begun and is_fresh(self._begun[0], now) else frozenset()
        return begun | (self._read[1] if self._read and is_fresh(self._read[0], now) else frozenset())
