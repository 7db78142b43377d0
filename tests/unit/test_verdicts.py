"""The labelled rows of ``tests/data/verdicts`` against the rules: recall, false ``yes``, leaks, share of right rows."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from oabot import rules
from oabot.classify import judge
from tests.labelled import History, histories, orders, parsed, score

ROOT = Path(__file__).resolve().parents[2]
COMMAND = pytest.mark.skipif(not (ROOT / "bot.py").exists(), reason="there is no command line yet")
FILES = pytest.mark.parametrize("history", histories(), ids=lambda history: history.name)


@FILES
def test_every_labelled_row_is_judged_right(history: History) -> None:
    found = score(history, rules.load(history.actors))

    assert found.right == found.rows, f"\n{found}"


@FILES
def test_the_order_of_rows_does_not_matter(history: History) -> None:
    loaded = rules.load(history.actors)
    judgements = judge(parsed(history.rows), loaded)

    for rows in orders(history.rows):
        assert judge(parsed(rows), loaded) == judgements


@FILES
def test_every_verdict_names_a_rule_with_a_reason_and_a_source(history: History) -> None:
    loaded = rules.load(history.actors)

    for judgement in judge(parsed(history.rows), loaded).values():
        rule = loaded.rule(judgement.rule)
        assert rule.reason
        assert rule.source


def test_every_rule_decides_at_least_one_labelled_row() -> None:
    deciding = {
        judgement.rule
        for history in histories()
        for judgement in judge(parsed(history.rows), rules.load(history.actors)).values()
    }

    assert {rule.id for rule in rules.load().table} - deciding == set()


@COMMAND
@FILES
def test_the_command_line_says_the_same_in_input_order(history: History, tmp_path: Path) -> None:
    lines, config = tmp_path / "rows.jsonl", tmp_path / "config.json"
    lines.write_text("".join(f"{row.line}\n" for row in history.rows), encoding="utf-8")
    config.write_text(json.dumps({"actors": history.actors or {}}), encoding="utf-8")
    judgements = judge(parsed(history.rows), rules.load(history.actors))

    done = subprocess.run(
        [sys.executable, ROOT / "bot.py", "classify", lines, "--config", config],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )

    said = [json.loads(line) for line in done.stdout.splitlines()]
    wanted = []
    for row in history.rows:
        judgement = judgements[row.id]
        wanted.append(
            {
                "wiki": row.wiki,
                "logid": row.entry["logid"],
                "verdict": judgement.verdict.value,
                "class": judgement.label,
                "rule": judgement.rule,
            }
        )
    assert said == wanted
