"""A database on a MariaDB server (ToolsDB): strict, kills idle connections, allows few of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from pymysql.constants import CLIENT
from sqlalchemy import Connection, create_engine, event, select, text
from sqlalchemy.engine import URL
from sqlalchemy.pool import NullPool

from oabot.ledger import schema

_ASIDE = "_set_aside_"
_OPENING = "oabot_opening"
_SESSION = (
    "SET SESSION time_zone='+00:00', sql_mode='STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION', "
    # A process that was paused inside a transaction must not hold its locks for ever.
    "innodb_lock_wait_timeout=10, idle_transaction_timeout=60"
)


class MariaDb:
    """The tables that begin with our prefix in one schema of a server."""

    now = "CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED)"
    """The database's own time, in milliseconds since 1970."""

    def __init__(self, url: URL) -> None:
        self._name = url.database or ""
        # Without a pool each unit of work connects, so an idle connection can't be lost.
        self.engine = create_engine(
            url.set(drivername="mysql+pymysql"),
            poolclass=NullPool,
            hide_parameters=True,
            isolation_level="READ COMMITTED",
            connect_args={
                "charset": "utf8mb4",
                "init_command": _SESSION,
                "connect_timeout": 10,
                "read_timeout": 60,
                "write_timeout": 60,
            },
        )
        self._encryption: dict[str, Any] = {}
        event.listen(self.engine, "connect", self._learn_encryption)
        event.listen(self.engine, "do_connect", self._encrypt_alike)

    def _learn_encryption(self, connection: Any, _: object) -> None:  # noqa: ANN401 - PyMySQL's, through SQLAlchemy
        """Whether this server encrypts, and with what context.

        PyMySQL makes a context for each connection, and reads all of the system's certificates for it: most of the
        time that a connection takes.
        """
        if not self._encryption:
            encrypts = connection.ssl and connection.server_capabilities & CLIENT.SSL
            self._encryption = {"ssl": connection.ctx} if encrypts else {"ssl_disabled": True}

    def _encrypt_alike(self, _: object, __: object, ___: object, parameters: dict[str, Any]) -> None:
        parameters |= self._encryption

    def lock_writers(self, connection: Connection) -> None:
        """One transaction writes at a time, as with a file: reads inside it can be relied on."""
        connection.execute(select(schema.meta.c.value).where(schema.meta.c.name == "version").with_for_update())

    @contextmanager
    def alone(self) -> Iterator[None]:
        """While one process looks at the tables, makes them or sets them aside, others wait."""
        with self.engine.connect() as connection:
            # Named for our schema: the server's locks are shared by all its users.
            name = f"{_OPENING}_{self._name}"[:64]
            connection.execute(text("SELECT GET_LOCK(:name, 30)"), {"name": name})
            connection.commit()
            yield

    def tables(self, connection: Connection) -> list[str]:
        """The names of our tables, without those set aside."""
        return [name for name in self._all_tables(connection) if _ASIDE not in name]

    def is_sound(self, connection: Connection) -> bool:
        """The server looks after its pages; ours is to see that names are still compared byte for byte."""
        column = text(
            "SELECT data_type FROM information_schema.columns WHERE table_schema = DATABASE() "
            "AND table_name = :table AND column_name = 'title'"
        )
        return bool(connection.scalar(column, {"table": schema.publications.name}) == "varbinary")

    def set_aside(self, stamp: str) -> str:
        """Rename our tables, all or none; say their suffix."""
        suffix = _ASIDE + stamp
        with self.engine.begin() as connection:
            renames = [f"`{name}` TO `{name}{suffix}`" for name in self.tables(connection)]
            connection.exec_driver_sql("RENAME TABLE " + ", ".join(renames))
        return suffix

    def copies(self) -> list[str]:
        """What was set aside, newest first."""
        with self.engine.connect() as connection:
            names = [name for name in self._all_tables(connection) if _ASIDE in name]
        return sorted({name[name.index(_ASIDE) :] for name in names}, reverse=True)

    @contextmanager
    def reading_copy(self, copy: str) -> Iterator[tuple[Connection, str]]:
        """A connection to what was set aside, and the suffix of its tables' names."""
        with self.engine.connect() as connection:
            yield connection, copy

    def drop_copies(self) -> None:
        """Remove what was set aside."""
        with self.engine.begin() as connection:
            for name in self._all_tables(connection):
                if _ASIDE in name:
                    connection.exec_driver_sql(f"DROP TABLE `{name}`")

    def scrub(self) -> None:
        """Nothing that we could do: what the server's own files, logs and backups keep is beyond us."""

    @staticmethod
    def _all_tables(connection: Connection) -> list[str]:
        found = connection.execute(
            text("SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE()")
        )
        return sorted(name for (name,) in found if name.startswith(schema.PREFIX))
