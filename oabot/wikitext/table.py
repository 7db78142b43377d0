"""Accessible, sortable wikitables, one line a cell."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from oabot.wikitext.escape import Wikitext, escape, language

_QUOTABLE = re.compile(r"[A-Za-z0-9 .:+-]*")


class Column(NamedTuple):
    """One column and its heading."""

    title: Wikitext
    sortable: bool = True
    heads_rows: bool = False
    """Whether its cells are the headings of their rows."""


class Cell(NamedTuple):
    """One cell that needs more than its text."""

    text: Wikitext
    sort: str = ""
    """What to sort by, when it isn't the text (an ISO date, a number); any outside text will do."""
    lang: str | None = None
    direction: str | None = None


class Row(NamedTuple):
    """One row; a cell that is text only needs no `Cell`."""

    cells: Sequence[Cell | Wikitext]
    css_class: str = ""
    anchor: str = ""
    """The row's id, so that it can be linked."""


def table(caption: Wikitext, columns: Sequence[Column], rows: Iterable[Row], css_class: str = "") -> Wikitext:
    """A ``wikitable sortable`` with a caption, ``scope`` on every heading, and one line a cell.

    A table that is too wide scrolls, and leaves the page its width. `css_class` adds to its classes. Each row must
    have as many cells as there are columns (ValueError).
    """
    classes = f"wikitable sortable {css_class}".rstrip()
    lines = ['<div style="overflow-x: auto">', f'{{| class="{_quoted(classes)}"', f"|+ {caption}", "|-"]
    lines += [_heading(column) for column in columns]
    width = len(columns)
    headings = [index for index, column in enumerate(columns) if column.heads_rows][::-1]
    for cells, own_class, anchor in rows:
        if len(cells) != width:
            raise ValueError("a row must have as many cells as there are columns")
        parts = [_row_start(own_class, anchor) if own_class or anchor else "|-"]
        parts += [cell if isinstance(cell, str) else _attributed(*cell) for cell in cells]
        for index in headings:
            cell = cells[index]
            pipe = "| " if isinstance(cell, str) or not (cell.sort or cell.lang or cell.direction) else ""
            parts[index : index + 2] = [f'{parts[index]}\n! scope="row" {pipe}{parts[index + 1]}']
        lines.append("\n| ".join(parts))
    lines += ["|}", "</div>"]
    return Wikitext("\n".join(lines))


def _heading(column: Column) -> str:
    unsortable = "" if column.sortable else ' class="unsortable"'
    return f'! scope="col"{unsortable} | {column.title}'


def _row_start(css_class: str, anchor: str) -> str:
    own_id = f' id="{_quoted(anchor)}"' if anchor else ""
    return f'|-{own_id} class="{_quoted(css_class)}"' if css_class else f"|-{own_id}"


def _attributed(text: Wikitext, sort: str, lang: str | None, direction: str | None) -> str:
    """What follows a cell's opening: its attributes if it has any, and its text."""
    if not sort:
        return f"{language(lang, direction).lstrip()} | {text}" if lang or direction else text
    value = sort if sort.replace("-", "").isdecimal() and sort.isascii() else _quoted(sort)
    attributes = language(lang, direction) if lang or direction else ""
    return f'data-sort-value="{value}"{attributes} | {text}'


def _quoted(value: str) -> str:
    """An attribute's value without its quotes; outside text is escaped, which leaves no quote in it."""
    return value if _QUOTABLE.fullmatch(value) else escape(value)
