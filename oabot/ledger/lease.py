"""One process edits at a time, and each turn has a number (the fence) that no later turn has."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from oabot.errors import LeaseLost
from oabot.ledger import schema
from oabot.ledger.database import Database

_NAME = "writer"

_FRESH = timedelta(seconds=5)
"""A renewal this young is not written again: each write waits for the disk."""


@dataclass(frozen=True, slots=True)
class Held:
    """The lease as its holder has it; shown at each write that only the holder may do."""

    holder: str
    """Unique to a process."""
    fence: int


@dataclass(frozen=True, slots=True)
class Turn:
    """The lease as anybody sees it."""

    holder: str
    fence: int
    expires: datetime
    valid: bool


class Lease:
    """The one row. Time is the database's own, so no two machines' clocks are compared."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def acquire(self, holder: str, ttl: timedelta) -> Held | None:
        """Take the lease for a time if nobody has it; None if somebody does. Raises: `LedgerError`."""
        milliseconds = _ms(ttl)
        with self._database.writing("taking the lease") as connection:
            now = self._database.now_ms(connection)
            row = _row(connection)
            # An end that far off was set before the clock was put back: nobody who lives would have it.
            if row is not None and now < row.expires <= now + 2 * milliseconds:
                return None
            fence = 1 if row is None else row.fence + 1
            values = {"holder": holder, "fence": fence, "expires": now + milliseconds}
            if row is None:
                connection.execute(insert(schema.lease).values(name=_NAME, **values))
            else:
                connection.execute(update(schema.lease).where(schema.lease.c.name == _NAME).values(values))
        return Held(holder, fence)

    def renew(self, held: Held, ttl: timedelta) -> None:
        """Hold on to it from now; one that was renewed just now is only checked. Raises: `LeaseLost`, `LedgerError`."""
        with self._database.writing("renewing the lease") as connection:
            renew(self._database, connection, held, ttl)

    def release(self, held: Held) -> None:
        """Let the next one have it at once; nothing happens if it was lost. Raises: `LedgerError`."""
        mine = (schema.lease.c.holder == held.holder) & (schema.lease.c.fence == held.fence)
        with self._database.writing("releasing the lease") as connection:
            connection.execute(update(schema.lease).where(mine).values(expires=0))

    def turn(self) -> Turn | None:
        """Whose turn it is or was last; None if nobody ever had one. Raises: `LedgerError`."""
        with self._database.reading("reading the lease") as connection:
            row, now = _row(connection), self._database.now_ms(connection)
        if row is None:
            return None
        expires = datetime.fromtimestamp(row.expires / 1000, UTC)
        return Turn(row.holder, row.fence, expires, row.expires > now)


def renew(database: Database, connection: Connection, held: Held, ttl: timedelta) -> None:
    """As `Lease.renew`, in a transaction that does something else as well."""
    row = require(database, connection, held)
    now = database.now_ms(connection)
    if row.expires - now < _ms(ttl - min(_FRESH, ttl / 4)):
        expires = now + _ms(ttl)
        connection.execute(update(schema.lease).where(schema.lease.c.name == _NAME).values(expires=expires))


def require(database: Database, connection: Connection, held: Held) -> Row[Any]:
    """The lease, in a transaction that only the holder may make. Raises: `LeaseLost` if that isn't so any more."""
    row = _row(connection)
    if row is None or (row.holder, row.fence) != (held.holder, held.fence):
        raise LeaseLost(f"another process took over; our turn was {held.fence}")
    if row.expires <= database.now_ms(connection):
        raise LeaseLost(f"our turn {held.fence} ended and was not renewed in time")
    return row


def _row(connection: Connection) -> Row[Any] | None:
    return connection.execute(select(schema.lease).where(schema.lease.c.name == _NAME)).one_or_none()


def _ms(ttl: timedelta) -> int:
    return int(ttl / timedelta(milliseconds=1))
