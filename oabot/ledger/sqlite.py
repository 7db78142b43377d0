"""A database in a file: the default."""

from __future__ import annotations

import contextlib
import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.pool import ConnectionPoolEntry, NullPool, QueuePool

BUSY_SECONDS = 10.0

_KEPT = 4
"""Connections that stay open: opening one costs more than most of what is asked."""


class SqliteFile:
    """One file, readable by its owner only; what is deleted in it is overwritten."""

    now = "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)"
    """The database's own time, in milliseconds since 1970."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.engine = _engine(path)
        event.listen(self.engine, "connect", self._note_file)
        event.listen(self.engine, "checkout", self._check_file)

    def lock_writers(self, connection: Connection) -> None:
        """Nothing to do: a transaction that writes has begun as BEGIN IMMEDIATE."""

    @contextmanager
    def alone(self) -> Iterator[None]:
        """While one process looks at the file, makes it or sets it aside, others wait."""
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        directory = os.open(self._path.parent, os.O_RDONLY)
        try:
            fcntl.flock(directory, fcntl.LOCK_EX)
            self._create()
            if self._path.stat().st_mode & 0o077:
                self._path.chmod(0o600)
            yield
        finally:
            os.close(directory)

    def tables(self, connection: Connection) -> list[str]:
        """The names of the tables in the file."""
        return list(connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'").scalars())

    def is_sound(self, connection: Connection) -> bool:
        """Whether the file's pages and indexes agree with each other."""
        return bool(connection.exec_driver_sql("PRAGMA quick_check(1)").scalar() == "ok")

    def set_aside(self, stamp: str) -> str:
        """Rename the file; say its new name. It has been read, so no journal of a killed process is left of it."""
        aside = self._path.with_name(f"{self._path.name}.set-aside-{stamp}")
        self._path.rename(aside)
        self._create()
        return aside.name

    def _create(self) -> None:
        """Make the file; one that is there stays closed, as closing it would end this process's locks."""
        with contextlib.suppress(FileExistsError):
            os.close(os.open(self._path, os.O_RDONLY | os.O_CREAT | os.O_EXCL, 0o600))

    def copies(self) -> list[str]:
        """What was set aside, newest first."""
        found = self._path.parent.glob(f"{self._path.name}.set-aside-*")
        return sorted((path.name for path in found if not path.name.endswith("-journal")), reverse=True)

    @contextmanager
    def reading_copy(self, copy: str) -> Iterator[tuple[Connection, str]]:
        """A connection to what was set aside, and the suffix of its tables' names."""
        with _engine(self._path.with_name(copy), kept=0).connect() as connection:
            yield connection, ""

    def drop_copies(self) -> None:
        """Remove what was set aside."""
        for copy in self.copies():
            self._path.with_name(copy).unlink(missing_ok=True)

    def scrub(self) -> None:
        """Write the file anew: pages that were split or moved may hold a second copy of what was deleted."""
        connection = self.engine.raw_connection()
        try:
            connection.cursor().execute("VACUUM")
        finally:
            connection.close()

    def _note_file(self, _connection: sqlite3.Connection, entry: ConnectionPoolEntry) -> None:
        entry.info["file"] = self._file()

    def _check_file(self, _connection: sqlite3.Connection, entry: ConnectionPoolEntry, _proxy: object) -> None:
        """A connection to a file that was replaced or removed would write where nobody reads."""
        if entry.info.get("file") != self._file():
            raise DisconnectionError("another file is there now")

    def _file(self) -> tuple[int, int] | None:
        try:
            found = self._path.stat()
        except OSError:
            return None
        return found.st_dev, found.st_ino


def _engine(path: Path, *, kept: int = _KEPT) -> Engine:
    engine = create_engine(
        URL.create("sqlite", database=str(path)),
        **({"poolclass": QueuePool, "pool_size": kept, "max_overflow": -1} if kept else {"poolclass": NullPool}),
        hide_parameters=True,
        connect_args={"timeout": BUSY_SECONDS, "isolation_level": None},
    )
    event.listen(engine, "connect", _set_pragmas)
    event.listen(engine, "begin", _begin)
    return engine


def _set_pragmas(connection: sqlite3.Connection, _record: object) -> None:
    connection.execute("PRAGMA secure_delete=ON")
    connection.execute("PRAGMA temp_store=MEMORY")


def _begin(connection: Connection) -> None:
    # sqlite3 itself would begin at the first write, when it is too late to wait for another process.
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
