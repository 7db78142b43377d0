"""The world of `tests.world` with people in it who ask the bot for things."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from pathlib import Path

from oabot import rules
from oabot.config import OnWikiConfig, Settings
from oabot.contents import Contents
from oabot.control import Control
from oabot.errands import Errands
from oabot.errors import Stopped
from oabot.ingest import Ingest
from oabot.model import User
from oabot.pipeline import Pipeline
from oabot.requestedruns import RequestedRuns
from oabot.seams import Wiki
from oabot.sources.api import Api
from oabot.sources.logevents import LogEvents
from tests.world import ACCOUNT, ADMIN, REGION, TABLE, World

REQUESTS = f"User:{ACCOUNT}/Requests"
NOTES = f"User:{ACCOUNT}/Annotations"
STATUS = f"User:{ACCOUNT}/Status"
STEWARD, ORDINARY = "Steward Example", "Ordinary Example"
LOCAL_ADMIN = "Пример Админ"


class ControlWorld(World):
    """Two wikis, each with a table, an admin of each, a steward and somebody ordinary."""

    def __init__(self, folder: Path, *, settle_hours: float = 0) -> None:
        super().__init__(folder, {"metawiki": "en", "ruwiki": "ru"}, settle_hours=settle_hours)
        for dbname, wiki in self.wikis.items():
            wiki.put(TABLE, REGION)
            wiki.accounts |= {
                STEWARD: User(STEWARD, frozenset({"steward", "user"})),
                ORDINARY: User(ORDINARY, frozenset({"user"})),
                LOCAL_ADMIN: User(LOCAL_ADMIN, frozenset({"sysop"} if dbname == "ruwiki" else {"user"})),
            }
        self._runs = itertools.count(1)
        self.begin()

    def begin(self) -> None:
        """A new process."""
        self.restart()
        self.control = Control(self.settings, self.wikis, self.ledger, self.clock, self.build)
        self.errands = Errands(self.control, RequestedRuns(self.control, self.new_run), self.new_run)

    def new_run(self) -> str:
        """An id for a run."""
        return f"run-{next(self._runs)}"

    def build(self, wikis: Mapping[str, Wiki], settings: Settings, onwiki: OnWikiConfig) -> Pipeline:
        """A pipeline, as `App` builds it."""
        sources = {
            dbname: LogEvents(Api(logs.url, dbname, "oabot/test (test@example.org)", self.clock))
            for dbname, logs in self.logs.items()
        }
        found = rules.load(onwiki.actors or settings.actors)
        ingest = Ingest(sources, self.ledger, found, self.clock, settings.central)
        contents = Contents(settings, found, self.ledger, ingest, self.clock)
        return Pipeline(contents, self.ledger, ingest, wikis, self.clock)

    def ask(self, user: str = ADMIN, dbname: str = "metawiki", **params: str) -> int:
        """Somebody adds a request at the end of a wiki's page; the revid."""
        call = "{{Office action request|" + "|".join(f"{name}={value}" for name, value in params.items()) + "}}"
        return self.wikis[dbname].put(REQUESTS, f"{self.text(REQUESTS, dbname)}\n\n{call}".strip(), user=user)

    def work(self) -> None:
        """What the continuous job does in one turn: look at requests, carry out what waits."""
        held = self.lease()
        try:
            self.errands.take_in(held)
            while job := self.ledger.inbox.take(held):
                self.errands.do(job, held)
        except Stopped:
            pass
        finally:
            self.ledger.lease.release(held)

    def answers(self, dbname: str = "metawiki") -> str:
        """The page of requests."""
        return self.text(REQUESTS, dbname)

    def journal(self) -> str:
        """This month's journal."""
        return self.text(f"User:{ACCOUNT}/Journal/{self.clock.now():%Y-%m}")
