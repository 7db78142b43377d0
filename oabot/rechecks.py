"""Entries read again in the time in which the page that shows them is read: two waits for wikis that are one."""

from __future__ import annotations

import contextvars
import threading
from collections.abc import Iterable

from oabot.ingest import Ingest, Report
from oabot.model import EntryId


class Rechecks:
    """Reads entries again, for one draft after the other."""

    def __init__(self, ingest: Ingest) -> None:
        self._ingest = ingest
        self._begun: _Begun | None = None

    def begin(self, entries: Iterable[EntryId]) -> None:
        """Begin to read what a draft will probably show; what was begun before counts no more."""
        wanted = frozenset(entries)
        self._begun = _Begun(self._ingest, wanted) if wanted else None

    def report(self, entries: Iterable[EntryId]) -> Report:
        """What these are now; all of them were asked for after `begin`. Raises: `LedgerError`."""
        wanted, begun = frozenset(entries), self._begun
        self._begun = None
        if begun is None:
            return self._ingest.recheck(wanted)
        report = begun.report()
        return self._ingest.recheck(wanted - begun.entries, report) if wanted - begun.entries else report


class _Begun:
    """A thread that doesn't keep the process alive, and what it found."""

    def __init__(self, ingest: Ingest, entries: frozenset[EntryId]) -> None:
        self.entries = entries
        self._report = Report()
        self._fault: BaseException | None = None
        self._thread = threading.Thread(
            target=contextvars.copy_context().run, args=(self._read, ingest), daemon=True, name="recheck"
        )
        self._thread.start()

    def report(self) -> Report:
        """The report, once it is there. Raises: what reading raised."""
        self._thread.join()
        if self._fault is not None:
            raise self._fault
        return self._report

    def _read(self, ingest: Ingest) -> None:
        try:
            self._report = ingest.recheck(self.entries)
        except BaseException as fault:  # noqa: BLE001 - the thread's end: whoever asks for the report gets it
            self._fault = fault
