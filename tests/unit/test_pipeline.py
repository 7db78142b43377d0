"""The walk: from log rows to pages, with everything between, as one process does it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from oabot.errors import Stopped
from oabot.model import EntryId, User
from oabot.publish import Result, Terms
from tests.fakes.mediawiki import send
from tests.world import ACCOUNT, REGION, TABLE, World

pytestmark = pytest.mark.loopback


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with World(tmp_path, {"metawiki": "en", "ruwiki": "ru"}) as world:
        world.wikis["metawiki"].put(TABLE, REGION)
        yield world


def test_the_story_of_one_lock_from_its_log_row_to_the_page_and_back_to_nothing(world: World) -> None:
    # The Office locks an account; the log shows it in the words of 2021.
    world.lock(42911031, "示例甲")
    assert [outcome.result for outcome in world.publish("run-1")] == [Result.SAVED]
    listed = world.text()
    assert "示例甲" in listed
    assert "in force" in listed

    # Nothing new: nothing is saved.
    assert [outcome.result for outcome in world.publish("run-2")] == [Result.UNCHANGED]

    # A steward lifts it: the row stays, and says so without the steward's name.
    world.unlock(42945117, "示例甲", "2021-09-16T21:47:00Z", user="Example Steward")
    world.publish("run-3")
    reversed_ = world.text()
    assert "reversed on" in reversed_
    assert "logid/42945117" in reversed_
    assert "Example Steward" not in reversed_

    # The entry is hidden: the row leaves at the next save, and so does all that was kept of it.
    world.row("metawiki", 42911031).update(actionhidden=True, userhidden=True, commenthidden=True, suppressed=True)
    world.row("metawiki", 42945117).update(actionhidden=True)
    world.pipeline.recheck_all(world.pipeline.read())
    world.publish("run-4")
    assert "示例甲" not in world.text()
    assert world.text().startswith("Before.\n\n{{Office actions|table}}\n")
    assert world.text().endswith("{{Office actions end}}\n\nAfter.")
    assert "示例甲" not in "".join(str(row) for _, row in world.ledger.observations.entries())
    assert "示例" not in world.wikis["metawiki"].saves[-1].summary


def test_a_protection_that_went_along_with_a_moved_page_is_followed(world: World) -> None:
    moved = {"oldtitle_ns": 0, "oldtitle_title": "Example"}
    world.add("metawiki", 1, "2022-01-01T00:00:00Z", "protect/protect", "WMFOffice", "Example")
    world.publish("run-1")
    gone = {"target_ns": 0, "target_title": "Example moved"}
    world.add("metawiki", 2, "2022-02-01T00:00:00Z", "move/move", "Example Sysop", "Example", params=gone)
    world.add(
        "metawiki", 3, "2022-02-01T00:00:00Z", "protect/move_prot", "Example Sysop", "Example moved", params=moved
    )
    world.publish("run-2")
    assert "Example moved" in world.text()
    world.add("metawiki", 4, "2022-03-01T00:00:00Z", "protect/unprotect", "Example Sysop", "Example moved")
    world.publish("run-3")

    assert "reversed on" in world.text()
    assert "Example Sysop" not in world.text()
    assert [outcome.result for outcome in world.publish("run-4")] == [Result.UNCHANGED]


def test_a_deleted_ledger_that_is_read_anew_makes_no_edit(world: World, tmp_path: Path) -> None:
    world.lock(1, "示例甲")
    world.publish()
    (tmp_path / "ledger.sqlite").unlink()
    world.restart()

    world.pipeline.rebuild()
    outcomes = world.publish("run-2", reading=False)

    assert [outcome.result for outcome in outcomes] == [Result.UNCHANGED]


def test_an_entry_that_is_hidden_between_reading_and_saving_is_not_published(world: World) -> None:
    world.lock(1, "示例甲")
    world.lock(2, "示例乙")
    world.pipeline.read()
    world.row("metawiki", 1)["actionhidden"] = True

    world.publish(reading=False)

    assert "示例甲" not in world.text()
    assert "示例乙" in world.text()


def test_an_entry_that_is_missing_once_is_left_out_but_kept_and_erased_when_missing_again_later(world: World) -> None:
    for logid in range(1, 8):
        world.lock(logid, f"示例{logid}")
    world.publish()
    gone = world.row("metawiki", 3)
    world.logs["metawiki"].rows.remove(gone)

    world.pipeline.recheck_all(world.pipeline.read())
    world.publish("run-2", reading=False)
    assert "示例3" not in world.text()
    assert EntryId("metawiki", 3) in {entry for entry, _, _ in world.ledger.observations.known()}

    world.clock.time += timedelta(minutes=11)
    world.pipeline.recheck_all(world.pipeline.read())
    assert EntryId("metawiki", 3) not in {entry for entry, _, _ in world.ledger.observations.known()}


def test_an_entry_that_comes_back_after_it_was_missing_once_is_shown_again(world: World) -> None:
    for logid in range(1, 8):
        world.lock(logid, f"示例{logid}")
    world.publish()
    gone = world.row("metawiki", 3)
    world.logs["metawiki"].rows.remove(gone)
    world.pipeline.recheck_all(world.pipeline.read())
    world.publish("run-2", reading=False)
    world.logs["metawiki"].rows.append(gone)

    world.pipeline.recheck_all(world.pipeline.read())
    world.publish("run-3", reading=False)

    assert "示例3" in world.text()


def test_a_table_that_would_lose_many_rows_is_held_until_somebody_approves(world: World) -> None:
    for logid in range(1, 11):
        world.lock(logid, f"示例{logid}")
    world.publish()
    before = world.text()
    world.logs["metawiki"].rows = [row for row in world.logs["metawiki"].rows if row["logid"] < 6]
    world.pipeline.recheck_all(world.pipeline.read())

    (held,) = world.publish("run-2", reading=False)
    assert held.result is Result.HELD
    assert world.text() == before

    (saved,) = world.publish("run-3", reading=False, approved=frozenset({("metawiki", TABLE)}))
    assert saved.result is Result.SAVED


def test_a_row_that_makes_way_for_a_newer_one_in_a_limited_table_is_no_loss(world: World) -> None:
    world.wikis["metawiki"].put(TABLE, "{{Office actions|table|limit=2}}\n{{Office actions end}}")
    for logid in range(1, 7):
        world.lock(logid, f"示例{logid}", f"2021-09-{10 + logid}T16:13:00Z")
        world.publish(f"run-{logid}")
    assert "示例6" in world.text()
    assert "示例5" in world.text()
    assert "示例4" not in world.text()
    assert "1 row added" in world.wikis["metawiki"].saves[-1].summary

    world.logs["metawiki"].rows = [row for row in world.logs["metawiki"].rows if row["logid"] < 5]
    world.pipeline.recheck_all(world.pipeline.read())
    (held,) = world.publish("run-7", reading=False)
    assert held.result is Result.HELD


def test_a_mass_hiding_leaves_at_once_however_many_rows_go(world: World) -> None:
    for logid in range(1, 11):
        world.lock(logid, f"示例{logid}")
    world.publish()
    for logid in range(1, 10):
        world.row("metawiki", logid)["userhidden"] = True

    world.pipeline.recheck_all(world.pipeline.read())
    (outcome,) = world.publish("run-2", reading=False)

    assert outcome.result is Result.SAVED
    assert "示例10" in world.text()
    assert "示例9" not in world.text()


def test_the_log_of_hidings_erases_what_it_names(world: World) -> None:
    world.lock(1, "示例甲")
    world.lock(2, "示例乙")
    world.publish()
    world.add(
        "metawiki", 3, "2021-09-14T00:00:00Z", "delete/event", "WMFOffice", "Special:Log/globalauth",
        params={"type": "logging", "ids": [1], "old": {"bitmask": 0}, "new": {"bitmask": 7}},
    )  # fmt: skip

    world.publish("run-2")

    assert "示例甲" not in world.text()


def test_a_wiki_that_cannot_be_read_stops_only_what_relies_on_it(world: World) -> None:
    world.lock(1, "示例甲")
    world.logs["ruwiki"].dbname = "otherwiki"

    report = world.pipeline.read()

    assert set(report.failed) == {"ruwiki"}
    assert [outcome.result for outcome in world.publish(reading=False)] == [Result.SAVED]


def test_a_page_whose_entries_cannot_be_read_again_is_left_alone(world: World) -> None:
    world.lock(1, "示例甲")
    world.pipeline.read()
    world.logs["metawiki"].dbname = "otherwiki"

    (outcome,) = world.publish(reading=False)

    assert (outcome.result, outcome.reason) == (Result.SKIPPED, "unread")
    assert world.text() == REGION.rstrip()


@pytest.mark.parametrize("word", ["", "stop", "Run", "run!", "no"])
def test_any_word_but_run_on_the_stop_page_stops_every_save(world: World, word: str) -> None:
    world.lock(1, "示例甲")
    world.wikis["metawiki"].put(f"User:{ACCOUNT}/Run", word, user="Anybody")

    with pytest.raises(Stopped):
        world.publish()

    assert not world.wikis["metawiki"].saves


def test_run_counts_only_from_a_member_of_an_allowed_group(world: World) -> None:
    world.lock(1, "示例甲")
    world.wikis["metawiki"].accounts["Vandal"] = User("Vandal", frozenset({"user"}))
    world.wikis["metawiki"].put(f"User:{ACCOUNT}/Run", "stop", user="FarmAdmin")
    world.wikis["metawiki"].put(f"User:{ACCOUNT}/Run", "run", user="Vandal")

    with pytest.raises(Stopped):
        world.publish()


def test_a_stop_between_two_saves_of_one_run_allows_no_later_save(world: World) -> None:
    second = "User:OATransparencyBot/Zweite"
    world.wikis["metawiki"].put(second, REGION)
    world.lock(1, "示例甲")
    wiki = world.wikis["metawiki"]
    wiki.after_save = lambda: wiki.put(f"User:{ACCOUNT}/Run", "stop", user="Anybody")

    with pytest.raises(Stopped):
        world.publish()

    assert len(wiki.saves) == 1


def test_a_wiki_without_approval_gets_no_save(tmp_path: Path) -> None:
    with World(tmp_path, {"metawiki": "en"}, approval="") as world:
        world.wikis["metawiki"].put(TABLE, REGION)
        world.lock(1, "示例甲")
        world.pipeline.read()

        (outcome,) = world.pipeline.refresh(Terms(ACCOUNT, "metawiki", "run-1"), world.lease(), ["metawiki"])

        assert (outcome.result, outcome.reason) == (Result.SKIPPED, "not-approved")
        assert not world.wikis["metawiki"].saves


def test_a_run_over_all_wikis_asks_nothing_of_those_without_approval(tmp_path: Path) -> None:
    with World(tmp_path, {"metawiki": "en"}, approval="") as world:
        world.wikis["metawiki"].put(TABLE, REGION)
        world.lock(1, "示例甲")
        asked = world.wikis["metawiki"].asked

        assert not world.publish()
        assert world.wikis["metawiki"].asked == asked


def test_an_action_is_not_shown_before_its_settle_time_but_its_reversal_at_once(tmp_path: Path) -> None:
    with World(tmp_path, {"metawiki": "en"}, settle_hours=6) as world:
        world.wikis["metawiki"].put(TABLE, REGION)
        world.lock(1, "示例甲", "2022-12-31T20:00:00Z")

        world.publish()
        assert "示例甲" not in world.text()

        world.clock.time += timedelta(hours=3)
        world.publish("run-2")
        assert "示例甲" in world.text()

        world.unlock(2, "示例甲", "2023-01-01T02:59:00Z")
        world.publish("run-3")
        assert "reversed on" in world.text()


def test_what_was_reversed_within_its_settle_time_is_left_to_people(tmp_path: Path) -> None:
    with World(tmp_path, {"metawiki": "en"}, settle_hours=6) as world:
        world.wikis["metawiki"].put(TABLE, REGION)
        world.lock(1, "示例甲", "2022-12-01T20:00:00Z")
        world.unlock(2, "示例甲", "2022-12-01T21:00:00Z")

        world.publish()

        assert "示例甲" not in world.text()


def test_news_is_saved_without_the_bot_mark_and_a_refresh_with_it(world: World) -> None:
    world.lock(1, "示例甲")
    world.publish()
    world.wikis["metawiki"].put(TABLE, world.text().replace("in force", "in  force"))

    world.publish("run-2")

    assert [edit.mark_bot for edit in world.wikis["metawiki"].saves] == [False, True]


def test_only_actions_reviews_and_what_touches_a_case_are_stored(world: World) -> None:
    world.lock(1, "示例甲")
    world.add("metawiki", 2, "2021-09-14T00:00:00Z", "move/move", "WMFOffice", "Example page", params={})
    world.add("metawiki", 3, "2021-09-14T00:00:00Z", "rights/rights", "WMFOffice", "User:Somebody",
              params={"oldgroups": [], "newgroups": ["sysop"]})  # fmt: skip
    world.unlock(4, "示例甲", "2021-09-15T00:00:00Z", user="Example Steward")
    world.lock(5, "Somebody else", user="Example Steward")

    world.pipeline.read()

    stored = {entry.logid for entry, _, _ in world.ledger.observations.known()}
    assert stored == {1, 4}
    assert "Somebody" not in str(world.ledger.observations.entries())


def test_an_orphan_unlock_is_never_stored_and_an_unlock_whose_lock_is_only_in_the_targets_log_is(world: World) -> None:
    world.unlock(1, "Secret Example", "2021-09-15T00:00:00Z")
    world.lock(2, "示例乙", "2021-09-10T00:00:00Z", user="Example Steward")
    world.unlock(3, "示例乙", "2021-09-15T00:00:00Z")

    world.pipeline.read()

    stored = {entry.logid for entry, _, _ in world.ledger.observations.known()}
    assert 1 not in stored
    assert 3 in stored


def test_a_malformed_page_is_left_alone_byte_for_byte(world: World) -> None:
    broken = "{{Office actions|table}} no end"
    world.wikis["metawiki"].put(TABLE, broken)
    world.lock(1, "示例甲")

    (outcome,) = world.publish()

    assert (outcome.result, outcome.reason) == (Result.SKIPPED, "region-end-missing")
    assert world.text() == broken


def test_a_conflicting_edit_is_read_again_and_kept(world: World) -> None:
    world.lock(1, "示例甲")
    wiki = world.wikis["metawiki"]
    wiki.before_save = lambda: wiki.put(TABLE, f"{world.text()}\nA rival's words.", user="Rival")

    (outcome,) = world.publish()

    assert outcome.result is Result.SAVED
    assert world.text().endswith("A rival's words.")
    assert "示例甲" in world.text()


def test_a_save_whose_answer_was_lost_is_found_on_the_wiki_and_not_made_again(world: World) -> None:
    world.lock(1, "示例甲")
    wiki = world.wikis["metawiki"]
    wiki.after_save = _die
    with pytest.raises(KeyboardInterrupt):
        world.publish()
    world.restart()
    assert len(world.ledger.publications.open_intents()) == 1

    (outcome,) = world.publish("run-2")

    assert outcome.result is Result.UNCHANGED
    assert len(wiki.saves) == 1
    assert not world.ledger.publications.open_intents()
    assert world.ledger.publications.latest("metawiki", TABLE) is not None


def _die() -> None:
    """The process ends after the wiki saved and before it heard so."""
    raise KeyboardInterrupt


def test_a_wiki_that_gave_no_answer_comes_last_so_that_the_others_do_not_wait_for_it(tmp_path: Path) -> None:
    with World(tmp_path, {"metawiki": "en", "ruwiki": "ru", "zhwiki": "zh"}) as world:
        for wiki in world.wikis.values():
            wiki.put(TABLE, REGION)
        world.wikis["ruwiki"].silent = True
        orders = [[outcome.wiki for outcome in world.publish(f"run-{number}")] for number in range(2)]
        world.wikis["ruwiki"].silent = False
        orders += [[outcome.wiki for outcome in world.publish(f"run-{number}")] for number in range(2, 4)]

    assert orders == [
        ["metawiki", "ruwiki", "zhwiki"],
        ["metawiki", "zhwiki", "ruwiki"],
        ["metawiki", "zhwiki", "ruwiki"],
        ["metawiki", "ruwiki", "zhwiki"],
    ]


def test_a_wiki_whose_logs_cannot_be_read_is_asked_once_a_pass_however_many_cases_it_has(world: World) -> None:
    for number in range(5):
        world.add("ruwiki", 100 + number, "2022-06-01T00:00:00Z", "delete/delete", "WMFOffice", f"Страница {number}",
                  comment="DMCA takedown")  # fmt: skip
    world.lock(1, "示例甲")
    world.pipeline.read()
    world.lock(2, "示例乙", "2021-09-14T00:00:00Z")
    silent = world.logs["ruwiki"]
    silent.script.extend([lambda handler: send(handler, 503, b"", "text/plain")] * 1000)
    report = world.pipeline.read()

    assert set(report.failed) == {"ruwiki"}
    assert EntryId("metawiki", 2) in report.stored
    assert 1000 - len(silent.script) == 5


@pytest.mark.parametrize(
    ("status", "body", "media"),
    [
        (200, b'{"error": {"code": "readapidenied"}}', "application/json"),
        (200, b'{"error": {"code": "readonly"}}', "application/json"),
        (
            200,
            b'{"batchcomplete": true, "query": {"general": {"wikiid": "dewiki"}, "logevents": []}}',
            "application/json",
        ),
        (403, b"<!DOCTYPE html><title>No</title>", "text/html"),
        (404, b"<!DOCTYPE html><title>No wiki found</title>", "text/html"),
        (503, b"", "text/plain"),
    ],
    ids=["private", "read-only", "another wiki", "forbidden", "closed down", "down"],
)
def test_a_wiki_that_cannot_be_read_is_named_and_the_others_are_read(
    world: World, status: int, body: bytes, media: str
) -> None:
    world.logs["ruwiki"].script.extend([lambda handler: send(handler, status, body, media)] * 1000)
    world.lock(1, "示例甲")
    report = world.pipeline.read()

    assert set(report.failed) == {"ruwiki"}
    assert report.stored == {EntryId("metawiki", 1)}
