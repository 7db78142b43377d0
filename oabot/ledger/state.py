"""Small things to remember over a restart."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping

from sqlalchemy import Connection, delete, insert, select

from oabot.ledger import schema
from oabot.ledger.database import Database
from oabot.ledger.schema import JsonValue


class State:
    """JSON values by key, such as ``stream:position`` or ``rest:metawiki:Some page``; carried over a rebuild."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._soon: dict[str, JsonValue] = {}

    def get(self, key: str, default: JsonValue = None) -> JsonValue:
        """One value. Raises: `LedgerError`."""
        with contextlib.suppress(KeyError):
            return self._soon[key]
        with self._database.reading("reading state") as connection:
            row = connection.execute(select(schema.state.c.value).where(schema.state.c.key == key)).one_or_none()
        return default if row is None else row.value

    def put(self, key: str, value: object) -> None:
        """Keep one value. Raises: `LedgerError`."""
        self.put_all({key: value})

    def put_soon(self, key: str, value: JsonValue) -> None:
        """Keep one value along with whatever is written next, and not if nothing is: what can be asked for again.

        It costs no wait for the disk of its own, and `get` gives it from now on. A key is kept this way or by `put`.
        """

        def done() -> None:
            if self._soon.get(key) is value:
                del self._soon[key]

        self._soon[key] = value
        self._database.with_next(f"state {key}", lambda connection: self._keep(connection, {key: value}), done)

    def put_all(self, values: Mapping[str, object]) -> None:
        """Keep some values, all or none. Raises: `LedgerError`."""
        with self._database.writing("keeping state") as connection:
            self._keep(connection, values)

    def drop(self, key: str) -> None:
        """Forget one value, if there is one. Raises: `LedgerError`."""
        with self._database.writing("forgetting state") as connection:
            connection.execute(delete(schema.state).where(schema.state.c.key == key))

    def starting(self, prefix: str) -> dict[str, JsonValue]:
        """Every key with that beginning and its value, sorted. Raises: `LedgerError`."""
        with self._database.reading("reading state") as connection:
            rows = connection.execute(select(schema.state).order_by(schema.state.c.key)).all()
        return {row.key: row.value for row in rows if row.key.startswith(prefix)}

    @staticmethod
    def _keep(connection: Connection, values: Mapping[str, object]) -> None:
        for key, value in values.items():
            connection.execute(delete(schema.state).where(schema.state.c.key == key))
            connection.execute(insert(schema.state).values(key=key, value=value))
