"""A clock that goes on only when somebody sleeps."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


class StillClock:
    """Implements `oabot.seams.Clock`; `slept` holds what was asked for, in order."""

    def __init__(self, now: datetime = datetime(2022, 1, 1, tzinfo=UTC)) -> None:
        self.time = now
        self.slept: list[float] = []

    def now(self) -> datetime:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.time += timedelta(seconds=seconds)
