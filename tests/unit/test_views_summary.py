"""The summary counts cases, shows none of them, and reads without colour and without eyes."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from oabot.i18n import language
from oabot.model import CommitteeTotals, Status
from oabot.views import Material, Place, render
from oabot.views.summary import WIDEST, bar
from oabot.views.tally import scope, seen, tallies, year, year_and_class
from oabot.wikitext import regions
from scripts.golden_pages import material

MATERIAL = material()


def summary(made: Material, parameters: str = "") -> str:
    [region] = regions(f"{{{{Office actions|summary{parameters}}}}}\n{{{{Office actions end}}}}")
    return render(region, made, Place("metawiki", "User:OATransparencyBot/Summary", language("en"))).body


def test_every_case_is_counted_once_whatever_it_is_counted_by() -> None:
    for key in (year, year_and_class, scope):
        assert sum(one.total for one in tallies(MATERIAL.cases, key).values()) == len(MATERIAL.cases)


def test_no_name_and_no_log_entry_is_in_a_summary() -> None:
    said = summary(MATERIAL)

    assert not [case.target.name for case in MATERIAL.cases if case.target.name in said]
    assert "logid" not in said


def test_what_cannot_be_told_is_counted_out_only_where_it_occurs() -> None:
    unknown = replace(MATERIAL.cases[0], status=Status.UNKNOWN)

    assert Status.UNKNOWN not in seen(tallies(MATERIAL.cases, year))
    assert Status.UNKNOWN in seen(tallies([*MATERIAL.cases, unknown], year))


def test_filters_choose_what_is_counted() -> None:
    assert "Global lock" not in summary(MATERIAL, "|class=dmca_removal")
    assert "DMCA removal" in summary(MATERIAL, "|class=dmca_removal")


def test_without_cases_it_says_that_none_is_known() -> None:
    assert "No office action is known here." in summary(replace(MATERIAL, cases=()))


def test_the_committees_totals_stand_apart_with_their_source() -> None:
    said = summary(replace(MATERIAL, committee=(CommitteeTotals("May [[2021]]", "https://x.example/r", 1, 0, 1, 3),)))

    row = said[said.index("https://x.example/r") :]
    assert [int(number) for number in re.findall(r"formatnum:(\d+)", row)] == [1, 0, 1, 3, 5]
    assert "[[2021]]" not in said


@pytest.mark.parametrize(("number", "blocks"), [(0, 0), (1, 1), (50, 10), (100, WIDEST)])
def test_a_bar_is_blocks_of_text_that_nobody_has_to_hear(number: int, blocks: int) -> None:
    assert bar(number, 100) == f'<span class="oabot-bar" aria-hidden="true">{"█" * blocks}</span>'
