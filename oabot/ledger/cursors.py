"""How far each log has been read, by each of its doors."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, delete, insert, select

from oabot.ledger import schema
from oabot.ledger.database import Database


class Door(enum.StrEnum):
    """By what a log is read."""

    PERFORMER = "performer"
    TARGET = "target"


@dataclass(frozen=True, slots=True)
class Cursor:
    """The last entry that was read. `key` is a performer's name or a log title; only its fingerprint is kept."""

    wiki: str
    door: Door
    key: str
    timestamp: datetime
    logid: int


class Cursors:
    """The cursors; they move only together with what they led to (`Observations.record`)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, wiki: str, door: Door, key: str) -> Cursor | None:
        """The cursor of one door, or None if it was never read. Raises: `LedgerError`."""
        with self._database.reading("reading a cursor") as connection:
            row = connection.execute(select(schema.cursors).where(_at(wiki, door, key))).one_or_none()
        return None if row is None else Cursor(wiki, door, key, row.timestamp, row.logid)

    def forget_all(self) -> None:
        """Let everything be read from its beginning again. Raises: `LedgerError`."""
        with self._database.writing("removing all cursors") as connection:
            connection.execute(delete(schema.cursors))


def move(connection: Connection, moved: Iterable[Cursor]) -> None:
    """Set cursors to where they are now, as part of a transaction."""
    for cursor in moved:
        connection.execute(delete(schema.cursors).where(_at(cursor.wiki, cursor.door, cursor.key)))
        values = {
            "wiki": cursor.wiki,
            "door": cursor.door,
            "key": schema.fingerprint(cursor.key),
            "timestamp": cursor.timestamp,
            "logid": cursor.logid,
        }
        connection.execute(insert(schema.cursors).values(values))


def _at(wiki: str, door: Door, key: str) -> ColumnElement[bool]:
    table = schema.cursors
    return and_(table.c.wiki == wiki, table.c.door == door.value, table.c.key == schema.fingerprint(key))
