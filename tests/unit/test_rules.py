"""The rule table as it is read."""

from __future__ import annotations

import copy

import pytest

from oabot import rules
from oabot.errors import ConfigError


@pytest.mark.parametrize(
    ("condition", "word"),
    [("does", "take"), ("by", "ofice"), ("to", "user"), ("says", "copyright"), ("undoes", "staff")],
)
def test_a_word_that_nothing_ever_is_is_refused_with_the_rule(condition: str, word: str) -> None:
    table = copy.deepcopy(dict(rules.bundled()))
    table["rule"][0]["when"] = {condition: [word]}

    with pytest.raises(ConfigError, match=f"rule hidden: nothing is ever '{condition} {word}'"):
        rules.load(table=table)


def test_a_condition_that_there_is_not_is_refused() -> None:
    table = copy.deepcopy(dict(rules.bundled()))
    table["rule"][0]["when"] = {"who": ["office"]}

    with pytest.raises(ConfigError, match="rule hidden: unknown conditions who"):
        rules.load(table=table)


@pytest.mark.parametrize("condition", ["does", "by", "to", "undoes"])
def test_every_word_that_is_explained_is_used_by_a_rule_but_those_for_the_rest(condition: str) -> None:
    used = {word for rule in rules.load().table for word in rule.when.get(condition, ())}

    assert set(rules.load().words[condition]) - used <= {"page", "other", "unnamed"}
