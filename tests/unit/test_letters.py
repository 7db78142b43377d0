"""Pages of letters become letters, or a clear reason why not; nothing is made up."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oabot.letters import Direction, answered_after, correspondence, opted_in
from oabot.letters.headings import numbered
from oabot.letters.words import headings, language_of, words
from oabot.model import Page, Revision

DATA = Path(__file__).parents[1] / "data/letters"
PAGES: dict[str, Any] = json.loads((DATA / "pages.json").read_text(encoding="utf-8"))
HEADINGS: list[dict[str, Any]] = json.loads((DATA / "headings.json").read_text(encoding="utf-8"))
TEMPLATE = "Office actions letters"
CALL = "{{Office actions letters}}"


def page(name: str) -> str:
    return (DATA / f"pages/{name}.wikitext").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", [name for name, expected in PAGES.items() if isinstance(expected, list)])
def test_the_letters_of_a_page_are_read(name: str) -> None:
    read = correspondence(page(name))

    found = [
        {
            "direction": letter.direction.value,
            "number": letter.number,
            "date": letter.date.raw,
            "languages": list(letter.languages),
            "questions": letter.questions,
        }
        | ({"after": days} if (days := answered_after(letter, read.letters)) is not None else {})
        for letter in read.letters
    ]
    assert read.fault is None
    assert found == PAGES[name]


@pytest.mark.parametrize("name", [name for name, expected in PAGES.items() if isinstance(expected, str)])
def test_a_page_that_cannot_be_read_says_why(name: str) -> None:
    read = correspondence(page(name))

    assert read.letters == ()
    assert read.fault is not None
    assert read.fault.code == PAGES[name]


def test_the_heading_that_stands_twice_is_named() -> None:
    fault = correspondence(page("doubled")).fault

    assert fault is not None
    assert fault.detail == "Letter 1"


def test_a_thousand_letters_are_too_many() -> None:
    fault = correspondence("".join(f"== Letter {number} ==\ntext\n" for number in range(1, 1001))).fault

    assert fault is not None
    assert fault.code == "too-many"


def test_a_letter_with_two_dates_that_disagree_has_none() -> None:
    letter, reply = correspondence(page("contradicting-dates")).letters

    assert letter.date.day is None
    assert answered_after(letter, [letter, reply]) is None


def test_no_interval_is_counted_for_less_than_a_day_unless_both_state_a_zone() -> None:
    with_zones = correspondence("== Letter 1 ==\n2021-10-12T23:30Z\n== Reply 1 ==\n2021-10-13T05:00Z\n").letters
    without = correspondence("== Letter 1 ==\nOct 12, 2021 at 11 PM\n== Reply 1 ==\nOct 13, 2021 at 5 PM\n").letters

    assert answered_after(with_zones[0], with_zones) == 1
    assert answered_after(without[0], without) is None


@pytest.mark.parametrize("case", HEADINGS, ids=lambda case: str(case["heading"]))
def test_a_heading_numbers_a_letter_a_reply_or_nothing(case: dict[str, Any]) -> None:
    found = numbered(case["heading"])

    assert (found and [found.direction.value, found.number]) == case["is"]
    assert (found.rest if found else "") == case.get("rest", "")


@pytest.mark.parametrize("code", sorted(words()))
def test_every_language_has_headings_for_letters_and_replies(code: str) -> None:
    for kind, direction in (("letter", Direction.LETTER), ("reply", Direction.REPLY)):
        for written in words()[code][kind]:
            found = numbered(written.replace("N", "7"))
            assert found is not None, written
            assert (found.direction, found.number) == (direction, 7), written
            assert code in found.languages, written


def test_no_language_calls_a_letter_what_another_calls_a_reply() -> None:
    meanings: dict[str, set[str]] = {}
    for _, kind, written in headings():
        meanings.setdefault(written.casefold(), set()).add(kind)

    assert [written for written, kinds in meanings.items() if len(kinds) > 1] == []


@pytest.mark.parametrize(
    ("label", "code"),
    [("English", "en"), ("EN", "en"), ("Перевод на русский", "ru"), ("По-русски", "ru"), ("中文", "zh"),
     ("हिन्दी", "hi"), ("Original (English)", "en"), ("Questions", None),
     ("Russian translation from English", None), ("", None)],
)  # fmt: skip
def test_a_label_names_one_language_or_none(label: str, code: str | None) -> None:
    assert language_of(label) == code


@given(st.text(alphabet=st.sampled_from(list("=={}[]|<>/#1Letter письмо tabber\n'?:,2021"))))
def test_any_page_is_read_or_refused(text: str) -> None:
    read = correspondence(f"== Letter 1 ==\n{text}")

    assert read.letters or read.fault


@pytest.mark.parametrize(
    ("text", "code"),
    [("{{a|" * 10_000 + "}}" * 10_000, "nested"), ("{{" * 10_000, "nested"), ("word " * 70_000, "too-long")],
    ids=["deep", "unclosed", "long"],
)
def test_a_page_that_would_take_long_to_read_is_refused(text: str, code: str) -> None:
    fault = correspondence(f"== Letter 1 ==\n{text}").fault

    assert fault is not None
    assert fault.code == code


def revision(revid: int, user: str | None, text: str | None, comment: str = "") -> Revision:
    return Revision(revid, revid - 1, datetime(2021, 11, revid, tzinfo=UTC), user, text, comment)


def opted(title: str, namespace: int, *revisions: Revision) -> bool:
    return opted_in(Page(title, revisions[-1].text or "", 1, namespace), revisions, TEMPLATE, "OATransparencyBot")


def test_the_creator_of_a_page_may_allow_it() -> None:
    assert opted("Project:Letters", 4, revision(1, "Пример Виктор", "text"), revision(2, "Пример Виктор", CALL))


def test_somebody_else_may_not() -> None:
    assert not opted("Project:Letters", 4, revision(1, "Пример Виктор", "text"), revision(2, "Example Editor", CALL))


def test_in_user_space_that_user_may_whoever_created_the_page() -> None:
    revisions = revision(1, "Example Editor", "text"), revision(2, "Пример Виктор", CALL)

    assert opted("User:Пример Виктор/Letters", 2, *revisions)
    assert not opted("Project:Пример Виктор/Letters", 4, *revisions)


def test_a_template_taken_away_and_put_back_by_somebody_else_no_longer_counts() -> None:
    first, second = revision(1, "Пример Виктор", f"a\n{CALL}"), revision(2, "Пример Виктор", "a")

    assert not opted("Project:Letters", 4, first, second, revision(3, "Example Editor", f"a\n{CALL}"))


@pytest.mark.parametrize("text", [f"<nowiki>{CALL}</nowiki>", f"<!-- {CALL} -->", "", "{{Other}}"])
def test_a_page_that_does_not_carry_the_template_itself_is_not_read(text: str) -> None:
    assert not opted("Project:Letters", 4, revision(1, "Пример Виктор", text))


def test_a_hidden_creator_or_a_history_without_its_beginning_allows_nothing() -> None:
    assert not opted("Project:Letters", 4, revision(1, None, CALL))
    assert not opted("Project:Letters", 4, revision(5, "Пример Виктор", CALL))
