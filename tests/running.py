"""The continuous job as a process of its own: started, watched by its log lines, ended."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Any, Self

from tests.local_bot import Bot
from tests.local_farm import ROOT

PATIENCE = 60.0
"""Seconds in which whatever is awaited has to come; machines may be slow, and tests measure no time."""


def until(true: Callable[[], object], what: str, seconds: float = PATIENCE) -> None:
    """Wait for something. The test fails if it doesn't come."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, f"{what}: not within {seconds:.0f} s"
        time.sleep(0.02)


class Running:
    """``bot.py run``; `wrapper` is what it is started by, such as a shell."""

    def __init__(self, bot: Bot, name: str = "run", wrapper: Sequence[str] = ()) -> None:
        self.bot = bot
        self._log = bot.folder / f"{name}.log"
        self._log.write_bytes(b"")
        environment = {**bot.environment, "OABOT_HEARTBEAT": str(bot.folder / f"{name}.heartbeat")}
        command = [*wrapper, sys.executable, str(ROOT / "bot.py"), "run"]
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(
                command, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=bot.folder
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    @property
    def messages(self) -> list[str]:
        """What it has logged so far."""
        return [line["message"] for line in self.lines]

    @property
    def lines(self) -> list[dict[str, Any]]:
        """The same, whole."""
        return [json.loads(line) for line in self.text.splitlines() if line.startswith("{") and line.endswith("}")]

    @property
    def text(self) -> str:
        """All that it has written."""
        return self._log.read_text(encoding="utf-8")

    def says(self, part: str) -> bool:
        """Whether a message holds this."""
        return any(part in message for message in self.messages)

    def await_message(self, part: str) -> None:
        """Wait until it logs something."""
        until(lambda: self.says(part) or self.process.poll() is not None, f"the message {part!r}")
        assert self.says(part), self.text[-3000:]

    def await_quiet(self) -> None:
        """Wait until it listens and has nothing left to do."""
        self.await_message("stream: connected")
        until(lambda: done(self.bot), "an empty inbox")

    def end(self, how: signal.Signals = signal.SIGTERM) -> tuple[int, float]:
        """Send a signal; the exit code and the seconds until it ended."""
        began = time.monotonic()
        self.process.send_signal(how)
        code = self.process.wait(PATIENCE)
        return code, time.monotonic() - began


def sql(bot: Bot, statement: str) -> list[tuple[Any, ...]]:
    """Ask the ledger's file, beside the bot."""
    connection = sqlite3.connect(bot.ledger, timeout=30)
    try:
        with connection:
            return connection.execute(statement).fetchall()
    finally:
        connection.close()


def done(bot: Bot) -> bool:
    """Whether the bot has done a run and has no other to do now."""
    finished = sql(bot, "SELECT count(*) FROM oabot_runs WHERE ended IS NOT NULL")[0][0]
    left = sql(bot, "SELECT count(*) FROM oabot_jobs WHERE state = 'running' OR (state = 'waiting' AND wanted_at < "
                    "strftime('%Y-%m-%dT%H:%M:%f', 'now'))")[0][0]  # fmt: skip
    unfinished = sql(bot, "SELECT count(*) FROM oabot_runs WHERE ended IS NULL")[0][0]
    return bool(finished) and not left and not unfinished


def expire_lease(bot: Bot) -> None:
    """Let the time pass that a process which is gone, or sleeps, doesn't renew its lease in."""
    sql(bot, "UPDATE oabot_lease SET expires = 0")


def pause(run: Running) -> None:
    """Stop a process where it holds no lock on the ledger's file; while it held one, nobody could take over."""
    while True:
        run.process.send_signal(signal.SIGSTOP)
        connection = sqlite3.connect(run.bot.ledger, timeout=1.0, isolation_level=None)
        try:
            connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            run.process.send_signal(signal.SIGCONT)
            time.sleep(0.1)
        else:
            return
        finally:
            connection.close()


def alive(pid: int) -> bool:
    """Whether there is such a process."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
