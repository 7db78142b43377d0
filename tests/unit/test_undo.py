"""Undo sets back rows, never old text."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from oabot.publish import Outcome, Result, Terms
from oabot.undo import Undo
from tests.control_world import LOCAL_ADMIN, ORDINARY, STEWARD, ControlWorld
from tests.world import ACCOUNT, REGION, TABLE

pytestmark = pytest.mark.loopback


@pytest.fixture
def world(tmp_path: Path) -> Iterator[ControlWorld]:
    """Two runs: the first listed one case, the second another."""
    with ControlWorld(tmp_path) as world:
        world.wikis["metawiki"].put(TABLE, REGION)
        world.lock(1, "示例甲")
        world.publish("first")
        world.lock(2, "示例乙")
        world.publish("second")
        yield world


def undo(world: ControlWorld, run: str) -> list[Outcome]:
    held = world.lease()
    terms = Terms(ACCOUNT, "metawiki", "the-undoing")
    pipeline = world.control.pipeline()
    outcomes = Undo(pipeline, world.ledger, terms, held).run(run)
    world.ledger.lease.release(held)
    return outcomes


def on_meta(outcomes: list[Outcome]) -> Outcome:
    return next(one for one in outcomes if one.wiki == "metawiki")


def test_a_page_gets_back_the_rows_that_it_held_before_the_run(world: ControlWorld) -> None:
    before = world.wikis["metawiki"].revisions(TABLE)[-2].text

    assert on_meta(undo(world, "second")).result is Result.SAVED

    assert world.text() == before
    assert "before run second" in world.wikis["metawiki"].saves[-1].summary


def test_a_page_that_a_later_run_changed_is_left_alone(world: ControlWorld) -> None:
    assert on_meta(undo(world, "first")).reason == "edited"
    undo(world, "second")

    assert on_meta(undo(world, "first")).reason == "edited"


def test_the_first_fill_is_undone_to_nothing(tmp_path: Path) -> None:
    with ControlWorld(tmp_path) as world:
        world.lock(1, "示例甲")
        world.publish("first")

        undo(world, "first")

        assert "示例甲" not in world.text()
        assert world.text().startswith("Before.\n\n{{Office actions|table}}\n")
        assert world.text().endswith("{{Office actions end}}\n\nAfter.")


def test_a_page_that_people_edited_since_is_left_alone_and_named(world: ControlWorld) -> None:
    world.wikis["metawiki"].put(TABLE, f"{world.text()}\nSomebody's word.", user=ORDINARY)
    text = world.text()

    outcome = on_meta(undo(world, "second"))

    assert (outcome.result, outcome.reason, outcome.title) == (Result.SKIPPED, "edited", TABLE)
    assert world.text() == text


def test_what_was_hidden_since_does_not_come_back(world: ControlWorld) -> None:
    world.row("metawiki", 1)["actionhidden"] = True

    undo(world, "second")

    assert "示例甲" not in world.text()
    assert "示例乙" not in world.text()


def test_a_row_keeps_the_status_that_is_true_now(world: ControlWorld) -> None:
    world.unlock(3, "示例甲", "2021-09-20T00:00:00Z")
    world.publish("third")

    undo(world, "third")

    assert "reversed on" in world.text()


def test_a_page_that_was_set_back_rests_until_somebody_asks_for_it(world: ControlWorld) -> None:
    undo(world, "second")

    outcomes = world.publish("third")
    assert on_meta(outcomes).reason == "reverted"
    assert "示例乙" not in world.text()

    world.ask(job="tables", scope="page", of=TABLE, mode="save")
    world.work()
    assert "示例乙" in world.text()


def test_an_undo_is_asked_for_on_wiki_and_needs_leave_for_all_that_the_run_changed(world: ControlWorld) -> None:
    world.ask(LOCAL_ADMIN, "ruwiki", mode="undo", of="second")
    world.work()
    assert "state=refused" in world.answers("ruwiki")
    assert "示例乙" in world.text()

    world.clock.time += timedelta(minutes=1)
    world.ask(STEWARD, mode="undo", of="second")
    world.work()
    assert "set back" in world.answers()
    assert "示例乙" not in world.text()
    assert "示例乙" not in world.text(dbname="ruwiki")


def test_a_run_that_nobody_knows_cannot_be_undone(world: ControlWorld) -> None:
    world.ask(STEWARD, mode="undo", of="run-x")

    world.work()

    assert "there is no run" in world.answers()
