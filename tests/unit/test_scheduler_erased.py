"""The operator is told of each entry that was erased, once, whoever's run found it."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from oabot.interest import Topic, Wake
from oabot.model import EntryId
from oabot.sources.eventstream import Heard
from tests.lane import LOCKED, Stage
from tests.world import REGION, TABLE, World

pytestmark = pytest.mark.loopback

TOLD = ["1 entries erased"]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with World(tmp_path, {"metawiki": "en"}) as one:
        one.wikis["metawiki"].put(TABLE, REGION)
        yield one


@pytest.fixture
def stage(world: World, tmp_path: Path) -> Iterator[Stage]:
    """A lane whose page shows an entry that was hidden since."""
    one = Stage(world, tmp_path)
    world.lock(10, "Пример Вера", LOCKED)
    one.wake(10)
    one.lane.tick()
    world.row("metawiki", 10)["actionhidden"] = True
    yield one
    one.turn.end()


def test_what_is_hidden_as_a_page_is_made_is_told_of(stage: Stage, world: World) -> None:
    world.clock.time += timedelta(minutes=1)
    world.lock(11, "Пример Лев", LOCKED)
    stage.wake(11)
    stage.lane.tick()
    stage.lane.tick()

    assert "Пример Вера" not in world.text()
    assert stage.mails == TOLD


def test_what_a_run_finds_that_people_asked_for_is_told_of(stage: Stage, world: World) -> None:
    call = "{{Office action request|job=reconcile|mode=save}}"
    world.wikis["metawiki"].put("User:OATransparencyBot/Requests", call)
    stage.intake.take(Heard((Wake(Topic.REQUESTS, "metawiki", "event-1"),), "position-1"))
    stage.lane.tick()
    stage.lane.tick()

    assert "Пример Вера" not in world.text()
    assert stage.mails == TOLD


def test_what_could_not_be_told_is_told_after_the_next_run(stage: Stage, world: World) -> None:
    stage.mail_works = False
    world.pipeline.ingest.recheck([EntryId("metawiki", 10)])
    for number in (11, 12, 13):
        stage.wake(number)
        stage.lane.tick()
        stage.mail_works = len(stage.mails) > 0

    assert stage.mails == TOLD * 2


def test_what_a_process_erased_that_died_is_told_of_by_the_next(stage: Stage, world: World) -> None:
    world.pipeline.ingest.recheck([EntryId("metawiki", 10)])
    for number in (11, 12):
        stage.wake(number)
        stage.lane.tick()

    assert stage.mails == TOLD
