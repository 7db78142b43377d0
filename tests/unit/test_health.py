"""The heartbeat as the health check reads it, and what the operator is told."""

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

from oabot.clock import SystemClock
from oabot.health import Alarm, Heartbeat
from oabot.model import EntryId
from tests.fakes.clock import StillClock
from tests.local_farm import ROOT


class Told:
    def __init__(self) -> None:
        self.mails: list[tuple[str, str]] = []

    def __call__(self, subject: str, text: str) -> None:
        self.mails.append((subject, text))


def check(file: Path) -> int:
    script = str(ROOT / "scripts/healthcheck.py")
    environment = {"OABOT_HEARTBEAT": str(file)}
    return subprocess.run([sys.executable, script], env=environment, check=False, capture_output=True).returncode


def test_the_health_check_finds_a_fresh_heartbeat_well(tmp_path: Path) -> None:
    file = tmp_path / "beat.json"
    Heartbeat(str(file), SystemClock()).beat("idle", 180.0)

    assert check(file) == 0


def test_a_phase_that_lasts_too_long_is_found_stuck(tmp_path: Path) -> None:
    file = tmp_path / "beat.json"
    clock = StillClock(SystemClock().now() - timedelta(seconds=200))
    Heartbeat(str(file), clock).beat("saving", 180.0)

    assert check(file) == 1


def test_a_long_phase_may_last_as_long_as_it_said(tmp_path: Path) -> None:
    file = tmp_path / "beat.json"
    clock = StillClock(SystemClock().now() - timedelta(seconds=200))
    Heartbeat(str(file), clock).beat("reading", 3600.0)

    assert check(file) == 0


def test_a_reader_never_sees_half_a_heartbeat(tmp_path: Path) -> None:
    file = tmp_path / "beat.json"
    beats = Heartbeat(str(file), StillClock())
    for number in range(50):
        beats.beat("idle", float(number))

        assert json.loads(file.read_text())["deadline"] == number
    assert list(tmp_path.iterdir()) == [file]


def test_a_heartbeat_that_cannot_be_written_ends_nothing(tmp_path: Path) -> None:
    Heartbeat(str(tmp_path / "nowhere" / "beat"), StillClock()).beat("idle", 1.0)

    assert not (tmp_path / "nowhere").exists()


def test_the_third_failure_in_a_row_is_told_and_the_recovery() -> None:
    told = Told()
    alarm = Alarm(told, StillClock())
    for _ in range(2):
        alarm.failed("metawiki")
    before = list(told.mails)
    alarm.failed("metawiki")
    alarm.succeeded()

    assert before == []
    assert [subject for subject, _ in told.mails] == ["3 failures in a row", "recovered"]


def test_two_failures_and_a_success_are_nobodys_business() -> None:
    told = Told()
    alarm = Alarm(told, StillClock())
    for _ in range(10):
        alarm.failed("metawiki")
        alarm.failed("metawiki")
        alarm.succeeded()

    assert told.mails == []


def test_failures_that_go_on_are_told_again_after_six_hours_and_not_before() -> None:
    told, clock = Told(), StillClock()
    alarm = Alarm(told, clock)
    for _ in range(100):
        alarm.failed("metawiki")
        clock.time += timedelta(minutes=5)

    assert len(told.mails) == 2


def test_erasures_are_told_by_entry_id_and_number_of_pages_only() -> None:
    told = Told()
    Alarm(told, StillClock()).erased({EntryId("metawiki", 109): [("metawiki", "User:Пример Вера/List")]})
    ((subject, text),) = told.mails

    assert subject == "1 entries erased"
    assert "metawiki:109: on 1 of our pages" in text
    assert "Вера" not in text
