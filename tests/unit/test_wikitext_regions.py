import contextlib
import json
import random
import re
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oabot.errors import InputError, RegionError
from oabot.wikitext import BUDGET, Region, Wikitext, escape, fits, regions, splice
from tests.attacks import Attack, attacks

UNHURRIED = settings(deadline=None)
"""How long a busy machine takes for one example says nothing."""

DATA = Path(__file__).parents[1] / "data/regions"
NAMESPACES = ("Template", "模板", "T")
CODES = {
    "end-missing", "start-missing", "doubled", "swapped", "nested", "inside-template", "inside-translate",
    "inside-include", "opening-unreadable",
}  # fmt: skip
BODY = Wikitext('{| class="wikitable"\n|+ c\n|-\n| [[:A|b]] || {{#time:Y}} || &#123;&#123;\n|}')

FRAGMENTS = [
    "{{Office actions|table}}", "{{Office actions end}}", "{{office_actions|summary|wiki=a}}",
    "{{Template:Office actions end}}", "{{Office actions|table}}\nold\n{{Office actions end}}",
    "{{Office actions|notice}}{{Office actions end}}", "<nowiki>", "</nowiki>", "<nowiki/>", "<!--", "-->", "<pre>",
    "</pre>", "<syntaxhighlight>", "</syntaxhighlight>", "<translate>", "</translate>", "<includeonly>",
    "</includeonly>", "<noinclude>", "</noinclude>", "<onlyinclude>", "</onlyinclude>", "<ref>", "</ref>", "<div>",
    "</div>", "{{", "}}", "{{{", "}}}", "{", "}", "[[", "]]", "[", "]", "{{Box|", "{{Box|x}}", "[[File:A.png|thumb|",
    "[[A]]", "{|\n|-\n|", "\n|}", "|", "=", "\n== H ==\n", "\n* ", "\n ", "\n", "\r\n", "\ufeff", "text", "متن",
    "示例", "~~~~", "''", "{{Wikidata list|x}}", "{{Wikidata list end}}", "<!-- T:1 -->", "{{Office actions",
    "Office actions end}}", "{{Office actions note}}", "-{", "}-",
]  # fmt: skip


