"""The continuous job, killed at each step between an event and the record of the save that it led to.

Meanwhile the stream is cut, the database restarted and a wiki down. Afterwards nothing is lost and nothing doubled.
"""

from __future__ import annotations

import contextlib
import itertools
import json
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
from tests.conftest import _free_ports
from tests.contract.mariadb import MariaDbServer
from tests.killing import POINTS, Killer, proxy
from tests.local_bot import Bot
from tests.local_farm import Farm
from tests.running import Running

EACH, CUTS, RESTARTS = 20, 50, 7
PAGE = "User:OATransparencyBot/Office actions"
PATIENCE = 180.0
_NO_JOBS = (
    "SELECT count(*) FROM oabot_jobs WHERE state = 'running'"
    " OR (state = 'waiting' AND source <> 'wiki' AND wanted_at < '{now}')"
)


def run(*, quick: bool, seed: int) -> dict[str, Any]:
    """Kill it 20 times at each point; quick: once."""
    with tempfile.TemporaryDirectory(prefix="oabot-soak-") as folder:
        farm = Farm(Path(folder) / "farm", _free_ports())
        for verb in ("install", "build", "start"):
            farm.do(verb)
        try:
            with MariaDbServer(_made(Path(folder) / "mariadb")) as database:
                return _Trial(farm, database, Path(folder), random.Random(seed)).run(1 if quick else EACH)  # noqa: S311
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

    def run(self, each: int) -> dict[str, Any]:
        self.url = self.database.url("soak")
        self.killer = Killer(self._count, self.rng)
        port = self.farm.port + self.farm.wikis["metawiki"]["offset"]
        with proxy(port, self.killer) as address:
            self.bot = self._bot(address)
            plan = [point for point in POINTS for _ in range(each)]
            self.rng.shuffle(plan)
            for number, (point, act) in enumerate(zip(plan, itertools.cycle(self._acts()), strict=False)):
                self._one(number, point, act, every=max(1, len(plan) // RESTARTS))
            self._expire_lease()
            self.bot.run("once", "reconcile", "--save")
            self._compare()
        left = {"cuts": self.cuts, "database_restarts": self.restarts}
        return {"kills": dict(self.kills), "actions": len(plan), **left, "broken": self.broken}

    def _bot(self, address: str) -> Bot:
        bot = Bot(self.farm, self.folder / "bot")
        own = f"http://127.0.0.1:{self.farm.port + self.farm.wikis['metawiki']['offset']}"
        text = bot.settings.read_text(encoding="utf-8").replace(f'"{own}"', f'"{address}"')
        bot.settings.write_text(_with_database(text, self.url), encoding="utf-8")
        bot.run("once", "reconcile", "--save")
        return bot

    def _one(self, number: int, point: str, act: Callable[[int], str], every: int) -> None:
        """One action, one kill, and one start after which the action has to be on the page."""
        with Running(self.bot, f"run-{number}") as running:
            if not self._await(lambda: running.says("stream: connected") and self._quiet()):
                self.broken.append(f"{number} {point}: not quiet before")
            self.killer.arm(point, running.process.pid)
            disturbed = self._disturb(number, every)
            name = act(number)
            self.killer.happened()
            if self._await(lambda: running.process.poll() is not None):
                self.kills[point] += 1
            else:
                self.broken.append(f"{number} {point}: never came there")
                self.killer.kill(point)
                running.process.kill()
            running.process.wait()
            disturbed.close()
        self._expire_lease()
        with Running(self.bot, f"after-{number}") as running:
            if not self._await(lambda: name in (self.farm.text("metawiki", PAGE) or "") and self._quiet()):
                self.broken.append(f"{number} {point}: {name} is not on the page")
            running.end()

    def _disturb(self, number: int, every: int) -> contextlib.ExitStack:
        """Cut the stream; now and then restart the database and take a wiki down."""
        undo = contextlib.ExitStack()
        for _ in range(max(1, CUTS // (len(POINTS) * EACH) + self.rng.randrange(2))):
            self.cuts += 1
            self.farm.control("stream", "cut", str(self.cuts))
            time.sleep(self.rng.uniform(0.0, 0.3))
        if number % every == 0:
            self.database.stop()
            time.sleep(self.rng.uniform(0.1, 1.0))
            self.database.start()
            self.restarts += 1
        if number % 3 == 0:
            self.farm.control("zhwiki", "php", "<?php http_response_code( 503 ); exit;")
            undo.callback(self.farm.control, "zhwiki", "php", None)
        return undo

    def _acts(self) -> list[Callable[[int], str]]:
        """One of each class of action; each gives a text that the page then has to show."""
        office = {dbname: self.farm.person("office", dbname) for dbname in ("metawiki", "ruwiki")}
        admin = self.farm.person("admin", "ruwiki")

        def logged(log_type: str, action: str, params: dict[str, Any], suffix: str = "") -> Callable[[int], str]:
            def act(number: int) -> str:
                name = f"Пример {number}"
                row = {"type": log_type, "action": action, "user": "WMFOffice", "comment": "Office action"}
                self.farm.add_log("metawiki", {**row, "title": f"User:{name}{suffix}", "params": params})
                return name

            return act

        def desysop(number: int) -> str:
            old = {"4::oldgroups": ["sysop"], "5::newgroups": []}
            return logged("rights", "rights", old, "@zhwiki")(number)

        def delete(number: int) -> str:
            admin.edit(f"Страница {number}", "text")
            office["ruwiki"].delete(f"Страница {number}", "DMCA takedown, see the notice")
            return f"Страница {number}"

        def protect(number: int) -> str:
            admin.edit(f"Статья {number}", "text")
            office["ruwiki"].protect(f"Статья {number}", reason="Office action")
            return f"Статья {number}"

        lock = logged("globalauth", "setstatus", {"added": ["locked"], "removed": []}, "@global")
        return [lock, desysop, delete, lock, protect]

    def _quiet(self) -> bool:
        now = f"{SystemClock().now():%Y-%m-%d %H:%M:%S}"
        with contextlib.suppress(Exception):  # restarted just now
            return not self._count(_NO_JOBS.format(now=now)) and not self._count(
                "SELECT count(*) FROM oabot_runs WHERE ended IS NULL"
            )
        return False

    def _count(self, query: str) -> int:
        return int(str(self.database.sql(query.replace("FROM oabot_", "FROM soak.oabot_"))[0][0]))

    def _expire_lease(self) -> None:
        """As if the dead process's turn had passed."""
        self.database.sql("UPDATE soak.oabot_lease SET expires = 0")

    def _await(self, true: Callable[[], object]) -> bool:
        end = time.monotonic() + PATIENCE
        while not true():
            if time.monotonic() > end:
                return False
            time.sleep(0.05)
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
        for dbname in self.farm.wikis:
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
