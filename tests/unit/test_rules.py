"""The rule table as it is read."""

from __future__ import annotations

import copy
import re
from importlib import resources

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


def test_the_table_explains_every_word_that_its_rules_use() -> None:
    head = resources.files("oabot").joinpath("rules.toml").read_text(encoding="utf-8").partition("[groups]")[0]
    used = {
        word
        for rule in rules.load().table
        for key, words in rule.when.items()
        if key not in ("log", "says")
        for word in words
    }

    assert used - set(re.findall(r"[\w-]+", head)) == set()
