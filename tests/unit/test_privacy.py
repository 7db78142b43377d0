"""What is hidden, vanished or an IP is found nowhere: not in what is printed, not on stderr, not in any file."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from oabot import logentry, rules
from oabot.classify import judge
from oabot.errors import InputError
from tests import generators
from tests.labelled import Chain, Row, chains, parsed

ROOT = Path(__file__).resolve().parents[2]
CANARY = generators.CANARY
FLAGS = ("actionhidden", "userhidden", "commenthidden", "suppressed")
WHEN = "2024-05-01T12:00:00Z"


def _entry(logid: int, what: str, title: str, **more: object) -> dict[str, Any]:
    log_type, action = what.split("/")
    entry: dict[str, Any] = {
        "logid": logid,
        "ns": 2,
        "title": title,
        "params": {},
        "type": log_type,
        "action": action,
        "user": "WMFOffice",
        "timestamp": WHEN,
        "comment": "",
    }
    return {**entry, **more}


def _status(logid: int, name: str, added: list[str], removed: list[str], **more: object) -> dict[str, Any]:
    title = f"User:{name}@global"
    return _entry(logid, "globalauth/setstatus", title, params={"added": added, "removed": removed}, **more)


def _lock(logid: int, name: str, **more: object) -> dict[str, Any]:
    return _status(logid, name, ["locked"], [], **more)


VANISH, STEWARD = "AccountVanishRequests", "ExampleSteward"
RENAMED = {"olduser": f"{CANARY}Old", "newuser": "Renamed user 8f3a", "movepages": True}
BLOCK = {"duration": "infinity", "flags": ["nocreate", "hiddenname"], "sitewide": True}
IPS = ("198.51.100.7", "203.0.113.0/24", "2001:DB8:7:0:0:0:0:7")
HIDES = {"type": "logging", "ids": [40], "old": {"bitmask": 0}, "new": {"bitmask": 1}}

PRIVATE = [
    *(
        Row("metawiki", _lock(number, f"{CANARY}{number}", comment=f"{CANARY} hidden", **{flag: True}))
        for number, flag in enumerate(FLAGS, 1)
    ),
    Row("metawiki", _lock(10, f"{CANARY}A", user=f"{CANARY} Performer", userhidden=True)),
    Row("metawiki", _status(11, f"{CANARY}B", ["locked", "hidden"], [])),
    Row("metawiki", _status(12, f"{CANARY}C", [], ["oversighted"])),
    Row(
        "metawiki",
        _entry(13, "globalauth/setstatus", f"User:{CANARY}D@global", params={"0": "(none)", "1": "suppressed"}),
    ),
    Row("metawiki", _status(14, f"{CANARY}E", [], ["locked"])),
    Row("metawiki", _status(15, f"{CANARY}F", [], ["locked"], user=STEWARD)),
    Row(
        "metawiki",
        _entry(16, "gblrename/rename", "Special:CentralAuth/Renamed user 8f3a", user=VANISH, ns=-1, params=RENAMED),
    ),
    Row("metawiki", _lock(17, f"{CANARY}G", user=VANISH)),
    Row(
        "metawiki",
        _entry(18, "suppress/setstatus", f"User:{CANARY}H@global", params={"added": ["locked"], "removed": []}),
    ),
    Row("enwiki", _entry(19, "block/block", f"User:{CANARY}I", params=BLOCK)),
    *(Row("enwiki", _entry(20 + number, "block/block", f"User:{ip}")) for number, ip in enumerate(IPS)),
    *(Row("metawiki", _entry(25 + number, "gblblock/gblock", f"User:{ip}")) for number, ip in enumerate(IPS)),
    Row("commonswiki", _entry(30, "delete/delete", f"User talk:{IPS[0]}", ns=3, comment="office action")),
    Row("metawiki", _lock(40, f"{CANARY}J", comment=CANARY)),
    Row("metawiki", _entry(41, "delete/event", "Special:Log/globalauth", user=STEWARD, ns=-1, params=HIDES)),
]
"""Rows whose private strings hold the canary or an IP; each is private, but for the last, which only hides another."""

PUBLIC = [
    Row("metawiki", _lock(101, "Example Public", comment=f"{CANARY}: reasons are nobody's business")),
    Row("metawiki", _lock(102, f"{CANARY}Old", timestamp="2024-04-01T12:00:00Z")),
    Row("metawiki", _lock(103, f"{CANARY} Review", user="TSExample (WMF)")),
    Row("metawiki", _lock(104, "Example Freed", timestamp="2024-03-01T12:00:00Z")),
    Row("metawiki", _status(105, "Example Freed", [], ["locked"], user=f"{CANARY} Steward")),
    Row("metawiki", _lock(106, f"{CANARY} Spam bot", user=STEWARD, comment="spam")),
    Row("metawiki", _entry(107, f"{CANARY.lower()}/quux", f"User:{CANARY} Unknown", params={f"{CANARY} key": CANARY})),
]
"""Rows that may be public as a whole, with parts that aren't ours to show: reasons, old names, rows not listed."""

