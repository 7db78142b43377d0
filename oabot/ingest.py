"""From the logs into the ledger: by performer, then by target of every case, then what is known once more.

Only what a case is made of is stored, with the cursor that led to it in the same transaction; nothing private ever is.
"""

from __future__ import annotations

import functools
import itertools
import logging
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from oabot.begun import ahead
from oabot.classify import judge
from oabot.errors import InputError, SourceError
from oabot.identity import vanished
from oabot.known import kept
from oabot.ledger import Cursor, Door, Ledger, Quarantined
from oabot.logentry import CENTRAL, parse
from oabot.model import EntryId, Judgement, LogEntry, Unread, Verdict
from oabot.reach import reach
from oabot.report import Report
from oabot.rules import Rules
from oabot.seams import Clock, Source
from oabot.targetlogs import likely, titles
from oabot.titlelogs import TitleLog, TitleLogs
from oabot.visibility import Visibility

log = logging.getLogger(__name__)

OVERLAP = timedelta(minutes=10)
"""How far before its cursor a log is read again: rows of replicated databases can come late."""

LONG_OVERLAP = timedelta(days=31)
"""How far once a day, so that what a wiki left out for hours is found as well."""

BEGINNING = datetime(2001, 1, 1, tzinfo=UTC)
"""Before every log."""

Worth = Callable[[str, Iterable[str]], Iterable[str]]
"""Of a performer and wikis those on which he may have acted; raises `SourceError`."""

_Row = Mapping[str, Any]


@dataclass(slots=True)
class _Gathered:
    """What was read in one pass and isn't stored yet."""

    rows: dict[EntryId, _Row] = field(default_factory=dict)
    entries: dict[EntryId, LogEntry] = field(default_factory=dict)
    cursors: dict[tuple[str, Door, str], Cursor] = field(default_factory=dict)


