"""A small sample of the generated attacks of scripts/soak."""

from __future__ import annotations

import pytest

from soak import attacks
from tests.local_farm import Farm

pytestmark = pytest.mark.farm


def test_generated_attacks_do_nothing_but_show(farm: Farm) -> None:
    found = attacks.tried(farm, quick=True, seed=7)

    assert found["broken"] == []
    assert found["tried"] == 240
