"""A small sample of the long trials of scripts/soak."""

from __future__ import annotations

import pytest

from soak import trials


def test_people_s_pages_come_through_as_they_were() -> None:
    found = trials()["pages"](quick=True, seed=7)

    assert found["broken"] == []
    assert found["pages"] == 400
    assert found["saved"] > 50


@pytest.mark.slow
def test_a_bot_killed_on_the_way_loses_and_doubles_nothing() -> None:
    found = trials()["ledger"](quick=True, seed=7)

    assert found["broken"] == []
    assert found["kills"] >= 10


@pytest.mark.loopback
@pytest.mark.slow
def test_in_cycles_in_which_nothing_happens_nothing_is_saved() -> None:
    found = trials()["quiet"](quick=True, seed=7)

    assert found["broken"] == []
    assert (found["cycles"], found["edits"], found["requests_while_idle"]) == (50, 0, 0)
