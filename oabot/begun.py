"""Something that is done beside the rest: several waits for wikis that are one."""

from __future__ import annotations

import contextvars
import functools
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
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


def ahead(reads: Iterable[Callable[[], Iterable[T]]], at_once: int) -> Iterator[Iterator[T]]:
    """Read these to their ends, at most so many at a time, and give what each gave, in the order of `reads`.

    What broke one off is raised where its part ends, as if it were read only then.
    """
    waiting: deque[Begun[tuple[list[T], Exception | None]]] = deque()
    for read in reads:
        waiting.append(Begun(functools.partial(_to_the_end, read)))
        if len(waiting) == at_once:
            yield _given(*waiting.popleft().result())
    for begun in waiting:
        yield _given(*begun.result())


def _to_the_end(read: Callable[[], Iterable[T]]) -> tuple[list[T], Exception | None]:
    parts: list[T] = []
    try:
        parts.extend(read())
    except Exception as fault:  # noqa: BLE001 - whoever wants the next part gets it
        return parts, fault
    return parts, None


def _given(parts: list[T], fault: Exception | None) -> Iterator[T]:
    yield from parts
    if fault is not None:
        raise fault
