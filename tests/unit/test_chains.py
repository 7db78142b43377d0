"""The chains of ``tests/data/chains``: which cases entries make, and what is left of them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from oabot import cli, rules
from tests.labelled import Chain, History, chains, differences, orders, told

FILES = pytest.mark.parametrize("chain", chains(), ids=lambda chain: chain.history.name)


def _replay(chain: Chain, folder: Path, rows: str) -> dict[str, bytes]:
    """Every file that a replay writes, by its path."""
    folder.mkdir()
    recorded, config, out = folder / "rows.jsonl", folder / "config.json", folder / "out"
    recorded.write_text(rows, encoding="utf-8")
    config.write_text(json.dumps({"actors": chain.history.actors or {}}), encoding="utf-8")
    assert cli.main(["replay", str(recorded), "--out", str(out), "--config", str(config)]) == cli.DONE
    return {str(path.relative_to(out)): path.read_bytes() for path in out.rglob("*") if path.is_file()}


@FILES
def test_entries_make_these_cases(chain: Chain) -> None:
    lines = differences(chain.cases, told(chain, rules.load(chain.history.actors)))

    assert lines == []


@FILES
def test_the_order_of_rows_does_not_matter(chain: Chain) -> None:
    loaded = rules.load(chain.history.actors)
    cases = told(chain, loaded)

    for rows in orders(chain.history.rows):
        turned = Chain(History(chain.history.name, rows, chain.history.actors), chain.now, (), ())
        assert told(turned, loaded) == cases


@FILES
def test_no_case_has_an_entry_twice_or_out_of_order(chain: Chain) -> None:
    when = {str(row.id): row.entry["timestamp"] for row in chain.history.rows}

    for case in told(chain, rules.load(chain.history.actors)):
        times = [when[entry] for entry in case["entries"]]
        assert times == sorted(times)
        assert len(set(case["entries"])) == len(case["entries"])


@FILES
def test_a_replay_tells_the_cases_in_the_same_bytes_for_any_order_of_rows(chain: Chain, tmp_path: Path) -> None:
    lines = [f"{row.line}\n" for row in chain.history.rows]
    first = _replay(chain, tmp_path / "first", "".join(lines))
    again = _replay(chain, tmp_path / "again", "".join(reversed(lines)))

    assert differences(chain.cases, json.loads(first["cases.json"])) == []
    assert again == first
