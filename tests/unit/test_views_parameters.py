"""A set-up that can't be used says so in its place: which parameter, what is wrong, what is allowed."""

from __future__ import annotations

import re
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oabot.i18n import language
from oabot.model import ActionClass
from oabot.views import VIEWS, Draft, Material, Place, render
from oabot.views.parameters import COLUMNS, STATUSES
from oabot.wikitext import regions

CODES = ("en", "ru", "zh", "fa", "bn")


def draw(setup: str, code: str = "en") -> Draft:
    """What a region of that set-up says on a page in a language."""
    [region] = regions(f"{{{{Office actions|{setup}}}}}\n{{{{Office actions end}}}}")
    material = Material((), {"metawiki": "https://meta.example"}, "Bot", "metawiki")
    return render(region, material, Place("metawiki", "A page", language(code, {code})))


def words(draft: Draft) -> str:
    """What a reader sees."""
    return unescape(re.sub(r"\{\{formatnum:(\d+)\}\}", r"\1", re.sub(r"<[^>]+>", "", draft.body)))


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize(
    ("setup", "wrong", "allowed"),
    [
        ("table|since=yesterday", ("since", "yesterday"), ("2021-09-13",)),
        ("table|since=2021-02-30", ("since", "2021-02-30"), ("2021-09-13",)),
        ("table|wiki=Meta wiki", ("wiki", "Meta wiki"), ("zhwiki",)),
        ("table|class=rights_removed, bans", ("class", "bans"), tuple(ActionClass)),
        ("table|status=gone", ("status", "gone"), tuple(STATUSES)),
        ("table|columns=date, name", ("columns", "name"), COLUMNS),
        ("table|limit=0", ("limit", "0"), ("1", "2000")),
        ("table|limit=many", ("limit", "many"), ("1", "2000")),
        ("table|lang=Russian!", ("lang", "Russian!"), ("ru",)),
        ("table|sort=date", ("sort",), VIEWS["table"].parameters),
        ("local|wiki=ruwiki", ("wiki",), VIEWS["local"].parameters),
        ("letters", ("page",), ()),
        ("graph", ("graph",), tuple(VIEWS)),
    ],
)
def test_what_cannot_be_used_is_named_with_what_can_in_the_pages_language(
    code: str, setup: str, wrong: tuple[str, ...], allowed: tuple[str, ...]
) -> None:
    draft = draw(setup, code)

    said = words(draft)
    assert draft.problem
    assert [word for word in (*wrong, *allowed) if word not in said] == []
    assert (code == "en") == (said == words(draw(setup)))


def test_what_can_be_used_is() -> None:
    setup = "table|since=2021-09-13|wiki=zhwiki, ruwiki|class=global_lock|status=in force|columns=date,log|limit=2000"

    assert not draw(f"{setup}|lang=fa").problem


@given(
    st.sampled_from(VIEWS["table"].parameters),
    st.text(st.characters(exclude_categories=["Cc", "Cs"], exclude_characters="{}|<>[]&"), max_size=30),
)
def test_any_value_is_used_or_told_of_and_none_gets_out_of_its_place(name: str, value: str) -> None:
    draft = draw(f"table|{name}={value}")

    assert draft.body.count("{|") == draft.body.count("|}")
    assert not draft.problem or name in words(draft)
