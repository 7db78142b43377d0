"""The lane: what it does when it is woken, and what it leaves for later when something fails."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from oabot.interest import Topic, Wake
from oabot.ledger import Asked
from oabot.model import EntryId
from oabot.publish import TURN
from oabot.sources.eventstream import Heard
from tests.lane import LOCKED, Stage
from tests.world import REGION, TABLE, World

pytestmark = pytest.mark.loopback


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with World(tmp_path, {"metawiki": "en", "ruwiki": "ru"}) as one:
        one.wikis["metawiki"].put(TABLE, REGION)
        yield one


@pytest.fixture
def stage(world: World, tmp_path: Path) -> Iterator[Stage]:
    one = Stage(world, tmp_path)
    yield one
    one.turn.end()


def test_a_wake_up_becomes_a_saved_page(stage: Stage, world: World) -> None:
    world.lock(10, "Пример Вера", LOCKED)
    stage.wake(10)
    stage.lane.tick()

    assert "Пример Вера" in world.text()
    assert stage.states() == ["done"]
    (run,) = world.ledger.runs.recent(5)
    assert (run.outcome, run.counts["stored"], run.counts["saved"]) == ("done", 1, 1)


def test_many_wake_ups_are_one_run(stage: Stage, world: World) -> None:
    for number in range(10, 30):
        world.lock(number, f"Пример {number}", LOCKED)
        stage.wake(number)
    stage.lane.tick()

    assert len(world.ledger.runs.recent(50)) == 1
    assert sum(edit.title == TABLE for edit in world.wikis["metawiki"].saves) == 1


def test_a_reversal_that_comes_before_we_listen_for_the_target_is_found_at_once(stage: Stage, world: World) -> None:
    world.lock(10, "Пример Вера", LOCKED)
    wiki = world.wikis["metawiki"]
    wiki.after_save = lambda: world.unlock(11, "Пример Вера", "2022-12-31T23:00:02Z", "Steward Example")
    stage.wake(10)
    stage.lane.tick()

    assert "logid/11" in world.text()


def test_actors_of_the_communitys_config_are_listened_for(stage: Stage, world: World) -> None:
    config = "User:OATransparencyBot/Config.json"
    world.wikis["metawiki"].put(config, json.dumps({"actors": {"office": ["WMFOffice", "Office Example"]}}))
    world.wikis["metawiki"].protect(config)
    stage.intake.take(Heard((Wake(Topic.CONFIG, "metawiki", "event-1"),), "position-1"))
    stage.lane.tick()

    assert [actor.name for actor in stage.lane.interest.actors.office] == ["WMFOffice", "Office Example"]


def test_a_page_that_a_request_filled_is_listened_for(stage: Stage, world: World) -> None:
    call = "{{Office action request|job=tables|mode=save}}"
    world.wikis["metawiki"].put("User:OATransparencyBot/Requests", call)
    stage.intake.take(Heard((Wake(Topic.REQUESTS, "metawiki", "event-1"),), "position-1"))
    stage.lane.tick()

    assert len([edit for edit in world.wikis["metawiki"].saves if edit.title == TABLE]) == 1
    assert stage.lane.interest.pages["metawiki", TABLE] is Topic.REGION


def test_what_turns_out_to_be_nothing_loads_no_wiki(stage: Stage, world: World) -> None:
    world.lock(10, "Пример Вера", LOCKED, user="Steward Example")
    stage.wake(10)
    stage.lane.tick()

    assert stage.states() == ["done"]
    assert stage.bot.made == 0


@pytest.mark.slow
def test_a_quiet_look_asks_no_wiki_anything(stage: Stage, world: World) -> None:
    for _ in range(1000):
        stage.lane.tick()

    assert sum(len(logs.asked) for logs in world.logs.values()) == 0
    assert stage.bot.made == 0
    assert world.ledger.runs.recent(1) == []


def test_an_entry_that_a_replica_does_not_show_yet_is_waited_for(stage: Stage, world: World) -> None:
    world.lock(9, "Другой Пример", "2022-12-31T22:00:00Z", user="Steward Example")
    stage.wake(10)
    before = world.clock.sleep

    def appears(seconds: float) -> None:
        before(seconds)
        if len(world.clock.slept) == 2:
            world.lock(10, "Пример Вера", LOCKED)

    world.clock.sleep = appears  # type: ignore[method-assign]  # time passes, and with it the replica's lag
    stage.lane.tick()

    assert "Пример Вера" in world.text()


def test_an_entry_that_does_not_come_is_looked_for_again_later(stage: Stage, world: World) -> None:
    world.lock(9, "Другой Пример", "2022-12-31T22:00:00Z", user="Steward Example")
    stage.wake(10)
    stage.lane.tick()
    world.lock(10, "Пример Вера", LOCKED)
    world.clock.time += timedelta(minutes=2)
    stage.lane.tick()

    assert "Пример Вера" in world.text()


def test_what_a_dead_process_stored_and_did_not_publish_is_published(
    stage: Stage, world: World, tmp_path: Path
) -> None:
    world.lock(10, "Пример Вера", LOCKED)
    stage.wake(10)
    held = stage.turn.take()
    assert held is not None
    job = world.ledger.inbox.take(held)
    assert job is not None
    world.pipeline.read()  # stored, and then it died
    stage.turn.end()
    after = Stage(world, tmp_path)
    after.lane.begin = world.ledger.inbox.requeue
    after.lane.tick()
    after.turn.end()

    assert "Пример Вера" in world.text()


def test_what_settles_later_is_published_then(world: World, tmp_path: Path) -> None:
    with World(tmp_path / "other", {"metawiki": "en"}, settle_hours=6) as settled:
        settled.wikis["metawiki"].put(TABLE, REGION)
        stage = Stage(settled, tmp_path)
        settled.lock(10, "Пример Вера", LOCKED)
        stage.wake(10)
        stage.lane.tick()
        before = settled.text()
        settled.clock.time += timedelta(hours=4, minutes=59)
        stage.lane.tick()
        early = settled.text()
        settled.clock.time += timedelta(minutes=2)
        stage.lane.tick()
        stage.turn.end()

        assert "Пример Вера" not in before + early
        assert "Пример Вера" in settled.text()


def test_without_the_lease_nothing_is_done_and_it_looks_more_often(stage: Stage, world: World) -> None:
    other = world.ledger.lease.acquire("another", TURN)
    assert other is not None
    world.lock(10, "Пример Вера", LOCKED)
    stage.wake(10)
    stage.lane.tick()
    meanwhile = world.text()
    pause = stage.lane.pause
    world.ledger.lease.release(other)
    stage.lane.tick()

    assert "Пример Вера" not in meanwhile
    assert pause < 30
    assert "Пример Вера" in world.text()


def test_a_lost_lease_makes_it_wait_and_listen_no_more(stage: Stage, world: World) -> None:
    ended = []
    stage.lane.end = lambda: ended.append(True)
    stage.lane.tick()
    held = stage.turn.held
    assert held is not None
    world.ledger.lease.release(held)
    assert world.ledger.lease.acquire("another", TURN) is not None
    stage.lane.tick()

    assert ended == [True]


def test_a_stop_page_ends_the_run_and_its_change_begins_another(stage: Stage, world: World) -> None:
    world.lock(10, "Пример Вера", LOCKED)
    world.wikis["metawiki"].put("User:OATransparencyBot/Run", "stop", user="FarmAdmin")
    stage.wake(10)
    stage.lane.tick()
    stopped = (world.text(), stage.states())
    world.wikis["metawiki"].put("User:OATransparencyBot/Run", "run", user="FarmAdmin")
    stage.intake.take(Heard((Wake(Topic.STOP, "metawiki", "event-run"),), "position-2"))
    stage.lane.tick()

    assert "Пример Вера" not in stopped[0]
    assert stopped[1] == ["refused"]
    assert "Пример Вера" in world.text()


@pytest.mark.slow
def test_a_wiki_that_fails_is_tried_again_and_told_of_in_the_end(stage: Stage, world: World) -> None:
    world.lock(10, "Пример Вера", LOCKED)
    world.wikis["metawiki"].read_only = True
    stage.wake(10)
    for _ in range(8):
        stage.lane.tick()
        world.clock.time += timedelta(minutes=31)
    world.wikis["metawiki"].read_only = False
    world.clock.time += timedelta(minutes=31)
    stage.lane.tick()

    assert "Пример Вера" in world.text()
    assert stage.mails[0].endswith("failures in a row")
    assert stage.mails[-1] == "recovered"


def test_a_database_that_goes_away_in_between_costs_nothing(stage: Stage, world: World, tmp_path: Path) -> None:
    stage.lane.tick()
    world.lock(10, "Пример Вера", LOCKED)
    stage.wake(10)
    (tmp_path / "ledger.sqlite").rename(tmp_path / "away")
    (tmp_path / "ledger.sqlite").mkdir()
    stage.lane.tick()
    meanwhile = world.text()
    (tmp_path / "ledger.sqlite").rmdir()
    (tmp_path / "away").rename(tmp_path / "ledger.sqlite")
    stage.lane.tick()

    assert "Пример Вера" not in meanwhile
    assert "Пример Вера" in world.text()


def test_a_process_that_ends_leaves_its_job_to_the_next(stage: Stage, world: World) -> None:
    world.lock(10, "Пример Вера", LOCKED)
    stage.wake(10)
    stage.wake(11)  # is waited for, and meanwhile the process is asked to end
    world.clock.end()
    stage.lane.tick()

    assert "running" in stage.states()
    assert world.ledger.runs.recent(1)[0].outcome == "stopped"


def test_hidden_entries_leave_the_page_and_the_operator_is_told(stage: Stage, world: World) -> None:
    for number in range(10, 15):
        world.lock(number, f"Пример {number}", LOCKED)
        stage.wake(number)
    stage.lane.tick()
    world.row("metawiki", 12)["actionhidden"] = True
    hidden = Wake(Topic.HIDING, "metawiki", "event-hiding", (EntryId("metawiki", 12),))
    stage.intake.take(Heard((hidden,), "position-2"))
    stage.lane.tick()

    assert "Пример 12" not in world.text()
    assert "Пример 13" in world.text()
    assert stage.mails == ["1 entries erased"]


def test_a_reconciliation_finds_what_the_stream_did_not_tell_and_says_so(
    stage: Stage, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    world.lock(10, "Пример 10", "2022-12-31T22:00:00Z")
    stage.wake(10, "2022-12-31T22:00:00Z")
    stage.lane.tick()
    world.lock(11, "Пример 11", "2022-12-31T23:00:00Z")
    world.ledger.inbox.enqueue(Asked("nightly", "reconcile", "schedule"))
    stage.lane.tick()

    assert "Пример 11" in world.text()
    assert "the stream didn't tell of 1 entries: metawiki:11" in caplog.text
    assert world.ledger.state.get("missed")["count"] == 1
    assert world.ledger.state.get("good:reconcile") is not None


def test_a_nightly_run_forgets_the_jobs_that_ended_months_ago(stage: Stage, world: World) -> None:
    for job, days in (("first", 80), ("second", 20), ("third", 0)):
        world.ledger.inbox.enqueue(Asked(job, "reconcile", "schedule"))
        stage.lane.tick()
        world.clock.sleep(timedelta(days=days).total_seconds())

    assert [world.ledger.inbox.get(job) is not None for job in ("first", "second", "third")] == [False, True, True]


def test_with_rights_that_the_account_must_not_have_nothing_is_saved_until_they_are_gone(
    stage: Stage, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    wiki, good = world.wikis["metawiki"], world.wikis["metawiki"].known
    wiki.known = replace(good, rights=good.rights | {"block"})
    world.lock(10, "Пример Вера", LOCKED)
    stage.wake(10)
    stage.lane.tick()

    assert wiki.saves == []
    assert "rights that it must not have: block" in caplog.text
    assert [run.outcome for run in world.ledger.runs.recent(1)] == ["failed"]
    wiki.known = good
    world.clock.time += timedelta(minutes=2)
    stage.lane.tick()
    assert "Пример Вера" in world.text()
