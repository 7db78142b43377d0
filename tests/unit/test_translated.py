from __future__ import annotations

import pytest

from oabot.model import Page
from oabot.translated import is_translation, source_title

SOURCE = Page("Project:Office actions", "<languages/>\n<translate>\nWords\n</translate>", 1, 4, language="en")


@pytest.mark.parametrize(
    ("title", "source"),
    [
        ("Project:Office actions/bn", "Project:Office actions"),
        ("Project:Office actions/zh-hans", "Project:Office actions"),
        ("Project:Office actions/2021/pt-br", "Project:Office actions/2021"),
        ("Project:Office actions/Log", None),
        ("Project:Office actions", None),
        ("/bn", None),
    ],
)
def test_a_title_may_say_of_which_page_it_is_a_translation(title: str, source: str | None) -> None:
    assert source_title(title) == source


def test_a_page_in_the_language_of_its_title_below_a_translatable_page_is_a_translation() -> None:
    assert is_translation(Page("Project:Office actions/bn", "", 2, 4, language="bn"), SOURCE)


def test_the_copy_in_the_source_language_is_one_too() -> None:
    assert is_translation(Page("Project:Office actions/en", "", 2, 4, language="en"), SOURCE)


def test_a_subpage_of_a_translatable_page_that_is_named_like_a_code_is_none() -> None:
    assert not is_translation(Page("Project:Office actions/log", "", 2, 4, language="en"), SOURCE)


def test_a_page_below_one_that_is_not_translatable_is_none() -> None:
    plain = Page("Project:Office actions", "translate this", 1, 4, language="en")

    assert not is_translation(Page("Project:Office actions/bn", "", 2, 4, language="bn"), plain)
    assert not is_translation(Page("Project:Office actions/bn", "", 2, 4, language="bn"), None)


@pytest.mark.parametrize("namespace", [1198, 1199])
def test_units_and_their_talk_pages_are_translations(namespace: int) -> None:
    assert is_translation(Page("Translations:Office actions/1/bn", "", 2, namespace), None)
