"""From the process's start to the stream's first byte, with a ledger that is there; the API isn't asked meanwhile."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

from bench import process
from bench.bot import Bot, until
from bench.cases.service import RATE, spec
from bench.measure import Figure, Sample, Scale, alternate


def figures(scale: Scale) -> Iterator[Figure]:
    """Start ours and the peer in turn."""
    with tempfile.TemporaryDirectory(prefix="oabot-bench-") as folder, process.wikis(spec(1, 1, rate=RATE)) as server:
        bot = Bot(Path(folder), server)
        bot.configure(["metawiki"])
        with bot.running():
            until(bot.idle, "the first run", bot)
            until(bot.position, "the first events", bot)

        def ours() -> Sample:
            return _connected(server, bot.running)

        def peer() -> Sample:
            with tempfile.TemporaryDirectory(prefix="oabot-bench-") as own:
                return _connected(server, lambda: process.started("bench.peer", own, "publish", server.url))

        took = alternate(scale, {"ours": ours, "peer": peer})
    mine, theirs = took["ours"], took["peer"]
    yield Figure("start", "start to stream connected", "ms", mine["ms"], theirs["ms"], 31, target=250)
    yield Figure("start", "API requests before that", "requests", mine["requests"], theirs["requests"], 0, target=0)


def _connected(server: process.Running, start: Callable[[], AbstractContextManager[object]]) -> Sample:
    server.count()
    began = time.time()
    with start():
        until(lambda: server.look()["connected"] > began, "the stream", seconds=60)
        said = server.look()
    return {"ms": (said["connected"] - began) * 1000, "requests": said["asked_before"]}
