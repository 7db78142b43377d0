"""A look that was begun early serves who looks at a part of it in time."""

import threading
from datetime import UTC, datetime, timedelta

import pytest

from oabot.begun import LASTS, Begun
from oabot.errors import WikiRests
from oabot.model import Account, Look, Page
from oabot.wiki.glance import Glance
from tests.fakes.clock import StillClock

STEERING = ("User:BOT/Run", "User:BOT/Run/tables")


@pytest.fixture
def clock() -> StillClock:
    return StillClock(datetime(2023, 1, 1, tzinfo=UTC))


@pytest.fixture
def glance(clock: StillClock) -> Glance:
    glance = Glance(clock)
    glance.begin(["A", "B"], STEERING, look)
    return glance


def look(titles: tuple[str, ...], steering: tuple[str, ...]) -> Look:
    pages = {title: Page(title=title, text="seen early", revid=1) for title in (*titles, *steering)}
    return Look(pages, {}, Account("BOT", frozenset(), frozenset()))


def test_a_part_of_what_was_looked_at_is_given_until_it_is_too_old(glance: Glance, clock: StillClock) -> None:
    first, steered = glance.of(["A"]), glance.of(["B"], STEERING)
    clock.time += LASTS
    late = glance.of(["A"])
    clock.time += timedelta(milliseconds=1)

    assert first == steered == late == look(("A", "B"), STEERING)
    assert glance.of(["A"]) is None


def test_a_clock_that_was_put_back_makes_it_old(glance: Glance, clock: StillClock) -> None:
    clock.time -= timedelta(seconds=1)

    assert glance.of(["A"]) is None


def test_a_page_that_was_not_looked_at_is_not_given(glance: Glance) -> None:
    assert glance.of(["A", "C"]) is None


def test_other_pages_that_steer_are_not_given(glance: Glance) -> None:
    assert glance.of(["A"], STEERING[:1]) is None


def test_a_page_that_we_save_is_not_given_again_and_others_are(glance: Glance) -> None:
    glance.forget("A")

    assert glance.of(["A"], STEERING) is None
    assert glance.of(["B"], STEERING) is not None


def test_for_a_third_save_it_is_not_given_wherever_that_is(glance: Glance) -> None:
    steered = [glance.of([], STEERING) is not None for _ in range(3)]

    assert steered == [True, True, False]
    assert glance.of(["A"]) is None


def test_what_is_dropped_is_not_given_any_more(glance: Glance) -> None:
    glance.drop()

    assert glance.of(["A"]) is None


def test_who_waits_for_what_is_dropped_meanwhile_gets_nothing() -> None:
    glance, asked, go = Glance(StillClock(datetime(2023, 1, 1, tzinfo=UTC))), threading.Event(), threading.Event()

    def slowly(titles: tuple[str, ...], steering: tuple[str, ...]) -> Look:
        asked.set()
        go.wait(10)
        return look(titles, steering)

    glance.begin(["A"], STEERING, slowly)
    waiting = Begun(lambda: glance.of(["A"], STEERING))
    assert asked.wait(10)
    glance.drop()
    go.set()

    assert waiting.result() is None


def test_a_stop_page_that_we_save_ends_all_of_it(glance: Glance) -> None:
    glance.forget(STEERING[0])

    assert glance.of(["B"], STEERING) is None


def test_a_look_that_failed_is_none(glance: Glance) -> None:
    def fails(_titles: object, _steering: object) -> Look:
        raise WikiRests("timeout")

    glance.begin(["A"], STEERING, fails)

    assert glance.of(["A"]) is None


def test_of_very_many_pages_as_many_are_looked_at_as_go_into_one_request(glance: Glance) -> None:
    glance.begin([f"A/{number}" for number in range(1000)], STEERING, look)
    seen = glance.of(["A/0"])

    assert seen is not None
    assert len(seen.pages) <= 49  # our talk page is the fiftieth
    assert glance.of(["A/999"]) is None
