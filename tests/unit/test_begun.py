from __future__ import annotations

import contextvars
import threading
from collections.abc import Iterator

import pytest

from oabot.begun import Begun, ahead, together
from oabot.errors import SourceError


def test_what_was_begun_goes_on_beside_who_began_it() -> None:
    together = threading.Barrier(2)

    begun = Begun(lambda: together.wait(10))
    together.wait(10)

    assert begun.result() in (0, 1)


def test_who_asks_for_the_result_gets_the_error() -> None:
    def fails() -> None:
        raise SourceError("metawiki: no answer")

    begun = Begun(fails)

    with pytest.raises(SourceError, match="no answer"):
        begun.result()


def test_its_log_lines_belong_to_the_run_that_began_it() -> None:
    run = contextvars.ContextVar("run", default="")
    run.set("run-1")

    assert Begun(run.get).result() == "run-1"


def test_what_is_read_ahead_comes_in_the_order_asked_for_whoever_is_ready_first() -> None:
    second_is_read = threading.Event()

    def first() -> Iterator[str]:
        assert second_is_read.wait(10)
        yield "a"

    def second() -> Iterator[str]:
        yield "b"
        second_is_read.set()

    assert [list(part) for part in ahead([first, second], 2)] == [["a"], ["b"]]


class Crowd:
    """Counts who is at it at the same time; each waits until so many are."""

    def __init__(self, size: int) -> None:
        self._guard, self._full = threading.Lock(), threading.Barrier(size)
        self._going = self.most = 0

    def join(self) -> None:
        with self._guard:
            self._going += 1
            self.most = max(self.most, self._going)
        self._full.wait(10)
        with self._guard:
            self._going -= 1
        self._full.wait(10)


def test_no_more_than_so_many_are_read_at_the_same_time() -> None:
    crowd = Crowd(3)

    def read() -> list[int]:
        crowd.join()
        return [1]

    assert [list(part) for part in ahead([read] * 9, 3)] == [[1]] * 9
    assert crowd.most == 3


def test_what_was_read_before_a_fault_is_given_before_it() -> None:
    def breaks_off() -> Iterator[int]:
        yield 1
        raise SourceError("metawiki: no answer")

    broken, whole = ahead([breaks_off, lambda: [2]], 2)

    assert next(broken) == 1
    with pytest.raises(SourceError, match="no answer"):
        next(broken)
    assert list(whole) == [2]


def test_acts_go_on_together_at_most_so_many_at_a_time_and_one_that_fails_ends_no_other() -> None:
    crowd, done = Crowd(2), threading.Semaphore(0)

    def act() -> None:
        crowd.join()
        done.release()
        raise SourceError("metawiki: no answer")

    together([act] * 6, 2)

    assert all(done.acquire(timeout=10) for _ in range(6))
    assert crowd.most == 2
