"""A wiki that gives no answer is left alone for a while, and costs nobody else their time."""

from datetime import UTC, datetime, timedelta

from oabot.breaker import LONGEST, PROBE, SHORTEST, Breaker
from tests.fakes.clock import StillClock


def breaker() -> tuple[Breaker, StillClock]:
    clock = StillClock(datetime(2026, 1, 1, tzinfo=UTC))
    return Breaker(clock), clock


def test_a_wiki_that_answers_is_never_left_alone() -> None:
    one, _ = breaker()
    one.worked()

    assert not one.open
    assert one.bounded(45.0) == 45.0


def test_after_a_failure_it_is_left_alone_then_asked_shortly() -> None:
    one, clock = breaker()
    one.failed()

    found = [one.open]
    clock.time += SHORTEST
    found.append(one.open)

    assert found == [True, False]
    assert one.bounded(45.0) == PROBE


def test_each_failure_in_a_row_doubles_the_time_up_to_a_bound() -> None:
    one, clock = breaker()
    times = []
    for _ in range(20):
        one.failed()
        began = clock.time
        while one.open:
            clock.time += timedelta(seconds=30)
        times.append(clock.time - began)

    assert times[:3] == [SHORTEST, SHORTEST * 2, SHORTEST * 4]
    assert times[-1] == LONGEST


def test_an_answer_ends_it() -> None:
    one, _ = breaker()
    one.failed()
    one.failed()
    one.worked()

    assert (one.open, one.bounded(45.0)) == (False, 45.0)


def test_a_clock_that_is_set_back_leaves_it_alone_no_longer() -> None:
    one, clock = breaker()
    one.failed()
    clock.time -= timedelta(days=1)

    assert not one.open
