from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from oabot.wiki import may_edit

CASES = json.loads(Path(__file__).parents[1].joinpath("data/bots/cases.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["text"])
def test_a_page_is_edited_only_where_its_text_lets_our_account(case: dict[str, object]) -> None:
    assert may_edit(str(case["text"]), "OATransparencyBot") is case["allowed"]


def test_a_template_by_which_the_wiki_says_that_somebody_is_at_work_keeps_us_out() -> None:
    assert not may_edit("x {{редактирую|1=Пример}}", "OATransparencyBot", frozenset({"Редактирую"}))
    assert may_edit("x {{редактировать}}", "OATransparencyBot", frozenset({"Редактирую"}))


def test_a_long_page_without_such_a_template_is_not_parsed() -> None:
    page = "{{Row|x=1|user=SomeBot|text=[[Some text]] of bots that were locked}}\n" * 20_000
    started = time.process_time()
    allowed = may_edit(page, "OATransparencyBot")

    assert allowed
    assert time.process_time() - started < 0.5
