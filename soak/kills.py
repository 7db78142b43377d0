"""The continuous job, killed at each step between an event and the record of the save that it led to.

Meanwhile the stream is cut, the database restarted and a wiki down. Each killed process has a successor, which is
killed in its turn, mostly while it still finishes what the one before began; now and then one may finish everything.
Afterwards nothing is lost and nothing doubled.
"""

from __future__ import annotations

import contextlib
import json
import math
import random
import re
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from oabot.clock import SystemClock
from oabot.ledger import Ledger
from tests.acts import Act, Acts, shows
from tests.conftest import _free_ports
from tests.contract.mariadb import MariaDbServer
from tests.killing import POINTS, Killer, proxy
from tests.local_bot import Bot
from tests.local_farm import Farm
from tests.running import Running

EACH, RESTARTS = 20, 3
IN_A_ROW = 20
"""Kills after which a successor may finish."""
PAGE = "User:OATransparencyBot/Office actions"
PATIENCE = 120.0
WIKIS = ("metawiki", "ruwiki", "zhwiki")
"""The wikis that the bot has; zhwiki is the one that is down now and then."""


def run(*, quick: bool, seed: int, each: int = EACH, seconds: float = math.inf) -> dict[str, Any]:
    """Kill it `each` times at each point; quick: once. After so many seconds no further kill is begun."""
    end = time.monotonic() + seconds
    with tempfile.TemporaryDirectory(prefix="oabot-soak-") as folder:
        farm = Farm(Path(folder) / "farm", _free_ports())
        for verb in ("install", "build", "start"):
            farm.do(verb)
        try:
            with MariaDbServer(_made(Path(folder) / "mariadb")) as database:
                trial = _Trial(farm, database, Path(folder), random.Random(seed))  # noqa: S311 - not for secrets
                return trial.run(1 if quick else each, end)
        finally:
            farm.do("stop")


