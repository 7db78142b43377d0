"""Accessible, sortable wikitables, one line a cell."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from oabot.wikitext.escape import Wikitext, escape, language

_QUOTABLE = re.compile(r"[A-Za-z0-9 .:+-]*")
_CELL, _HEAD = "\n| ", '\n! scope="row" | '
_BEFORE_ATTRIBUTES = {_CELL: "\n|", _HEAD: '\n! scope="row"'}


class Column(NamedTuple):
    """One column and its heading."""

    title: Wikitext
    sortable: bool = True
    heads_rows: bool = False
    """Whether its cells are the headings of their rows."""


@dataclass(slots=True)
class Cell:
    """One cell that needs more than its text. Nobody changes one; to freeze it takes three times as long to make."""

    text: Wikitext
    sort: str = ""
    """What to sort by, when it isn't the text (an ISO date, a number); any outside text will do."""
    lang: str | None = None
    direction: str | None = None


@dataclass(slots=True)
class Row:
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
    parts = [f'<div style="overflow-x: auto">\n{{| class="{_quoted(classes)}"\n|+ {caption}\n|-']
    parts += [_heading(column) for column in columns]
    # Of a row, what stands before it, then what opens a cell and the cell, in turn.
    blank: list[Any] = ["\n|-"]
    for column in columns:
        blank += [_HEAD if column.heads_rows else _CELL, ""]
    marked: list[int] = []
    for row in rows:
        line = blank.copy()
        try:
            line[2::2] = row.cells
        except ValueError:
            raise ValueError("a row must have as many cells as there are columns") from None
        if row.css_class or row.anchor:
            line[0] = _row_start(row.css_class, row.anchor)
        _mark(line, marked)
        try:
            parts.append("".join(line))
        except TypeError:  # a `Cell` where the rows before it had text only
            marked = [place for place, part in enumerate(line) if place in marked or not isinstance(part, str)]
            _mark(line, marked)
            parts.append("".join(line))
    parts.append("\n|}\n</div>")
    return Wikitext("".join(parts))


def _heading(column: Column) -> str:
    unsortable = "" if column.sortable else ' class="unsortable"'
    return f'\n! scope="col"{unsortable} | {column.title}'


def _row_start(css_class: str, anchor: str) -> str:
    own_id = f' id="{_quoted(anchor)}"' if anchor else ""
    return f'\n|-{own_id} class="{_quoted(css_class)}"' if css_class else f"\n|-{own_id}"


def _mark(line: list[Any], places: Iterable[int]) -> None:
    """Make each `Cell` at these places its text, and its attributes part of what opens it."""
    for place in places:
        cell = line[place]
        if isinstance(cell, str):
            continue
        line[place], sort = cell.text, cell.sort
        attributes = language(cell.lang, cell.direction) if cell.lang or cell.direction else ""
        if sort:
            value = sort if sort.isascii() and sort.replace("-", "").isdecimal() else _quoted(sort)
            attributes = f' data-sort-value="{value}"{attributes}'
        if attributes:
            line[place - 1] = f"{_BEFORE_ATTRIBUTES[line[place - 1]]}{attributes} | "


def _quoted(value: str) -> str:
    """An attribute's value without its quotes; outside text is escaped, which leaves no quote in it."""
    return value if _QUOTABLE.fullmatch(value) else escape(value)
