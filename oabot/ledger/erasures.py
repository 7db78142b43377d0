"""Erase what was hidden, hold what is missing."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from oabot.ledger import publications, schema
from oabot.ledger.cursors import Door
from oabot.ledger.database import Database
from oabot.ledger.keys import chunks, matches, present, remove
from oabot.model import EntryId


@dataclass(frozen=True, slots=True)
class Tombstone:
    """That an entry was erased; nothing of what it said."""

    id: EntryId
    erased_at: datetime
    reason: str
    told: bool
    """Whether the operator has been told."""


@dataclass(frozen=True, slots=True)
class Hold:
    """How long an entry has been missing."""

    first_missing_at: datetime
    last_missing_at: datetime
    times: int


class Erasures:
    """What must not be shown any more."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def erase(self, ids: Collection[EntryId], reason: str, when: datetime) -> dict[EntryId, list[tuple[str, str]]]:
        """Delete everything about some entries but a tombstone each; for each, the (wiki, title) that show it.

        `reason` is a short word of our own. While a tombstone stands, the entry isn't stored again. Databases that
        were set aside go as well, for they can't be searched. Raises: `LedgerError`; then call it again.
        """
        self._database.drop_copies()
        with self._database.writing("erasing") as connection:
            pages = publications.pages_showing(connection, ids)
            _forget_targets(connection, ids)
            for table in (schema.observations, schema.quarantine, schema.holds, schema.shown):
                remove(connection, table, ids)
            connection.execute(update(schema.meta).where(schema.meta.c.name == "scrub").values(value="wanted"))
            _bury(connection, set(ids) - present(connection, schema.tombstones, ids), reason, when)
        self._database.scrub()
        return pages

    def forgive(self, entry: EntryId) -> None:
        """Let an entry that is visible again be stored again. Raises: `LedgerError`."""
        with self._database.writing("removing a tombstone") as connection:
            remove(connection, schema.tombstones, [entry])

    def tombstones(self) -> list[Tombstone]:
        """All of them, by time, wiki and logid. Raises: `LedgerError`."""
        table = schema.tombstones
        asked = select(table).order_by(table.c.erased_at, table.c.wiki, table.c.logid)
        with self._database.reading("reading tombstones") as connection:
            return [
                Tombstone(EntryId(row.wiki, row.logid), row.erased_at, row.reason, bool(row.told))
                for row in connection.execute(asked)
            ]

    def told(self, ids: Collection[EntryId]) -> None:
        """The operator knows of these. Raises: `LedgerError`."""
        table = schema.tombstones
        with self._database.writing("noting who was told") as connection:
            for chunk in chunks(ids):
                connection.execute(update(table).where(matches(table, chunk)).values(told=1))

    def hold(self, ids: Collection[EntryId]) -> dict[EntryId, Hold]:
        """Note that these were missing now; say since when and how often. Raises: `LedgerError`."""
        now = self._database.clock.now()
        table = schema.holds
        with self._database.writing("holding") as connection:
            known = present(connection, table, ids)
            for chunk in chunks(known):
                again = {"times": table.c.times + 1, "last_missing_at": now}
                connection.execute(update(table).where(matches(table, chunk)).values(again))
            new = [
                {"wiki": entry.wiki, "logid": entry.logid, "first_missing_at": now, "last_missing_at": now, "times": 1}
                for entry in sorted(set(ids) - known)
            ]
            if new:
                connection.execute(insert(table), new)
            held = _holds(connection)
        return {entry: held[entry] for entry in sorted(set(ids))}

    def held(self) -> dict[EntryId, Hold]:
        """Every entry that was missing when it was last read. Raises: `LedgerError`."""
        with self._database.reading("reading holds") as connection:
            return _holds(connection)

    def release(self, ids: Collection[EntryId]) -> None:
        """These are there again, as they were (`Observations.record` releases too). Raises: `LedgerError`."""
        with self._database.writing("releasing") as connection:
            remove(connection, schema.holds, ids)


def _holds(connection: Connection) -> dict[EntryId, Hold]:
    table = schema.holds
    return {
        EntryId(row.wiki, row.logid): Hold(row.first_missing_at, row.last_missing_at, row.times)
        for row in connection.execute(select(table).order_by(table.c.wiki, table.c.logid))
    }


def _bury(connection: Connection, ids: Iterable[EntryId], reason: str, when: datetime) -> None:
    rows = [
        {"wiki": entry.wiki, "logid": entry.logid, "erased_at": when, "reason": reason, "told": 0}
        for entry in sorted(ids)
    ]
    if rows:
        connection.execute(insert(schema.tombstones), rows)


def _forget_targets(connection: Connection, ids: Collection[EntryId]) -> None:
    """Delete the cursors of targets of which no entry stays: a fingerprint is a trace as well."""
    table = schema.observations
    going: set[str] = set()
    for chunk in chunks(ids):
        going.update(connection.execute(select(table.c.title).where(matches(table, chunk)).distinct()).scalars())
    for title in sorted(mark for mark in going if mark):
        on_title = connection.execute(select(table.c.wiki, table.c.logid).where(table.c.title == title).distinct())
        if {EntryId(row.wiki, row.logid) for row in on_title} <= set(ids):
            of_title = (schema.cursors.c.door == Door.TARGET.value) & (schema.cursors.c.key == title)
            connection.execute(delete(schema.cursors).where(of_title))
