"""Something that is done beside the rest: several waits for wikis that are one."""

from __future__ import annotations

import contextvars
import threading
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Begun(Generic[T]):
    """A call in a thread that doesn't keep the process alive; it logs as part of the run that began it."""

    def __init__(self, act: Callable[[], T]) -> None:
        self._given: list[T] = []
        self._fault: BaseException | None = None
        self._thread = threading.Thread(
            target=contextvars.copy_context().run, args=(self._do, act), daemon=True, name="begun"
        )
        self._thread.start()

    def result(self) -> T:
        """What the call gives, once it is there. Raises: what the call raised."""
        self._thread.join()
        if self._fault is not None:
            raise self._fault
        return self._given[0]

    def _do(self, act: Callable[[], T]) -> None:
        try:
            self._given.append(act())
        except BaseException as fault:  # noqa: BLE001 - the thread's end: whoever asks for the result gets it
            self._fault = fault
