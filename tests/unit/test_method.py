from __future__ import annotations

import re
from pathlib import Path

import pytest

from oabot import rules
from oabot.i18n import language
from scripts.method import document, rows

METHOD = Path(__file__).parents[2] / "docs" / "method.md"


def test_the_document_is_what_the_rule_table_makes_of_it() -> None:
    assert METHOD.read_text(encoding="utf-8") == document(rules.load()), "run scripts/method.py > docs/method.md"


def test_every_rule_has_an_anchor_of_its_own_id_in_the_order_in_which_it_is_tried() -> None:
    known = rules.load()
    ids = [rule.id for rule in known.table]

    assert re.findall(r'<a id="([^"]+)">', document(known)) == ids
    assert re.findall(r'^\|- id="([^"]+)"$', rows(known, language("en")), re.MULTILINE) == ids


@pytest.mark.parametrize(("code", "name"), [("en", "Global lock"), ("zh", "全域锁定"), ("ru", "Глобальная")])
def test_a_wikis_table_names_classes_in_its_language(code: str, name: str) -> None:
    made = rows(rules.load(), language(code, (code,)))

    assert name in made.partition('id="office-lock"')[2].partition("|-")[0]


def test_nothing_of_a_rule_is_read_as_wikitext() -> None:
    table = rules.bundled()
    hostile = {**table["rule"][0], "reason": "{{evil}} [[User:Example]] <b>", "source": "~~~~ | x || y"}
    made = rows(rules.load(table={**table, "rule": [hostile]}), language("en"))

    assert not re.search(r"\{\{|\[\[|<b>|~~~|\|\|", made)
