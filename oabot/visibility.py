"""Known entries as the wikis show them now: what is hidden is erased, what is missing is held back."""

from __future__ import annotations

import functools
import logging
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from oabot.begun import ahead
from oabot.errors import InputError
from oabot.ledger import Ledger
from oabot.logentry import CENTRAL, parse
from oabot.model import EntryId
from oabot.report import Report
from oabot.seams import Clock, Source
from oabot.sources.early import asking_anew

log = logging.getLogger(__name__)

MISSING_TWICE = timedelta(minutes=10)
"""An entry that isn't there is gone when it is missing again after this long."""

FORGIVEN_AFTER = timedelta(hours=24)
"""An entry that was erased and is visible after this long is stored again; earlier, a lagging replica may show it."""

_Row = Mapping[str, Any]
_Known = tuple[EntryId, str, datetime]


class Visibility:
    """Looks at known entries again, and erases."""

    def __init__(self, sources: Mapping[str, Source], ledger: Ledger, clock: Clock, central: str = CENTRAL) -> None:
        self._sources, self._ledger, self._clock, self._central = sources, ledger, clock, central

    def recheck(self, entries: Iterable[EntryId], report: Report) -> Report:
        """Erase what is hidden, hold what is missing, store what looks otherwise; all of it is in the report.

        Raises: `LedgerError`; a wiki that can't say is in `Report.failed`, and then its entries mustn't be shown.
        """
        known = self._known(entries)
        dbnames = sorted({entry.wiki for entry, _, _ in known} & self._sources.keys())
        reads = [functools.partial(self._read, [one for one in known if one[0].wiki == dbname]) for dbname in dbnames]
        with asking_anew():  # somebody may have hidden one since
            for dbname, rows in zip(dbnames, ahead(reads), strict=True):
                report.attempt(dbname, functools.partial(self._again, dbname, rows, report))
        return report

    def known(self, dbname: str, entries: Iterable[EntryId]) -> list[_Known]:
        """Those of the entries that the ledger holds of that wiki (id, log type, time). Raises: `LedgerError`."""
        return [one for one in self._known(entries) if one[0].wiki == dbname]

    def take(self, dbname: str, found: Mapping[EntryId, _Row | None], report: Report) -> None:
        """As `recheck`, of known entries that were read: None for one that isn't there. Raises: `LedgerError`."""
        hidden, missing, visible = set(), set(), []
        for entry_id, row in found.items():
            if row is None:
                missing.add(entry_id)
            elif _is_hidden(dbname, row, self._central):
                hidden.add(entry_id)
            else:
                visible.append((entry_id, row))
        report.count(dbname, len(found))
        if hidden:
            self.erase(hidden, "hidden", report)
        if missing:
            self._missing(missing, report)
        report.stored |= self._ledger.observations.record(visible).added

    def erase(self, ids: set[EntryId], reason: str, report: Report) -> None:
        """Erase these, and leave a tombstone of each. Raises: `LedgerError`."""
        report.erased.update(self._ledger.erasures.erase(ids, reason, self._clock.now()))
        log.warning("erased: %s", " ".join(map(str, sorted(ids))))

    def forgive(self, visible: Iterable[EntryId]) -> None:
        """What was erased long ago and is to be seen in the logs again may be stored again. Raises: `LedgerError`."""
        until = self._clock.now() - FORGIVEN_AFTER
        erased = {stone.id for stone in self._ledger.erasures.tombstones() if stone.erased_at <= until}
        for entry_id in erased.intersection(visible):
            self._ledger.erasures.forgive(entry_id)

    def _known(self, entries: Iterable[EntryId]) -> list[_Known]:
        wanted = set(entries)
        return [one for one in self._ledger.observations.known() if one[0] in wanted] if wanted else []

    def _read(self, asked: list[_Known]) -> Iterable[tuple[EntryId, _Row | None]]:
        """Entries of one wiki as it shows them now. Raises: `SourceError`."""
        return self._sources[asked[0][0].wiki].by_ids(asked).items()

    def _again(self, dbname: str, rows: Iterable[tuple[EntryId, _Row | None]], report: Report) -> None:
        self.take(dbname, dict(rows), report)

    def _missing(self, ids: set[EntryId], report: Report) -> None:
        """Hold what is missing; erase it when it was missing ten minutes ago as well."""
        held = self._ledger.erasures.hold(ids)
        report.held |= ids
        gone = {
            entry_id for entry_id, hold in held.items() if hold.last_missing_at - hold.first_missing_at >= MISSING_TWICE
        }
        if gone:
            self.erase(gone, "missing", report)


def _is_hidden(dbname: str, row: Mapping[str, Any], central: str) -> bool:
    try:
        return parse(dbname, row, central).hidden
    except InputError:
        return False
