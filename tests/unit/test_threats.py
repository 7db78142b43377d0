"""Every threat, known failure and way to steer the bot in docs/threats.md names tests, and they are there."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in (ROOT / "docs/threats.md").read_text(encoding="utf-8").splitlines()
    if re.match(r"\| \d", line)
]
_NAMED = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")


def there(file: str, test: str) -> bool:
    path = ROOT / file
    tree = ast.parse(path.read_text(encoding="utf-8")) if path.exists() else ast.Module([], [])
    return any(isinstance(node, ast.FunctionDef) and node.name == test for node in ast.walk(tree))


def test_the_numbers_have_no_gap_and_all_threats_failures_and_steps_are_there() -> None:
    numbers = [int(row[0]) for row in ROWS]
    begins = [index for index, number in enumerate(numbers) if number == 1]
    tables = [numbers[first:last] for first, last in zip(begins, [*begins[1:], None], strict=True)]

    assert [table == list(range(1, len(table) + 1)) for table in tables] == [True] * 3
    assert [len(table) >= least for table, least in zip(tables, (27, 21, 37), strict=True)] == [True] * 3


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row[0]} {row[1][:40]}")
def test_each_row_names_tests_that_are_there(row: list[str]) -> None:
    named = _NAMED.findall(row[-1])

    assert named
    assert re.sub(r"[,\s]", "", _NAMED.sub("", row[-1])) == ""
    assert [f"{file}::{test}" for file, test in named if not there(file, test)] == []


def test_a_test_that_is_not_there_is_found() -> None:
    assert not there("tests/unit/test_threats.py", "test_nobody_wrote_this")
    assert not there("tests/unit/test_no_such_file.py", "test_each_row_names_tests_that_are_there")
