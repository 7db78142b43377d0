"""The real clock."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from typing import Protocol

from oabot.errors import Stopped
from oabot.seams import Clock


class EndingClock(Clock, Protocol):
    """A clock whose sleepers can be woken because the process is to end."""

    @property
    def ending(self) -> bool:
        """Whether `end` was called."""
        ...

    def end(self) -> None:
        """Let every sleep end at once, now and from now on."""
        ...


class SystemClock:
    """`oabot.seams.Clock` by the system's time; `end` wakes whoever sleeps."""

    def __init__(self) -> None:
        self._ending = threading.Event()

    def now(self) -> datetime:
        """As `Clock.now`."""
        return datetime.now(UTC)

    def sleep(self, seconds: float) -> None:
        """As `Clock.sleep`. Raises: `Stopped` once `end` was called."""
        if self._ending.wait(max(0.0, seconds)):
            raise Stopped("the process was asked to end")

    def end(self) -> None:
        """Let every sleep end at once, now and from now on."""
        self._ending.set()

    @property
    def ending(self) -> bool:
        """Whether `end` was called."""
        return self._ending.is_set()