def cases(name: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads((DATA / f"{name}.json").read_text(encoding="utf-8"))
    return rows


def found(text: str) -> tuple[Region, ...]:
    return regions(text, namespaces=NAMESPACES)


def outside(text: str, those: tuple[Region, ...]) -> list[str]:
    edges = [0, *(edge for region in those for edge in (region.body_start, region.body_end)), len(text)]
    return [text[start:end] for start, end in zip(edges[::2], edges[1::2], strict=True)]


def fill(text: str, body: Wikitext) -> str:
    """Fill every region of a page, twice, and check all that must hold of it; the page itself if it is refused."""
    try:
        before = found(text)
    except RegionError:
        return text
    once = splice(text, before, dict.fromkeys(range(len(before)), body))
    after = found(once)

    assert [region.body for region in after] == [body] * len(before)
    assert outside(once, after) == outside(text, before)
    assert splice(once, after, dict.fromkeys(range(len(after)), body)) == once
    return once


@pytest.mark.parametrize("case", cases("found"), ids=lambda case: case["name"])
def test_a_region_is_found_where_mediawiki_sees_its_templates(case: dict[str, Any]) -> None:
    assert [[r.view, dict(r.params), r.body] for r in found(case["text"])] == case["regions"]


@pytest.mark.parametrize("case", cases("found"), ids=lambda case: case["name"])
def test_a_well_formed_page_is_filled_and_stays_itself(case: dict[str, Any]) -> None:
    assert len(found(fill(case["text"], BODY))) == len(case["regions"])


@pytest.mark.parametrize("case", cases("refused"), ids=lambda case: case["name"])
def test_a_malformed_page_is_refused_with_what_is_wrong(case: dict[str, Any]) -> None:
    with pytest.raises(RegionError) as refusal:
        found(case["text"])

    assert refusal.value.code == case["code"]


def test_each_way_to_be_malformed_has_its_case() -> None:
    assert {case["code"] for case in cases("refused")} == CODES


def test_other_names_can_be_looked_for() -> None:
    text = "{{Офисные действия|table}}x{{Шаблон:офисные_действия/конец}}"

    (region,) = regions(text, "Офисные действия", "Офисные действия/конец", ("Template", "Шаблон"))

    assert (region.view, region.body) == ("table", "x")


def test_positions_are_those_of_the_text() -> None:
    text = "a{{Office actions|table}}\nb\n{{Office actions end}}c"

    (region,) = regions(text)

    assert text[: region.start] + text[region.end :] == "ac"
    assert text[region.body_start : region.body_end] == "\nb\n"


def test_ten_thousand_malformed_pages_lose_no_byte_and_grow_no_region() -> None:
    chance = random.Random(7)
    shapes: set[tuple[int, ...]] = set()
    while len(shapes) < 10_000:
        shapes.add(tuple(chance.choices(range(len(FRAGMENTS)), k=chance.randint(2, 12))))
    changed = refused = 0

    for shape in sorted(shapes):
        text = "".join(FRAGMENTS[index] for index in shape)
        filled = fill(text, BODY)
        changed += filled != text
        refused += filled == text and re.search(r"\{\{[Oo]ffice[ _]actions[ |]", text) is not None

    assert changed > 1000
    assert refused > 1000


@UNHURRIED
@given(st.lists(st.sampled_from(FRAGMENTS) | st.text(max_size=5)), st.text(max_size=50))
def test_any_page_filled_with_any_escaped_text_keeps_every_byte_outside(parts: list[str], text: str) -> None:
    fill("".join(parts), escape(text))


@pytest.mark.parametrize("attack", attacks(), ids=str)
def test_no_attack_in_a_body_reaches_out_of_it(attack: Attack) -> None:
    fill("<nowiki> {{Box| [[ {{Office actions|table}}{{Office actions end}} human ]] {{Other}}", escape(attack.text))


@pytest.mark.parametrize(
    "body",
    [
        "{{Office actions end}}", "{{Office actions|table}}", "{{ office_actions end\n}}",
        "<!-- {{Office actions end}} -->", "~~~~", "{{subst:x}}", "{{ <!-- --> SafeSubst:x}}", "<!--", "<nowiki>",
        "</nowiki>", "<pre>x</pre>", "<translate>", "</translate>", "<noinclude>", "<ref>x</ref>", "{{", "}}", "[[a",
        "a]]", "{{a|[[b}}", "[[a|]]", "[[|a]]", "a\rb", "a\0b", "e\u0301",
    ],
)  # fmt: skip
def test_a_body_that_could_reach_out_of_its_region_or_change_in_the_save_is_refused(body: str) -> None:
    text = "{{Office actions|table}}{{Office actions end}}"

    with pytest.raises(InputError):
        splice(text, regions(text), {0: Wikitext(body)})


def test_only_the_named_regions_are_filled() -> None:
    text = "{{Office actions|table}}a{{Office actions end}} {{Office actions|table}}b{{Office actions end}}"

    assert splice(text, regions(text), {1: Wikitext("new")}) == text.replace("b{{", "\nnew\n{{")


def test_a_region_that_holds_its_body_already_is_left_as_it_is() -> None:
    text = "{{Office actions|table}}same{{Office actions end}}"

    assert splice(text, regions(text), {0: Wikitext("same")}) == text


@pytest.mark.slow
@pytest.mark.parametrize(
    "hostile",
    [
        "{{", "}}", "[[", "]]", "{{{", "{{a|", "[[a|", "<nowiki>", "<!--", "<!-- -->", "<pre ", "<noinclude>",
        "<translate>", "<translate></translate>", "<ref>", "</ref>", "{{Office actions|", "{{Office actions<!--",
        "{{ ", "{{Office actions end}}", "{{Office actions}}{{Office actions end}}<noinclude></noinclude>", "<", "{",
        "</nowiki", "[[]", "{{a{{", "{{}", "{{[[",
    ],
)  # fmt: skip
def test_the_time_to_read_a_page_grows_with_its_length_only(hostile: str) -> None:
    def seconds(count: int) -> float:
        text = hostile * count
        started = time.process_time()
        with contextlib.suppress(RegionError):
            regions(text + "{{Office actions|table}}{{Office actions end}}")
        return time.process_time() - started

    # Sixteen times the text; were the time to grow with its square, it would take 256 times as long. The best of
    # three, as other processes on the machine make one slower.
    assert min(seconds(16_000) for _ in range(3)) < 64 * max(seconds(1_000), 0.002)


def test_a_page_fits_up_to_the_budget_in_bytes() -> None:
    assert fits("a" * BUDGET)
    assert not fits("a" * (BUDGET + 1))
    assert fits("名" * (BUDGET // 3))
    assert not fits("名" * (BUDGET // 3 + 1))
