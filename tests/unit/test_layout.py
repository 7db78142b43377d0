"""In which language a region is read."""

from __future__ import annotations

import pytest

from oabot.config import WikiSettings
from oabot.layout import place
from oabot.model import Page
from oabot.views import Material, render
from oabot.wikitext import regions

META = WikiSettings(url="https://meta.example", language="en", drafts=("ar", "de"))


def shown(setup: str, page_language: str = "") -> str:
    text = f"{{{{Office actions|{setup}}}}}\n{{{{Office actions end}}}}"
    page = Page("User:Example/Table", text, 1, language=page_language)
    [region] = regions(text)
    material = Material((), {"metawiki": META.url}, "Bot", "metawiki")
    return render(region, material, place(page, region, "metawiki", META)).body


@pytest.mark.parametrize("view", ["table", "summary", "statements"])
@pytest.mark.parametrize(("language", "direction"), [("ar", "rtl"), ("de", "ltr")])
def test_a_region_in_another_language_runs_as_that_one_does(view: str, language: str, direction: str) -> None:
    opening = f'<div class="oabot plainlinks mw-content-{direction}" lang="{language}" dir="{direction}">'

    assert shown(f"{view}|lang={language}").startswith(opening)


@pytest.mark.parametrize(
    ("language", "page_language", "guest"),
    [("ar", "", True), ("ar", "ar", False), ("en", "", False), ("", "ar", False), ("", "", False)],
)
def test_only_where_the_page_is_in_another_language_a_region_is_a_guest(
    language: str, page_language: str, guest: bool
) -> None:
    [region] = regions(f"{{{{Office actions|table|lang={language}}}}}{{{{Office actions end}}}}")
    page = Page("User:Example/Table", "", 1, language=page_language)

    assert place(page, region, "metawiki", META).language.guest is guest
