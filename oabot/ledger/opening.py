"""How a database is found fit, made new, or set aside; there are no migrations.

What the logs can tell again is read again.  What they can't (which requests were executed, what was erased, what
rests and where we stood, the lease's fence) is carried over from what was set aside, as far as it can be read;
for that, the names of those tables and their columns stay the same in every version.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import Column, Connection, Engine, MetaData, Table, insert, select, text, update
from sqlalchemy.exc import SQLAlchemyError

from oabot.errors import LedgerError
from oabot.ledger import faults, schema
from oabot.seams import Clock

_CARRIED = (schema.tombstones, schema.jobs, schema.state, schema.lease)
_LONGEST_LEASE_MS = 3_600_000


@dataclass(frozen=True, slots=True)
class Opening:
    """What was found when the database was first used."""

    made_new: bool
    """Whether it holds nothing yet but what could be carried over; the logs are to be read again."""
    set_aside: str | None = None
    """The name (SQLite: of a file; MariaDB: tables' suffix) under which an unusable one was put."""


class Storage(Protocol):
    """What differs between a file and a server."""

    @property
    def now(self) -> str:
        """An SQL expression."""
        ...

    @property
    def engine(self) -> Engine:
        """Makes connections."""
        ...

    def lock_writers(self, connection: Connection) -> None:
        """Wait until no other transaction writes, and keep others waiting until this one ends."""
        ...

    def alone(self) -> AbstractContextManager[None]:
        """Keep other processes from opening it meanwhile."""
        ...

    def tables(self, connection: Connection) -> list[str]:
        """The names of the tables in use."""
        ...

    def is_sound(self, connection: Connection) -> bool:
        """Whether nothing in it is damaged."""
        ...

    def set_aside(self, stamp: str) -> str:
        """Put what is there under another name, and say which."""
        ...

    def copies(self) -> list[str]:
        """The names of what was set aside, newest first."""
        ...

    def reading_copy(self, copy: str) -> AbstractContextManager[tuple[Connection, str]]:
        """A connection to a copy, and the suffix of the names of its tables."""
        ...

    def drop_copies(self) -> None:
        """Remove all copies."""
        ...

    def scrub(self) -> None:
        """Overwrite what was deleted."""
        ...


def opened(storage: Storage, clock: Clock, *, distrusted: bool) -> Opening:
    """See to it that there is a usable database, and say what had to be done."""
    with storage.alone():
        found = _look(storage)
        if found == "usable" and not distrusted:
            _scrub_if_owed(storage)
            return Opening(made_new=False)
        aside = None
        if found != "empty":
            _refuse_if_leased(storage)
            aside = storage.set_aside(clock.now().strftime("%Y%m%dT%H%M%S%fZ"))
        _make(storage)
        return Opening(made_new=True, set_aside=aside)


def _look(storage: Storage) -> str:
    try:
        with storage.engine.connect() as connection:
            if not storage.tables(connection):
                return "empty"
            version = connection.scalar(select(schema.meta.c.value).where(schema.meta.c.name == "version"))
            for table in schema.METADATA.tables.values():
                connection.execute(select(table).limit(1)).all()
            return "usable" if version == schema.VERSION and storage.is_sound(connection) else "unusable"
    except (SQLAlchemyError, sqlite3.Error, faults.Unreadable) as error:
        if faults.kind(error) in (faults.CORRUPT, faults.SCHEMA):
            return "unusable"
        raise


def scrub(storage: Storage) -> None:
    """Overwrite what was deleted, and note that nothing is owed any more."""
    storage.scrub()
    with storage.engine.connect().execution_options(writes=True) as connection, connection.begin():
        connection.execute(update(schema.meta).where(schema.meta.c.name == "scrub").values(value="done"))


def _scrub_if_owed(storage: Storage) -> None:
    # A process was killed between an erasure and its scrubbing.
    with storage.engine.connect() as connection:
        owed = connection.scalar(select(schema.meta.c.value).where(schema.meta.c.name == "scrub")) != "done"
    if owed:
        scrub(storage)


def _refuse_if_leased(storage: Storage) -> None:
    # Two versions of the program that run at once would set aside each other's database, over and over.
    try:
        with storage.engine.connect() as connection:
            now = connection.execute(text(f"SELECT {storage.now}")).scalar_one()
            expires = [row.expires for row in connection.execute(select(schema.lease))]
    except (SQLAlchemyError, sqlite3.Error, faults.Unreadable):
        return
    if any(now < moment < now + _LONGEST_LEASE_MS for moment in expires):
        raise LedgerError("the database is of another version or broken, and a lease in it holds; wait for its end")


def _make(storage: Storage) -> None:
    carried = {table: _carried(storage, table) for table in _CARRIED}
    with storage.engine.connect().execution_options(writes=True) as connection, connection.begin():
        schema.METADATA.create_all(connection)
        for table, rows in carried.items():
            if rows:
                _insert_what_fits(connection, table, rows)
        # Last, and with what was carried over: without these rows the next opening begins afresh.
        marks = {"version": schema.VERSION, "backfill": "wanted", "scrub": "done"}
        connection.execute(insert(schema.meta), [{"name": name, "value": value} for name, value in marks.items()])


def _carried(storage: Storage, table: Table) -> list[dict[str, Any]]:
    """What all copies hold of one table; where they differ, the newest one counts."""
    found: dict[tuple[Any, ...], dict[str, Any]] = {}
    key = ["key"] if table is schema.jobs else [column.name for column in table.primary_key]
    for copy in storage.copies():
        for row in _readable_rows(storage, copy, table):
            found.setdefault(tuple(row.get(name) for name in key), row)
    return list(found.values())


def _readable_rows(storage: Storage, copy: str, table: Table) -> Iterator[dict[str, Any]]:
    try:
        with storage.reading_copy(copy) as (connection, suffix):
            name = table.name + suffix
            present = set(connection.execute(select(text("*")).select_from(text(name)).limit(0)).keys()) - {"number"}
            columns = [Column(column.name, column.type) for column in table.c if column.name in present]
            old = Table(name, MetaData(), *columns)
            for row in connection.execution_options(yield_per=1).execute(select(old)):
                yield row._asdict()
    except (SQLAlchemyError, sqlite3.Error, faults.Unreadable):
        return  # broken from here on; what could be read counts


def _insert_what_fits(connection: Connection, table: Table, rows: list[dict[str, Any]]) -> None:
    try:
        with connection.begin_nested():
            connection.execute(insert(table), rows)
    except SQLAlchemyError as error:
        if faults.kind(error) in (faults.FULL, faults.LOCKED, faults.READ_ONLY):
            raise
