"""A clock that goes on only when somebody sleeps."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from oabot.errors import Stopped


class StillClock:
    """Implements `oabot.clock.EndingClock`; `slept` holds what was asked for, in order."""

    def __init__(self, now: datetime = datetime(2022, 1, 1, tzinfo=UTC)) -> None:
        self.time = now
        self.slept: list[float] = []
        self.ending = False

    def end(self) -> None:
        self.ending = True

    def now(self) -> datetime:
        return self.time

    def sleep(self, seconds: float) -> None:
        if self.ending:
            raise Stopped("the process was asked to end")
        self.slept.append(seconds)
        self.time += timedelta(seconds=seconds)
