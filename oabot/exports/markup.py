"""HTML that we write: every outside text passes `text`."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import NewType

from oabot.wikitext import clean

Html = NewType("Html", str)
"""Markup that we made, or outside text that went through `text`."""


def text(outside: str) -> Html:
    """Any text as HTML that shows it, on one line, without invisible characters; also in attributes."""
    return Html(escape(clean(outside)))


def element(name: str, *inner: Html, **attributes: str | None) -> Html:
    """An element; attributes are outside text too, one that is None is left out, ``_`` in a name is ``-``."""
    said = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{text(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    return Html(f"<{name}{said}>{''.join(inner)}</{name}>")


def link(address: str, shown: Html) -> Html:
    """A link to an ``https:`` address or a file beside the page; the text alone for anything else."""
    if not address or (":" in address and not address.startswith(("https://", "http://"))):
        return shown
    return element("a", shown, href=address, rel="noreferrer" if ":" in address else None)


def table(caption: Html, headings: Iterable[Html], rows: Iterable[Iterable[Html]], **attributes: str | None) -> Html:
    """A table whose rows' first cells head them, in a box that can be moved sideways on a narrow screen."""
    head = element("tr", *(element("th", one, scope="col") for one in headings))
    body = []
    for row in rows:
        first, *rest = row
        body.append(element("tr", element("th", first, scope="row"), *(element("td", one) for one in rest)))
    inner = element("table", element("caption", caption), element("thead", head), element("tbody", *body), **attributes)
    return Html(f'<div class="box" role="region" tabindex="0" aria-label="{caption}">{inner}</div>')
