"""Calls of one template: where they stand on a page, what they say, and what is added to them.

What people wrote is read, never rewritten: a call gets parameters of ours at its end, and every other byte stays.
"""

from __future__ import annotations

import functools
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

from oabot.errors import RegionError
from oabot.wikitext.lexer import Lexer, names

if TYPE_CHECKING:
    from mwparserfromhell.nodes import Template
    from mwparserfromhell.wikicode import Wikicode

LONGEST = 10_000
"""Characters of a call that are read; people write a few dozen."""


@dataclass(frozen=True, slots=True)
class TemplateCall:
    """One call; positions are offsets in the page's text."""

    start: int
    end: int
    params: Mapping[str, str] = field(hash=False)
    """Without spaces and comments around; of equal names the last one."""


def template_calls(text: str, name: str, namespaces: Collection[str] = ("Template",)) -> list[TemplateCall]:
    """The calls of a template on a page, in their order; not those in nowiki, comments and other raw tags.

    One that can't be read is left out. Raises: `RegionError` when one is inside another template, link or tag.
    """
    found = Lexer(text, names((name,), tuple(namespaces))).run().calls
    read = ((call, _parameters(text[call.start : call.end])) for call in found)
    return [TemplateCall(call.start, call.end, params) for call, params in read if params is not None]


def with_parameters(text: str, values: Mapping[str, str]) -> str:
    """One call with these parameters at its end, in place of any that it has by the same names.

    The values have to be wikitext of ours: balanced, on one line, without a pipe outside of links and templates.
    Raises: `RegionError` when the text isn't one call.
    """
    template = _template(text)
    if template is None:
        raise RegionError("opening-unreadable")
    kept = [str(one) for one in template.params if _uncommented(one.name) not in values]
    ours = [f"{name}={value}" for name, value in values.items()]
    return "{{" + "|".join([str(template.name), *kept, *ours]) + "}}"


@functools.lru_cache(maxsize=4096)
def _parameters(text: str) -> Mapping[str, str] | None:
    template = _template(text)
    if template is None:
        return None
    return MappingProxyType({_uncommented(one.name): _uncommented(one.value) for one in template.params})


def _template(text: str) -> Template | None:
    import mwparserfromhell

    if len(text) > LONGEST:
        return None
    nodes = mwparserfromhell.parse(text, skip_style_tags=True).nodes
    whole = nodes[0] if len(nodes) == 1 else None
    return whole if isinstance(whole, mwparserfromhell.nodes.Template) and str(whole) == text else None


def _uncommented(code: Wikicode) -> str:
    from mwparserfromhell.nodes import Comment

    return "".join(str(node) for node in code.nodes if not isinstance(node, Comment)).strip()
