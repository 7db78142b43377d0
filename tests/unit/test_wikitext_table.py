import mwparserfromhell
import pytest
from hypothesis import given
from hypothesis import strategies as st

from oabot.wikitext import Cell, Column, Row, Wikitext, escape, table

COLUMNS = [
    Column(Wikitext("Date"), heads_rows=True),
    Column(Wikitext("Target")),
    Column(Wikitext("Note"), sortable=False),
]
ROWS = [
    Row([Cell(Wikitext("1 May"), "2021-05-01"), Cell(escape("示例甲"), "", "zh", "ltr"), Wikitext("one")]),
    Row([Wikitext("2 May"), Wikitext("b"), Cell(Wikitext("two"))], css_class="reversed", anchor="metawiki-12"),
]
WIKITEXT = """<div style="overflow-x: auto">
{| class="wikitable sortable office"
|+ Actions
|-
! scope="col" | Date
! scope="col" | Target
! scope="col" class="unsortable" | Note
|-
! scope="row" data-sort-value="2021-05-01" | 1 May
| lang="zh" dir="ltr" | 示例甲
| one
|- id="metawiki-12" class="reversed"
! scope="row" | 2 May
| b
| two
|}
</div>"""

words = st.sampled_from(["", "a", "示例甲", "2021-05-01", '" | {{Evil}}']).map(escape)
cells: st.SearchStrategy[Cell | Wikitext] = words | st.builds(
    Cell, words, words, st.sampled_from([None, "zh"]), st.sampled_from([None, "rtl"])
)


def test_a_table_is_accessible_sortable_and_has_one_line_a_cell() -> None:
    assert table(Wikitext("Actions"), COLUMNS, ROWS, "office") == WIKITEXT


def test_a_table_without_rows_is_still_a_table() -> None:
    tags = mwparserfromhell.parse(table(Wikitext("Actions"), COLUMNS, [])).filter_tags(
        matches=lambda tag: tag.tag == "th"
    )

    assert len(tags) == 3


def test_a_row_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="as many cells"):
        table(Wikitext("Actions"), COLUMNS, [Row([Wikitext("a")])])


def test_what_a_cell_is_sorted_by_cannot_end_its_attribute() -> None:
    rows = [Row([Cell(Wikitext("x"), '" | {{Evil}} ~~~~ [[a]]'), Wikitext("y"), Wikitext("z")])]

    wikitext = table(Wikitext("c"), COLUMNS, rows)

    assert 'data-sort-value="&#34; &#124; &#123;&#123;Evil' in wikitext
    assert not mwparserfromhell.parse(wikitext).filter_templates()


@pytest.mark.parametrize("text", ["-", "+", "}", "|", "!", "- x", "+ caption"])
def test_a_text_of_table_markup_stays_in_its_cell(text: str) -> None:
    wikitext = table(Wikitext("c"), COLUMNS[:1], [Row([escape(text)])])

    assert len(wikitext.splitlines()) == 9
    assert wikitext.splitlines()[6] == f'! scope="row" | {escape(text)}'


@given(st.lists(st.lists(cells, min_size=3, max_size=3), max_size=5))
def test_a_row_is_the_same_whatever_the_rows_before_it_hold(rows: list[list[Cell | Wikitext]]) -> None:
    head, end = table(Wikitext("c"), COLUMNS, []).split("\n|}")

    alone = [table(Wikitext("c"), COLUMNS, [Row(row)]).removeprefix(head).removesuffix(f"\n|}}{end}") for row in rows]

    assert table(Wikitext("c"), COLUMNS, map(Row, rows)) == "".join([head, *alone, "\n|}", end])
