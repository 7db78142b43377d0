"""The thread that listens to the stream. It may connect before anybody knows what is of interest."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from oabot.errors import Stopped
from oabot.seams import Clock
from oabot.sources.eventstream import EventStream, Heard, Pulse

if TYPE_CHECKING:
    from oabot.interest import Interest

log = logging.getLogger(__name__)

POSITION: Final = "stream:position"
"""The key of the stream's position in the ledger's state."""


class Listener:
    """One connection, until it is ended; what comes before `serve` waits in it."""

    def __init__(self, url: str, user_agent: str, clock: Clock, position: str | None) -> None:
        self.position = position
        """From where it listens; None: from now."""
        self._stream = EventStream(url, user_agent, clock, self._wanted)
        self._interest: Callable[[], Interest] | None = None
        self._take: Callable[[Heard], object] = lambda _: None
        self._served, self._ended = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._listen, daemon=True, name="stream")

    @property
    def pulse(self) -> Pulse:
        """How the stream is."""
        return self._stream.pulse

    def start(self) -> None:
        """Begin to listen, in a thread that doesn't keep the process alive."""
        self._thread.start()

    def serve(self, interest: Callable[[], Interest], take: Callable[[Heard], object]) -> None:
        """From now on tell `take` of what is of `interest`, from the beginning on."""
        if self.pulse.connected and not self._served.is_set():
            log.info("stream: connected while the rest was loaded")
        self._interest, self._take = interest, take
        self._served.set()

    def end(self) -> None:
        """Stop at the next sign of life of the stream."""
        self._ended.set()
        self._served.set()

    def _wanted(self) -> Interest:
        self._served.wait()
        if self._interest is None or self._ended.is_set():
            raise Stopped("nobody listens any more")
        return self._interest()

    def _listen(self) -> None:
        try:
            for heard in self._stream.listen(self.position):
                self._served.wait()
                if self._ended.is_set():
                    return
                self._take(heard)
        except Stopped:
            pass
