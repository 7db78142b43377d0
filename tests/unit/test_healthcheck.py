from __future__ import annotations

import json
import math
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scripts.healthcheck import health

SCRIPT = Path(__file__).parents[2] / "scripts" / "healthcheck.py"
NOW = 1_700_000_000.0


def heartbeat(**changes: object) -> str:
    return json.dumps({"beat": NOW, "phase": "idle", "deadline": 600, **changes})


@pytest.mark.parametrize(
    ("age", "deadline", "well"),
    [(0, 60, True), (599, 600, True), (601, 600, False), (1300, 1400, True), (86_400, 600, False), (-5, 60, True)],
)
def test_each_phase_may_last_as_long_as_it_says_itself(age: float, deadline: float, well: bool) -> None:
    verdict, line = health(heartbeat(beat=NOW - age, deadline=deadline), NOW)

    assert verdict is well
    assert line.startswith("well" if well else "stuck")


def test_a_beat_from_far_in_the_future_does_not_hide_a_bot_that_hangs() -> None:
    assert health(heartbeat(beat=NOW + 10_000), NOW)[0] is False


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        "7",
        '"idle"',
        '{"beat": 1}',
        heartbeat(beat=None),
        heartbeat(deadline="soon"),
        heartbeat(beat=math.nan),
        heartbeat(deadline=math.nan),
        "[" * 100_000,
    ],
)
def test_a_heartbeat_that_cant_be_read_is_no_heartbeat(text: str) -> None:
    assert health(text, NOW)[0] is False


@given(st.text())
def test_whatever_the_file_holds_the_answer_is_one_line(text: str) -> None:
    _, line = health(json.dumps({"beat": NOW, "phase": text, "deadline": 1}), NOW)

    assert len(line.splitlines()) == 1


def run(path: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "OABOT_HEARTBEAT": str(path)}
    return subprocess.run(
        [sys.executable, "-I", "-S", str(SCRIPT)], env=environment, capture_output=True, text=True, check=False
    )


def test_the_script_needs_nothing_but_the_standard_library_and_answers_by_exit_code(tmp_path: Path) -> None:
    path = tmp_path / "heartbeat.json"
    without = run(path)
    path.write_text(heartbeat(beat=time.time(), phase="saving"))
    well = run(path)
    path.write_text(heartbeat(beat=time.time() - 700, phase="saving"))
    stuck = run(path)
    path.write_bytes(b"\xff\xfe{")
    garbled = run(path)

    assert [run.returncode for run in (without, well, stuck, garbled)] == [1, 0, 1, 1]
    assert well.stdout.startswith("well: 'saving' for ")
    assert [run.stderr for run in (without, well, stuck, garbled)] == [""] * 4
    assert [run.stdout.count("\n") for run in (without, well, stuck, garbled)] == [1] * 4
