"""Logs that lie, clocks that jump, and people who mean harm: what the whole walk makes of them."""

from __future__ import annotations

import copy
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from oabot.guard import linked
from oabot.ingest import LONG_OVERLAP
from oabot.model import EntryId, User
from oabot.publish import Result
from oabot.report import Report
from tests.world import ACCOUNT, ADMIN, REGION, TABLE, World

pytestmark = pytest.mark.loopback

META = "metawiki"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with World(tmp_path, {META: "en", "ruwiki": "ru"}) as world:
        world.wikis[META].put(TABLE, REGION)
        yield world


def ten_locks(world: World) -> None:
    for number in range(1, 11):
        world.lock(number, f"示例{number}", f"2021-09-{number:02}T16:13:00Z")
    world.publish()


def shown(world: World) -> set[int]:
    return {entry.logid for entry in linked(world.text(), {META: f"https://{META}.example"})}


def nightly(world: World, run: str) -> Result:
    world.pipeline.recheck_all(world.pipeline.read(LONG_OVERLAP))
    return world.publish(run, reading=False)[0].result


def test_rows_that_a_listing_leaves_out_stay_where_they_are(world: World) -> None:
    ten_locks(world)
    logs = world.logs[META]
    answer = logs.modules["logevents"]
    logs.modules["logevents"] = lambda params: (
        {"query": {"logevents": []}} if {"leuser", "letitle"} & params.keys() else answer(params)
    )
    world.restart()
    world.ledger.cursors.forget_all()

    assert nightly(world, "run-2") is Result.UNCHANGED
    assert shown(world) == set(range(1, 11))


def test_half_of_the_known_entries_missing_at_once_is_not_believed(world: World) -> None:
    ten_locks(world)
    world.logs[META].rows = world.logs[META].rows[::2]

    assert nightly(world, "run-2") is Result.HELD
    assert shown(world) == set(range(1, 11))


def test_a_log_that_is_empty_all_of_a_sudden_is_not_believed(world: World) -> None:
    ten_locks(world)
    world.logs[META].rows = []

    world.pipeline.recheck_all(world.pipeline.read())
    world.clock.time += timedelta(hours=1)
    report = world.pipeline.recheck_all(world.pipeline.read())

    assert META in report.failed
    assert not report.erased
    assert nightly(world, "run-2") is Result.UNCHANGED
    assert shown(world) == set(range(1, 11))


def test_what_was_hidden_goes_at_once_though_half_of_the_others_are_missing(world: World) -> None:
    ten_locks(world)
    world.row(META, 10)["actionhidden"] = True
    world.logs[META].rows = [row for row in world.logs[META].rows if row["logid"] > 5]

    assert nightly(world, "run-2") is Result.SAVED
    assert 10 not in shown(world)


def test_what_was_missing_for_a_moment_is_back_at_the_next_run(world: World) -> None:
    ten_locks(world)
    whole = list(world.logs[META].rows)
    world.row(META, 10)["actionhidden"] = True
    world.logs[META].rows = [row for row in whole if row["logid"] > 5]
    nightly(world, "run-2")
    world.logs[META].rows = whole

    nightly(world, "run-3")

    assert shown(world) == set(range(1, 10))


def test_doubled_and_shuffled_rows_make_the_same_page(world: World, tmp_path: Path) -> None:
    ten_locks(world)
    expected = world.text()
    with World(tmp_path / "other", {META: "en"}) as other:
        other.wikis[META].put(TABLE, REGION)
        rows = [copy.deepcopy(row) for row in world.logs[META].rows for _ in range(2)]
        random.Random(3).shuffle(rows)
        other.logs[META].types = world.logs[META].types
        other.logs[META].rows = rows
        other.logs[META].page_size = 3
        other.publish()

        assert other.text() == expected


def test_one_logid_on_two_wikis_is_two_entries(world: World) -> None:
    world.lock(7, "示例甲")
    world.add("ruwiki", 7, "2021-09-14T00:00:00Z", "block/block", "WMFOffice", "User:Пример Борис",
              params={"duration": "infinity", "flags": [], "sitewide": True})  # fmt: skip

    world.publish()
    world.row("ruwiki", 7)["actionhidden"] = True
    nightly(world, "run-2")

    assert "示例甲" in world.text()
    assert "Пример Борис" not in world.text()


def test_an_entry_that_was_erased_is_not_stored_again_while_a_lagging_server_still_shows_it(world: World) -> None:
    ten_locks(world)
    world.row(META, 4)["actionhidden"] = True
    nightly(world, "run-2")
    del world.row(META, 4)["actionhidden"]
    world.clock.time += timedelta(hours=5)

    nightly(world, "run-3")
    world.pipeline.rebuild()

    assert EntryId(META, 4) not in {entry for entry, _ in world.ledger.observations.entries()}


def test_an_entry_that_is_public_again_a_day_later_is_shown_again(world: World) -> None:
    ten_locks(world)
    world.row(META, 4)["actionhidden"] = True
    nightly(world, "run-2")
    assert 4 not in shown(world)
    del world.row(META, 4)["actionhidden"]
    world.clock.time += timedelta(hours=25)

    world.pipeline.rebuild()
    world.publish("run-3", reading=False)

    assert 4 in shown(world)


