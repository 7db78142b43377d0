"""Dates as people wrote them are kept as they are, and mean something only where nothing else can be meant."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oabot.letters.dates import LONGEST, days_between, read_date
from oabot.letters.words import months

CASES: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[1] / "data/letters/dates.json").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["written"]))
def test_a_written_date_says_what_it_says(case: dict[str, Any]) -> None:
    found = read_date(case["written"])

    assert found.raw == case["written"]
    assert (found.day and found.day.isoformat()) == case.get("day")
    assert (found.clock and f"{found.clock:%H:%M}") == case.get("clock")
    assert (None if found.offset is None else int(found.offset.total_seconds() // 60)) == case.get("offset")
    assert found.malformed is case.get("malformed", False)


@given(st.text())
def test_any_text_is_read_without_an_error(text: str) -> None:
    found = read_date(text)

    assert len(found.raw) <= LONGEST
    assert found.day is None or any(map(str.isdecimal, text))


@given(st.integers(2001, 2099), st.sampled_from(sorted(months())), st.integers(1, 28))
def test_a_day_with_a_months_name_is_that_day_in_any_order(year: int, name: str, number: int) -> None:
    day = date(year, months()[name], number)

    assert {read_date(text).day for text in (f"{day.day} {name} {day.year}", f"{name} {day.day}, {day.year}")} == {day}


@pytest.mark.parametrize(
    ("first", "second", "days"),
    [
        ("12 October 2021", "14 October 2021", 2),
        ("Oct 12, 2021 at 5:47 PM", "Oct 14, 2021 at 2:05 AM", 2),
        ("12 October 2021", "12 October 2021", None),
        ("Oct 12, 2021 at 11 PM", "Oct 13, 2021 at 5 PM", None),
        ("2021-10-12T23:30Z", "2021-10-13T05:00Z", 1),
        ("2021-10-12T10:30Z", "2021-10-12T15:00Z", 0),
        ("2021-10-12 10:30 +0300", "2021-10-12T06:00Z", None),
        ("14 October 2021", "12 October 2021", None),
        ("12 October 2021", "November 11, 2021 16:58 AM", None),
        ("12 October 2021", "", None),
        ("10/12/2021", "14 October 2021", None),
    ],
)
def test_days_are_counted_between_sound_dates_only(first: str, second: str, days: int | None) -> None:
    assert days_between(read_date(first), read_date(second)) == days
