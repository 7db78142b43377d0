"""From an event on the wire to accepted edits, every request taking 100 ms, no pace: six pages that show the case.

Ours is ``bot.py run`` with every safety read; the peer listens, then reads and saves each page, with none. Everybody's
processes are up before the event. The floor is one read and one edit a page, with one safety read for all of them.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bench import process
from bench.bot import Bot, until
from bench.cases.service import OWN, TABLE, lock, spec
from bench.events import framed, log
from bench.measure import Figure, Scale, alternate, require

PAGES = [TABLE, *(f"{TABLE}/{number}" for number in range(2, 7))]
_REGION = "{{Office actions|table}}\n{{Office actions end}}"


def figures(scale: Scale) -> Iterator[Figure]:
    """Both hear of the same event, each on wikis of its own."""
    took = alternate(scale, {"ours": lambda: _ours(scale), "peer": lambda: _peer(scale)})
    delay = 0.1
    for name, floor, target in (("first", 2 * delay, 0.35), ("sixth", 12 * delay, 1.35)):
        ours, peer = took["ours"][name], took["peer"][name]
        yield Figure("latency", f"event to the {name} page's edit", "s", ours, peer, floor, target=target)
    yield Figure(
        "latency", "requests until the sixth edit", "requests", took["ours"]["requests"], took["peer"]["requests"]
    )


def _spec(scale: Scale) -> dict[str, object]:
    return spec(1, 1, delay=0.1 if not scale.tiny else 0.01) | {
        "pages": {"metawiki": {**OWN, **dict.fromkeys(PAGES, _REGION)}}
    }


def _ours(scale: Scale) -> dict[str, float]:
    with tempfile.TemporaryDirectory(prefix="oabot-bench-") as folder, process.wikis(_spec(scale)) as server:
        bot = Bot(Path(folder), server)
        bot.configure(["metawiki"])
        with bot.running():
            until(bot.idle, "the first run", bot)
            time.sleep(1)
            return _told(server)


def _peer(scale: Scale) -> dict[str, float]:
    with (
        tempfile.TemporaryDirectory(prefix="oabot-bench-") as folder,
        process.wikis(_spec(scale)) as server,
        process.started("bench.peer", folder, "publish", server.url, *PAGES),
    ):
        until(lambda: server.look()["listeners"], "the peer")
        time.sleep(1)
        return _told(server)


def _told(server: process.Running) -> dict[str, float]:
    """Put a lock on the wire, and wait for the last page."""
    server.count()
    now = int(time.time())
    row = lock(500, "示例丙", time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(now)))
    told = log(1, "WMFOffice", "User:示例丙@global", log_id=500, timestamp=now)
    at = server.tell("metawiki", row, framed(told, now * 1000))
    until(lambda: set(PAGES) <= {title for title, _ in server.look()["edits"]}, "six edits", seconds=60)
    said = server.look()
    times = sorted(when - at for title, when in said["edits"] if title in PAGES)
    require(len(times) == len(PAGES), "not one edit a page")
    return {"first": times[0], "sixth": times[-1], "requests": said["requests"]}
