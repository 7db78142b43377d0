"""The smallest sample of the long trials of the continuous job."""

from __future__ import annotations

import pytest

from soak import trials

pytestmark = [pytest.mark.slow, pytest.mark.long, pytest.mark.mariadb, pytest.mark.farm]


def test_killed_at_each_step_it_loses_and_doubles_nothing() -> None:
    found = trials()["kills"](quick=True, seed=7)

    assert found["broken"] == []
    assert set(found["kills"].values()) == {1}
    assert len(found["kills"]) == 7


def test_two_copies_of_which_one_sleeps_through_its_turn_never_both_save() -> None:
    found = trials()["copies"](quick=True, seed=7)

    assert found["broken"] == []
    assert found["takeovers"] == 1
