"""What the logs showed, and when: added to, never changed, but erasable without a trace."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, insert, select, true

from oabot.errors import InputError
from oabot.ledger import cursors, quarantine, schema
from oabot.ledger.cursors import Cursor
from oabot.ledger.database import Database
from oabot.ledger.keys import chunks, matches, present, remove
from oabot.ledger.quarantine import Quarantined
from oabot.model import EntryId

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Recorded:
    """What became of rows."""

    added: frozenset[EntryId]
    """Entries that were new or looked otherwise than before."""
    refused: frozenset[EntryId]
    """Entries that were erased and not forgiven: not stored."""


@dataclass(frozen=True, slots=True)
class Observation:
    """One entry as it was seen once."""

    seen_at: datetime
    row: dict[str, Any]


class Observations:
    """The observed log entries. A row is a logevents row, formatversion 2, trimmed, with nothing hidden in it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def record(
        self,
        rows: Iterable[tuple[EntryId, Row]],
        moved: Iterable[Cursor] = (),
        odd: Iterable[Quarantined] = (),
    ) -> Recorded:
        """Store rows, put odd ones into quarantine and move cursors: all of it or nothing.

        What an entry looked like last is not stored again; an entry that is on hold is released.
        Raises: `LedgerError`; `InputError` for a row without type or time.
        """
        now = self._database.clock.now()
        seen = [(entry, _values(entry, row, now)) for entry, row in rows]
        ids = {entry for entry, _ in seen}
        odd, moved = list(odd), list(moved)
        if not (odd or moved) and (erased := self._told_before(seen, ids)) is not None:
            return Recorded(frozenset(), erased)
        with self._database.writing("recording") as connection:
            refused = present(connection, schema.tombstones, ids | {entry.id for entry in odd})
            new = list(_news(dict(_latest(connection, ids)), [pair for pair in seen if pair[0] not in refused]))
            if new:
                connection.execute(insert(schema.observations), [values for _, values in new])
            remove(connection, schema.holds, ids)
            quarantine.add(connection, [entry for entry in odd if entry.id not in refused], now)
            cursors.move(connection, moved)
        return Recorded(frozenset(entry for entry, _ in new), frozenset(refused))

    def _told_before(self, seen: list[tuple[EntryId, dict[str, Any]]], ids: set[EntryId]) -> frozenset[EntryId] | None:
        """Of rows that tell nothing new the erased ones; None when there is something to write."""
        with self._database.reading("comparing entries") as connection:
            refused = present(connection, schema.tombstones, ids)
            new = _news(dict(_latest(connection, ids)), (pair for pair in seen if pair[0] not in refused))
            changed = next(new, None) is not None or present(connection, schema.holds, ids)
        return None if changed else frozenset(refused)

    def entries(self) -> list[tuple[EntryId, dict[str, Any]]]:
        """What each entry looked like last, in the order in which they happened."""
        with self._database.reading("reading entries") as connection:
            return _entries(connection, true())

    def known(self) -> list[tuple[EntryId, str, datetime]]:
        """Every entry's id, log type and time: what a source needs to read it again."""
        table = schema.observations
        asked = select(table.c.wiki, table.c.logid, table.c.log_type, table.c.happened_at)
        with self._database.reading("listing entries") as connection:
            rows = connection.execute(asked.where(table.c.number.in_(_newest(true()))).order_by(*_ORDER))
            return [(EntryId(row.wiki, row.logid), row.log_type, row.happened_at) for row in rows]

    def history(self, entry: EntryId) -> list[Observation]:
        """Every look of one entry, oldest first."""
        table = schema.observations
        asked = select(table.c.seen_at, table.c.row).where(matches(table, [entry])).order_by(table.c.number)
        with self._database.reading("reading an entry") as connection:
            return [Observation(row.seen_at, row.row) for row in connection.execute(asked)]


_ORDER = (schema.observations.c.happened_at, schema.observations.c.wiki, schema.observations.c.logid)


def _newest(only: ColumnElement[bool]) -> Select[tuple[int]]:
    table = schema.observations
    return select(func.max(table.c.number)).where(only).group_by(table.c.wiki, table.c.logid)


def _entries(connection: Connection, among: ColumnElement[bool]) -> list[tuple[EntryId, dict[str, Any]]]:
    """The last looks among some observations."""
    table = schema.observations
    asked = select(table.c.wiki, table.c.logid, table.c.row).where(table.c.number.in_(_newest(among)))
    return [(EntryId(row.wiki, row.logid), row.row) for row in connection.execute(asked.order_by(*_ORDER))]


def _latest(connection: Connection, ids: Collection[EntryId]) -> Iterator[tuple[EntryId, str]]:
    for chunk in chunks(ids):
        for entry, row in _entries(connection, matches(schema.observations, chunk)):
            yield entry, schema.canonical(row)


def _news(
    latest: dict[EntryId, str], seen: Iterable[tuple[EntryId, dict[str, Any]]]
) -> Iterator[tuple[EntryId, dict[str, Any]]]:
    for entry, values in seen:
        look = schema.canonical(values["row"])
        if latest.get(entry) != look:
            latest[entry] = look
            yield entry, values


def _values(entry: EntryId, row: Row, now: datetime) -> dict[str, Any]:
    log_type, timestamp, title = row.get("type"), row.get("timestamp"), row.get("title")
    try:
        happened_at = datetime.fromisoformat(timestamp if isinstance(timestamp, str) else "")
    except ValueError:
        raise InputError(f"entry {entry} has no readable time") from None
    if not isinstance(log_type, str) or happened_at.tzinfo is None:
        raise InputError(f"entry {entry} has no log type or no time zone")
    return {
        "wiki": entry.wiki,
        "logid": entry.logid,
        "log_type": log_type,
        "happened_at": happened_at,
        "title": schema.fingerprint(title) if isinstance(title, str) else None,
        "seen_at": now,
        "row": dict(row),
    }
