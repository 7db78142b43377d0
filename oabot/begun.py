"""Something that is done beside the rest: several waits for wikis that are one."""

from __future__ import annotations

import contextlib
import contextvars
import functools
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from queue import SimpleQueue
from typing import Final, Generic, TypeAlias, TypeVar

T = TypeVar("T")
_Read: TypeAlias = tuple[list[T], BaseException | None]

AT_ONCE: Final = 3
"""So many wikis or logs are read at the same time: Wikimedia asks programs for no more."""

LASTS: Final = timedelta(seconds=1)
"""For so long what a wiki was asked counts as asked just now."""


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


def is_fresh(asked: datetime | None, now: datetime) -> bool:
    """Whether what was asked then counts as asked just now; a clock that was put back makes it old."""
    return asked is not None and timedelta() <= now - asked <= LASTS


def together(acts: Iterable[Callable[[], object]], at_once: int = AT_ONCE) -> deque[Callable[[], object]]:
    """Do these beside the rest, at most so many at a time; what one raises is lost.

    Gives those that wait for their turn: whoever clears it ends what wasn't begun.
    """
    waiting = deque(acts)

    def work() -> None:
        while waiting:
            with contextlib.suppress(Exception):  # also IndexError, when another took the last
                waiting.popleft()()

    for _ in range(min(at_once, len(waiting))):
        Begun(work)
    return waiting


def ahead(reads: Iterable[Callable[[], Iterable[T]]], at_once: int = AT_ONCE) -> Iterator[Iterator[T]]:
    """Read these to their ends, at most so many at a time, and give what each gave, in the order of `reads`.

    What broke one off is raised where its part ends, as if it were read only then. Whoever wants no more parts ends it
    by closing the iterator.
    """
    asked = [(read, SimpleQueue[_Read[T]]()) for read in reads]

    def tell(read: Callable[[], Iterable[T]], told: SimpleQueue[_Read[T]]) -> None:
        told.put(_to_the_end(read))

    waiting = together([functools.partial(tell, *one) for one in asked], at_once)
    try:
        for _, told in asked:
            yield _given(*told.get())
    finally:
        waiting.clear()


def _to_the_end(read: Callable[[], Iterable[T]]) -> _Read[T]:
    parts: list[T] = []
    try:
        parts.extend(read())
    except BaseException as fault:  # noqa: BLE001 - whoever wants the next part gets it
        return parts, fault
    return parts, None


def _given(parts: list[T], fault: BaseException | None) -> Iterator[T]:
    yield from parts
    if fault is not None:
        raise fault
