"""Recorded rows: what can't be read is reported and skipped, what contradicts is kept apart, nothing else is lost."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from oabot import offline, rules
from oabot.cli import main
from oabot.errors import InputError
from oabot.model import EntryId

ROOT = Path(__file__).parents[2]


def row(logid: object = 1, **more: object) -> dict[str, Any]:
    """A lock by the Office."""
    return {
        "logid": logid,
        "ns": 2,
        "title": "User:示例甲@global",
        "params": {"added": ["locked"], "removed": []},
        "type": "globalauth",
        "action": "setstatus",
        "user": "WMFOffice",
        "userid": 1,
        "timestamp": "2022-12-06T16:00:00Z",
        "comment": "",
        "tags": [],
        **more,
    }


def line(entry: object, wiki: object = "metawiki") -> str:
    """A line of a recording."""
    return json.dumps({"wiki": wiki, "entry": entry}, ensure_ascii=False)


def recording(folder: Path, *lines: str) -> Path:
    """A file of these lines."""
    file = folder / "rows.jsonl"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8", errors="surrogatepass")
    return file


BAD = {
    "truncated": line(row())[:60],
    "not an object": "[1, 2]",
    "no entry": '{"wiki": "metawiki"}',
    "entry is a list": line([1]),
    "entry is null": line(None),
    "wiki is a number": line(row(), 7),
    "wiki is a title": line(row(), "Meta Wiki"),
    "logid 0": line(row(0)),
    "logid negative": line(row(-5)),
    "logid text": line(row("12")),
    "logid true": line(row(True)),
    "logid a fraction": line(row(1.5)),
    "logid huge": line(row(2**70)),
    "year 0": line(row(timestamp="0000-01-01T00:00:00Z")),
    "year 9999": line(row(timestamp="9999-12-31T23:59:59Z")),
    "no time": line(row(timestamp=None)),
    "time a number": line(row(timestamp=20221206160000)),
    "month 13": line(row(timestamp="2022-13-01T00:00:00Z")),
    "type a list": line(row(type=["globalauth"])),
    "type missing": line({key: value for key, value in row().items() if key != "type"}),
    "title a number": line(row(title=5)),
    "title of 2000 letters": line(row(title="User:" + "x" * 2000)),
    "ns text": line(row(ns="2")),
    "comment a list": line(row(comment=["x"])),
    "nested too deep": "[" * 100_000,
    "NUL": "\x00",
}


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD.keys())
def test_a_bad_line_is_reported_by_its_number_and_nothing_else_is_lost(
    tmp_path: Path, bad: str, caplog: pytest.LogCaptureFixture
) -> None:
    file = recording(tmp_path, line(row(10)), bad, line(row(11, title="User:示例乙@global")))

    with caplog.at_level(logging.WARNING):
        found = offline.read(file)

    assert found.ids == [EntryId("metawiki", 10), EntryId("metawiki", 11)]
    assert found.problems == 1
    assert "line 2" in caplog.text
    assert "示例" not in caplog.text


def test_bad_lines_give_exit_1_and_verdicts_for_the_others(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["classify", str(recording(tmp_path, line(row(10)), BAD["logid 0"]))])

    out, err = capsys.readouterr()
    assert code == 1
    assert [json.loads(one)["logid"] for one in out.splitlines()] == [10]
    assert "1 lines couldn't be read" in err


def test_a_comment_of_ten_megabytes_is_cut_and_the_row_counts(tmp_path: Path) -> None:
    file = recording(tmp_path, line(row(comment="x" * 10_000_000)))

    (verdict,) = offline.verdicts(offline.read(file), rules.load())

    assert verdict["verdict"] == "yes"


def test_rows_with_one_logid_and_different_content_are_left_to_people(tmp_path: Path) -> None:
    file = recording(tmp_path, line(row(1)), line(row(1, user="Example Steward")))

    verdicts = list(offline.verdicts(offline.read(file), rules.load()))

    assert [one["verdict"] for one in verdicts] == ["review", "review"]


def test_the_same_row_twice_is_one_entry_and_two_lines(tmp_path: Path) -> None:
    found = offline.read(recording(tmp_path, line(row(1)), line(row(1))))

    assert [one["verdict"] for one in offline.verdicts(found, rules.load())] == ["yes", "yes"]
    assert len(found.entries()) == 1


def test_a_row_that_was_hidden_in_any_observation_is_private(tmp_path: Path) -> None:
    file = recording(tmp_path, line(row(1)), line(row(1, commenthidden=True)))

    assert {one["verdict"] for one in offline.verdicts(offline.read(file), rules.load())} == {"private"}


def test_the_same_logid_on_two_wikis_is_two_entries(tmp_path: Path) -> None:
    block = row(1, type="block", action="block", title="User:示例甲", params={"duration": "infinity", "flags": []})
    file = recording(tmp_path, line(row(1)), line(block, "ruwiki"))

    verdicts = list(offline.verdicts(offline.read(file), rules.load()))

    assert [(one["wiki"], one["class"]) for one in verdicts] == [("metawiki", "global_lock"), ("ruwiki", "partial_ban")]


def test_a_file_that_is_not_there_is_told_by_its_name(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(InputError, match="nowhere"):
        offline.read(tmp_path / "nowhere.jsonl")
    assert main(["classify", str(tmp_path / "nowhere.jsonl")]) == 2
    assert "nowhere" in capsys.readouterr().err


def test_an_unsettled_action_is_left_out_when_the_config_names_a_settle_time(tmp_path: Path) -> None:
    config = tmp_path / "config.json"
    config.write_text('{"settle_hours": 720}', encoding="utf-8")
    soon = "2999-01-01T00:00:00Z".replace("2999", "2199")
    file = recording(tmp_path, line(row(1)), line(row(2, title="User:示例乙@global", timestamp=soon)))

    assert main(["replay", str(file), "--out", str(tmp_path / "out"), "--config", str(config)]) == 0

    cases = json.loads((tmp_path / "out/cases.json").read_text(encoding="utf-8"))
    assert [case["target"] for case in cases] == ["示例甲"]


def test_an_out_folder_that_cannot_be_written_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "out").write_text("a file", encoding="utf-8")

    assert main(["replay", str(recording(tmp_path, line(row(1)))), "--out", str(tmp_path / "out")]) == 2
    assert "out" in capsys.readouterr().err


def test_half_a_character_in_any_name_is_shown_as_a_replacement_and_stops_nothing(tmp_path: Path) -> None:
    halves = [
        row(1, title="User:示例\ud800甲@global"),
        row(2, ns=0, title="Example\udfff", type="delete", action="delete", params={}),
        row(3, user="示例\ud800"),
        row(4, comment="\ud800"),
    ]
    file = tmp_path / "rows.jsonl"
    file.write_text("".join(json.dumps({"wiki": "metawiki", "entry": one}) + "\n" for one in halves), encoding="utf-8")

    assert main(["replay", str(file), "--out", str(tmp_path / "out")]) == 0
    targets = [case["target"] for case in json.loads((tmp_path / "out" / "cases.json").read_text(encoding="utf-8"))]
    assert targets == ["示例\ufffd甲", "Example\ufffd", "示例甲"]


@pytest.mark.parametrize(
    "asked",
    [
        ["explain", "metawiki", "0"],
        ["explain", "metawiki", "-5"],
        ["explain", "metawiki", str(2**63)],
        ["explain", "metawiki", "１"],
        ["replay", "rows.jsonl", "--out", "out", "--lang", "../x"],
        ["replay", "rows.jsonl", "--out", "out", "--lang", "<b>"],
    ],
    ids=" ".join,
)
def test_an_argument_that_cannot_be_meant_is_wrong_usage(asked: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(asked)

    assert ended.value.code == 2
    assert repr(asked[-1]) in capsys.readouterr().err


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device that is always full is Linux's")
def test_a_full_disk_under_the_output_is_told_and_ends_with_1(tmp_path: Path) -> None:
    file = recording(tmp_path, *(line(row(number)) for number in range(1, 200)))

    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "bot.py", "classify", str(file)],
            cwd=ROOT,
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
        )

    assert (done.returncode, done.stderr) == (1, b"bot.py: [Errno 28] No space left on device\n")


def test_a_terminal_that_lacks_a_letter_stops_nothing(tmp_path: Path) -> None:
    file = recording(tmp_path, line(row()))

    done = subprocess.run(
        [sys.executable, "bot.py", "replay", str(file), "--out", str(tmp_path / "甲")],
        cwd=ROOT,
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
        capture_output=True,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, b"")


def test_the_foot_says_how_far_a_recording_reaches_back(tmp_path: Path) -> None:
    rows = [
        row(1),
        row(2, timestamp="2019-06-10T17:41:00Z", user="ExampleSteward"),
        row(3, timestamp="2018-01-01T00:00:00Z"),
    ]
    rows[2]["commenthidden"] = True
    out = tmp_path / "out"

    assert main(["replay", str(recording(tmp_path, *map(line, rows))), "--out", str(out)]) == 0
    (page,) = (out / "metawiki").rglob("*.wikitext")
    foot = page.read_text(encoding="utf-8").rpartition("oabot-foot")[2]
    assert "reach back to <bdi>10 {{#time:F|2019-06|en}} 2019</bdi>" in foot
