"""Small things to remember over a restart."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import delete, insert, select

from oabot.ledger import schema
from oabot.ledger.database import Database
from oabot.ledger.schema import JsonValue


class State:
    """JSON values by key, such as ``stream:position`` or ``rest:metawiki:Some page``; carried over a rebuild."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, key: str, default: JsonValue = None) -> JsonValue:
        """One value. Raises: `LedgerError`."""
        with self._database.reading("reading state") as connection:
            row = connection.execute(select(schema.state.c.value).where(schema.state.c.key == key)).one_or_none()
        return default if row is None else row.value

    def put(self, key: str, value: object) -> None:
        """Keep one value. Raises: `LedgerError`."""
        self.put_all({key: value})

    def put_all(self, values: Mapping[str, object]) -> None:
        """Keep some values, all or none. Raises: `LedgerError`."""
        with self._database.writing("keeping state") as connection:
            for key, value in values.items():
                connection.execute(delete(schema.state).where(schema.state.c.key == key))
                connection.execute(insert(schema.state).values(key=key, value=value))

    def drop(self, key: str) -> None:
        """Forget one value, if there is one. Raises: `LedgerError`."""
        with self._database.writing("forgetting state") as connection:
            connection.execute(delete(schema.state).where(schema.state.c.key == key))

    def starting(self, prefix: str) -> dict[str, JsonValue]:
        """Every key with that beginning and its value, sorted. Raises: `LedgerError`."""
        with self._database.reading("reading state") as connection:
            rows = connection.execute(select(schema.state).order_by(schema.state.c.key)).all()
        return {row.key: row.value for row in rows if row.key.startswith(prefix)}
