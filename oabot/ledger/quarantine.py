"""Entries in a shape that we can't read, until a better reader comes."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, insert, select, update

from oabot.ledger import schema
from oabot.ledger.database import Database
from oabot.ledger.keys import matches, present, remove
from oabot.model import EntryId


@dataclass(frozen=True, slots=True)
class Quarantined:
    """One such entry. `shape` describes the row without any value that could be a name."""

    id: EntryId
    type: str
    action: str
    shape: str
    first_seen: datetime | None = None
    """Filled in when read back, as is `times`."""
    times: int = 0


class Quarantine:
    """What waits there; entries get in by `Observations.record`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def entries(self) -> list[Quarantined]:
        """All of it, by wiki and logid. Raises: `LedgerError`."""
        table = schema.quarantine
        with self._database.reading("reading the quarantine") as connection:
            rows = connection.execute(select(table).order_by(table.c.wiki, table.c.logid)).all()
        return [
            Quarantined(EntryId(row.wiki, row.logid), row.log_type, row.action, row.shape, row.first_seen, row.times)
            for row in rows
        ]

    def count(self) -> int:
        """How many wait. Raises: `LedgerError`."""
        with self._database.reading("counting the quarantine") as connection:
            return connection.execute(select(func.count()).select_from(schema.quarantine)).scalar_one()

    def release(self, ids: Collection[EntryId]) -> None:
        """Take out what can be read now. Raises: `LedgerError`."""
        with self._database.writing("emptying the quarantine") as connection:
            remove(connection, schema.quarantine, ids)


def add(connection: Connection, odd: Iterable[Quarantined], now: datetime) -> None:
    """Put entries in, as part of a transaction; one that is there already is counted."""
    table = schema.quarantine
    for entry in odd:
        if present(connection, table, [entry.id]):
            again = {"times": table.c.times + 1, "shape": entry.shape}
            connection.execute(update(table).where(matches(table, [entry.id])).values(again))
            continue
        values = {
            "wiki": entry.id.wiki,
            "logid": entry.id.logid,
            "log_type": entry.type,
            "action": entry.action,
            "shape": entry.shape,
            "first_seen": now,
            "times": 1,
        }
        connection.execute(insert(table).values(values))
