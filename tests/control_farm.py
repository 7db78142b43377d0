"""The bot under people's control on the farm: the continuous job, real accounts, pages that wait to be asked for."""

from __future__ import annotations

import itertools
import json
import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.local_bot import Bot
from tests.local_farm import Farm
from tests.running import PATIENCE, Running, done, expire_lease, sql, until

ACCOUNT = "OATransparencyBot"
WIKIS = ("metawiki", "ruwiki")
TABLE = f"User:{ACCOUNT}/Office actions"
REQUESTS, RUN, STATUS = f"User:{ACCOUNT}/Requests", f"User:{ACCOUNT}/Run", f"User:{ACCOUNT}/Status"
CONFIG = f"User:{ACCOUNT}/Config.json"
REGION = "Before.\n\n{{Office actions|table|limit=3}}\n{{Office actions end}}\n\nAfter."
LIMITS = {"requests_per_person_hour": 20, "requests_per_day": 100}
"""The most that there can be: many tests ask within an hour."""

_FINISHED = re.compile(r"\|state=(done|refused|failed)\|")


class Controlled:
    """The farm, and a bot on it that was started and has nothing to do."""

    def __init__(self, farm: Farm, folder: Path) -> None:
        self.farm = farm
        self.person = cache(farm.person)
        self.bot = Bot(farm, folder, docs=True, wikis=WIKIS)
        self.person("admin", "metawiki").edit(CONFIG, json.dumps({"limits": LIMITS}))
        self.run = Running(self.bot)
        self._numbers = itertools.count(1)

    def __enter__(self) -> Self:
        try:
            self.run.await_message("stream: connected")
            until(lambda: all(self.shows(TABLE, dbname) for dbname in WIKIS), "the first tables")
            until(lambda: done(self.bot), "an empty inbox")
        except BaseException:
            self.run.process.kill()
            self.run.process.wait()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.run.__exit__(kind, error, trace)

    def go_on(self) -> None:
        """An admin lets the bot run, whatever stopped it, and it does what it has to do."""
        now = self.text(RUN)
        self.person("admin", "metawiki").edit(RUN, "run" if now != "run" else "\nrun")
        self.settle()

    def settle(self) -> None:
        """Wait until all that people did so far has reached the bot, and it has nothing left to do."""
        self.looked()
        until(lambda: done(self.bot), "an end of all work")

    def page(self) -> str:
        """A new page on Meta with a region that was never filled. No run looks at it unless something else wakes it."""
        title = f"Project:Asked for/{next(self._numbers)}"
        self.person("user", "metawiki").edit(title, REGION)
        return title

    def text(self, title: str, dbname: str = "metawiki") -> str:
        """A page's text; empty when there is none."""
        return self.farm.text(dbname, title) or ""

    def shows(self, title: str, dbname: str = "metawiki") -> bool:
        """Whether a page shows any log entry."""
        return "logid/" in self.text(title, dbname)

    def begin(self) -> None:
        """Empty the pages of requests, by an admin's hand."""
        for dbname in WIKIS:
            if self.text(REQUESTS, dbname) != "Requests go below.":
                self.person("admin", dbname).edit(REQUESTS, "Requests go below.")

    def ask(self, role: str = "admin", dbname: str = "metawiki", **params: str) -> int:
        """Somebody asks, as the form does it: a new section without a heading."""
        edit = self.person(role, dbname).post(action="edit", title=REQUESTS, section="new", text=call(**params))
        return int(edit["edit"]["newrevid"])

    def answers(self, number: int = 1, dbname: str = "metawiki", seconds: float = PATIENCE) -> list[str]:
        """Wait for so many answers on a wiki; each request's state."""
        until(lambda: len(_FINISHED.findall(self.text(REQUESTS, dbname))) >= number, f"{number} answers", seconds)
        return _FINISHED.findall(self.text(REQUESTS, dbname))

    def looked(self) -> None:
        """Wait until the bot has looked at all pages of requests: Meta's is read before the one that is answered."""
        before = len(_FINISHED.findall(self.text(REQUESTS, "ruwiki")))
        self.ask(dbname="ruwiki", job=f"nonsense {before}")
        self.answers(before + 1, "ruwiki")

    @contextmanager
    def asleep(self) -> Iterator[None]:
        """The bot hears nothing of what happens meanwhile until it wakes up."""
        self.run.process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self.run.process.send_signal(signal.SIGCONT)

    def start_again(self, name: str) -> None:
        """Another process takes the place of one that is gone."""
        expire_lease(self.bot)
        self.run = Running(self.bot, name)
        self.run.await_quiet()

    def saves(self, title: str, dbname: str = "metawiki") -> list[int]:
        """The revids of the bot's saves of a page, newest first."""
        asked = {"prop": "revisions", "rvprop": "ids|user", "rvlimit": "max", "titles": title}
        page = self.farm.ask(dbname, action="query", **asked)["query"]["pages"][0]
        return [one["revid"] for one in page.get("revisions", ()) if one["user"] == ACCOUNT]

    def requests(self, dbname: str = "metawiki") -> str:
        """The page of requests."""
        return self.text(REQUESTS, dbname)

    def rows(self, title: str) -> set[int]:
        """The log entries that a page on Meta shows."""
        return {int(logid) for logid in re.findall(r"logid/(\d+)", self.text(title))}

    def await_row(self, title: str, logid: int) -> None:
        """Wait until a page shows a log entry, and the bot has nothing left to do."""
        until(lambda: logid in self.rows(title), f"{logid} in a table")
        until(lambda: done(self.bot), "an end of all work")

    def heard(self, logid: int) -> None:
        """Wait until the bot has read a log entry, and has tried to show it."""
        stored = "SELECT logid FROM oabot_observations"
        until(lambda: (logid,) in sql(self.bot, stored) and done(self.bot), f"{logid} in the ledger")

    def runs(self) -> int:
        """How many runs there have been."""
        return int(sql(self.bot, "SELECT count(*) FROM oabot_runs")[0][0])

    def ended(self, runs: int) -> bool:
        """Whether a run that began after the first so many is over, and no other goes on."""
        return self.runs() > runs and done(self.bot)

    def newest(self, title: str) -> int:
        """The revid of a page on Meta now."""
        pages = self.farm.ask("metawiki", action="query", prop="info", titles=title)["query"]["pages"]
        return int(pages[0]["lastrevid"])

    def journal(self) -> str:
        """The newest month of the journal."""
        asked = {"list": "allpages", "apnamespace": "2", "apprefix": f"{ACCOUNT}/Journal/"}
        found = self.farm.ask("metawiki", action="query", **asked)["query"]["allpages"]
        return self.text(found[-1]["title"]) if found else ""

    def lock(self, name: str) -> int:
        """The Office locks an account; the logid."""
        row = {
            "type": "globalauth", "action": "setstatus", "user": "WMFOffice", "comment": "Office action",
            "title": f"User:{name}@global", "params": {"added": ["locked"], "removed": []},
        }  # fmt: skip
        return self.farm.add_log("metawiki", row)[0]


def call(**params: str) -> str:
    """A request as wikitext."""
    return "{{Office action request|" + "|".join(f"{name}={value}" for name, value in params.items()) + "}}"
