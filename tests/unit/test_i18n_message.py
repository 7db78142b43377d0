"""One message in the banana format."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oabot.i18n.message import parse
from oabot.i18n.plural import plural

ENGLISH = plural("en")


def fill(text: str, *args: int | str) -> str:
    return parse(text).fill(args, ENGLISH, str)


def test_arguments_go_where_the_message_wants_them() -> None:
    assert fill("on $2, by $1", "A", "B") == "on B, by A"


def test_an_argument_that_looks_like_a_parameter_stays_as_it_is() -> None:
    assert fill("$1 and $2", "$2", "{{PLURAL:$1|x}}") == "$2 and {{PLURAL:$1|x}}"


@pytest.mark.parametrize(("number", "words"), [(0, "nothing waits"), (1, "one waits"), (2, "2 wait")])
def test_a_number_picks_its_form(number: int, words: str) -> None:
    assert fill("{{PLURAL:$1|0=nothing waits|one waits|$1 wait}}", number) == words


def test_a_form_may_hold_another_plural() -> None:
    assert fill("{{PLURAL:$1|one|$1 of {{PLURAL:$2|one|$2}}}} found", 3, 5) == "3 of 5 found"


def test_what_is_counted_has_to_be_a_number() -> None:
    with pytest.raises(TypeError, match=r"\$1 is counted"):
        fill("{{PLURAL:$1|one|many}}", "5")


@pytest.mark.parametrize("text", ["{{PLURAL:$1|one", "{{PLURAL:$1|0=none}}"])
def test_a_broken_plural_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="PLURAL"):
        parse(text)


def test_the_parameters_of_inner_forms_count() -> None:
    assert parse("$3 {{PLURAL:$1|one $2|{{PLURAL:$4|a|b}}}}").params == {1, 2, 3, 4}


@given(st.lists(st.sampled_from(["$1", "$2", "$3", " and ", "|", "[[", "]]", "word"]), max_size=12))
def test_an_argument_is_there_as_often_as_its_parameter(parts: list[str]) -> None:
    marks = ("⟦1⟧", "⟦2⟧", "⟦3⟧")

    filled = fill("".join(parts), *marks)

    assert [filled.count(mark) for mark in marks] == [parts.count(f"${index}") for index in (1, 2, 3)]


@given(st.text())
def test_a_message_without_dollars_and_braces_is_said_as_it_is(text: str) -> None:
    text = text.replace("$", "").replace("{", "").replace("}", "")

    assert fill(text) == text
