"""What became of a letter is said only by people who may, and told with their names."""

from __future__ import annotations

import pytest

from oabot.answers import Answer, Answered, read_answers, reader
from oabot.attribution import attribute
from oabot.model import User
from tests.histories import History

PAGE = "ruwiki:User:Пример Виктор/Переписка"
USERS = {
    "FarmAdmin": User("FarmAdmin", frozenset({"sysop"})),
    "Other Admin": User("Other Admin", frozenset({"sysop"})),
    "Ordinary Example": User("Ordinary Example", frozenset({"user"})),
}


def note(more: str) -> str:
    return f"{{{{Office action note|letters={PAGE}|{more}}}}}"


def read(history: History) -> tuple[Answered, ...]:
    credits_ = attribute(history.revisions, reader("Office action note", "User:B/Annotations", "B"))
    return read_answers(credits_, USERS, {"sysop"})


def test_an_admins_words_count_with_the_admins_name() -> None:
    history = History()
    history.edit("FarmAdmin", note("letter=2|question=3|answer=partly"))

    assert read(history) == (Answered("ruwiki", "User:Пример Виктор/Переписка", 2, 3, Answer.PARTLY, ("FarmAdmin",)),)


def test_the_words_of_somebody_in_no_such_group_do_not_count() -> None:
    history = History()
    history.edit("Ordinary Example", note("letter=2|answer=declined"))

    assert read(history) == ()


def test_of_ones_own_words_the_newest_count_and_anothers_stand_beside_them() -> None:
    history = History()
    history.edit("FarmAdmin", note("letter=1|answer=no reply"))
    history.add("FarmAdmin", note("letter=1|answer=answered"))
    history.add("Other Admin", note("letter=1|answer=no-reply"))

    assert [(one.answer, one.by) for one in read(history)] == [
        (Answer.ANSWERED, ("FarmAdmin",)),
        (Answer.NO_REPLY, ("Other Admin",)),
    ]


@pytest.mark.parametrize(
    "more",
    ["letter=0|answer=answered", "letter=1|answer=perhaps", "answer=answered", "letter=1|question=x|answer=answered"],
)
def test_words_that_name_no_letter_or_no_answer_are_left_out(more: str) -> None:
    history = History()
    history.edit("FarmAdmin", note(more))

    assert read(history) == ()
