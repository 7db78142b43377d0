"""What ran, who or what asked for it, and how it ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, select, update

from oabot.ledger import schema
from oabot.ledger.database import Database


@dataclass(frozen=True, slots=True)
class Run:
    """One pass."""

    id: str
    asked_by: str
    """The wiki and revid of the request (``metawiki:123``), ``cli`` or ``schedule``; never a name."""
    woken_by: str
    """What it was for: a job's name, an entry's id."""
    started: datetime
    ended: datetime | None = None
    outcome: str | None = None
    counts: dict[str, Any] = field(default_factory=dict)


class Runs:
    """The runs."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def start(self, run: str, asked_by: str, woken_by: str) -> Run:
        """A run begins now. Raises: `LedgerError`, also when there is one with that id."""
        started = self._database.clock.now()
        values = {"id": run, "asked_by": asked_by, "woken_by": woken_by, "started": started, "counts": {}}
        with self._database.writing("beginning a run") as connection:
            connection.execute(insert(schema.runs).values(values))
        return Run(run, asked_by, woken_by, started)

    def end(self, run: str, outcome: str, counts: Mapping[str, Any]) -> None:
        """A run ends now. Raises: `LedgerError`."""
        values = {"ended": self._database.clock.now(), "outcome": outcome, "counts": dict(counts)}
        with self._database.writing("ending a run") as connection:
            connection.execute(update(schema.runs).where(schema.runs.c.id == run).values(values))

    def get(self, run: str) -> Run | None:
        """One run. Raises: `LedgerError`."""
        with self._database.reading("reading a run") as connection:
            row = connection.execute(select(schema.runs).where(schema.runs.c.id == run)).one_or_none()
        return None if row is None else _run(row)

    def unfinished(self) -> list[Run]:
        """Runs that go on, or whose process was killed; oldest first. Raises: `LedgerError`."""
        asked = select(schema.runs).where(schema.runs.c.ended.is_(None)).order_by(schema.runs.c.started)
        with self._database.reading("reading runs") as connection:
            return [_run(row) for row in connection.execute(asked)]

    def recent(self, limit: int) -> list[Run]:
        """The newest runs, newest first. Raises: `LedgerError`."""
        asked = select(schema.runs).order_by(schema.runs.c.started.desc(), schema.runs.c.id).limit(limit)
        with self._database.reading("reading runs") as connection:
            return [_run(row) for row in connection.execute(asked)]


def _run(row: Row[Any]) -> Run:
    return Run(row.id, row.asked_by, row.woken_by, row.started, row.ended, row.outcome, row.counts)
