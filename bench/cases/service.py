"""What the continuous job over 900 wikis asks of them, as ``bot.py run`` does it; the peer sweeps them.

Its first run reads every performer's log wherever the performer has an account. Then the stream brings 36 events a
second and nothing of interest: no request may be made, and none after a restart. The peer asks each wiki for each
performer and type of log. Numbers of requests are the same in each round, so there is one.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bench import process
from bench.bot import ACCOUNT, PERFORMERS, Bot, names, until
from bench.measure import Figure, Scale, require

RATE = 36
"""Events a second, as the real stream has on average."""
TABLE = f"User:{ACCOUNT}/Office actions"
OWN = {f"User:{ACCOUNT}/Run": "run", TABLE: "{{Office actions|table}}\n{{Office actions end}}"}


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
        with bot.running():
            until(bot.idle, "the first run", bot)
            first = server.count()
            require(first["writes"], "the first run saved nothing")
            quiet = _asked(server, scale)
        began = time.time()
        with bot.running():
            until(lambda: server.look()["connected"] > began, "the stream after a restart", bot)
            restarted = _asked(server, scale)
        sweep = process.run("bench.peer", "sweep", server.url, *map(str, (number, len(PERFORMERS))))["requests"]
    limit = len(PERFORMERS) * number
    pruned = len(PERFORMERS) * attached
    yield Figure("service", "requests in a quiet cycle, 900 wikis", "requests", quiet, sweep, 0, target=0)
    yield Figure("service", "requests after a restart, one page", "requests", restarted, target=1)
    yield Figure("service", "performers' logs of 900 wikis", "requests", unpruned, sweep, target=limit)
    yield Figure("service", "the same, accounts on 10", "requests", first["by_performer"], sweep, target=pruned)


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


def _asked(server: process.Running, scale: Scale) -> int:
    """Requests from now on, in a time in which the bot looks into its inbox (it does so every 30 seconds)."""
    time.sleep(scale.of(35, 1))
    return int(server.count().get("requests", 0))
