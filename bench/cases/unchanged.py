"""Fifty managed pages that say what they should: what they cost while nothing happens, and after a restart.

The peer reads and saves one such page, as bots do that leave it to the wiki to see that nothing has changed.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bench import process
from bench.bot import Bot, until
from bench.cases.service import OWN, RATE, TABLE, spec
from bench.measure import Figure, Scale, require

PAGES = 50
_REGION = "{{Office actions|table}}\n{{Office actions end}}"


def figures(scale: Scale) -> Iterator[Figure]:
    """Fill the pages; then wait, start anew and wait."""
    number = scale.of(PAGES, 2)
    titles = [TABLE, *(f"{TABLE}/{one}" for one in range(2, number + 1))]
    own = {"pages": {"metawiki": {**OWN, **dict.fromkeys(titles, _REGION)}}}
    with (
        tempfile.TemporaryDirectory(prefix="oabot-bench-") as folder,
        process.wikis(spec(1, 1, rate=RATE) | own) as server,
    ):
        bot = Bot(Path(folder), server)
        bot.configure(["metawiki"])
        with bot.running():
            until(lambda: set(titles) <= {one for one, _ in server.look()["edits"]}, "the first runs", bot)
            until(bot.idle, "the last of them", bot)
            server.count()
            waiting = _cost(server, scale)
        began = time.time()
        with bot.running():
            until(lambda: server.look()["connected"] > began, "the stream after a restart", bot)
            restarted = _cost(server, scale)
        peer = process.run("bench.peer", "unchanged", server.url, titles[0])
    require(peer["writes"] == 1, "the peer didn't try to save")
    yield Figure("unchanged", "requests for 50 unchanged pages", "requests", waiting[0], peer["requests"] * 50, 0, 0)
    yield Figure("unchanged", "edits of them", "edits", waiting[1], peer["writes"] * 50, 0, 0)
    yield Figure("unchanged", "requests for them after a restart", "requests", restarted[0], target=1)
    yield Figure("unchanged", "edits of them after a restart", "edits", restarted[1], target=0)


def _cost(server: process.Running, scale: Scale) -> tuple[int, int]:
    time.sleep(scale.of(35, 1))
    said = server.count()
    return int(said.get("requests", 0)), int(said.get("writes", 0))
