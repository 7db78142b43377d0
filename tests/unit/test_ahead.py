"""What is begun while the logs are read is what would have been read afterwards."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from oabot.ahead import FRESH, Ahead, Wanted
from oabot.errors import WikiRests
from oabot.explanations import Explanations
from oabot.publish import Result, Terms
from tests.world import ACCOUNT, REGION, TABLE, World

pytestmark = pytest.mark.loopback


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with World(tmp_path, {"metawiki": "en", "ruwiki": "ru"}) as one:
        for wiki in one.wikis.values():
            wiki.put(TABLE, REGION)
        yield one


@pytest.fixture
def asked(world: World) -> list[Wanted]:
    """What people were found to want, each time that they were asked."""
    told: list[Wanted] = []

    def ask() -> Wanted:
        told.append(Wanted(world.settings))
        return told[-1]

    world.pipeline.ask_people = ask
    return told


def begun(world: World) -> Ahead:
    ahead = Ahead(world.clock)
    ahead.begin(lambda: Wanted(world.settings), world.wikis, ["ruwiki", "metawiki"], Explanations)
    return ahead


def test_the_pages_of_the_wiki_whose_turn_is_first_are_found(world: World) -> None:
    found = begun(world).found()

    assert {dbname: list(pages) for dbname, pages in found.items()} == {
        "ruwiki": ["Участник:OATransparencyBot/Office actions"]
    }


def test_pages_that_cannot_be_found_do_not_hide_what_people_want(world: World) -> None:
    world.wikis["ruwiki"].silent = True
    ahead = begun(world)

    assert ahead.wanted() == Wanted(world.settings)
    assert not ahead.found()


def test_where_nothing_may_be_saved_no_page_is_looked_for(world: World) -> None:
    unapproved = {name: wiki.model_copy(update={"approval": ""}) for name, wiki in world.settings.wikis.items()}
    ahead = Ahead(world.clock)
    wanted = Wanted(world.settings.model_copy(update={"wikis": unapproved}))
    ahead.begin(lambda: wanted, world.wikis, ["ruwiki", "metawiki"], Explanations)

    assert ahead.wanted() == wanted
    assert not ahead.found()


def test_each_thing_is_given_once(world: World) -> None:
    ahead = begun(world)

    assert all((ahead.wanted(), ahead.found(), ahead.explanations()))
    assert not any((ahead.wanted(), ahead.found(), ahead.explanations()))


@pytest.mark.parametrize("passed", [FRESH, -timedelta(seconds=1)])
def test_what_was_begun_too_long_ago_by_the_clock_is_not_given(world: World, passed: timedelta) -> None:
    ahead = begun(world)
    world.clock.time += passed

    assert not any((ahead.wanted(), ahead.found(), ahead.explanations()))


def test_what_could_not_be_asked_is_an_error_for_who_wants_the_answer(world: World) -> None:
    def ask() -> Wanted:
        raise WikiRests("timeout")

    ahead = Ahead(world.clock)
    ahead.begin(ask, world.wikis, ["metawiki"], Explanations)

    with pytest.raises(WikiRests):
        ahead.wanted()


def test_a_run_that_began_ahead_asks_people_once(world: World, asked: list[Wanted]) -> None:
    world.pipeline.begin()
    world.publish()

    assert len(asked) == 1


def test_a_run_whose_logs_took_long_asks_people_again(world: World, asked: list[Wanted]) -> None:
    world.pipeline.begin()
    world.clock.time += FRESH
    world.publish()

    assert len(asked) == 2


def test_a_page_that_was_saved_by_others_since_it_was_found_keeps_their_words(
    world: World, asked: list[Wanted]
) -> None:
    world.lock(1, "示例甲")
    world.pipeline.begin()
    world.pipeline.read()
    world.wikis["metawiki"].put(TABLE, REGION.replace("After.", "After, by somebody."))

    outcomes = world.publish(reading=False)

    assert [one.result for one in outcomes if one.wiki == "metawiki"] == [Result.SAVED]
    assert "After, by somebody." in world.text()
    assert "示例甲" in world.text()
    assert len(asked) == 1


def test_no_page_is_saved_while_what_people_want_cannot_be_read(world: World) -> None:
    def ask() -> Wanted:
        raise WikiRests("timeout")

    world.lock(1, "示例甲")
    world.pipeline.ask_people = ask
    world.pipeline.begin()
    world.pipeline.read()
    held = world.lease()

    outcomes = list(world.pipeline.refresh(Terms(ACCOUNT, "metawiki", "run-1"), held))

    assert [(one.result, one.reason) for one in outcomes] == [(Result.SKIPPED, "busy")]
