"""Letters are read only from pages whose author allowed it; a page that didn't change isn't taken apart again."""

from __future__ import annotations

from pathlib import Path

import pytest

from oabot.answers import Answer
from oabot.config import Settings, WikiSettings
from oabot.correspondences import Correspondences, Remembered, letters_asked
from oabot.model import Page, User
from tests.fakes.wiki import FakeWiki

TEXT = (Path(__file__).parents[1] / "data/letters/pages/tabs-by-template.wikitext").read_text(encoding="utf-8")
PAGE = ("ruwiki", "User:Пример Виктор/Переписка")
NOTES = "User:OATransparencyBot/Annotations"
ADDRESSES = {"metawiki": "https://meta.example", "ruwiki": "https://ru.example"}
SETTINGS = Settings(wikis={name: WikiSettings(url=url) for name, url in ADDRESSES.items()})


@pytest.fixture
def wikis() -> dict[str, FakeWiki]:
    made = {"metawiki": FakeWiki("metawiki"), "ruwiki": FakeWiki("ruwiki", language="ru")}
    made["metawiki"].accounts["FarmAdmin"] = User("FarmAdmin", frozenset({"sysop"}))
    return made


def reader(wikis: dict[str, FakeWiki]) -> Correspondences:
    return Correspondences(wikis, SETTINGS, frozenset({"sysop"}), Remembered())


def test_a_page_that_its_author_allows_is_read(wikis: dict[str, FakeWiki]) -> None:
    wikis["ruwiki"].put(PAGE[1], TEXT, user="Пример Виктор")

    assert len(reader(wikis).read([PAGE]).letters[PAGE].letters) == 4


def test_a_page_that_somebody_else_allows_is_not(wikis: dict[str, FakeWiki]) -> None:
    wikis["ruwiki"].put(PAGE[1], TEXT.partition("\n")[2], user="Пример Виктор")
    wikis["ruwiki"].put(PAGE[1], TEXT, user="Example Editor")
    read = reader(wikis).read([PAGE]).letters[PAGE]

    assert read.letters == ()
    assert read.fault is not None
    assert (read.fault.code, read.fault.detail) == ("not-author", "Office actions letters")


def test_a_missing_page_and_an_unknown_wiki_say_so(wikis: dict[str, FakeWiki]) -> None:
    read = reader(wikis).read([PAGE, ("xxwiki", "Page")]).letters

    assert [fault.code for one in read.values() if (fault := one.fault)] == ["missing", "unread"]


def test_an_unchanged_page_costs_one_read_and_its_history_none(wikis: dict[str, FakeWiki]) -> None:
    wikis["ruwiki"].put(PAGE[1], TEXT, user="Пример Виктор")
    letters = reader(wikis)
    letters.read([PAGE])
    wikis["ruwiki"].asked = 0
    letters.read([PAGE])

    assert wikis["ruwiki"].asked == 1


def test_what_people_say_is_placed_however_they_spell_the_namespace(wikis: dict[str, FakeWiki]) -> None:
    wikis["ruwiki"].put(PAGE[1], TEXT, user="Пример Виктор")
    wikis["metawiki"].put(
        NOTES,
        "{{Office action note|letters=ruwiki:участник:Пример_Виктор/Переписка|letter=2|question=4|answer=declined}}",
    )
    (answer,) = reader(wikis).read([PAGE]).answers

    assert (answer.page, answer.letter, answer.question, answer.answer) == (PAGE[1], 2, 4, Answer.DECLINED)
    assert answer.by == ("FarmAdmin",)


def test_the_pages_that_regions_ask_for_are_found() -> None:
    text = "{{Office actions|letters|page=%s}}\n{{Office actions end}}\n"
    pages = [
        Page("User:B/1", text % "ruwiki:User:X", 1),
        Page("User:B/2", text % "User:Y", 1),
        Page("User:B/3", text % "a[b", 1),
        Page("User:B/4", "{{Office actions|letters|page=User:Z}}", 1),
        Page("User:B/5", "{{Office actions|table}}\n{{Office actions end}}", 1),
    ]

    assert letters_asked(pages, "metawiki", SETTINGS.wikis["metawiki"], ADDRESSES) == {
        ("ruwiki", "User:X"),
        ("metawiki", "User:Y"),
    }
