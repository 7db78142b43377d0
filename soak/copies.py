"""Two copies of the continuous job on one database, one of them paused now and then until the other takes over.

Both reach the wikis through proxies and name other contacts, so that it is seen who saves, and whose turn it is then.
Before that, in peace: how long it takes from an event on the wire to the saved page.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import re
import signal
import statistics
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import requests

from tests.acts import Act, Acts, shows
from tests.conftest import _free_ports
from tests.killing import AGENT, proxy, told_apart
from tests.local_bot import Bot
from tests.local_farm import Farm
from tests.running import Running, done, expire_lease, sql, until

SECONDS: Final = 600.0
PAGE: Final = "User:OATransparencyBot/Office actions"
WIKIS: Final = ("metawiki", "ruwiki", "zhwiki")
COPIES: Final = ("first", "second")
TAKEN_OVER: Final = 90.0
"""Seconds within which a copy whose fellow sleeps begins its turn."""


def run(*, quick: bool, seed: int, seconds: float = SECONDS) -> dict[str, Any]:
    """Ten minutes; quick: one takeover, without waiting for the turn to pass."""
    with tempfile.TemporaryDirectory(prefix="oabot-soak-") as folder:
        farm = Farm(Path(folder) / "farm", _free_ports())
        for verb in ("install", "build", "start"):
            farm.do(verb)
        try:
            trial = _Trial(farm, Path(folder), random.Random(seed), quick=quick)  # noqa: S311 - not for secrets
            return trial.run(seconds)
        finally:
            farm.do("stop")


@dataclass(frozen=True)
class _Save:
    copy: str
    fence: int
    """Whose turn it was as the save went to the wiki."""
    what: tuple[str, str, str]
    """The wiki, the page, the text's SHA-256."""


@dataclass
class _Watch:
    """Sees what one copy asks the wikis; stops it in the middle of what it does when that is wanted."""

    copy: str
    fence: Callable[[], int]
    saves: list[_Save] = field(default_factory=list)
    shown: dict[str, float] = field(default_factory=dict)
    """When a text was saved on Meta's table."""
    stop_at: int = -1
    """After how many requests it is stopped; -1: never."""
    stopped: threading.Event = field(default_factory=threading.Event)
    pid: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def on_request(self, _params: dict[str, str]) -> bool:
        with self._lock:
            if self.stop_at == 0:
                _signal(self.pid, signal.SIGSTOP)
                self.stopped.set()
            self.stop_at = max(-1, self.stop_at - 1)
        return False

    def on_save(self, dbname: str, params: dict[str, str]) -> None:
        self.saves.append(_Save(self.copy, self.fence(), told_apart(dbname, params)))

    def on_reply(self, params: dict[str, str]) -> bool:
        if params.get("action") == "edit" and params.get("title") == PAGE:
            self.shown[params.get("text", "")] = time.monotonic()
        return False


@dataclass
class _Both:
    """Tells the copies apart by whom they name as their contact."""

    watches: dict[str, _Watch]

    def _of(self, params: dict[str, str]) -> _Watch:
        return next(watch for copy, watch in self.watches.items() if f"User:{copy}" in params[AGENT])

    def on_request(self, params: dict[str, str]) -> bool:
        return self._of(params).on_request(params)

    def on_save(self, dbname: str, params: dict[str, str]) -> None:
        self._of(params).on_save(dbname, params)

    def on_reply(self, params: dict[str, str]) -> bool:
        return self._of(params).on_reply(params)


class _Wire:
    """Listens to the farm's stream as well, for when each log row was on it."""

    def __init__(self, farm: Farm) -> None:
        self.heard: dict[int, float] = {}
        self._url = f"http://127.0.0.1:{farm.port + 16}/v2/stream/recentchange"
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        with contextlib.suppress(requests.RequestException), requests.get(self._url, stream=True, timeout=900) as reply:
            for line in reply.iter_lines(chunk_size=None):
                event = json.loads(line[6:]) if line.startswith(b"data: {") else {}
                if "log_id" in event:
                    self.heard[int(event["log_id"])] = time.monotonic()


