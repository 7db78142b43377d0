"""Entries read again in the time in which the page that shows them is read."""

from __future__ import annotations

from collections.abc import Iterable

from oabot.begun import Begun
from oabot.ingest import Ingest
from oabot.model import EntryId
from oabot.report import Report


class Rechecks:
    """Reads entries again, for one draft after the other."""

    def __init__(self, ingest: Ingest) -> None:
        self._ingest = ingest
        self._asked: frozenset[EntryId] = frozenset()
        self._begun: Begun[Report] | None = None

    def begin(self, entries: Iterable[EntryId]) -> None:
        """Begin to read what a draft will probably show; what was begun before counts no more."""
        asked = self._asked = frozenset(entries)
        self._begun = Begun(lambda: self._ingest.recheck(asked)) if asked else None

    def report(self, entries: Iterable[EntryId]) -> Report:
        """What these are now; all of them were asked for after `begin`. Raises: `LedgerError`."""
        wanted, begun = frozenset(entries), self._begun
        self._begun = None
        if begun is None:
            return self._ingest.recheck(wanted)
        report = begun.result()
        return self._ingest.recheck(wanted - self._asked, report) if wanted - self._asked else report
