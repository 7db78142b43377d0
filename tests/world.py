"""A small world for one test: logs over HTTP, wikis in memory, a ledger in a file, and the pipeline over them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from oabot import rules
from oabot.config import Settings
from oabot.contents import Contents
from oabot.errors import WikiRests
from oabot.ingest import Ingest
from oabot.ledger import Held, Ledger
from oabot.model import Edit, Page, Saved, User
from oabot.pipeline import Pipeline
from oabot.publish import TURN, Outcome, Terms
from oabot.sources.api import Api
from oabot.sources.logevents import LogEvents
from tests.fakes.clock import StillClock
from tests.fakes.mediawiki import FakeMediaWiki
from tests.fakes.wiki import FakeWiki

ACCOUNT = "OATransparencyBot"
ADMIN = "FarmAdmin"
TABLE = "User:OATransparencyBot/Office actions"
REGION = "Before.\n\n{{Office actions|table}}\n{{Office actions end}}\n\nAfter.\n"


class BusyWiki(FakeWiki):
    """A wiki on which something happens just before or after our next save."""

    before_save: Callable[[], object] | None = None
    after_save: Callable[[], object] | None = None
    silent = False
    """Whether it gives no answer."""

    def transcluding(self, template: str) -> list[Page]:
        """As the wiki's own, if it answers."""
        if self.silent:
            raise WikiRests("timeout")
        return super().transcluding(template)

    def save(self, edit: Edit) -> Saved:
        """As the wiki's own, with what others do meanwhile; each thing happens once."""
        before, self.before_save = self.before_save, None
        if before:
            before()
        saved = super().save(edit)
        after, self.after_save = self.after_save, None
        if after:
            after()
        return saved


class World:
    """Wikis by dbname, each with logs (`logs`) and pages (`wikis`); every wiki says ``run``."""

    def __init__(
        self,
        folder: Path,
        wikis: Mapping[str, str],
        *,
        settle_hours: float = 0,
        approval: str = "https://meta.example/wiki/Approval",
    ) -> None:
        self.clock = StillClock(datetime(2023, 1, 1, tzinfo=UTC))
        self.logs = {dbname: FakeMediaWiki(dbname) for dbname in wikis}
        self.wikis = {dbname: BusyWiki(dbname, language=lang, clock=self.clock) for dbname, lang in wikis.items()}
        self.settings = Settings.model_validate(
            {
                "wikis": {
                    dbname: {
                        "url": f"https://{dbname}.example",
                        "language": lang,
                        "approval": approval,
                        "flagged": True,
                        "pace": 0,
                        "drafts": ["ru", "zh-hans", "fa"],
                    }
                    for dbname, lang in wikis.items()
                },
                "settle_hours": settle_hours,
            }
        )
        self._database = f"sqlite:///{folder}/ledger.sqlite"
        self.rules = rules.load(self.settings.actors)
        for wiki in self.wikis.values():
            wiki.accounts[ADMIN] = User(ADMIN, frozenset({"sysop"}))
            wiki.put(f"User:{ACCOUNT}/Run", "run", user=ADMIN)
        self.restart()

    def restart(self) -> None:
        """A new process: nothing is remembered but what the ledger's file and the wikis hold."""
        self.ledger = Ledger(self._database, self.clock)
        sources = {
            dbname: LogEvents(Api(logs.url, dbname, "oabot/test (test@example.org)", self.clock))
            for dbname, logs in self.logs.items()
        }
        ingest = Ingest(sources, self.ledger, self.rules, self.clock, self.settings.central)
        contents = Contents(self.settings, self.rules, self.ledger, ingest, self.clock)
        self.pipeline = Pipeline(contents, self.ledger, ingest, self.wikis, self.clock)

    def add(
        self, dbname: str, logid: int, timestamp: str, type_action: str, user: str, title: str, **more: object
    ) -> None:
        """A row in a wiki's log."""
        log_type, action = type_action.split("/")
        self.logs[dbname].types.add(log_type)
        self.logs[dbname].rows.append(
            {
                "logid": logid, "ns": 2 if ":" in title else 0, "title": title, "pageid": 0, "logpage": 0,
                "params": more.pop("params", {}), "type": log_type, "action": action, "user": user, "userid": 1,
                "timestamp": timestamp, "comment": more.pop("comment", ""), "tags": [], **more,
            }
        )  # fmt: skip

    def lock(self, logid: int, name: str, when: str = "2021-09-13T16:13:00Z", user: str = "WMFOffice") -> None:
        """The Office (or somebody) locks an account, logged as it was then."""
        params = {"0": "locked", "1": "(none)"} if when < "2021-11-06" else {"added": ["locked"], "removed": []}
        self.add("metawiki", logid, when, "globalauth/setstatus", user, f"User:{name}@global", params=params)

    def unlock(self, logid: int, name: str, when: str, user: str = "WMFOffice") -> None:
        """Somebody lifts the lock."""
        params = {"0": "(none)", "1": "locked"} if when < "2021-11-06" else {"added": [], "removed": ["locked"]}
        self.add("metawiki", logid, when, "globalauth/setstatus", user, f"User:{name}@global", params=params)

    def row(self, dbname: str, logid: int) -> dict[str, Any]:
        """A row of a log, to be changed in place."""
        return next(row for row in self.logs[dbname].rows if row["logid"] == logid)

    def lease(self) -> Held:
        """The lease; the test fails if somebody has it."""
        held = self.ledger.lease.acquire("test", TURN)
        assert held is not None
        return held

    def publish(
        self, run: str = "run-1", *, reading: bool = True, approved: frozenset[tuple[str, str]] = frozenset()
    ) -> list[Outcome]:
        """One run as `once --save` makes it."""
        if reading:
            self.pipeline.read()
        held = self.lease()
        try:
            return list(self.pipeline.refresh(Terms(ACCOUNT, self.settings.central, run, approved=approved), held))
        finally:
            self.ledger.lease.release(held)

    def text(self, title: str = TABLE, dbname: str = "metawiki") -> str:
        """A page's text now."""
        return self.wikis[dbname].text(title)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for logs in self.logs.values():
            logs.close()
