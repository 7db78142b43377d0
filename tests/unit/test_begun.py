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


def test_no_more_than_so_many_are_read_at_the_same_time() -> None:
    guard, now, most = threading.Lock(), 0, 0
    together = threading.Barrier(3)

    def read() -> list[int]:
        nonlocal now, most
        with guard:
            now += 1
            most = max(most, now)
        together.wait(10)
        with guard:
            now -= 1
        return [1]

    assert [list(part) for part in ahead([read] * 9, 3)] == [[1]] * 9
    assert most == 3


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
    pair, lock = threading.Barrier(2), threading.Lock()
    going, most, done = 0, 0, threading.Semaphore(0)

    def act() -> None:
        nonlocal going, most
        with lock:
            going += 1
            most = max(most, going)
        pair.wait(10)
        with lock:
            going -= 1
        pair.wait(10)
        done.release()
        raise SourceError("metawiki: no answer")

    together([act] * 6, 2)

    assert all(done.acquire(timeout=10) for _ in range(6))
    assert most == 2