BROKEN = [
    '{"wiki": "metawiki", "entry": {"logid": 201, "title": "User:' + CANARY,
    json.dumps({"wiki": "metawiki", "entry": _lock(0, f"{CANARY}K")}),
    json.dumps({"wiki": "metawiki", "entry": _lock(202, f"{CANARY}L", timestamp="0000-00-00T00:00:00Z")}),
    json.dumps({"wiki": "metawiki", "entry": _lock(203, f"{CANARY}M", user=[CANARY])}),
    json.dumps({"wiki": CANARY, "entry": _lock(204, f"{CANARY}N")}),
    json.dumps({"wiki": "metawiki", "entry": _lock(205, f"{CANARY}O", type=CANARY * 100)}),
    json.dumps([CANARY]),
]
"""Lines that can't be read, and are reported."""


def _run(folder: Path, verb: str, lines: Iterable[str], *more: str | Path) -> dict[str, bytes]:
    """All that a command prints and leaves behind, by where it was found; its input aside."""
    home = folder / "home"
    home.mkdir()
    recorded = folder / "rows.jsonl"
    recorded.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, ROOT / "bot.py", verb, recorded, *more],
        capture_output=True,
        check=False,
        cwd=home,
        env={**os.environ, "HOME": str(home), "TMPDIR": str(home)},
        timeout=60,
    )
    assert done.returncode in (0, 1), done.stderr.decode()
    files = {str(path.relative_to(home)): path.read_bytes() for path in home.rglob("*") if path.is_file()}
    return {"stdout": done.stdout, "stderr": done.stderr, "names of files": "\n".join(files).encode(), **files}


def _classify(folder: Path, lines: Iterable[str]) -> dict[str, bytes]:
    return _run(folder, "classify", lines)


def _replay(folder: Path, lines: Iterable[str]) -> dict[str, bytes]:
    return _run(folder, "replay", lines, "--out", "out")


def _found(strings: Iterable[str], output: dict[str, bytes]) -> list[str]:
    """Where the strings are found, in plain text, in JSON's escapes, or in a URL."""
    return [
        f"{string} in {where}"
        for string in strings
        for where, text in output.items()
        for spelling in (
            string,
            string.lower(),
            string.replace(" ", "_"),
            json.dumps(string)[1:-1],
            string.replace(":", "%3A"),
        )
        if spelling.encode() in text
    ]


VERBS = pytest.mark.parametrize("verb", [_classify, _replay], ids=["classify", "replay"])
Verb = Callable[[Path, Iterable[str]], dict[str, bytes]]


def test_every_private_row_is_judged_private() -> None:
    judgements = judge(parsed(PRIVATE), rules.load())

    verdicts = {str(row.id): judgements[row.id].verdict.value for row in PRIVATE[:-1]}
    assert verdicts == dict.fromkeys(verdicts, "private")


@pytest.mark.parametrize("flag", FLAGS)
def test_a_row_with_a_hidden_flag_is_read_without_its_values(flag: str) -> None:
    entry = logentry.parse("metawiki", _lock(1, CANARY, user=CANARY, comment=CANARY, **{flag: True}))

    assert entry.hidden
    assert CANARY not in repr(entry)


@pytest.mark.parametrize("line", BROKEN[1:])
def test_a_refusal_names_nobody(line: str) -> None:
    row = json.loads(line)
    wiki, entry = (row["wiki"], row["entry"]) if isinstance(row, dict) else ("metawiki", row)

    with pytest.raises(InputError) as refusal:
        logentry.parse(wiki, entry)

    assert CANARY not in str(refusal.value)


@VERBS
def test_private_rows_come_out_nowhere(verb: Verb, tmp_path: Path) -> None:
    output = verb(tmp_path, [row.line for row in PRIVATE])

    assert _found([CANARY, *IPS], output) == []


@VERBS
def test_reasons_old_names_and_unlisted_rows_come_out_nowhere(verb: Verb, tmp_path: Path) -> None:
    output = verb(tmp_path, [row.line for row in (*PRIVATE, *PUBLIC)])

    assert _found([CANARY, *IPS], output) == []


def test_what_is_public_does_come_out(tmp_path: Path) -> None:
    output = _replay(tmp_path, [row.line for row in (*PRIVATE, *PUBLIC)])

    assert _found(["Example Public", "Renamed user 8f3a", "Example Freed"], {"cases": output["out/cases.json"]}) != []
    assert {case["target"] for case in json.loads(output["out/cases.json"])} == {
        "Example Public",
        "Renamed user 8f3a",
        "Example Freed",
    }


@VERBS
def test_lines_that_cannot_be_read_are_reported_without_their_content(verb: Verb, tmp_path: Path) -> None:
    output = verb(tmp_path, [*BROKEN, PUBLIC[3].line])

    assert _found([CANARY], output) == []
    assert output["stderr"] != b""


@pytest.mark.slow
@pytest.mark.parametrize("chain", [chain for chain in chains() if chain.nowhere], ids=lambda chain: chain.history.name)
@VERBS
def test_what_a_chain_keeps_private_comes_out_nowhere(verb: Verb, chain: Chain, tmp_path: Path) -> None:
    output = verb(tmp_path, [row.line for row in chain.history.rows])

    assert _found(chain.nowhere, output) == []


@pytest.mark.slow
@VERBS
def test_private_rows_among_many_come_out_nowhere(verb: Verb, tmp_path: Path) -> None:
    output = verb(tmp_path, [row.line for row in generators.rows(3000, seed=3)])

    assert _found([CANARY, "198.51.100."], output) == []
