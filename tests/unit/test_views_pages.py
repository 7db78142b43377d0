"""Every view in several languages, byte by byte; ``scripts/golden_pages.py`` makes the files anew."""

from __future__ import annotations

import re

import pytest

from scripts.golden_pages import FOLDER, pages

PAGES = pages()


def test_there_is_a_file_for_each_page_and_no_other() -> None:
    assert {file.name for file in FOLDER.glob("*.wikitext")} == set(PAGES)


@pytest.mark.parametrize("name", sorted(PAGES))
def test_a_page_is_as_it_was_looked_at(name: str) -> None:
    assert PAGES[name] == (FOLDER / name).read_text(encoding="utf-8")


def test_the_same_material_makes_the_same_pages() -> None:
    assert pages() == PAGES


@pytest.mark.parametrize("name", sorted(PAGES))
def test_a_page_sets_no_colour_that_a_dark_scheme_could_not_change(name: str) -> None:
    styles = re.findall(r'style="([^"]*)"', PAGES[name])
    colours = [
        style for style in styles if re.search(r"color|background|#[0-9a-f]{3}", re.sub(r"var\([^)]*\)", "", style))
    ]

    assert colours == []
