"""How the process ends when it is asked to: at the next point where nothing is half done, and soon in any case."""

from __future__ import annotations

import logging
import os
import signal
import threading
from collections.abc import Callable
from typing import Final

from oabot.clock import EndingClock

log = logging.getLogger(__name__)

GRACE: Final = 8.0
"""Seconds until it ends without waiting any longer. Toolforge kills after 15, we promise 10."""


class Ending:
    """Takes SIGTERM and SIGINT. As process 1 the kernel would ignore them without a handler."""

    def __init__(self, clock: EndingClock, grace: float = GRACE) -> None:
        self._clock = clock
        self._grace = grace
        self._asked = False
        self._then: list[Callable[[], None]] = []

    def install(self) -> None:
        """From now on; to be called by the main thread.

        Python runs handlers in the main thread only, and that one sleeps on if another thread gets the signal, or if it
        comes just before the sleep. A byte in a pipe is seen at once, whoever gets it.
        """
        reading, writing = os.pipe()
        os.set_blocking(writing, False)
        signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
        threading.Thread(target=self._await, args=[reading], daemon=True, name="ending").start()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: None)

    def then(self, end: Callable[[], None]) -> None:
        """Call this as well, perhaps twice; at once if the process was asked already."""
        self._then.append(end)
        if self._asked:
            end()

    def _await(self, reading: int) -> None:
        while os.read(reading, 1)[0] not in (signal.SIGTERM, signal.SIGINT):
            pass
        self._asked = True
        self._end()

    def _end(self) -> None:
        leave = threading.Timer(self._grace, self._leave)
        leave.daemon = True
        leave.start()
        log.info("asked to end")
        self._clock.end()
        for end in self._then:
            end()

    def _leave(self) -> None:
        # Safe at any moment: a save is one request and its intent is recorded, and the database keeps whole
        # transactions. What hangs here is a request that the other side doesn't answer.
        log.warning("ended in the middle of a request")
        logging.shutdown()
        os._exit(0)