@dataclass
class _Trial:
    farm: Farm
    database: MariaDbServer
    folder: Path
    rng: random.Random
    broken: list[str] = field(default_factory=list)
    kills: Counter[str] = field(default_factory=Counter)
    cuts: int = 0
    restarts: int = 0
    down: int = 0

    def run(self, each: int, end: float) -> dict[str, Any]:
        self.url = self.database.url("soak")
        self.killer = Killer(self._count, self.rng)
        acts = Acts(self.farm).all()
        plan = [point for _ in range(each) for point in self.rng.sample(POINTS, len(POINTS))]
        with contextlib.ExitStack() as open_:
            addresses = {name: open_.enter_context(proxy(self.farm, name, self.killer)) for name in WIKIS}
            self.bot = self._bot(addresses)
            begun = self._kill_all(plan, acts, end)
            self._expire_lease()
            self.bot.run("once", "reconcile", "--save")
            self._compare()
        done = {"kills": dict(sorted(self.kills.items())), "actions": begun, "classes": min(begun, len(acts))}
        disturbed = {"stream_cuts": self.cuts, "database_restarts": self.restarts, "wiki_down": self.down}
        return {**done, **disturbed, "saves": self.killer.sent.total(), "broken": self.broken}

    def _bot(self, addresses: dict[str, str]) -> Bot:
        bot = Bot(self.farm, self.folder / "bot")
        text = bot.settings.read_text(encoding="utf-8")
        for name, address in addresses.items():
            text = text.replace(f'"{self.farm.url(name)}"', f'"{address}"')
        # Less to look at, and no wiki behind the proxies' backs.
        text = re.sub(rf"(?m)^\[wikis\.(?!{'|'.join(WIKIS)})\w+\]\n(?:(?!\[).*\n)*", "", text)
        bot.settings.write_text(_with_database(text, self.url), encoding="utf-8")
        bot.run("once", "reconcile", "--save")
        return bot

    def _kill_all(self, plan: list[str], acts: list[Act], end: float) -> int:
        """One act for each kill; how many that were."""
        every = max(1, len(plan) // RESTARTS)
        running = self._successor(0)
        waiting: dict[int, str] = {}
        for number, point in enumerate(plan):
            self.killer.arm(point, running.process.pid)
            with self._disturbed(number, restarts=number % every == every - 1):
                self._await_listening(running)
                dbname, logid = acts[number % len(acts)](number)
                waiting[logid] = f"{number} {point}: {dbname}:{logid}"
                self.killer.happened()
                self._end(running, number, point)
            running = self._successor(number + 1)
            last = number == len(plan) - 1 or time.monotonic() > end
            if last or number % IN_A_ROW == IN_A_ROW - 1:
                self._finish(waiting)
            if last:
                break
        running.end()
        return number + 1

    def _await_listening(self, running: Running) -> None:
        self._await(lambda: running.process.poll() is not None or running.says("stream: connected"))

    def _end(self, running: Running, number: int, point: str) -> None:
        if self._await(lambda: running.process.poll() is not None):
            self.kills[point] += 1
        else:
            self.broken.append(f"{number} {point}: never came there")
            self.killer.kill(point)
            running.process.kill()
        running.process.wait()

    def _finish(self, waiting: dict[int, str]) -> None:
        """Let the one that runs bring everything to the page."""

        def missing() -> list[str]:
            text = self.farm.text("metawiki", PAGE)
            return [what for logid, what in waiting.items() if not shows(text, logid)]

        if not self._await(lambda: self._quiet() and not missing(), every=0.3):
            self.broken += [f"{what} is not on the page" for what in missing()] or ["it comes to no rest"]
        waiting.clear()

    def _successor(self, number: int) -> Running:
        self._expire_lease()
        return Running(self.bot, f"run-{number}")

    @contextlib.contextmanager
    def _disturbed(self, number: int, *, restarts: bool) -> Iterator[None]:
        """Cut the stream every other time; now and then restart the database; every fifth time a wiki is down."""
        if number % 2 == 0:
            self.cuts += 1
            self.farm.control("stream", "cut", str(self.cuts))
            time.sleep(self.rng.uniform(0.0, 0.3))
        if restarts:
            self.database.stop()
            time.sleep(self.rng.uniform(0.1, 1.0))
            self.database.start()
            self.restarts += 1
        if number % 5 == 0:
            self.down += 1
            self.farm.control("zhwiki", "php", "<?php if ( PHP_SAPI !== 'cli' ) { http_response_code( 503 ); exit; }")
        try:
            yield
        finally:
            self.farm.control("zhwiki", "php", None)

    def _quiet(self) -> bool:
        """Whether nothing is being done or waits to be; what waits for its time may."""
        now = f"{SystemClock().now():%Y-%m-%dT%H:%M:%S}"
        busy = f"state = 'running' OR (state = 'waiting' AND wanted_at < '{now}')"
        with contextlib.suppress(Exception):  # restarted just now
            jobs = self._count(f"SELECT count(*) FROM oabot_jobs WHERE {busy}")  # noqa: S608 - a time
            return not jobs and not self._count("SELECT count(*) FROM oabot_runs WHERE ended IS NULL")
        return False

    def _count(self, query: str) -> int:
        return int(str(self.database.sql(query.replace("FROM oabot_", "FROM soak.oabot_"))[0][0]))

    def _expire_lease(self) -> None:
        """As if the dead process's turn had passed."""
        self.database.sql("UPDATE soak.oabot_lease SET expires = 0")

    def _await(self, true: Callable[[], object], every: float = 0.05) -> bool:
        end = time.monotonic() + PATIENCE
        while not true():
            if time.monotonic() > end:
                return False
            time.sleep(every)
        return True

    def _compare(self) -> None:
        """The ledger against one made from nothing, the pages against what they should say, and all saves ever made."""
        fresh = self.folder / "fresh.toml"
        text = _with_database(self.bot.settings.read_text(encoding="utf-8"), self.database.url("fresh"))
        fresh.write_text(text, encoding="utf-8")
        environment = {**self.bot.environment, "OABOT_SETTINGS": str(fresh)}
        self.bot.run("rebuild", environment=environment)
        ours, anew = (
            dict(Ledger(url, SystemClock()).observations.entries()) for url in (self.url, self.database.url("fresh"))
        )
        if ours != anew:
            odd = [str(key) for key in ours.keys() | anew.keys() if ours.get(key) != anew.get(key)]
            self.broken.append(f"the ledger isn't what a rebuild makes: {' '.join(sorted(odd)[:10])}")
        said = self.bot.run("once", "tables", environment=environment).stdout
        if "dry run: 0 pages" not in said:
            self.broken.append(f"a page isn't as it should be: {said[-300:]}")
        for (dbname, title, _), times in self.killer.sent.items():
            if times > 1:
                self.broken.append(f"{dbname}: {title}: one text was sent {times} times")
        for dbname in WIKIS:
            saved = Counter(_saved(self.farm, dbname))
            if doubled := sum(count - 1 for count in saved.values()):
                self.broken.append(f"{dbname}: {doubled} saves of a text that had been saved before")


def _saved(farm: Farm, dbname: str) -> Iterator[str]:
    """Every text that our account saved on a wiki's table."""
    asked = {"prop": "revisions", "rvprop": "content|user", "rvslots": "main", "rvlimit": "max", "titles": PAGE}
    page = farm.ask(dbname, action="query", **asked)["query"]["pages"][0]
    for one in page.get("revisions", ()):
        if one["user"] == farm.accounts["bot"].name:
            yield one["slots"]["main"]["content"]


def _with_database(settings: str, url: str) -> str:
    return re.sub(r"(?m)^database = .*$", lambda _: f"database = {json.dumps(url)}", settings)


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder
