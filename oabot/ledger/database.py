"""Units of work on either database: all of one or nothing."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeAlias

from sqlalchemy import Connection, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from oabot.errors import LedgerError
from oabot.ledger import faults, opening
from oabot.ledger.opening import Opening, Storage
from oabot.ledger.sqlite import SqliteFile
from oabot.seams import Clock

_FAULTS = (SQLAlchemyError, sqlite3.Error, OSError, faults.Unreadable, OverflowError, UnicodeEncodeError)


_Last: TypeAlias = tuple[Callable[[Connection], object], Callable[[], object]]


class Database:
    """Opens connections; everything that goes wrong in one is a `LedgerError` that tells no value of any row."""

    def __init__(self, url: str, clock: Clock) -> None:
        self._clock = clock
        self._storage = _storage(url)
        self._lock = threading.Lock()
        self._opening: Opening | None = None
        self._distrusted = False
        self._last: dict[str, _Last] = {}

    @property
    def clock(self) -> Clock:
        """Where the times of rows come from; leases go by the database's own."""
        return self._clock

    def open(self) -> Opening:
        """Look at the database once, make it if there is none or no usable one; say what was done.

        Done again after any error, so that a database that was replaced meanwhile is found.
        """
        with self._lock:
            if self._opening is None:
                with _translated("opening"):
                    self._opening = opening.opened(self._storage, self._clock, distrusted=self._distrusted)
                self._distrusted = False
            return self._opening

    @contextmanager
    def reading(self, doing: str) -> Iterator[Connection]:
        """A connection that sees one state of the database. Raises: `LedgerError`."""
        self.open()
        with self._watched(doing), self._storage.engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def writing(self, doing: str) -> Iterator[Connection]:
        """A connection whose changes are kept together or not at all; one at a time. Raises: `LedgerError`."""
        self.open()
        with (
            self._watched(doing),
            self._storage.engine.connect().execution_options(writes=True) as connection,
            connection.begin(),
        ):
            self._storage.lock_writers(connection)
            yield connection
            with self._lock:
                last = dict(self._last)
            for act, _ in last.values():
                act(connection)
        with self._lock:
            done = [key for key, one in last.items() if self._last.get(key) is one]
            for key in done:
                self._last.pop(key)[1]()

    def with_next(self, key: str, act: Callable[[Connection], object], done: Callable[[], object]) -> None:
        """Do this in the next unit of work that writes, at its end; the newest act of a key. `done` is called after."""
        with self._lock:
            self._last[key] = (act, done)

    def now_ms(self, connection: Connection) -> int:
        """The database's own time in milliseconds since 1970, UTC."""
        return int(connection.execute(text(f"SELECT {self._storage.now}")).scalar_one())

    def drop_copies(self) -> None:
        """Remove databases that were set aside: an erasure can't reach into them."""
        with self._watched("removing old copies"), self._storage.alone():
            self._storage.drop_copies()

    def scrub(self) -> None:
        """Leave no bytes of deleted rows, where that is in our hands."""
        with self._watched("scrubbing"):
            opening.scrub(self._storage)

    @contextmanager
    def _watched(self, doing: str) -> Iterator[None]:
        try:
            with _translated(doing):
                yield
        except LedgerError as error:
            self._opening = None
            self._storage.engine.dispose()  # connections may be to what is no more, or may only read what is mended
            self._distrusted = self._distrusted or _tells_of_damage(error)
            raise


def _storage(url: str) -> Storage:
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        raise LedgerError("the database's address isn't like sqlite:///FILE or mysql://HOST/NAME") from None
    kind = parsed.get_backend_name()
    if kind == "sqlite" and parsed.database and parsed.database != ":memory:":
        return SqliteFile(Path(parsed.database))
    if kind in ("mysql", "mariadb"):
        from oabot.ledger.mariadb import MariaDb

        return MariaDb(parsed)
    raise LedgerError("the database must be a SQLite file or on a MariaDB server")


def _tells_of_damage(error: LedgerError) -> bool:
    return error.__context__ is not None and faults.kind(error.__context__) == faults.CORRUPT


@contextmanager
def _translated(doing: str) -> Iterator[None]:
    try:
        yield
    except _FAULTS as error:
        raise LedgerError(f"database, {doing}: {faults.words(error)}") from None
