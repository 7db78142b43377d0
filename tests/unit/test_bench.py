"""The benchmark's frame; how fast anything is, no test says."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench import __main__ as program
from bench import report
from bench.cases import fold, region, table
from bench.events import frames
from bench.measure import Figure, Sample, Scale, Wrong, alternate, require

TINY = Scale(1, tiny=True)


@pytest.mark.slow
@pytest.mark.parametrize("case", [table, region, fold], ids=lambda case: case.__name__)
def test_a_pure_case_runs_in_a_tiny_form(case: object) -> None:
    figures = list(case.figures(TINY))  # type: ignore[attr-defined]  # a module

    assert all(figure.ours > 0 for figure in figures)


def run(figure: Figure, *arguments: str) -> int:
    return program.main(["case", "--rounds", "1", *arguments], {"case": lambda _: [figure]})


def test_check_fails_when_a_target_is_missed_and_only_then() -> None:
    missed, met = (Figure("case", "what", "ms", ours, target=60) for ours in (60.1, 60.0))

    assert run(missed, "--check") == 1
    assert run(met, "--check") == 0
    assert run(missed) == 0


def test_a_wrong_result_fails_whatever_was_asked() -> None:
    def case(_scale: Scale) -> Iterator[Figure]:
        require(False, "bytes were lost")
        yield Figure("case", "what", "ms", 1)

    assert program.main(["case"], {"case": case}) == 1


def test_the_ways_are_run_in_turn_and_their_medians_taken() -> None:
    order: list[str] = []
    values = iter((3.0, 100.0, 1.0))

    def way(name: str) -> Sample:
        order.append(name)
        return {"ms": next(values) if name == "ours" else 7.0}

    took = alternate(Scale(3), {"ours": lambda: way("ours"), "peer": lambda: way("peer")})

    assert order == ["ours", "peer", "peer", "ours", "ours", "peer"]
    assert took == {"ours": {"ms": 3.0}, "peer": {"ms": 7.0}}


def test_the_table_shows_the_ratio_and_the_json_whether_a_target_is_met(tmp_path: Path) -> None:
    figure = Figure("case", "what", "ms", 50, peer=100, floor=1, target=60)
    run(figure, "--json", str(tmp_path / "figures.json"))
    (told,) = json.loads((tmp_path / "figures.json").read_text(encoding="utf-8"))["figures"]

    assert "2.0x" in report.table([figure])
    assert told["met"] is True


def test_every_trap_is_among_the_events() -> None:
    data, wanted, _ = frames(2000)

    assert len(wanted) == len(set(wanted)) == 7
    for trap in (b"canary", "\u2028".encode(), b"NotWMFOffice", b'\\"type\\":\\"log\\"'):
        assert trap in data


def test_what_doesnt_hold_is_wrong() -> None:
    with pytest.raises(Wrong, match="lost"):
        require([], "lost")
