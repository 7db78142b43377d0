"""The letters of a page that allows it, as a table; of one that can't be listed, why not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from oabot.answers import Answer, Answered
from oabot.errors import SourceError
from oabot.i18n import language
from oabot.letters import Correspondence, Fault, correspondence
from oabot.views import Draft, Material, Place, render
from oabot.wikitext import regions
from scripts.golden_pages import LETTERS, material

MATERIAL = material()


def letters(made: Material = MATERIAL, parameters: str = f"|page={':'.join(LETTERS)}", lang: str = "en") -> Draft:
    [region] = regions(f"{{{{Office actions|letters{parameters}}}}}\n{{{{Office actions end}}}}")
    return render(region, made, Place("metawiki", "User:OATransparencyBot/Letters", language(lang, {lang})))


def row(said: str, number: int) -> str:
    return said.split("|-")[number + 1]


def test_a_letter_has_its_date_as_written_its_languages_and_the_days_to_its_reply() -> None:
    first = row(letters().body, 1)

    assert "Oct 12, 2021 at 5&#58;47 PM" in first
    assert "{{formatnum:2}} days" in first
    assert "{{#language:en}}" in first
    assert "{{#language:ru}}" in first


def test_an_undated_letter_stays_undated_and_a_malformed_date_keeps_its_text() -> None:
    said = letters().body

    assert "undated" in row(said, 3)
    assert "days" not in row(said, 3)
    assert "November 11, 2021 16&#58;58 AM" in row(said, 4)
    assert "malformed, read as" in row(said, 4)


def test_questions_are_counted_and_answered_only_by_people_who_are_named() -> None:
    asked = row(letters().body, 3)
    unanswered = row(letters(replace(MATERIAL, answers=())).body, 3)

    assert "{{formatnum:5}}" in asked
    assert "Question {{formatnum:1}}: answer declined, according to <bdi>Пример Виктор</bdi>" in asked
    assert "answer" not in unanswered


def test_an_answer_to_a_question_that_there_is_not_is_left_out() -> None:
    made = replace(MATERIAL, answers=(Answered(*LETTERS, 2, 6, Answer.NO_REPLY, ("FarmAdmin",)),))

    assert "no reply" not in letters(made).body


def test_no_text_of_a_letter_is_copied() -> None:
    said = letters().body

    assert not [word for word in ("Dear", "invented", "выдуманное", "action is mandatory") if word in said]


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (Fault("empty"), "No numbered letter was found on this page."),
        (Fault("doubled", "Letter [[1]]"), "two headings say: <bdi>Letter &#91;&#91;1&#93;&#93;</bdi>"),
        (Fault("nested"), "tabs are inside other tabs"),
        (Fault("too-many"), "more than {{formatnum:200}} letters"),
        (Fault("too-long"), "too long"),
        (Fault("missing"), "page no longer found"),
        (Fault("not-author", "Office actions letters"), "was not put there by the author of the page"),
    ],
)
def test_a_page_that_cannot_be_listed_says_why_in_place_of_the_table(fault: Fault, said: str) -> None:
    draft = letters(replace(MATERIAL, letters={LETTERS: Correspondence(fault=fault)}))

    assert draft.problem
    assert said in draft.body


def test_every_fault_of_a_page_has_its_words_in_every_language() -> None:
    for text in ("nothing", "== Letter 1 ==\n== Letter 1 ==", "{{" * 99):
        made = replace(MATERIAL, letters={LETTERS: correspondence(text)})
        assert letters(made, lang="ru").problem


def test_a_page_that_was_not_read_leaves_the_region_as_it_is() -> None:
    with pytest.raises(SourceError):
        letters(replace(MATERIAL, letters={LETTERS: Correspondence(fault=Fault("unread"))}))


def test_a_title_without_a_wikis_name_is_a_page_of_the_same_wiki() -> None:
    made = replace(MATERIAL, letters={("metawiki", "User:Example/Letters"): MATERIAL.letters[LETTERS]})

    assert not letters(made, "|page=User:Example/Letters").problem


def test_the_page_has_to_be_named() -> None:
    assert "page" in letters(parameters="").body
    assert letters(parameters="").problem
