"""What was heard is stored before the position is, whatever the database does meanwhile."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from oabot.interest import Topic, Wake
from oabot.ledger import JobState, Ledger
from oabot.listener import POSITION
from oabot.model import EntryId
from oabot.scheduler.intake import Intake, asked_by, entries_of, news_of
from oabot.sources.eventstream import Gap, Heard
from tests.fakes.clock import StillClock

WHEN = datetime(2022, 1, 1, tzinfo=UTC)


def wake(number: int, topic: Topic = Topic.LOG) -> Wake:
    return Wake(topic, "metawiki", f"event-{number}", (EntryId("metawiki", number),), "globalauth", WHEN)


class Rings:
    def __init__(self) -> None:
        self.number = 0

    def __call__(self) -> None:
        self.number += 1


@pytest.fixture
def clock() -> StillClock:
    return StillClock(WHEN)


@pytest.fixture
def ledger(tmp_path: Path, clock: StillClock) -> Ledger:
    return Ledger(f"sqlite:///{tmp_path}/ledger.sqlite", clock)


def waiting(ledger: Ledger) -> list[str]:
    return [job.key for job in ledger.inbox.in_state(JobState.WAITING)]


def test_a_wake_up_is_a_job_and_the_position_follows(ledger: Ledger, clock: StillClock) -> None:
    rings = Rings()
    Intake(ledger, clock, rings).take(Heard((wake(1), wake(2)), "position-1"))

    assert waiting(ledger) == ["stream:event-1", "stream:event-2"]
    assert ledger.state.get(POSITION) == "position-1"
    assert rings.number == 1


def test_an_event_that_comes_twice_is_one_job(ledger: Ledger, clock: StillClock) -> None:
    first = Intake(ledger, clock, Rings())
    first.take(Heard((wake(1),), "position-1"))
    Intake(ledger, clock, Rings()).take(Heard((wake(1),), "position-2"))

    assert waiting(ledger) == ["stream:event-1"]


def test_positions_alone_are_saved_once_a_minute(ledger: Ledger, clock: StillClock) -> None:
    intake = Intake(ledger, clock, Rings())
    saved = []
    for number in range(12):
        intake.take(Heard((), f"position-{number}"))
        saved.append(ledger.state.get(POSITION))
        clock.time += timedelta(seconds=10)

    assert sorted(set(map(str, saved))) == ["position-0", "position-6"]


def test_while_the_database_is_away_nothing_is_lost_and_no_position_saved(
    ledger: Ledger, clock: StillClock, tmp_path: Path
) -> None:
    rings = Rings()
    intake = Intake(ledger, clock, rings)
    intake.take(Heard((wake(1),), "position-1"))
    away = tmp_path / "away"
    (tmp_path / "ledger.sqlite").rename(away)
    (tmp_path / "ledger.sqlite").mkdir()  # no database can be opened there
    for number in range(2, 6):
        intake.take(Heard((wake(number),), f"position-{number}"))
    rung = rings.number
    (tmp_path / "ledger.sqlite").rmdir()
    away.rename(tmp_path / "ledger.sqlite")

    assert rung == 1
    assert ledger.state.get(POSITION) == "position-1"
    intake.store()
    assert waiting(ledger) == [f"stream:event-{number}" for number in range(1, 6)]
    assert ledger.state.get(POSITION) == "position-5"
    assert rings.number == 2


def test_a_gap_asks_for_everything_new(ledger: Ledger, clock: StillClock) -> None:
    Intake(ledger, clock, Rings()).take(Heard((), "position-1", Gap("old", WHEN)))
    (job,) = ledger.inbox.in_state(JobState.WAITING)

    assert job.name == "tables"
    assert news_of([job]) is None


def test_a_job_holds_ids_and_no_title(ledger: Ledger, clock: StillClock) -> None:
    Intake(ledger, clock, Rings()).take(Heard((wake(7),), "position-1"))
    (job,) = ledger.inbox.in_state(JobState.WAITING)

    assert job.arguments == {
        "topic": "log",
        "refresh": False,
        "entries": [["metawiki", 7, "globalauth", "2022-01-01T00:00:00+00:00"]],
        "news": True,
    }
    assert entries_of(job.arguments) == {(EntryId("metawiki", 7), "globalauth", WHEN)}


def test_a_log_entry_without_a_time_asks_for_everything_new() -> None:
    asked = asked_by(Wake(Topic.LOG, "metawiki", "event-1", (EntryId("metawiki", 1),), "globalauth", None))

    assert "news" not in asked.arguments


def test_the_title_that_an_event_names_is_not_put_down() -> None:
    wake = Wake(Topic.LOG, "metawiki", "event-1", (EntryId("metawiki", 1),), "globalauth", WHEN, "User:示例甲@global")

    assert "示例甲" not in f"{asked_by(wake)}{wake}"


@pytest.mark.parametrize("topic", [Topic.STOP, Topic.CONFIG, Topic.ANNOTATIONS, Topic.REGION, Topic.STATEMENT])
def test_a_page_of_ours_asks_for_the_pages_to_be_looked_at_and_no_log(topic: Topic) -> None:
    asked = asked_by(Wake(topic, "ruwiki", "event-1"))

    assert asked.arguments["refresh"] is True
    assert asked.arguments["news"] is True
    assert asked.scope == "ruwiki"
