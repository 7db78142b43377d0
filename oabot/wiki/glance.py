"""A look that was begun before anybody needs it, for those who look at a part of it within a second."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Final

from oabot.begun import Begun, is_fresh
from oabot.errors import WikiError
from oabot.model import Look
from oabot.seams import SAVES_A_LOOK, Clock

_MOST: Final = 40
"""Titles: with those that steer us, still one request."""


class Glance:
    """The newest look of one wiki that was begun early."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._since: datetime | None = None
        self._titles: frozenset[str] = frozenset()
        self._steering: tuple[str, ...] = ()
        self._look: Begun[Look] | None = None
        self._saves = 0

    def begin(
        self, titles: Iterable[str], steering: Iterable[str], look: Callable[[tuple[str, ...], tuple[str, ...]], Look]
    ) -> None:
        """Begin to look at these, of many at the first ones; what was begun before counts no more."""
        chosen, steers = tuple(titles)[:_MOST], tuple(steering)
        with self._lock:
            self._since, self._saves = self._clock.now(), 0
            self._titles, self._steering = frozenset((*chosen, *steers)), steers
            self._look = Begun(lambda: look(chosen, steers))

    def of(self, titles: Iterable[str], steering: Iterable[str] | None = None) -> Look | None:
        """What it found, if all these titles were among those looked at, and the `steering` ones the same.

        None when it wasn't, when it is older than `oabot.begun.LASTS`, failed, was dropped, or let us save twice (who
        asks with `steering` is about to): whoever asks then looks.
        """
        with self._lock:
            if not is_fresh(self._since, self._clock.now()) or self._saves >= SAVES_A_LOOK:
                self._look = None
            wanted, begun = frozenset(titles), self._look
            if steering is not None:
                if tuple(steering) != self._steering:
                    return None
                wanted |= frozenset(self._steering)
            if begun is None or not wanted <= self._titles:
                return None
            self._saves += steering is not None
        try:
            found = begun.result()
        except WikiError:
            return None
        return found if self._look is begun else None

    def drop(self) -> None:
        """None of it counts any more."""
        with self._lock:
            self._look = None

    def forget(self, title: str) -> None:
        """Somebody is about to save that page."""
        with self._lock:
            self._titles -= {title}
