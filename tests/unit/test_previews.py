"""Looking first: a preview, the decision on it, and what must not come of either."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from tests.control_world import STEWARD, ControlWorld
from tests.world import REGION, TABLE

pytestmark = pytest.mark.loopback


def test_a_preview_shows_the_change_without_saving_it_and_an_approval_saves_that(world: ControlWorld) -> None:
    world.ask(job="tables", scope="page", of=TABLE, mode="preview")
    world.work()
    (preview,) = (edit.title for edit in world.wikis["metawiki"].saves if "/Preview/" in edit.title)
    assert world.text() == REGION.rstrip()
    assert "示例甲" in world.text(preview)
    assert preview.rpartition("/")[2] in world.answers()

    world.ask(STEWARD, mode="approve", of=preview)
    world.work()

    assert "示例甲" in world.text()
    assert "示例甲" not in world.text(preview)
    assert "no longer needed" in world.text(preview)


def previewed(world: ControlWorld) -> str:
    world.ask(job="tables", scope="page", of=TABLE, mode="preview")
    world.work()
    return next(edit.title for edit in world.wikis["metawiki"].saves if "/Preview/" in edit.title)


def test_an_approval_after_a_change_saves_nothing_and_says_what_has_changed(world: ControlWorld) -> None:
    preview = previewed(world)
    world.lock(2, "示例乙")

    world.ask(mode="approve", of=preview)
    world.work()

    assert world.text() == REGION.rstrip()
    assert "this has changed since the preview" in world.answers()


def test_an_approval_after_a_hiding_saves_nothing(world: ControlWorld) -> None:
    preview = previewed(world)
    world.row("metawiki", 1)["actionhidden"] = True

    world.ask(mode="approve", of=preview)
    world.work()

    assert "示例甲" not in world.text()
    assert "示例甲" not in world.text(preview)


def test_people_may_edit_around_the_region_between_preview_and_approval(world: ControlWorld) -> None:
    preview = previewed(world)
    world.wikis["metawiki"].put(TABLE, f"{world.text()}\nA later word.")

    world.ask(mode="approve", of=preview)
    world.work()

    assert "示例甲" in world.text()
    assert world.text().endswith("A later word.")


def test_a_preview_that_shows_what_is_hidden_since_is_blanked_at_the_next_run(world: ControlWorld) -> None:
    preview = previewed(world)
    world.row("metawiki", 1)["actionhidden"] = True

    world.ask(job="reconcile", mode="save")
    world.work()

    assert "示例甲" not in world.text(preview)


def test_a_preview_that_nobody_decides_on_is_blanked_after_a_day(world: ControlWorld) -> None:
    preview = previewed(world)
    world.clock.time += timedelta(hours=25)

    world.ask(job="tables", mode="save")
    world.work()
    assert "no longer needed" in world.text(preview)

    world.ask(mode="approve", of=preview)
    world.work()
    assert "the preview is no longer valid" in world.answers()


def test_what_is_only_previewed_is_not_published_by_that(tmp_path: Path) -> None:
    with ControlWorld(tmp_path, settle_hours=6) as world:
        world.lock(1, "示例甲", "2022-12-31T20:00:00Z")
        world.lock(2, "示例乙", "2021-12-31T20:00:00Z")
        preview = previewed(world)
        assert "示例甲" not in world.text(preview)
        assert "示例乙" in world.text(preview)

        world.ask(job="tables", mode="save")
        world.work()

        assert "示例甲" not in world.text()


@pytest.mark.slow
def test_an_approval_releases_a_table_that_is_held(world: ControlWorld) -> None:
    for logid in range(2, 11):
        world.lock(logid, f"示例{logid}")
    world.ask(job="tables", mode="save")
    world.work()
    world.logs["metawiki"].rows = [row for row in world.logs["metawiki"].rows if row["logid"] < 6]
    world.clock.time += timedelta(hours=2)
    world.ask(job="reconcile", mode="save", reason="again")
    world.work()
    assert "it is held until somebody approves" in world.answers()
    assert "示例9" in world.text()

    world.clock.time += timedelta(minutes=1)
    world.ask(job="reconcile", scope="page", of=TABLE, mode="preview")
    world.work()
    preview = next(edit.title for edit in world.wikis["metawiki"].saves if "/Preview/" in edit.title)
    world.clock.time += timedelta(hours=2)
    world.ask(mode="approve", of=preview)
    world.work()

    assert "示例9" not in world.text()
    assert "示例4" in world.text()
