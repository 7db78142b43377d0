"""A table that outgrows its page on a wiki: nothing is lost, nothing is doubled, and people's text stays."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from oabot.guard import linked
from oabot.model import EntryId
from oabot.publish import Outcome, Result
from oabot.report import Report
from oabot.sources.logevents import trimmed
from tests.world import REGION, TABLE, World

pytestmark = [pytest.mark.loopback, pytest.mark.slow]

LONG = "উদাহরণ " * 11
NUMBER = 700


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with World(tmp_path, {"metawiki": "en"}) as world:
        world.logs["metawiki"].knows_leids = True
        world.wikis["metawiki"].put(TABLE, REGION)
        yield world


def lock_many(world: World, numbers: range, days: float = 2.0) -> None:
    """Locks from 2016 on, each row as long as rows get."""
    for number in numbers:
        when = datetime(2016, 1, 1, tzinfo=UTC) + timedelta(days=days * number)
        world.lock(number + 1, f"{LONG}{number}", f"{when:%Y-%m-%dT%H:%M:%SZ}")
    # As if they had been read: to ask for the log of each target takes a while.
    rows = world.logs["metawiki"].rows
    world.ledger.observations.record([(EntryId("metawiki", row["logid"]), trimmed(row)) for row in rows])


def publish(world: World, run: str) -> dict[str, Outcome]:
    """One run over what is stored."""
    return {outcome.title: outcome for outcome in world.publish(run, reading=False)}


def shown(world: World, title: str) -> frozenset[EntryId]:
    return linked(world.text(title), {"metawiki": "https://metawiki.example"})


def pages(world: World) -> list[str]:
    return [page.title for page in world.wikis["metawiki"].transcluding("Office actions")]


def test_a_growing_table_gets_subpages_and_every_case_stays_on_one_page(world: World) -> None:
    lock_many(world, range(NUMBER))

    outcomes = publish(world, "run-1")

    assert {outcome.result for outcome in outcomes.values()} == {Result.SAVED}
    assert pages(world) == [TABLE, f"{TABLE}/2016"]
    everything = [entry for title in pages(world) for entry in shown(world, title)]
    assert sorted(everything) == [EntryId("metawiki", number + 1) for number in range(NUMBER)]
    assert world.text().startswith("Before.\n")
    assert world.text().endswith("\nAfter.")
    assert world.wikis["metawiki"].saves[0].base_revid == 0
    assert {outcome.result for outcome in publish(world, "run-2").values()} == {Result.UNCHANGED}


def test_the_oldest_rows_stand_on_their_subpage_before_they_leave_the_page(world: World) -> None:
    lock_many(world, range(550))
    publish(world, "run-1")
    assert pages(world) == [TABLE]
    lock_many(world, range(550, NUMBER))

    publish(world, "run-2")

    titles = [save.title for save in world.wikis["metawiki"].saves]
    assert titles == [TABLE, f"{TABLE}/2016", TABLE]


def test_a_subpage_that_cannot_be_made_keeps_its_rows_on_the_page(world: World) -> None:
    lock_many(world, range(550))
    publish(world, "run-1")
    before = world.text()
    lock_many(world, range(550, NUMBER))
    world.wikis["metawiki"].put(f"{TABLE}/2016", "Somebody's own page.")

    outcomes = publish(world, "run-2")

    assert outcomes[f"{TABLE}/2016"].reason == "edited"
    assert outcomes[TABLE].reason == "too-big"
    assert world.text(f"{TABLE}/2016") == "Somebody's own page."
    assert world.text() == before


def test_what_was_erased_leaves_the_page_even_if_a_subpage_cannot_be_made(world: World) -> None:
    lock_many(world, range(550))
    publish(world, "run-1")
    lock_many(world, range(550, NUMBER))
    world.wikis["metawiki"].put(f"{TABLE}/2016", "Somebody's own page.")
    world.row("metawiki", 540)["actionhidden"] = True
    world.pipeline.recheck_all(Report())

    publish(world, "run-2")

    assert EntryId("metawiki", 540) not in shown(world, TABLE)


def test_a_table_that_shrinks_takes_its_rows_back_and_leaves_peoples_text_on_the_subpage(world: World) -> None:
    lock_many(world, range(NUMBER))
    publish(world, "run-1")
    subpage = f"{TABLE}/2016"
    world.wikis["metawiki"].put(subpage, f"{world.text(subpage)}\nPeople's words.")
    for number in range(1, 300):
        world.row("metawiki", number)["userhidden"] = True
    world.pipeline.recheck_all(Report())

    publish(world, "run-2")

    assert shown(world, TABLE) == {EntryId("metawiki", number) for number in range(300, NUMBER + 1)}
    assert shown(world, subpage) == frozenset()
    assert world.text(subpage).startswith("{{Office actions|table|part=2016}}")
    assert world.text(subpage).endswith("{{Office actions end}}\nPeople's words.")
    assert {outcome.result for outcome in publish(world, "run-3").values()} == {Result.UNCHANGED}


def test_an_entry_that_is_hidden_leaves_its_subpage_and_is_known_to_have_stood_there(world: World) -> None:
    lock_many(world, range(NUMBER))
    publish(world, "run-1")
    world.row("metawiki", 5)["actionhidden"] = True

    report = world.pipeline.recheck_all(Report())
    publish(world, "run-2")

    assert report.erased[EntryId("metawiki", 5)] == [("metawiki", f"{TABLE}/2016")]
    assert EntryId("metawiki", 5) not in shown(world, f"{TABLE}/2016")


def test_rows_that_move_to_a_subpage_are_neither_news_nor_a_loss(world: World) -> None:
    lock_many(world, range(550))
    publish(world, "run-1")
    lock_many(world, range(550, NUMBER))

    outcomes = publish(world, "run-2")

    saves = {save.title: save for save in world.wikis["metawiki"].saves[1:]}
    assert {outcome.result for outcome in outcomes.values()} == {Result.SAVED}
    assert saves[f"{TABLE}/2016"].mark_bot
    assert not saves[TABLE].mark_bot
    assert "150" in saves[TABLE].summary


def test_a_subpage_whose_table_people_took_away_is_emptied(world: World) -> None:
    lock_many(world, range(NUMBER))
    publish(world, "run-1")
    world.wikis["metawiki"].put(TABLE, "No table any more.")

    publish(world, "run-2")

    assert shown(world, f"{TABLE}/2016") == frozenset()
    assert world.text() == "No table any more."


def test_a_subpage_of_a_malformed_page_is_left_alone(world: World) -> None:
    lock_many(world, range(NUMBER))
    publish(world, "run-1")
    before = world.text(f"{TABLE}/2016")
    world.wikis["metawiki"].put(TABLE, "{{Office actions|table}} no end")

    outcomes = publish(world, "run-2")

    assert {outcome.reason for outcome in outcomes.values()} == {"region-end-missing"}
    assert world.text(f"{TABLE}/2016") == before


def test_a_part_of_nothing_is_told_to_be_no_parameter(world: World) -> None:
    world.wikis["metawiki"].put(TABLE, "{{Office actions|table|part=2021}}\n{{Office actions end}}")

    publish(world, "run-1")

    assert 'class="error"' in world.text()
