"""Leaves a wiki alone for a while after it gave no answer, so that it delays nobody else's pages."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from oabot.seams import Clock

SHORTEST: Final = timedelta(seconds=30)
LONGEST: Final = timedelta(minutes=15)
"""For how long it is left alone: after the first failure, and at most."""

PROBE: Final = 10.0
"""Seconds that a question may take after a failure."""


class Breaker:
    """Of one wiki. Each failure in a row doubles how long it is left alone; then a short question is risked."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._failures = 0
        self._until: datetime | None = None

    @property
    def open(self) -> bool:
        """Whether it is to be left alone now."""
        if self._until is None:
            return False
        # More than we ever leave it alone for means that the clock was set back.
        return timedelta() < self._until - self._clock.now() <= LONGEST

    def bounded(self, seconds: float) -> float:
        """How much of this time may be spent on it."""
        return min(seconds, PROBE) if self._failures else seconds

    def failed(self) -> None:
        """It gave no answer."""
        self._until = self._clock.now() + min(LONGEST, SHORTEST * 2 ** min(self._failures, 10))
        self._failures += 1

    def worked(self) -> None:
        """It answered."""
        self._failures, self._until = 0, None
