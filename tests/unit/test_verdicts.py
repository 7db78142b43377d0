"""The labelled rows of ``tests/data/verdicts`` against the rules: recall, false ``yes``, leaks, share of right rows."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from oabot import cli, rules
from oabot.classify import judge
from tests import generators
from tests.labelled import History, histories, orders, parsed, score

ROOT = Path(__file__).resolve().parents[2]
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


@pytest.mark.parametrize("seed", range(3))
def test_rows_in_the_proportions_of_real_logs_are_judged_right(seed: int) -> None:
    found = score(History(f"seed {seed}", tuple(generators.rows(2000, seed))), rules.load())

    assert found.right == found.rows, f"\n{found}"


def test_no_two_rules_share_an_id() -> None:
    ids = [rule.id for rule in rules.load().table]

    assert len(set(ids)) == len(ids)


def test_every_rule_decides_at_least_one_labelled_row() -> None:
    deciding = {
        judgement.rule
        for history in histories()
        for judgement in judge(parsed(history.rows), rules.load(history.actors)).values()
    }

    assert {rule.id for rule in rules.load().table} - deciding == set()


@FILES
def test_the_command_line_says_the_same_in_input_order(
    history: History, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines, config = tmp_path / "rows.jsonl", tmp_path / "config.json"
    lines.write_text("".join(f"{row.line}\n" for row in history.rows), encoding="utf-8")
    config.write_text(json.dumps({"actors": history.actors or {}}), encoding="utf-8")
    judgements = judge(parsed(history.rows), rules.load(history.actors))

    code = cli.main(["classify", str(lines), "--config", str(config)])

    said = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
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
    assert code == cli.DONE
    assert said == wanted


@pytest.mark.slow
def test_fifty_thousand_rows_are_replayed_within_fifteen_seconds(tmp_path: Path) -> None:
    lines = tmp_path / "rows.jsonl"
    lines.write_text("".join(f"{row.line}\n" for row in generators.rows(50_000, seed=1)), encoding="utf-8")
    before = os.times()

    subprocess.run(
        [sys.executable, ROOT / "bot.py", "replay", lines, "--out", tmp_path / "out"],
        capture_output=True,
        check=False,
        timeout=120,
    )

    assert len(json.loads((tmp_path / "out" / "cases.json").read_text(encoding="utf-8"))) > 5000
    # Its own time: what else runs on the machine meanwhile isn't its fault.
    after = os.times()
    assert after.children_user + after.children_system - before.children_user - before.children_system < 15
