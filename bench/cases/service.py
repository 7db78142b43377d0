"""The continuous job over 900 wikis, as ``bot.py run`` does it: what it asks of them, and what it costs to wait.

Its first run reads every performer's log wherever the performer has an account. Then the stream brings 36 events a
second and nothing of interest: no request may be made. The peer asks each wiki for each performer and type of log.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bench import process
from bench.bot import ACCOUNT, PERFORMERS, Bot, cpu, names, resident_mb, until
from bench.measure import Figure, Scale, require

RATE = 36
"""Events a second, as the real stream has on average."""
TABLE = f"User:{ACCOUNT}/Office actions"
OWN = {f"User:{ACCOUNT}/Run": "run", TABLE: "{{Office actions|table}}\n{{Office actions end}}"}
_DAY = 86_400


def spec(wikis: int, attached: int, *, rate: float = 0.0, delay: float = 0.0) -> dict[str, object]:
    """Wikis of which some have the performers' accounts, with one lock to show."""
    known = names(wikis)
    return {
        "wikis": known,
        "attached": list(known)[:attached],
        "pages": {"metawiki": OWN},
        "rows": {"metawiki": [lock(1, "示例甲", "2025-01-01T00:00:00Z")]},
        "rate": rate,
        "delay": delay,
    }


def lock(logid: int, name: str, when: str) -> dict[str, object]:
    """The Office locks an account."""
    return {
        "logid": logid, "ns": 2, "title": f"User:{name}@global", "params": {"added": ["locked"], "removed": []},
        "type": "globalauth", "action": "setstatus", "user": PERFORMERS[0], "timestamp": when, "comment": "",
        "tags": [],
    }  # fmt: skip


def figures(scale: Scale) -> Iterator[Figure]:
    """Two first runs, then one bot that waits, and waits again after a restart."""
    number, attached = scale.of(900, 4), scale.of(10, 2)
    unpruned = _first_run(number, number)["by_performer"]
    with (
        tempfile.TemporaryDirectory(prefix="oabot-bench-") as folder,
        process.wikis(spec(number, attached, rate=RATE)) as server,
    ):
        bot = Bot(Path(folder), server)
        bot.configure(names(number))
        with bot.running() as running:
            until(bot.idle, "the first run", bot)
            first = server.count()
            require(first["writes"], "the first run saved nothing")
            quiet, used = _waiting(server, running.pid, scale)
            published = resident_mb(running.pid)
        time.sleep(1)
        with bot.running() as running:
            until(lambda: server.look()["connected"] > first["connected"] + 1, "the stream after a restart", bot)
            restarted, listening = _waiting(server, running.pid, scale)
            watching = resident_mb(running.pid)
        peer = process.run("bench.peer", "sweep", server.url, *map(str, (number, len(PERFORMERS))))
        peer_idle = process.run("bench.peer", "idle", server.url, str(scale.of(60, 2)))
    sweep = peer["requests"]
    limit = len(PERFORMERS) * scale.of(900, 4)
    pruned = len(PERFORMERS) * attached
    yield Figure("service", "requests in a quiet minute, 900 wikis", "requests", quiet, sweep, 0, target=0)
    yield Figure("service", "requests after a restart with a page", "requests", restarted, target=1)
    yield Figure("service", "performers' logs of 900 wikis", "requests", unpruned, sweep, target=limit)
    yield Figure("service", "the same, accounts on 10", "requests", first["by_performer"], sweep, target=pruned)
    yield Figure("service", "idle at 36 events/s", "s CPU/day", listening, peer_idle["cpu_day"], 10, target=100)
    yield Figure("service", "the same, after publishing", "s CPU/day", used, peer_idle["cpu_day"], 10, target=100)
    yield Figure("service", "memory while watching", "MB", watching, peer_idle["rss_mb"], 20, target=60)
    yield Figure("service", "memory after publishing", "MB", published, peer["rss_mb"], target=120)


def _first_run(number: int, attached: int) -> dict[str, int]:
    with (
        tempfile.TemporaryDirectory(prefix="oabot-bench-") as folder,
        process.wikis(spec(number, attached)) as server,
    ):
        bot = Bot(Path(folder), server)
        bot.configure(names(number))
        with bot.running():
            until(bot.idle, "the first run", bot)
            return server.count()


def _waiting(server: process.Running, pid: int, scale: Scale) -> tuple[int, float]:
    """Requests in a minute in which nothing of interest happens, and processor time of a day of such minutes."""
    time.sleep(scale.of(10, 1))
    requests = server.count().get("requests", 0)
    seconds = scale.of(60, 2)
    before = cpu(pid)
    time.sleep(seconds)
    used = (cpu(pid) - before) / seconds * _DAY
    return requests + server.count().get("requests", 0), used
