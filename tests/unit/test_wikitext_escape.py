import re
import unicodedata
from collections import Counter
from html import unescape

import mwparserfromhell
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from oabot.wikitext import Wikitext, clean, escape, in_summary, isolate
from tests.attacks import Attack, attacks

UNHURRIED = settings(deadline=None)
"""How long a busy machine takes for one example says nothing."""

ATTACKS = attacks()
CLASSES = {
    "categories", "cells", "composition", "html", "images", "invisible", "language converter", "long and many",
    "magic words and links", "nowiki and comments", "refs", "signatures", "strip markers", "subst",
    "surrogates and nul", "templates", "wikitext",
}  # fmt: skip
CONTEXTS = {
    "line": "{}",
    "cell": "{{| class=\"wikitable\"\n|-\n! scope=\"row\" | {0}\n| {0}\n|}}",
    "attribute": '{{|\n|-\n| data-sort-value="{0}" | x\n|}}',
    "list item": "* {0}\n*{0}",
    "heading": "\n== {} ==\n",
    "parameter": "{{{{Note|{0}|text={0}}}}}",
    "link text": "[[:Main Page|{}]]",
    "external link text": "[https://example.org/ {}]",
    "isolated": "<bdi>{}</bdi>",
}  # fmt: skip
ACTIVE = set("!\"#%&'*+-:;<=>?[\\]^_`{|}~") - {"^"}
NODES = (
    mwparserfromhell.nodes.Template, mwparserfromhell.nodes.Argument, mwparserfromhell.nodes.Wikilink,
    mwparserfromhell.nodes.ExternalLink, mwparserfromhell.nodes.Tag, mwparserfromhell.nodes.Heading,
    mwparserfromhell.nodes.Comment,
)  # fmt: skip

anything = st.text(st.characters() | st.sampled_from("{}[]|<>='~_-!*#:;&/ \n\u200d\u0338\u037e"))


def structure(wikitext: str) -> Counter[str]:
    nodes = mwparserfromhell.parse(wikitext).ifilter(recursive=True)
    return Counter(type(node).__name__ for node in nodes if isinstance(node, NODES))


def test_the_corpus_has_every_class_and_no_two_attacks_of_one_shape() -> None:
    shapes = Counter(attack.tokens for attack in ATTACKS)
    doubled = [str(attack) for attack in ATTACKS if shapes[attack.tokens] > 1]

    assert doubled == []
    assert {attack.group for attack in ATTACKS} == CLASSES
    assert len(ATTACKS) >= 150


@pytest.mark.parametrize("attack", ATTACKS, ids=str)
def test_no_attack_leaves_anything_active(attack: Attack) -> None:
    escaped = escape(attack.text)

    assert not ACTIVE & set(re.sub(r"&#\d+;", "", escaped))
    assert not re.search(r"RFC|PMID|ISBN|[\x00-\x1f\x7f]|^\s|\s$", escaped)
    assert unescape(escaped) == clean(attack.text)


@pytest.mark.parametrize("context", CONTEXTS)
def test_no_attack_adds_a_node_to_what_is_around_it(context: str) -> None:
    harmless = structure(CONTEXTS[context].format("word"))
    changed = [
        str(a) for a in ATTACKS if structure(CONTEXTS[context].format(escape(a.text, 300) or "word")) != harmless
    ]

    assert changed == []


@UNHURRIED
@given(anything)
@example("\u0338")
@example("+")
def test_any_text_is_inert_displays_as_cleaned_and_survives_the_save_as_it_is(text: str) -> None:
    escaped = escape(text)

    assert not ACTIVE & set(re.sub(r"&#\d+;", "", escaped))
    assert unescape(escaped) == clean(text)
    assert unicodedata.is_normalized("NFC", f"| <bdi>{escaped}</bdi>")


@UNHURRIED
@given(anything)
def test_any_text_is_one_node_of_text_in_every_context(text: str) -> None:
    for context in CONTEXTS.values():
        assert structure(context.format(escape(text) or "word")) == structure(context.format("word"))


@UNHURRIED
@given(anything, st.integers(1, 30))
def test_a_limit_holds_and_cleaning_twice_changes_nothing(text: str, limit: int) -> None:
    cleaned = clean(text, limit)

    assert len(cleaned) <= limit
    assert clean(cleaned, limit) == cleaned
    assert clean(clean(text)) == clean(text)


def test_a_text_that_is_cut_says_so() -> None:
    assert escape("Global lock of an account", 12) == "Global lock…"
    assert escape("a" * 300, 300) == "a" * 300
    assert escape("a" * 301, 300) == "a" * 299 + "…"


def test_plain_words_stay_readable_in_the_wikitext() -> None:
    assert escape("Пример Алексей, 2021 (a/b) $1 @x.") == "Пример Алексей, 2021 (a/b) $1 @x."


@pytest.mark.parametrize(
    "name",
    [
        "ক্ষ\u200dত ক্\u200cষ", "می\u200cخواهم", "O'Example", "~2025-1234", "示例甲", "Foo.bar (WMF)", "a_b", "Ünïcode",
        "Пример-Алексей", "हिन्दी", "a/b", "'Example'", "=Example=", "$1", "é" * 127 + "x", "名" * 85,
        "Example\u3000甲", "ｅｘａｍｐｌｅ", "＿x＿", "👩🏽",
    ],
)  # fmt: skip
def test_legitimate_names_come_through_exactly(name: str) -> None:
    assert unescape(escape(name)) == clean(name) == name


def test_a_magic_link_word_is_broken_even_when_its_number_is_written_elsewhere() -> None:
    assert escape("RFC") + " 2324" == "&#82;FC 2324"


def test_a_leading_mark_cannot_melt_into_the_markup_before_it() -> None:
    assert unicodedata.normalize("NFC", f"<bdi>{escape(chr(0x338))}") == "<bdi>&#824;"


def test_isolated_text_carries_its_language_and_direction() -> None:
    assert isolate(escape("x")) == "<bdi>x</bdi>"
    assert isolate(escape("x"), "zh-hans", "ltr") == '<bdi lang="zh-hans" dir="ltr">x</bdi>'


@pytest.mark.parametrize(("lang", "direction"), [('x" onclick="y', None), ("en us", None), ("-", None), (None, "up")])
def test_a_language_or_direction_that_is_none_is_refused(lang: str | None, direction: str | None) -> None:
    with pytest.raises(ValueError, match="must be"):
        isolate(Wikitext("x"), lang, direction)


@pytest.mark.parametrize("attack", ATTACKS, ids=str)
def test_no_attack_links_in_a_summary(attack: Attack) -> None:
    summary = in_summary(attack.text)

    assert "[[" not in unescape(summary)
    assert "/*" not in unescape(summary)
    assert len(summary) <= 500


@UNHURRIED
@given(anything)
def test_no_text_links_in_a_summary(text: str) -> None:
    assert "[[" not in unescape(in_summary(text))
    assert "/*" not in unescape(in_summary(text))
