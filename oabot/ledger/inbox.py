"""What was asked for, by the clock, an operator or a wiki page; each key once."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from oabot.errors import LeaseLost
from oabot.ledger import lease, schema
from oabot.ledger.database import Database
from oabot.ledger.lease import Held
from oabot.ledger.schema import JsonValue

ATTEMPTS = 3
"""A job whose process died that often isn't tried again."""

_JOBS = schema.jobs


class JobState(enum.StrEnum):
    """Where a job stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    REFUSED = "refused"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Asked:
    """A wish for a job."""

    key: str
    """Says which wish it is, such as ``metawiki:PAGEID:REVID:INDEX``: it is fulfilled once, whatever happens."""
    name: str
    source: str
    """``schedule``, ``cli`` or ``wiki``."""
    scope: str = "all"
    mode: str = "save"
    arguments: Mapping[str, Any] = field(default_factory=dict)
    """JSON; ids, no names and no free text."""
    asker: str | None = None
    """Who asks, to count by; only a fingerprint is kept."""
    wanted_at: datetime | None = None
    """When it is due; None: at once."""


@dataclass(frozen=True, slots=True)
class Job:
    """A wish and what became of it."""

    number: int
    key: str
    name: str
    source: str
    scope: str
    mode: str
    arguments: dict[str, Any]
    wanted_at: datetime
    state: JobState
    taken_by: int | None
    """The fence of the lease under which it runs or ran."""
    attempts: int
    finished_at: datetime | None
    result: JsonValue


class Inbox:
    """The jobs."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def enqueue(self, asked: Asked, state: JobState = JobState.WAITING, result: object = None) -> bool:
        """Put a wish in, waiting or refused at once; False if its key was there before. Raises: `LedgerError`."""
        now = self._database.clock.now()
        values = {
            "key": asked.key,
            "name": asked.name,
            "scope": asked.scope,
            "mode": asked.mode,
            "source": asked.source,
            "asker": None if asked.asker is None else schema.fingerprint(asked.asker),
            "arguments": dict(asked.arguments),
            "wanted_at": asked.wanted_at or now,
            "state": state.value,
            "attempts": 0,
            "finished_at": None if state is JobState.WAITING else now,
            "result": result,
        }
        with self._database.writing("taking in a job") as connection:
            if _by_key(connection, asked.key) is not None:
                return False
            connection.execute(insert(_JOBS).values(values))
        return True

    def take(self, held: Held) -> Job | None:
        """Start the job that has been due longest; None if none is. Raises: `LeaseLost`, `LedgerError`."""
        due = select(_JOBS).where(
            _JOBS.c.state == JobState.WAITING.value, _JOBS.c.wanted_at <= self._database.clock.now()
        )
        with self._database.writing("taking a job") as connection:
            lease.require(self._database, connection, held)
            row = connection.execute(due.order_by(_JOBS.c.wanted_at, _JOBS.c.number).limit(1)).one_or_none()
            if row is None:
                return None
            taken = {"state": JobState.RUNNING.value, "taken_by": held.fence, "attempts": row.attempts + 1}
            connection.execute(update(_JOBS).where(_JOBS.c.number == row.number).values(taken))
            row = _by_key(connection, row.key)
        return None if row is None else _job(row)

    def finish(self, held: Held, number: int, state: JobState, result: object = None) -> None:
        """A job that we took has ended. Raises: `LeaseLost` when it is no longer ours to end, `LedgerError`."""
        ours = (_JOBS.c.number == number) & (_JOBS.c.state == JobState.RUNNING.value) & (_JOBS.c.taken_by == held.fence)
        ended = {"state": state.value, "finished_at": self._database.clock.now(), "result": result}
        with self._database.writing("ending a job") as connection:
            lease.require(self._database, connection, held)
            if connection.execute(update(_JOBS).where(ours).values(ended)).rowcount != 1:
                raise LeaseLost(f"job {number} isn't ours any more")

    def requeue(self, held: Held) -> list[int]:
        """Let jobs wait again whose process died; those that died too often fail. The numbers of both.

        Raises: `LeaseLost`, `LedgerError`.
        """
        left = (_JOBS.c.state == JobState.RUNNING.value) & (_JOBS.c.taken_by != held.fence)
        failed = {
            "state": JobState.FAILED.value,
            "finished_at": self._database.clock.now(),
            "result": {"error": "died", "attempts": ATTEMPTS},
        }
        with self._database.writing("taking jobs back") as connection:
            lease.require(self._database, connection, held)
            numbers = list(connection.execute(select(_JOBS.c.number).where(left).order_by(_JOBS.c.number)).scalars())
            connection.execute(update(_JOBS).where(left, _JOBS.c.attempts >= ATTEMPTS).values(failed))
            connection.execute(update(_JOBS).where(left).values(state=JobState.WAITING.value, taken_by=None))
        return numbers

    def get(self, key: str) -> Job | None:
        """The job of one wish. Raises: `LedgerError`."""
        with self._database.reading("reading a job") as connection:
            row = _by_key(connection, key)
        return None if row is None else _job(row)

    def in_state(self, *states: JobState) -> list[Job]:
        """All jobs that stand so, by when they are or were wanted. Raises: `LedgerError`."""
        asked = select(_JOBS).where(_JOBS.c.state.in_([state.value for state in states]))
        with self._database.reading("reading jobs") as connection:
            return [_job(row) for row in connection.execute(asked.order_by(_JOBS.c.wanted_at, _JOBS.c.number))]

    def asked_since(self, when: datetime, asker: str | None = None) -> int:
        """How many wishes of a wiki came since then, refused ones not counted; of one person or of all.

        Raises: `LedgerError`.
        """
        asked = select(func.count()).where(
            _JOBS.c.source == "wiki", _JOBS.c.wanted_at >= when, _JOBS.c.state != JobState.REFUSED.value
        )
        if asker is not None:
            asked = asked.where(_JOBS.c.asker == schema.fingerprint(asker))
        with self._database.reading("counting jobs") as connection:
            return connection.execute(asked).scalar_one()


def _by_key(connection: Connection, key: str) -> Row[Any] | None:
    return connection.execute(select(_JOBS).where(_JOBS.c.key == key)).one_or_none()


def _job(row: Row[Any]) -> Job:
    return Job(
        row.number,
        row.key,
        row.name,
        row.source,
        row.scope,
        row.mode,
        row.arguments,
        row.wanted_at,
        JobState(row.state),
        row.taken_by,
        row.attempts,
        row.finished_at,
        row.result,
    )