def test_a_row_that_came_very_late_is_found_at_night(world: World) -> None:
    world.clock.time = datetime(2021, 9, 20, tzinfo=UTC)
    ten_locks(world)
    world.lock(99, "示例晚", "2021-09-08T00:00:00Z")
    world.publish("run-2")
    assert 99 not in shown(world)

    nightly(world, "run-3")

    assert 99 in shown(world)


def test_a_row_from_the_future_does_not_end_the_reading_of_its_log(world: World) -> None:
    ten_locks(world)
    world.lock(50, "示例未来", "2031-01-01T00:00:00Z")
    world.publish("run-2")
    world.lock(51, "示例后来", "2023-01-01T00:00:00Z")

    world.publish("run-3")

    assert 51 in shown(world)


def test_a_clock_that_was_far_ahead_when_a_targets_log_was_read_misses_no_later_reversal(world: World) -> None:
    world.clock.time += timedelta(days=400)
    world.lock(1, "示例甲")
    world.publish()
    world.clock.time -= timedelta(days=400)
    world.unlock(2, "示例甲", "2022-12-31T00:00:00Z", user="Example Steward")

    world.publish("run-2")

    assert 2 in shown(world)


def test_a_clock_that_was_put_back_erases_nothing(world: World) -> None:
    ten_locks(world)
    gone = world.row(META, 3)
    world.logs[META].rows.remove(gone)
    world.pipeline.recheck_all(Report())
    world.clock.time -= timedelta(days=3)
    world.pipeline.recheck_all(Report())
    world.logs[META].rows.append(gone)

    nightly(world, "run-2")

    assert shown(world) == set(range(1, 11))


def test_a_clock_that_was_put_back_makes_no_save_wait_longer_than_the_pace(world: World) -> None:
    pace = {"metawiki": world.settings.wikis[META].model_copy(update={"pace": 10.0})}
    world.settings = world.settings.model_copy(update={"wikis": {**world.settings.wikis, **pace}})
    world.restart()
    world.wikis[META].put("User:OATransparencyBot/Second", REGION)
    world.lock(1, "示例甲")
    wiki = world.wikis[META]
    put_back = world.clock.time - timedelta(hours=9)
    wiki.after_save = lambda: setattr(world.clock, "time", put_back)

    world.publish()

    assert len(wiki.saves) == 2
    assert world.clock.time <= put_back + timedelta(seconds=10)


def test_who_stops_one_wiki_stops_no_other(world: World) -> None:
    world.wikis["ruwiki"].put(TABLE, "{{Office actions|local}}\n{{Office actions end}}")
    world.wikis["ruwiki"].put(f"User:{ACCOUNT}/Run", "stop", user="Vandal")
    world.lock(1, "示例甲")

    results = {outcome.wiki: outcome.result for outcome in world.publish()}

    assert results == {META: Result.SAVED, "ruwiki": Result.SKIPPED}


def test_who_breaks_every_page_of_one_wiki_harms_no_other_and_costs_a_bounded_number_of_requests(world: World) -> None:
    vandalised = world.wikis["ruwiki"]
    for number in range(40):
        vandalised.put(f"User:V/{number}", "{{Office actions|table}} {{Office actions|table}} " * 30, user="V")
    world.lock(1, "示例甲")

    outcomes = world.publish()

    assert {one.result for one in outcomes if one.wiki == META} == {Result.SAVED}
    assert {one.result for one in outcomes if one.wiki == "ruwiki"} == {Result.SKIPPED}
    assert not vandalised.saves
    assert vandalised.asked < 400


@pytest.mark.slow
def test_a_page_with_very_many_tables_is_left_alone_and_costs_no_more_than_its_reading(world: World) -> None:
    many = "{{Office actions|table}}{{Office actions end}}\n" * 1000
    world.wikis[META].put("User:V/Many", many, user="V")
    world.lock(1, "示例甲")

    outcomes = {outcome.title: outcome for outcome in world.publish()}

    assert (outcomes["User:V/Many"].result, outcomes["User:V/Many"].reason) == (Result.SKIPPED, "too-big")
    assert outcomes[TABLE].result is Result.SAVED


def test_run_by_somebody_who_is_no_admin_any_more_does_not_count(world: World) -> None:
    world.lock(1, "示例甲")
    world.wikis["ruwiki"].put(TABLE, REGION)
    world.wikis["ruwiki"].accounts[ADMIN] = User(ADMIN, frozenset({"user"}))

    results = {outcome.wiki: outcome.result for outcome in world.publish()}

    assert results == {META: Result.SAVED, "ruwiki": Result.SKIPPED}


def test_a_comment_full_of_control_characters_forges_no_log_line(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    world.lock(1, "示例甲\n[ERROR] forged")
    world.add(META, 2, "2021-09-14T00:00:00Z", "globalauth/setstatus", "WMFOffice", "User:X\x1b[2J\r\nY@global",
              params={"added": ["odd\nkey"], "removed": []}, comment="\x1b]0;forged\x07\nforged")  # fmt: skip
    world.logs[META].rows.append({**world.row(META, 1), "logid": 3, "action": ["forged\n"]})
    world.logs[META].rows.append({**world.row(META, 1), "logid": 4, "timestamp": "2021-13-41T00:00:00Z"})

    world.publish()

    ours = [record.getMessage() for record in caplog.records if record.name.startswith("oabot")]
    assert ours
    assert not [line for line in ours if "forged" in line or "\n" in line or "\x1b" in line]
