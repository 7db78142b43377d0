"""Which form a number asks for."""

import pytest
from babel import Locale

from oabot.i18n import COMPLETE
from oabot.i18n.plural import ORDER, plural


@pytest.mark.parametrize("code", COMPLETE)
def test_every_number_gets_the_form_of_its_category_in_cldr(code: str) -> None:
    rule = Locale.parse({"zh-hans": "zh_Hans", "zh-hant": "zh_Hant"}.get(code, code)).plural_form
    order = [name for name in ORDER if name in {rule(number) for number in range(1000)}]

    assert [order[plural(code).form(number)] for number in range(131)] == [rule(number) for number in range(131)]


@pytest.mark.parametrize(
    ("code", "categories"),
    [
        ("ja", ("other",)),
        ("en", ("one", "other")),
        ("fr", ("one", "other")),
        ("he", ("one", "two", "other")),
        ("ru", ("one", "few", "many")),
        ("pl", ("one", "few", "many")),
        ("ar", ("zero", "one", "two", "few", "many", "other")),
    ],
)
def test_a_message_needs_the_forms_that_whole_numbers_have(code: str, categories: tuple[str, ...]) -> None:
    assert plural(code).categories == categories


def test_a_category_without_a_form_of_its_own_takes_the_last_one() -> None:
    assert plural("fr").form(1_000_000) == 1
