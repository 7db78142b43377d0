"""The bot as its operator runs it: ``bot.py`` in a process of its own, on the wikis of `bench.wikis`."""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.measure import Wrong
from bench.process import ROOT, Running

ACCOUNT = "OATransparencyBot"
PERFORMERS = ("WMFOffice", "Example One (WMF)", "Example Two (WMF)", "Example Three (WMF)", "Example Four (WMF)")


def names(number: int) -> dict[str, str]:
    """That many wikis, dbname -> language; Meta is the first one."""
    return {"metawiki": "en"} | {f"w{index:03}wiki": "en" for index in range(1, number)}


@dataclass(slots=True)
class Bot:
    """One bot's folder: its settings and its ledger."""

    folder: Path
    server: Running

    def configure(self, wikis: Iterable[str], approved: Iterable[str] = ("metawiki",)) -> None:
        """Write the settings."""
        lines = [
            f'account = "{ACCOUNT}"',
            'contact = "https://meta.example.org/wiki/User:Operator"',
            f'database = "sqlite:///{self.folder}/ledger.sqlite"',
            f'heartbeat = "{self.folder}/heartbeat"',
            f'stream = "{self.server.stream}"',
            "settle_hours = 0",
            "saves_per_run = 100",
            "[actors]",
            f"office = {json.dumps(PERFORMERS[:1])}",
            f"trust_and_safety = {json.dumps(PERFORMERS[1:])}",
        ]
        allowed = set(approved)
        for dbname in wikis:
            lines += [f"[wikis.{dbname}]", f'url = "{self.server.url}/{dbname}"', 'language = "en"', "pace = 0"]
            lines += ["flagged = true", 'approval = "the bench is ours"'] if dbname in allowed else []
        (self.folder / "oabot.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Start ``bot.py``; its output goes to a file in the folder."""
        environment = {
            **os.environ,
            "OABOT_SETTINGS": str(self.folder / "oabot.toml"),
            "OABOT_BOT_PASSWORD": f"{ACCOUNT}@bench:secret",
        }
        with (self.folder / "bot.log").open("ab") as output:
            return subprocess.Popen(  # noqa: S603 - our own program
                [sys.executable, str(ROOT / "bot.py"), *arguments],
                env=environment,
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )

    @contextmanager
    def running(self) -> Iterator[subprocess.Popen[bytes]]:
        """``bot.py run``, ended after the block."""
        process = self.start("run")
        try:
            yield process
        finally:
            process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(15)
            process.kill()

    def runs(self) -> int:
        """How many runs ended."""
        return self._sql("SELECT count(*) FROM oabot_runs WHERE ended IS NOT NULL")

    def idle(self) -> bool:
        """Whether it did a run and has none to do."""
        left = self._sql("SELECT count(*) FROM oabot_jobs WHERE state = 'running' OR (state = 'waiting' AND wanted_at"
                         " < strftime('%Y-%m-%dT%H:%M:%f', 'now'))")  # fmt: skip
        return bool(self.runs()) and not left and not self._sql("SELECT count(*) FROM oabot_runs WHERE ended IS NULL")

    def position(self) -> bool:
        """Whether it has noted where in the stream it is."""
        return bool(self._sql("SELECT count(*) FROM oabot_state WHERE key = 'stream:position'"))

    def _sql(self, asked: str) -> int:
        try:
            with contextlib.closing(sqlite3.connect(self.folder / "ledger.sqlite", timeout=30)) as connection:
                return int(connection.execute(asked).fetchone()[0])
        except sqlite3.OperationalError:
            return 0

    def tail(self) -> str:
        """The end of what it logged."""
        return (self.folder / "bot.log").read_text(encoding="utf-8")[-2000:]


def until(true: Callable[[], object], what: str, bot: Bot | None = None, seconds: float = 300.0) -> None:
    """Wait for something. Raises: `Wrong` when it doesn't come, with what the bot logged last."""
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            raise Wrong(f"{what}: not within {seconds:.0f} s\n{bot.tail() if bot else ''}")
        time.sleep(0.02)


def cpu(pid: int) -> float:
    """Seconds of processor time that the threads of a process have used; finer than what ``stat`` says."""
    return sum(int(one.read_text().split()[0]) for one in Path(f"/proc/{pid}/task").glob("*/schedstat")) / 1e9


def resident_mb(pid: int) -> float:
    """What a process holds in memory now."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024
