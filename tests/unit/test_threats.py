"""Every threat and every known failure in docs/threats.md names tests, and they are there."""

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


def test_the_numbers_have_no_gap_and_all_threats_and_failures_are_there() -> None:
    numbers = [int(row[0]) for row in ROWS]
    second = numbers.index(1, 1)

    assert numbers[:second] == list(range(1, second + 1))
    assert numbers[second:] == list(range(1, len(numbers) - second + 1))
    assert second >= 27
    assert len(numbers) - second >= 21


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row[0]} {row[1][:40]}")
def test_each_row_names_tests_that_are_there(row: list[str]) -> None:
    named = _NAMED.findall(row[-1])

    assert named
    assert re.sub(r"[,\s]", "", _NAMED.sub("", row[-1])) == ""
    assert [f"{file}::{test}" for file, test in named if not there(file, test)] == []


def test_a_test_that_is_not_there_is_found() -> None:
    assert not there("tests/unit/test_threats.py", "test_nobody_wrote_this")
    assert not there("tests/unit/test_no_such_file.py", "test_each_row_names_tests_that_are_there")
