"""Who put which words on a page."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oabot.attribution import Credit, Found, Reader, attribute
from oabot.errors import RegionError
from tests.histories import History

TITLE = "User:Bot/Requests"
BOT = "Bot"


def find(text: str) -> list[Found]:
    """Words in angle brackets, but not in nowiki; ``<word!>`` is the word with our answer."""
    if "<<" in text:
        raise RegionError("inside-template")
    shown = re.sub(r"#.*", lambda comment: " " * len(comment[0]), text)
    return [Found((one[1],), one.start(), one.end()) for one in re.finditer(r"<(\w+)!?>", shown)]


def answered(text: str) -> list[tuple[str]]:
    return [(one,) for one in re.findall(r"<(\w+)!>", text)]


READER = Reader(find, TITLE, BOT, answered, alike=lambda old, new: old[0][:3] == new[0][:3])


def authors(history: History) -> dict[str, set[str]]:
    return {credit.unit[0]: set(credit.authors) for credit in attribute(history.revisions, READER)}


def credit(history: History, word: str) -> Credit:
    (found,) = (one for one in attribute(history.revisions, READER) if one.unit == (word,))
    return found


@pytest.fixture
def history() -> History:
    history = History()
    history.edit("Founder", "An intro.")
    return history


def test_words_are_of_the_author_of_the_revision_that_added_them_whatever_a_signature_says(history: History) -> None:
    added = history.add("Ordinary", "<words> [[User:Admin|Admin]] 12:00, 1 January 2023 (UTC)")
    history.add("Admin", "Something else.")

    assert authors(history) == {"words": {"Ordinary"}}
    assert credit(history, "words").revid == added


def test_words_of_the_first_revision_are_of_its_author() -> None:
    history = History()
    history.edit("Founder", "<words>")

    assert authors(history) == {"words": {"Founder"}}


def test_words_that_somebody_else_moves_on_the_page_stay_their_authors(history: History) -> None:
    history.add("Ordinary", "<words>")
    history.edit("Admin", "<words>\nAn intro.")

    assert authors(history) == {"words": {"Ordinary"}}


@pytest.mark.parametrize("tag", ["mw-undo", "mw-rollback", "mw-manual-revert"])
def test_words_that_somebody_else_puts_back_need_both(history: History, tag: str) -> None:
    added = history.add("Ordinary", "<words>")
    history.edit("Patroller", "An intro.")
    history.edit("Admin", "An intro.\n<words>\nMore.", tag)

    assert authors(history) == {"words": {"Ordinary", "Admin"}}
    assert credit(history, "words").revid == added


def test_going_back_to_an_older_text_is_seen_without_a_tag(history: History) -> None:
    history.add("Ordinary", "<words>")
    history.edit("Patroller", "An intro.")
    history.edit("Admin", "An intro.\n<words>")

    assert authors(history) == {"words": {"Ordinary", "Admin"}}


def test_words_that_were_taken_away_and_are_copied_back_need_both(history: History) -> None:
    history.add("Ordinary", "<words>")
    history.edit("Ordinary", "An intro.")
    history.edit("Admin", "Another intro.\nCopied: <words>")

    assert authors(history) == {"words": {"Ordinary", "Admin"}}


def test_whoever_puts_back_own_words_is_alone_their_author(history: History) -> None:
    history.add("Admin", "<words>")
    history.edit("Vandal", "")
    again = history.edit("Admin", "An intro.\n<words>", "mw-rollback")

    assert authors(history) == {"words": {"Admin"}}
    assert credit(history, "words").revid == again


def test_the_same_words_after_an_answer_are_whose_they_are_now(history: History) -> None:
    history.add("Ordinary", "<words>")
    history.edit(BOT, "An intro.\n<words!>")
    history.edit("Ordinary", "A new year.")
    history.add("Admin", "<words>")

    assert authors(history) == {"words": {"Admin"}}
    assert not credit(history, "words").settled


def test_an_answer_that_somebody_takes_away_stays_known(history: History) -> None:
    history.add("Admin", "<words>")
    history.edit(BOT, "An intro.\n<words!>")
    history.edit("Vandal", "An intro.\n<words>", "mw-undo")

    assert credit(history, "words").settled
    assert authors(history) == {"words": {"Admin"}}


def test_an_answer_that_people_write_is_none(history: History) -> None:
    history.add("Admin", "<words>")
    history.edit("Vandal", "An intro.\n<words!>")

    assert not credit(history, "words").settled


def test_text_that_a_hidden_revision_brought_is_nobodys(history: History) -> None:
    hidden = history.add("Admin", "<words>")
    history.add("Admin", "<later>")
    history.hide(hidden, text=True)

    assert authors(history) == {"words": set(), "later": set()}


def test_words_of_a_hidden_author_are_nobodys(history: History) -> None:
    hidden = history.add("Admin", "<words>")
    history.add("Admin", "<later>")
    history.hide(hidden, user=True)

    assert authors(history) == {"words": set(), "later": {"Admin"}}


def test_what_stood_before_a_hidden_revision_keeps_its_author(history: History) -> None:
    history.add("Admin", "<words>")
    hidden = history.add("Vandal", "something bad")
    history.edit("Admin", "An intro.\n<words>")
    history.hide(hidden, text=True)

    assert authors(history) == {"words": {"Admin"}}


def test_a_page_that_cannot_be_read_for_a_while_changes_nothing_but_brings_nothing(history: History) -> None:
    history.add("Admin", "<words>")
    history.add("Vandal", "<<")
    history.edit("Admin", "An intro.\n<words>\n<later>")

    assert authors(history) == {"words": {"Admin"}, "later": set()}


def test_a_move_makes_nobodys_what_was_on_the_page(history: History) -> None:
    history.add("Admin", "An example: <words>")
    history.move("Vandal", "User talk:Admin", TITLE)
    history.add("Admin", "<later>")

    assert authors(history) == {"words": set(), "later": {"Admin"}}


def test_a_protection_leaves_the_words_whose_they_are(history: History) -> None:
    history.add("Admin", "<words>")
    history.protect("Admin", TITLE)

    assert authors(history) == {"words": {"Admin"}}


def test_a_change_of_nothing_whose_comment_is_hidden_may_be_a_move(history: History) -> None:
    history.add("Admin", "<words>")
    history.hide(history.protect("Admin", TITLE), comment=True)

    assert authors(history) == {"words": set()}


def test_a_history_with_a_gap_gives_nobody_what_came_in_the_gap(history: History) -> None:
    history.add("Vandal", "<words>")
    history.add("Admin", "Thanks.")
    del history.revisions[1]

    assert authors(history) == {"words": set()}


def test_a_history_without_its_beginning_gives_nobody_what_its_first_revision_holds(history: History) -> None:
    history.add("Admin", "<words>")
    history.add("Admin", "<later>")

    found = attribute(history.revisions[1:], READER)

    assert {one.unit[0]: set(one.authors) for one in found} == {"words": set(), "later": {"Admin"}}


def test_words_that_stood_there_inactive_are_nobodys_when_somebody_uncovers_them(history: History) -> None:
    history.add("Vandal", "# <words>")
    history.edit("Admin", history.text.replace("# <words>", "<words>"))

    assert authors(history) == {"words": set()}


def test_words_that_another_one_began_and_somebody_else_completed_are_nobodys(history: History) -> None:
    history.edit("Vandal", "An intro.\n<wor\nds")

    def split(text: str) -> list[Found]:
        return [Found(("words",), one.start(), one.end()) for one in re.finditer(r"<wor\nds\n?>", text)]

    history.edit("Admin", "An intro.\n<wor\nds\n>")
    (found,) = attribute(history.revisions, Reader(split, TITLE, BOT))

    assert found.authors == frozenset()


def test_words_that_somebody_changes_are_of_both(history: History) -> None:
    history.add("Ordinary", "<wordz>")
    history.edit("Admin", "An intro.\n<words>")

    assert authors(history) == {"words": {"Ordinary", "Admin"}}


def test_own_words_may_be_changed(history: History) -> None:
    history.add("Admin", "<wordz>")
    history.edit("Admin", "An intro.\n<words>")

    assert authors(history) == {"words": {"Admin"}}


def test_of_equal_words_of_two_people_it_cannot_be_told_which_ones_were_taken_away(history: History) -> None:
    history.add("Ordinary", "<words>")
    history.add("Admin", "Me too: <words>")
    assert [set(one.authors) for one in attribute(history.revisions, READER)] == [{"Ordinary"}, {"Admin"}]

    history.edit("Patroller", "An intro.\n<words>")

    assert authors(history) == {"words": {"Ordinary", "Admin"}}


PEOPLE = ["Admin", "Vandal", BOT]
LINES = ["An intro.", "<one>", "<two>", "# <one>", "<one!>", "Other text."]


@given(st.lists(st.tuples(st.sampled_from(PEOPLE), st.lists(st.sampled_from(LINES), max_size=4)), max_size=8))
def test_nobody_gets_credit_who_never_saved_the_page_with_these_words(edits: list[tuple[str, list[str]]]) -> None:
    history = History()
    for user, lines in edits:
        history.edit(user, "\n".join(lines))

    found = attribute(history.revisions, READER)

    assert [one.unit for one in sorted(found, key=lambda one: one.unit)] == sorted(
        one.unit for one in find(history.text)
    )
    for one in found:
        saved = {rev.user for rev in history.revisions if one.unit in [word.unit for word in find(rev.text or "")]}
        assert one.authors <= saved


@given(st.lists(st.tuples(st.sampled_from(["Vandal", "Ordinary"]), st.lists(st.sampled_from(LINES), max_size=4))))
def test_no_edits_of_others_ever_make_words_an_admins(edits: list[tuple[str, list[str]]]) -> None:
    history = History()
    history.edit("Admin", "An intro.")
    for user, lines in edits:
        history.edit(user, "\n".join(lines))
        history.edit("Admin", f"{history.text}\nTidied.")  # touches no words at all

    assert all("Admin" not in one.authors for one in attribute(history.revisions, READER))
