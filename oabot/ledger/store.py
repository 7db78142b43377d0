"""The ledger, put together."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select, update

from oabot.ledger import schema
from oabot.ledger.cursors import Cursors
from oabot.ledger.database import Database
from oabot.ledger.erasures import Erasures
from oabot.ledger.inbox import Inbox
from oabot.ledger.lease import Lease
from oabot.ledger.observations import Observations
from oabot.ledger.opening import Opening
from oabot.ledger.publications import Publications
from oabot.ledger.quarantine import Quarantine
from oabot.ledger.runs import Runs
from oabot.ledger.state import State
from oabot.seams import Clock


class Ledger:
    """A database, by what it keeps. Making one touches nothing; the first unit of work opens it."""

    def __init__(self, url: str, clock: Clock) -> None:
        self._database = Database(url, clock)
        self.observations = Observations(self._database)
        self.cursors = Cursors(self._database)
        self.quarantine = Quarantine(self._database)
        self.erasures = Erasures(self._database)
        self.publications = Publications(self._database)
        self.runs = Runs(self._database)
        self.inbox = Inbox(self._database)
        self.lease = Lease(self._database)
        self.state = State(self._database)

    def open(self) -> Opening:
        """See to it that there is a usable database; say whether it was made new and what was set aside.

        Raises: `LedgerError` when it can't be reached, or another version's process uses it.
        """
        return self._database.open()

    def needs_backfill(self) -> bool:
        """Whether the logs have yet to be read from their beginning since it was made. Raises: `LedgerError`."""
        asked = select(schema.meta.c.value).where(schema.meta.c.name == "backfill")
        with self._database.reading("reading the mark") as connection:
            return bool(connection.execute(asked).scalar_one() == "wanted")

    def set_backfilled(self) -> None:
        """The logs have been read. Raises: `LedgerError`."""
        with self._database.writing("setting the mark") as connection:
            connection.execute(update(schema.meta).where(schema.meta.c.name == "backfill").values(value="done"))

    def forget_before(self, when: datetime) -> None:
        """Drop finished jobs and runs that ended before a time; a run that saved stays, for it can be undone.

        Don't go so far back that a request could come again (they count for 24 hours). Raises: `LedgerError`.
        """
        saved = select(schema.publications.c.run)
        with self._database.writing("dropping what is old") as connection:
            connection.execute(delete(schema.jobs).where(schema.jobs.c.finished_at < when))
            old = (schema.runs.c.ended < when) & schema.runs.c.id.not_in(saved)
            connection.execute(delete(schema.runs).where(old))
