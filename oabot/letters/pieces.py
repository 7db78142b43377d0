"""A page of letters as a flat row of headings and texts, each with the language that its tab or tag names.

Known are ``<tabber>`` (Extension:Tabber, TabberNeue), ``<tabs><tab name=…>`` (Extension:Tabs), templates that take
labels and contents in any order, ``{{lang|CODE|…}}``, ``{{lang-CODE|…}}``, and any tag with ``lang=``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import mwparserfromhell
from mwparserfromhell.nodes import Comment, ExternalLink, Heading, Node, Tag, Template, Text, Wikilink
from mwparserfromhell.nodes.extras import Parameter
from mwparserfromhell.wikicode import Wikicode

from oabot.letters.words import language_of, words

LONGEST_LABEL = 40
"""Characters of a tab's label at most; a longer text is content."""

DEEPEST = 20
"""Templates in templates that are read at most."""

_TABBER = re.compile(r"^\s*\|-\|", re.MULTILINE)
_UNSEEN = frozenset({"nowiki", "pre", "syntaxhighlight", "source", "ref", "math", "style", "script", "noinclude"})


class NestedTabs(Exception):
    """Tabs inside other tabs: which text is in which language can't be told."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A heading (with a level) or a text (level 0) of a page."""

    text: str
    """As wikitext."""
    language: str | None = None
    """What its tab, tag or template says, if it says so."""
    level: int = 0


@dataclass(frozen=True, slots=True)
class _Where:
    """What surrounds a piece."""

    language: str | None = None
    tabs: bool = False
    depth: int = 0

    def inside(self, language: str | None, *, tabs: bool = False) -> _Where:
        return _Where(language or self.language, self.tabs or tabs, self.depth + 1)


def pieces(text: str) -> tuple[Piece, ...]:
    """The pieces of a page's wikitext, in its order. Raises: `NestedTabs`."""
    return tuple(_parsed(text, _Where()))


def _parsed(text: str, where: _Where) -> Iterator[Piece]:
    """Templates and tabs keep their contents as text: each is parsed when its turn comes."""
    if where.depth > DEEPEST:
        yield Piece(text, where.language)
    else:
        yield from _pieces(mwparserfromhell.parse(text, skip_style_tags=True), where)


def _pieces(code: Wikicode, where: _Where) -> Iterator[Piece]:
    for node in code.nodes:
        if isinstance(node, Heading):
            yield Piece(str(node.title).strip(), where.language, node.level)
        elif isinstance(node, Tag):
            yield from _tag(node, where)
        elif isinstance(node, Template):
            yield from _template(node, where)
        elif not isinstance(node, Comment):
            yield Piece(_shown(node), where.language)


def _shown(node: Node) -> str:
    if isinstance(node, Wikilink):
        return str(node.text or node.title)
    if isinstance(node, ExternalLink):
        return str(node.title or "")
    return str(node) if isinstance(node, Text) else str(node.__strip__() or "")


def _tag(tag: Tag, where: _Where) -> Iterator[Piece]:
    name = str(tag.tag).strip().lower()
    if name in _UNSEEN:
        return
    if name in ("tabber", "tabs"):
        yield from _tabs(tag, name, where)
    elif tag.wiki_markup and tag.self_closing:  # the mark of a list item, such as #
        yield Piece(str(tag.wiki_markup), where.language)
    elif name == "br":
        yield Piece("\n", where.language)
    elif tag.contents is not None:
        own = language_of(str(tag.get("lang").value)) if tag.has("lang") else None
        yield from _pieces(tag.contents, where.inside(own))


def _tabs(tag: Tag, name: str, where: _Where) -> Iterator[Piece]:
    if where.tabs:
        raise NestedTabs
    if name == "tabs":
        for tab in tag.contents.filter_tags(recursive=False, matches=lambda one: str(one.tag).lower() == "tab"):
            label = str(tab.get("name").value) if tab.has("name") else ""
            yield from _pieces(tab.contents, where.inside(language_of(label), tabs=True))
        return
    for text in _TABBER.split(str(tag.contents)):
        label, _, content = text.partition("=")
        yield from _parsed(content, where.inside(language_of(label), tabs=True))


def _template(template: Template, where: _Where) -> Iterator[Piece]:
    own = _named_language(str(template.name))
    contents = _contents(template.params)
    tabs = len({code for code, _ in contents if code}) > 1
    if tabs and where.tabs:
        raise NestedTabs
    for code, content in contents:
        yield from _parsed(content, where.inside(code or own, tabs=tabs))


def _named_language(name: str) -> str | None:
    """The language of ``{{lang-ru|…}}``."""
    stem, dash, code = name.strip().lower().partition("-")
    return language_of(code) if dash and stem in ("lang", "langi", "язык") else None


def _contents(params: Sequence[Parameter]) -> list[tuple[str | None, str]]:
    """(language, content) of each parameter that isn't a label, by the label that belongs to it."""
    by_name = {str(one.name).strip().lower() for one in params if one.showkey} & words().keys()
    labels: dict[str, str] = {}
    found: list[tuple[str, str, str]] = []
    last = ""
    for one in params:
        name, value = str(one.name).strip().lower(), str(one.value)
        suffix = name[len(name.rstrip("0123456789")) :] if one.showkey else ""
        label = language_of(value) if len(value.strip()) <= LONGEST_LABEL and "\n" not in value.strip() else None
        if len(by_name) > 1 and name in by_name:
            found.append((name, "", value))
        elif label:
            last = label
            if suffix:
                labels[suffix] = label
        else:
            found.append(("", suffix, value) if suffix else (last, "", value))
    return [(own or labels.get(suffix) or None, value) for own, suffix, value in found]
