"""A reply that was asked for early is as if it had been asked for when it was needed."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from oabot.begun import LASTS, Begun
from oabot.errors import SourceError
from oabot.sources.early import Early, Reply, asking_anew, asking_early
from tests.fakes.clock import StillClock

QUESTION = {"action": "query", "letitle": "User:示例甲"}


@pytest.fixture
def clock() -> StillClock:
    return StillClock(datetime(2023, 1, 1, tzinfo=UTC))


@pytest.fixture
def early(clock: StillClock) -> Early:
    return Early(clock)


def gives(number: int) -> Callable[[], Reply]:
    return lambda: {"number": number}


def asked_early(early: Early, question: dict[str, str], reply: Callable[[], Reply]) -> None:
    with asking_early():
        early.reply(question, reply)


def test_the_same_question_gets_the_reply_that_was_asked_for_early(early: Early) -> None:
    asked_early(early, QUESTION, gives(1))

    assert early.reply(dict(reversed(QUESTION.items())), gives(2)) == {"number": 1}


def test_each_reply_is_given_once(early: Early) -> None:
    asked_early(early, QUESTION, gives(1))
    early.reply(QUESTION, gives(2))

    assert early.reply(QUESTION, gives(3)) == {"number": 3}


def test_a_reply_that_several_need_is_given_that_many_times(early: Early) -> None:
    with asking_early(times=2):
        early.reply(QUESTION, gives(1))

    assert [early.reply(QUESTION, gives(2))["number"] for _ in range(3)] == [1, 1, 2]


def test_another_question_is_asked(early: Early) -> None:
    asked_early(early, QUESTION, gives(1))

    assert early.reply(QUESTION | {"letitle": "User:示例乙"}, gives(2)) == {"number": 2}


@pytest.mark.parametrize("passed", [LASTS + timedelta(milliseconds=1), -timedelta(milliseconds=1)])
def test_a_reply_that_is_too_old_by_the_clock_is_asked_for_again(
    early: Early, clock: StillClock, passed: timedelta
) -> None:
    asked_early(early, QUESTION, gives(1))
    clock.time += passed

    assert early.reply(QUESTION, gives(2)) == {"number": 2}


def test_what_nobody_asked_for_in_time_is_forgotten_with_the_next_early_question(
    early: Early, clock: StillClock
) -> None:
    asked_early(early, QUESTION, gives(1))
    clock.time += 2 * LASTS
    asked_early(early, {"action": "paraminfo"}, gives(2))
    clock.time -= 2 * LASTS

    assert early.reply(QUESTION, gives(3)) == {"number": 3}


def test_a_question_that_is_under_way_is_waited_for(early: Early) -> None:
    sent, answered = threading.Event(), threading.Event()

    def slowly() -> Reply:
        sent.set()
        answered.wait(10)
        return {"number": 1}

    begun = Begun(lambda: asked_early(early, QUESTION, slowly))
    assert sent.wait(10)
    waiting = Begun(lambda: early.reply(QUESTION, gives(2)))
    answered.set()

    assert waiting.result() == {"number": 1}
    begun.result()


def test_a_question_that_failed_fails_for_who_needs_the_reply_and_not_again(early: Early) -> None:
    def fails() -> Reply:
        raise SourceError("metawiki: no answer")

    with pytest.raises(SourceError):
        asked_early(early, QUESTION, fails)
    with pytest.raises(SourceError, match="no answer"):
        early.reply(QUESTION, gives(2))

    assert early.reply(QUESTION, gives(3)) == {"number": 3}


def test_what_is_asked_anew_is_asked_whatever_was_asked_early(early: Early) -> None:
    asked_early(early, QUESTION, gives(1))
    with asking_anew():
        anew = early.reply(QUESTION, gives(2))

    assert anew == {"number": 2}
    assert early.reply(QUESTION, gives(3)) == {"number": 1}


def test_only_what_is_asked_in_the_block_is_early(early: Early) -> None:
    with asking_early():
        pass
    early.reply(QUESTION, gives(1))

    assert early.reply(QUESTION, gives(2)) == {"number": 2}