class Ingest:
    """Reads the sources into the ledger."""

    def __init__(  # noqa: PLR0913 - one of each part that it needs
        self,
        sources: Mapping[str, Source],
        ledger: Ledger,
        rules: Rules,
        clock: Clock,
        central: str = CENTRAL,
        earliest: datetime | None = None,
        *,
        worth: Worth = lambda _, wikis: wikis,
    ) -> None:
        """`earliest` is from when on performers' logs are read the first time; None: from their beginning.

        `worth` says on which wikis a performer's log is worth reading.
        """
        self._worth = worth
        self._sources = sources
        self._ledger = ledger
        self._rules = rules
        self._clock = clock
        self._central = central
        self._earliest = earliest
        self._visibility = Visibility(sources, ledger, clock, central)
        self._logs = TitleLogs(sources, ledger, OVERLAP)

    def run(
        self,
        wikis: Collection[str] | None = None,
        titles: Collection[tuple[str, str]] | None = None,
        overlap: timedelta = OVERLAP,
    ) -> Report:
        """Read what is new on these wikis (all), and the logs of targets that have a case.

        Without `titles` all of them are read; with them, (dbname, log title) that something woke us for, only those
        and what was never read. `overlap` is how much of performers' logs is read again. A wiki that can't be read is
        in `Report.failed`; the others are read all the same. Raises: `LedgerError`.
        """
        report, gathered = Report(), _Gathered()
        wanted = [dbname for dbname in self._sources if wikis is None or dbname in wikis]
        worth = self._worth_reading(wanted)
        logs = [functools.partial(self._of_performers, *one) for one in self._to_follow(worth, overlap)]
        for dbname, rows in zip(worth, ahead(logs), strict=True):
            report.attempt(dbname, functools.partial(self._by_performers, dbname, rows, gathered, report))
        self._by_targets(gathered, report, titles)
        self._store(gathered, report)
        return report

    def woken(
        self,
        entries: Iterable[tuple[EntryId, str, datetime]],
        report: Report | None = None,
        again: Collection[EntryId] = (),
    ) -> Report:
        """Read these entries (id, log type, time), and the logs of targets that were never read.

        With them known ones of the same wikis are read `again`, as by `recheck`. Entries that the wiki doesn't show
        yet are in `Report.awaited`. Raises: `LedgerError`.
        """
        report, gathered = report or Report(), _Gathered()
        asked = list(entries)
        for dbname in sorted({entry.wiki for entry, _, _ in asked} & self._sources.keys()):
            mine = [one for one in asked if one[0].wiki == dbname]
            report.attempt(dbname, functools.partial(self._by_ids, dbname, mine, again, gathered, report))
        self._by_targets(gathered, report, ())
        self._store(gathered, report)
        return report

    def questions(
        self, entry: EntryId, log_type: str, timestamp: datetime, title: str, again: Collection[EntryId]
    ) -> list[Callable[[], object]]:
        """What `woken` will probably ask about an entry on this log title. Raises: `LedgerError`."""
        source = self._sources.get(entry.wiki)
        if source is None:
            return []
        ids = [(entry, log_type, timestamp), *self._visibility.known(entry.wiki, again)]
        logs = self._logs.of(likely(entry.wiki, title, self._central), ())
        return [lambda: source.by_ids(ids), *(functools.partial(_whole, one) for one in logs)]

    def reach(self) -> datetime | None:
        """Since when the central wiki's logs say anything; None while that isn't known. Raises: `LedgerError`."""
        source = self._sources.get(self._central)
        return reach(source, self._ledger.state) if source else None

    def recheck(self, entries: Iterable[EntryId], report: Report | None = None) -> Report:
        """As `Visibility.recheck`, added to what a report tells already."""
        return self._visibility.recheck(entries, report or Report())

    def _worth_reading(self, wikis: Sequence[str]) -> dict[str, list[str]]:
        """The performers whose logs are to be read, by wiki; all of them where it can't be told who has an account."""
        wanted: dict[str, list[str]] = {dbname: [] for dbname in wikis}
        for performer in self._rules.actors.watched if wikis else ():
            chosen: Iterable[str] = wikis
            try:
                chosen = self._worth(performer, wikis)
            except SourceError as problem:
                log.warning("it can't be told where somebody has an account: %s", problem)
            for dbname in chosen:
                wanted[dbname].append(performer)
        return wanted

    def _to_follow(
        self, worth: Mapping[str, Iterable[str]], overlap: timedelta
    ) -> Iterator[tuple[str, dict[str, datetime | None]]]:
        """For each wiki the performers and since when their logs are to be read."""
        for dbname, performers in worth.items():
            cursors = {
                performer: self._ledger.cursors.get(dbname, Door.PERFORMER, performer) for performer in performers
            }
            yield (
                dbname,
                {
                    performer: cursor.timestamp - overlap if cursor else self._earliest
                    for performer, cursor in cursors.items()
                },
            )

    def _of_performers(self, dbname: str, since: Mapping[str, datetime | None]) -> Iterator[tuple[str, _Row]]:
        """One performer's rows after the other's. Raises: `SourceError`."""
        for performer, moment in since.items():
            for row in self._sources[dbname].by_performer(performer, moment):
                yield performer, row

    def _by_performers(
        self, dbname: str, told: Iterable[tuple[str, _Row]], gathered: _Gathered, report: Report
    ) -> None:
        for performer, rows in itertools.groupby(told, key=lambda one: one[0]):
            self._gather(dbname, (row for _, row in rows), Door.PERFORMER, performer, gathered, report)

    def _by_ids(
        self,
        dbname: str,
        asked: list[tuple[EntryId, str, datetime]],
        again: Collection[EntryId],
        gathered: _Gathered,
        report: Report,
    ) -> None:
        known = self._visibility.known(dbname, set(again).difference(entry for entry, _, _ in asked))
        found = self._sources[dbname].by_ids([*asked, *known])
        self._visibility.take(dbname, {entry: found.pop(entry) for entry, _, _ in known}, report)
        report.awaited |= {entry_id for entry_id, row in found.items() if row is None}
        self._take(dbname, (row for row in found.values() if row is not None), gathered, report)

    def _gather(
        self, dbname: str, rows: Iterable[_Row], door: Door, key: str, gathered: _Gathered, report: Report
    ) -> None:
        """Take rows in; the cursor is kept for when they are stored."""
        for entry in self._take(dbname, rows, gathered, report)[-1:]:
            # A row dated in the future must not end the reading of its log.
            moment = min(entry.timestamp, self._clock.now())
            gathered.cursors[dbname, door, key] = Cursor(dbname, door, key, moment, entry.id.logid)

    def _take(self, dbname: str, rows: Iterable[_Row], gathered: _Gathered, report: Report) -> list[LogEntry]:
        odd: list[Quarantined] = []
        taken: list[LogEntry] = []
        for row in rows:
            report.count(dbname)
            try:
                entry = parse(dbname, row, self._central)
            except InputError as problem:
                report.malformed += 1
                log.warning("%s:%s: %s; skipped", dbname, row.get("logid"), problem)
                continue
            if isinstance(entry.params, Unread):
                odd.append(Quarantined(entry.id, entry.type, entry.action, entry.params.shape))
            gathered.rows[entry.id], gathered.entries[entry.id] = row, entry
            taken.append(entry)
        if odd:
            report.quarantined |= {entry.id for entry in odd}
            self._ledger.observations.record([], odd=odd)
        return taken

    def _by_targets(
        self,
        gathered: _Gathered,
        report: Report,
        only: Collection[tuple[str, str]] | None,
    ) -> None:
        """Read the log of every target that may have a case; a rename found there leads to the new name's log."""
        done: set[tuple[str, str]] = set()
        for _ in range(8):  # renames of renames; nobody is renamed this often while a case runs
            entries, judgements = self._judged(gathered)
            wanted = [one for one in titles(entries, judgements, self._central) if one not in done]
            if not wanted:
                return
            done.update(wanted)
            asked = self._logs.of(wanted, only)
            for one, rows in zip(asked, ahead(one.read for one in asked), strict=True):
                report.attempt(one.dbname, functools.partial(self._of_title, one, rows, gathered, report))

    def _of_title(self, told: TitleLog, rows: Iterator[_Row], gathered: _Gathered, report: Report) -> None:
        whole = list(rows)
        if told.first:  # a log without rows has been read as well, and is read from its beginning again
            cursor = Cursor(told.dbname, Door.TARGET, told.title, BEGINNING, 0)
            gathered.cursors[told.dbname, Door.TARGET, told.title] = cursor
        self._gather(told.dbname, whole, Door.TARGET, told.title, gathered, report)

    def _judged(self, gathered: _Gathered) -> tuple[list[LogEntry], Mapping[EntryId, Judgement]]:
        entries = dict(gathered.entries)
        for entry_id, row in self._ledger.observations.entries():
            if entry_id not in entries:
                try:
                    entries[entry_id] = parse(entry_id.wiki, row, self._central)
                except InputError:
                    continue
        ordered = sorted(entries.values(), key=lambda entry: entry.order)
        return ordered, judge(ordered, self._rules)

    def _store(self, gathered: _Gathered, report: Report) -> None:
        entries, judgements = self._judged(gathered)
        private = {entry.id for entry in entries if judgements[entry.id].verdict is Verdict.PRIVATE}
        private |= vanished(entries, private)
        keep = kept(entries, judgements) - private
        self._erase_private(private, report)
        rows = [(entry_id, row) for entry_id, row in gathered.rows.items() if entry_id in keep]
        self._visibility.forgive(entry_id for entry_id, _ in rows)
        failed = set(report.failed)
        cursors = [cursor for cursor in gathered.cursors.values() if cursor.wiki not in failed]
        report.stored |= self._ledger.observations.record(rows, moved=cursors).added

    def _erase_private(self, private: set[EntryId], report: Report) -> None:
        """What turned out private is erased, whatever made it so: a hidden flag, a log of hidings, a vanishing."""
        stored = {entry_id for entry_id, _, _ in self._ledger.observations.known()}
        if gone := private & stored:
            self._visibility.erase(gone, "private", report)


def _whole(told: TitleLog) -> list[_Row]:
    return list(told.read())
