"""When what a run will ask is asked as soon as the stream tells: if a page waits for it."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from oabot.begun import Begun
from oabot.interest import Topic, Wake
from oabot.model import EntryId
from oabot.scheduler.bot import LateWikis
from oabot.seams import Wiki
from oabot.timestamps import parse_timestamp
from tests.fakes.wiki import FakeWiki
from tests.lane import LOCKED, Stage
from tests.world import REGION, TABLE, World

pytestmark = pytest.mark.loopback


@contextmanager
def staged(folder: Path, settle_hours: float) -> Iterator[Stage]:
    with World(folder, {"metawiki": "en"}, settle_hours=settle_hours) as world:
        world.wikis["metawiki"].put(TABLE, REGION)
        stage = Stage(world, folder)
        yield stage
        stage.turn.end()


def told(name: str, topic: Topic = Topic.LOG) -> Wake:
    title = f"User:{name}@global"
    return Wake(topic, "metawiki", "event", (EntryId("metawiki", 11),), "globalauth", parse_timestamp(LOCKED), title)


def foreseen(stage: Stage, *wakes: Wake, busy: bool = False) -> set[str]:
    """The titles whose logs the lane asks for."""
    asked = stage.world.logs["metawiki"].asked
    before = len(asked)
    stage.lane.heard(wakes, busy=busy)
    for _ in range(2):  # what begins first begins the others
        for thread in threading.enumerate():
            if thread.name == "begun":
                thread.join(10)
    return {one["letitle"] for one in asked[before:] if "letitle" in one}


@pytest.fixture
def led(tmp_path: Path) -> Iterator[Stage]:
    with staged(tmp_path, 0) as stage:
        stage.world.lock(10, "Пример Вера", LOCKED)
        stage.wake(10)
        stage.lane.tick()
        stage.world.clock.time += timedelta(minutes=1)
        yield stage


def test_without_a_settle_time_every_log_entry_is_asked_about_at_once(led: Stage) -> None:
    assert foreseen(led, told("Пример Лев")) == {"User:Пример Лев@global", "User:Пример Лев"}


def test_of_several_log_entries_the_first_is_asked_about(led: Stage) -> None:
    assert foreseen(led, told("Пример Лев"), told("Пример Анна")) == {"User:Пример Лев@global", "User:Пример Лев"}


def test_while_a_run_goes_on_nothing_is_asked_for_the_next(led: Stage) -> None:
    assert not foreseen(led, told("Пример Лев"), busy=True)


@pytest.mark.parametrize("busy", [False, True])
@pytest.mark.parametrize("topic", [Topic.STOP, Topic.CONFIG, Topic.TALK, Topic.REGION])
def test_after_an_edit_what_was_looked_at_ahead_counts_no_more(led: Stage, topic: Topic, busy: bool) -> None:
    foreseen(led, told("Пример Лев"))
    looked = bool(led.world.wikis["metawiki"].looked_ahead)
    led.lane.heard([told("Пример Лев", topic)], busy=busy)

    assert looked
    assert not led.world.wikis["metawiki"].looked_ahead


def test_after_a_log_entry_what_was_looked_at_ahead_still_counts(led: Stage) -> None:
    foreseen(led, told("Пример Лев"))
    led.lane.heard([told("Пример Лев", Topic.HIDING)], busy=True)

    assert led.world.wikis["metawiki"].looked_ahead


def test_what_is_no_log_entry_is_not_asked_about(led: Stage) -> None:
    assert not foreseen(led, told("Пример Лев", Topic.HIDING), told("Пример Лев", Topic.REGION))


def test_before_a_page_was_looked_at_nothing_is_asked(tmp_path: Path) -> None:
    with staged(tmp_path, 0) as stage:
        stage.lane.tick()

        assert not foreseen(stage, told("Пример Лев"))


def test_when_it_is_not_our_turn_nothing_is_asked(led: Stage) -> None:
    led.turn.end()
    led.world.lease()
    led.lane.tick()

    assert not foreseen(led, told("Пример Лев"))


def test_with_a_settle_time_only_what_is_done_about_a_case_is_asked_about(tmp_path: Path) -> None:
    with staged(tmp_path, 6) as stage:
        stage.world.lock(10, "Пример Вера", LOCKED)
        stage.wake(10)
        stage.lane.tick()
        stage.world.clock.time += timedelta(hours=7)
        stage.lane.tick()

        assert "Пример Вера" in stage.world.text()
        looked = stage.world.wikis["metawiki"].looked_ahead
        assert not foreseen(stage, told("Пример Лев"))
        assert not looked
        assert not foreseen(stage, told("Пример Вера"))  # its logs were read before
        assert looked


def test_wikis_that_two_threads_want_at_once_are_made_once() -> None:
    made, going = [], threading.Event()

    def make() -> Mapping[str, Wiki]:
        made.append(1)
        going.wait(10)
        return {"metawiki": FakeWiki()}

    wikis = LateWikis(("metawiki",), make)
    both = [Begun(lambda: wikis["metawiki"]) for _ in range(2)]
    going.set()

    assert both[0].result() is both[1].result()
    assert len(made) == 1
