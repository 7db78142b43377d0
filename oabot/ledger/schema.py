"""The tables, and how our values lie in their columns.

Names and titles are binary columns: MariaDB's default collation takes `Foó`, `foo` and `Foo ` for `Foo`, and even its
``utf8mb4_bin`` pads with spaces.  Ids are BIGINT, times are ISO 8601 text in UTC (it sorts, and both databases keep
the microseconds).  No table but `observations` and `publications` holds anything that could be a name, and in the
latter it is the title of a page that we edit.
"""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from typing import Any, TypeAlias

from sqlalchemy import BigInteger, Column, Index, Integer, MetaData, Table, Text
from sqlalchemy.engine import Dialect
from sqlalchemy.schema import SchemaItem
from sqlalchemy.types import TypeDecorator, TypeEngine

from oabot.ledger import faults

VERSION = "1"
"""Counted up with any change of a table; a database of another version is set aside and made new."""

PREFIX = "oabot_"
"""Begins the name of each table, for a schema may have other tenants."""


JsonValue: TypeAlias = Any
"""What JSON can say: None, bool, int, float, str, and lists and dicts of these."""


def fingerprint(*parts: str) -> str:
    """What stands in a column for something that may be a person's name: it can be matched, not read."""
    return hashlib.sha256("\n".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


def canonical(value: object) -> str:
    """A JSON value as text."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


class Name(TypeDecorator[str]):
    """Text that is compared byte for byte."""

    impl = Text
    cache_ok = True

    def __init__(self, length: int) -> None:
        super().__init__()
        self.length = length

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """VARBINARY on MariaDB; SQLite compares text as it is."""
        if dialect.name != "mysql":
            return dialect.type_descriptor(Text())
        from sqlalchemy.dialects.mysql import VARBINARY

        return dialect.type_descriptor(VARBINARY(self.length))

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | str | None:
        """Text to bytes."""
        return value.encode() if value is not None and dialect.name == "mysql" else value

    def process_result_value(self, value: bytes | str | None, _dialect: Dialect) -> str | None:
        """Bytes to text."""
        try:
            return value.decode() if isinstance(value, bytes) else value
        except UnicodeDecodeError:
            raise faults.Unreadable from None


class Moment(TypeDecorator[datetime]):
    """An aware time, as 27 characters that sort."""

    impl = Name
    cache_ok = True

    def __init__(self) -> None:
        super().__init__(27)

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> str | None:
        """Time to text."""
        return None if value is None else value.astimezone(UTC).isoformat(timespec="microseconds")[:26] + "Z"

    def process_result_value(self, value: str | None, _dialect: Dialect) -> datetime | None:
        """Text to time."""
        try:
            return None if value is None else datetime.fromisoformat(value)
        except ValueError:
            raise faults.Unreadable from None


class Json(TypeDecorator[Any]):
    """A JSON value as ASCII text, the same text for the same value."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """TEXT ends at 64 KiB on MariaDB."""
        if dialect.name != "mysql":
            return dialect.type_descriptor(Text())
        from sqlalchemy.dialects.mysql import LONGTEXT

        return dialect.type_descriptor(LONGTEXT())

    def process_bind_param(self, value: object, _dialect: Dialect) -> str:
        """Value to text."""
        return canonical(value)

    def process_result_value(self, value: str | None, _dialect: Dialect) -> JsonValue:
        """Text to value."""
        try:
            return json.loads(value or "null")
        except (ValueError, RecursionError):
            raise faults.Unreadable from None


WIKI = 64
TITLE = 512
METADATA = MetaData()


def _number() -> Column[int]:
    return Column("number", BigInteger().with_variant(Integer(), "sqlite"), primary_key=True, autoincrement=True)


def _table(name: str, *parts: SchemaItem) -> Table:
    return Table(PREFIX + name, METADATA, *parts, mysql_engine="InnoDB", mysql_charset="utf8mb4")


meta = _table("meta", Column("name", Name(32), primary_key=True), Column("value", Name(64), nullable=False))
"""`version`; `backfill` and `scrub`, each `done` or `wanted`."""

observations = _table(
    "observations",
    _number(),
    Column("wiki", Name(WIKI), nullable=False),
    Column("logid", BigInteger, nullable=False),
    Column("log_type", Name(64), nullable=False),
    Column("happened_at", Moment, nullable=False),
    Column("title", Name(64)),  # its fingerprint
    Column("seen_at", Moment, nullable=False),
    Column("row", Json, nullable=False),
    Index(PREFIX + "observations_entry", "wiki", "logid"),
    Index(PREFIX + "observations_title", "title"),
)
tombstones = _table(
    "tombstones",
    Column("wiki", Name(WIKI), primary_key=True),
    Column("logid", BigInteger, primary_key=True, autoincrement=False),
    Column("erased_at", Moment, nullable=False),
    Column("reason", Name(32), nullable=False),
    Column("told", Integer, nullable=False),
)
holds = _table(
    "holds",
    Column("wiki", Name(WIKI), primary_key=True),
    Column("logid", BigInteger, primary_key=True, autoincrement=False),
    Column("first_missing_at", Moment, nullable=False),
    Column("last_missing_at", Moment, nullable=False),
    Column("times", Integer, nullable=False),
)
cursors = _table(
    "cursors",
    Column("wiki", Name(WIKI), primary_key=True),
    Column("door", Name(16), primary_key=True),
    Column("key", Name(64), primary_key=True),  # a fingerprint
    Column("timestamp", Moment, nullable=False),
    Column("logid", BigInteger, nullable=False),
)
quarantine = _table(
    "quarantine",
    Column("wiki", Name(WIKI), primary_key=True),
    Column("logid", BigInteger, primary_key=True, autoincrement=False),
    Column("log_type", Name(64), nullable=False),
    Column("action", Name(64), nullable=False),
    Column("shape", Json, nullable=False),
    Column("first_seen", Moment, nullable=False),
    Column("times", Integer, nullable=False),
)
publications = _table(
    "publications",
    _number(),
    Column("wiki", Name(WIKI), nullable=False),
    Column("title", Name(TITLE), nullable=False),
    Column("base_revid", BigInteger, nullable=False),
    Column("revid", BigInteger),  # null while only intended
    Column("text", Name(64), nullable=False),  # sha256
    Column("run", Name(64), nullable=False),
    Column("at", Moment, nullable=False),
    Index(PREFIX + "publications_page", "wiki", "title"),
    Index(PREFIX + "publications_run", "run"),
)
regions = _table(
    "regions",
    Column("publication", BigInteger, primary_key=True, autoincrement=False),
    Column("region", Name(255), primary_key=True),
    Column("text", Name(64), nullable=False),  # sha256
)
shown = _table(
    "shown",
    Column("publication", BigInteger, primary_key=True, autoincrement=False),
    Column("region", Name(255), primary_key=True),
    Column("place", Integer, primary_key=True, autoincrement=False),
    Column("wiki", Name(WIKI), nullable=False),
    Column("logid", BigInteger, nullable=False),
    Index(PREFIX + "shown_entry", "wiki", "logid"),
)
runs = _table(
    "runs",
    Column("id", Name(64), primary_key=True),
    Column("asked_by", Name(128), nullable=False),
    Column("woken_by", Name(128), nullable=False),
    Column("started", Moment, nullable=False),
    Column("ended", Moment),
    Column("outcome", Name(64)),
    Column("counts", Json, nullable=False),
    Index(PREFIX + "runs_started", "started"),
)
jobs = _table(
    "jobs",
    _number(),
    Column("key", Name(255), nullable=False, unique=True),
    Column("name", Name(64), nullable=False),
    Column("scope", Name(TITLE), nullable=False),
    Column("mode", Name(32), nullable=False),
    Column("source", Name(16), nullable=False),
    Column("asker", Name(64)),  # a fingerprint
    Column("arguments", Json, nullable=False),
    Column("wanted_at", Moment, nullable=False),
    Column("state", Name(16), nullable=False, index=True),
    Column("taken_by", BigInteger),  # the fence of the lease under which it runs
    Column("attempts", Integer, nullable=False),
    Column("finished_at", Moment),
    Column("result", Json, nullable=False),
)
lease = _table(
    "lease",
    Column("name", Name(32), primary_key=True),
    Column("holder", Name(128), nullable=False),
    Column("fence", BigInteger, nullable=False),
    Column("expires", BigInteger, nullable=False),  # milliseconds since 1970 by the database's clock
)
state = _table(
    "state",
    Column("key", Name(TITLE), primary_key=True),
    Column("value", Json, nullable=False),
)
