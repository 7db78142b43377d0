"""What it costs to wait: 36 events a second on the stream, 900 wikis, nothing of interest.

Processor time of the whole process over a window in which it also looks into its inbox, and its resident memory;
just started, and after a run that saved (which loads Pywikibot). The peer is `EventStreams` with a filter; its memory
after publishing is that of its sweep over all wikis. The floors are bare Python's with a socket and a ledger, from
another machine.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bench import process
from bench.bot import Bot, cpu, names, resident_mb, until
from bench.cases.service import RATE, spec
from bench.measure import Figure, Sample, Scale, alternate

_DAY = 86_400


def figures(scale: Scale) -> Iterator[Figure]:
    """Wait after a first run; then start anew and wait, in turn with the peer."""
    number, attached = scale.of(900, 4), scale.of(10, 2)
    with (
        tempfile.TemporaryDirectory(prefix="oabot-bench-") as folder,
        process.wikis(spec(number, attached, rate=RATE)) as server,
    ):
        bot = Bot(Path(folder), server)
        bot.configure(names(number))
        with bot.running() as running:
            until(bot.idle, "the first run", bot)
            published = _waiting(running.pid, scale)

        def ours() -> Sample:
            began = time.time()
            with bot.running() as running:
                until(lambda: server.look()["connected"] > began, "the stream", bot)
                return _waiting(running.pid, scale)

        def peer() -> Sample:
            return process.run("bench.peer", "idle", server.url, str(scale.of(8, 2)))

        took = alternate(scale, {"ours": ours, "peer": peer})
    mine, theirs = took["ours"], took["peer"]
    yield Figure("idle", "waiting at 36 events/s", "s CPU/day", mine["cpu_day"], theirs["cpu_day"], 10, target=100)
    yield Figure("idle", "the same, after publishing", "s CPU/day", published["cpu_day"], theirs["cpu_day"], 10, 100)
    yield Figure("idle", "memory while watching", "MB", mine["rss_mb"], theirs["rss_mb"], 20, target=60)
    yield Figure("idle", "memory after publishing", "MB", published["rss_mb"], target=120)


def _waiting(pid: int, scale: Scale) -> Sample:
    """Processor time of a day of this, and the memory held at its end; after what a start costs."""
    time.sleep(scale.of(3, 1))
    seconds = scale.of(31, 2)
    before = cpu(pid)
    time.sleep(seconds)
    return {"cpu_day": (cpu(pid) - before) / seconds * _DAY, "rss_mb": resident_mb(pid)}
