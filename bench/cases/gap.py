"""What was logged while no bot ran: until all of it is in the ledger and on the page, every request taking 100 ms.

The stream repeats nothing, as if it had kept nothing, so that the logs alone have to tell. 900 wikis, five performers
with accounts on ten of them; in each gap 20 locks and 10 blocks on the other nine. Once the bot is killed amid it.
The peer sweeps two wikis and that is taken 450 times.
"""

from __future__ import annotations

import itertools
import json
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import urlopen

from bench import process
from bench.bot import PERFORMERS, Bot, names, until
from bench.cases.service import TABLE, lock, spec
from bench.measure import Figure, Sample, Scale, alternate, require

_GAPS = {"24 h": timedelta(hours=24), "7 days": timedelta(days=7)}
_SWEPT = 2


def figures(scale: Scale) -> Iterator[Figure]:
    """Each gap, then the peer, in turn; last the gap amid which the bot is killed."""
    number, attached = scale.of(900, 4), scale.of(10, 2)
    with (
        tempfile.TemporaryDirectory(prefix="oabot-bench-") as folder,
        process.wikis(spec(number, attached, delay=0.0 if scale.tiny else 0.1)) as server,
    ):
        bot = Bot(Path(folder), server)
        bot.configure(names(number))
        with bot.running():
            until(bot.idle, "the first run", bot)
        gaps = _Gaps(bot, server, list(names(attached))[1:])
        ways = {name: lambda away=away: gaps.close(away) for name, away in _GAPS.items()}
        took = alternate(scale, {**ways, "peer": lambda: _peer(server)})
        killed = gaps.close(_GAPS["24 h"], kill=True)
    peer = took["peer"]["s"] / _SWEPT * number
    for name in _GAPS:
        yield Figure("gap", f"closing a gap of {name}", "s", took[name]["s"], peer, target=60)
        yield Figure("gap", f"requests for {name}", "requests", took[name]["requests"])
    yield Figure("gap", "24 h, killed amid it (lease of 60 s)", "s", killed["s"])


class _Gaps:
    """Gaps of one bot, each with entries of its own."""

    def __init__(self, bot: Bot, server: process.Running, others: list[str]) -> None:
        self._bot, self._server, self._others = bot, server, others
        self._logids = itertools.count(1000)

    def close(self, away: timedelta, *, kill: bool = False) -> Sample:
        """Put a gap behind the bot, start it, and wait for everything."""
        planted = self._plant(away)
        self._set_back(away)
        self._server.count()
        began = time.monotonic()
        if kill:
            stored = self._stored()
            process_ = self._bot.start("run")
            until(lambda: self._stored() > stored, "the first entries", self._bot)
            process_.kill()
            process_.wait()
        with self._bot.running():
            until(lambda: planted <= self._shown(), "the entries of a gap on the page", self._bot)
            took = time.monotonic() - began
            requests = self._server.count()["requests"]
            until(self._bot.idle, "the end of the run", self._bot)
        require(self._once(), "an entry is stored twice")
        return {"s": took, "requests": requests}

    def _plant(self, away: timedelta) -> set[int]:
        """Entries all over the gap; their logids."""
        begin = datetime.now(UTC) - away
        numbers = [next(self._logids) for _ in range(30)]
        for index, logid in enumerate(numbers):
            when = (begin + away * (index + 1) / 32).strftime("%Y-%m-%dT%H:%M:%SZ")
            row = lock(logid, f"示例{logid}", when)
            wiki = "metawiki"
            if index >= 20:
                wiki = self._others[index % len(self._others)]
                block = {"duration": "infinity", "flags": ["nocreate"], "sitewide": True}
                row |= {"type": "block", "action": "block", "title": f"User:示例{logid}", "params": block}
            self._server.tell(wiki, row, b"")
        return set(numbers)

    def _set_back(self, away: timedelta) -> None:
        """Let the ledger say that the bot ended that long ago."""
        then = datetime.now(UTC) - away
        topic = {"topic": "eqiad.mediawiki.recentchange", "partition": 0, "timestamp": round(then.timestamp() * 1000)}
        values = {"stream:position": json.dumps([topic]), "good:reconcile": then.isoformat()}
        moment = then.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        with closing(self._open()) as ledger, ledger:
            ledger.execute("UPDATE oabot_cursors SET timestamp = ? WHERE timestamp > ?", (moment, moment))
            for key, value in values.items():
                ledger.execute("DELETE FROM oabot_state WHERE key = ?", (key,))
                ledger.execute("INSERT INTO oabot_state (key, value) VALUES (?, ?)", (key, json.dumps(value)))

    def _open(self) -> sqlite3.Connection:
        return sqlite3.connect(self._bot.folder / "ledger.sqlite", timeout=30)

    def _stored(self) -> int:
        with closing(self._open()) as ledger:
            return int(ledger.execute("SELECT count(*) FROM oabot_observations").fetchone()[0])

    def _once(self) -> bool:
        """Whether no look of an entry is stored twice in a row (each was seen in one state only)."""
        with closing(self._open()) as ledger:
            asked = "SELECT count(*), count(DISTINCT wiki || ':' || logid) FROM oabot_observations"
            looks, entries = ledger.execute(asked).fetchone()
        return bool(looks == entries)

    def _shown(self) -> set[int]:
        """The logids on the page."""
        asked = urlencode({"action": "query", "formatversion": 2, "titles": TABLE})
        time.sleep(0.2)
        with urlopen(f"{self._server.api('metawiki')}?{asked}", timeout=30) as reply:  # noqa: S310 - this machine's own
            (page,) = json.load(reply)["query"]["pages"]
        text = page["revisions"][0]["slots"]["main"]["content"]
        return {int(part.split(" ")[0].rstrip("]")) for part in text.split("Special:Redirect/logid/")[1:]}


def _peer(server: process.Running) -> Sample:
    began = time.monotonic()
    process.run("bench.peer", "sweep", server.url, str(_SWEPT), str(len(PERFORMERS)))
    return {"s": time.monotonic() - began}
