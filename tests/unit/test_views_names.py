"""Names in tables: short ones stand as they are, words of any length stay on the page."""

from __future__ import annotations

from dataclasses import replace

import pytest

from oabot.views.material import target_link
from scripts.golden_pages import material

MATERIAL = material()


def shown(name: str) -> str:
    case = MATERIAL.cases[0]
    return target_link(MATERIAL, replace(case, target=replace(case.target, name=name)))


@pytest.mark.parametrize("name", ["W" * 31, "Example " + "W" * 85, "ﷺ" * 60])
def test_a_very_long_word_may_be_broken(name: str) -> None:
    assert f'overflow-wrap: anywhere"><bdi>{name}</bdi></span>' in shown(name)


@pytest.mark.parametrize("name", ["", "示例甲", "Пример Алексей", "W" * 30, "Example " * 10])
def test_an_ordinary_name_has_no_style(name: str) -> None:
    assert "style" not in shown(name)