@dataclass
class _Trial:
    farm: Farm
    folder: Path
    rng: random.Random
    quick: bool
    broken: list[str] = field(default_factory=list)
    waiting: dict[int, str] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)

    def run(self, seconds: float) -> dict[str, Any]:
        self.wire = _Wire(self.farm)
        self.acts: Iterator[Act] = _forever(Acts(self.farm).all())
        self.watches = {copy: _Watch(copy, self._fence) for copy in COPIES}
        with contextlib.ExitStack() as open_:
            both = _Both(self.watches)
            addresses = {name: open_.enter_context(proxy(self.farm, name, both)) for name in WIKIS}
            bots = {copy: self._bot(copy, addresses) for copy in COPIES}
            self.bot = bots["first"]
            self.bot.run("once", "reconcile", "--save")
            self.copies = {copy: open_.enter_context(Running(bots[copy], copy)) for copy in COPIES}
            for copy in COPIES:
                self.watches[copy].pid = self.copies[copy].process.pid
            until(lambda: any(one.says("our turn") for one in self.copies.values()), "a first turn")
            self._rest()
            end = time.monotonic() + seconds
            took = self._measured(3 if self.quick else 15)
            while time.monotonic() < end:
                self._pause()
                if self.quick:
                    break
            self._rest()
            self._compare()
            for one in self.copies.values():
                one.end()
        saves = Counter(save.copy for watch in self.watches.values() for save in watch.saves)
        wire = {"median": round(statistics.median(took), 2), "longest": round(max(took), 2), "events": len(took)}
        return {**self.counts, "saves": dict(saves), "seconds_from_wire_to_page": wire, "broken": self.broken}

    def _bot(self, copy: str, addresses: dict[str, str]) -> Bot:
        bot = Bot(self.farm, self.folder / copy)
        text = bot.settings.read_text(encoding="utf-8").replace("User:Operator", f"User:{copy}")
        for name, address in addresses.items():
            text = text.replace(f'"{self.farm.url(name)}"', f'"{address}"')
        text = re.sub(rf"(?m)^\[wikis\.(?!{'|'.join(WIKIS)})\w+\]\n(?:(?!\[).*\n)*", "", text)
        text = text.replace(f"{self.folder}/second/oabot.sqlite", f"{self.folder}/first/oabot.sqlite")
        bot.settings.write_text(text, encoding="utf-8")
        return bot

    def _act(self) -> int:
        self.counts["actions"] += 1
        dbname, logid = next(self.acts)(self.counts["actions"])
        self.waiting[logid] = f"{dbname}:{logid}"
        return logid

    def _measured(self, number: int) -> list[float]:
        """Seconds from the wire to the saved page, of one event at a time."""
        found = []
        for _ in range(number):
            logid = self._act()
            until(lambda logid=logid: self._saved_at(logid) is not None, f"row {logid} on the page")  # type: ignore[misc]  # a default
            found.append((self._saved_at(logid) or 0.0) - self.wire.heard[logid])
            self._rest()
        return found

    def _saved_at(self, logid: int) -> float | None:
        times = [when for watch in self.watches.values() for text, when in list(watch.shown.items())
                 if shows(text, logid)]  # fmt: skip
        return min(times, default=None)

    def _pause(self) -> None:
        """Stop whose turn it is in the middle of its work, for a moment or until the other has taken over."""
        leader = self._leader()
        other = next(copy for copy in COPIES if copy != leader)
        watch, turns = self.watches[leader], self._turns(other)
        watch.stopped.clear()
        watch.stop_at = self.rng.randrange(25)
        self._act()
        if not watch.stopped.wait(20):  # it had less to do
            watch.stop_at = -1
            _signal(watch.pid, signal.SIGSTOP)
        self.counts["pauses"] += 1
        if self.quick or self.rng.random() < 0.7:
            if self.quick:
                expire_lease(self.bot)
            with contextlib.suppress(AssertionError):
                until(lambda: self._turns(other) > turns, "a takeover", TAKEN_OVER)
            if self._turns(other) == turns:
                self.broken.append(f"pause {self.counts['pauses']}: nobody took over")
            self.counts["takeovers"] += 1
            if self.rng.random() < 0.5:  # now and then the other is at work as it wakes up
                self._act()
        else:
            time.sleep(self.rng.uniform(0.5, 10.0))
        _signal(watch.pid, signal.SIGCONT)
        self._rest()

    def _rest(self) -> None:
        """Wait until all that was done is on the page and nothing is left to do."""
        with contextlib.suppress(AssertionError):
            until(lambda: done(self.bot) and not self._missing(), "rest", 150)
        self.broken += [f"{what} is not on the page" for what in self._missing()]
        self.waiting.clear()

    def _missing(self) -> list[str]:
        text = self.farm.text("metawiki", PAGE) if self.waiting else ""
        return [what for logid, what in self.waiting.items() if not shows(text, logid)]

    def _fence(self) -> int:
        return int(sql(self.bot, "SELECT fence FROM oabot_lease")[0][0])

    def _turns(self, copy: str) -> int:
        return len(self._fences(copy))

    def _fences(self, copy: str) -> set[int]:
        """The turns that were this copy's, as it says itself."""
        found = (re.match(r"our turn (\d+) begins", message) for message in self.copies[copy].messages)
        return {int(match[1]) for match in found if match}

    def _leader(self) -> str:
        fence = self._fence()
        return next(copy for copy in COPIES if fence in self._fences(copy))

    def _compare(self) -> None:
        for copy, watch in self.watches.items():
            wrong = [save for save in watch.saves if save.fence > 1 and save.fence not in self._fences(copy)]
            self.broken += [f"{copy} saved in turn {save.fence}, which was the other's" for save in wrong]
        sent = Counter(save.what for watch in self.watches.values() for save in watch.saves)
        self.broken += [f"{what[:2]}: one text was sent {times} times" for what, times in sent.items() if times > 1]
        said = self.bot.run("once", "tables").stdout
        if "dry run: 0 pages" not in said:
            self.broken.append(f"a page isn't as it should be: {said[-300:]}")


def _forever(acts: list[Act]) -> Iterator[Act]:
    while True:
        yield from acts


def _signal(pid: int, number: signal.Signals) -> None:
    os.kill(pid, number)
