"""The regions of a page: found, read and filled, with every character outside left alone."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from types import MappingProxyType
from typing import TYPE_CHECKING

from oabot.errors import InputError, RegionError
from oabot.wikitext.escape import Wikitext
from oabot.wikitext.lexer import Call, Element, Lexer, Names, names

if TYPE_CHECKING:
    from mwparserfromhell.wikicode import Wikicode

OPENING = "Office actions"
CLOSING = "Office actions end"
PAGE_LIMIT = 2_097_152
"""Bytes of UTF-8 that MediaWiki takes in a page ($wgMaxArticleSize)."""
BUDGET = 1_000_000
"""Bytes of UTF-8 that we make a page at most."""
LONGEST_OPENING = 10_000
"""Characters of an opening template that are read; parsing takes time, and people write a few dozen."""

_CHANGED_WHEN_SAVED = ("~~~", "|]]", "[[|", "\0", "\r", "\x7f")
"""Signatures, pipe tricks, and characters that MediaWiki replaces."""
_SUBSTITUTED = re.compile(r"\{\{(?:\s|<!--.*?-->)*+(?:safe)?subst:", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Region:
    """One region; all positions are offsets in the page's text."""

    view: str
    """The opening template's first parameter; empty when there is none."""
    params: Mapping[str, str] = field(hash=False)
    """Its other parameters, without spaces and comments around; of equal names the last one."""
    start: int
    body_start: int
    body_end: int
    end: int
    body: str
    """What is between the two templates, less the one line break after the first and before the second."""
    names: Names = field(repr=False, compare=False)
    """The templates by which it was found."""


def regions(
    text: str, opening: str = OPENING, closing: str = CLOSING, namespaces: Collection[str] = ("Template",)
) -> tuple[Region, ...]:
    """The page's regions in their order; empty when it has none.

    Names compare as MediaWiki compares titles; `namespaces` are the names of its template namespace there.
    What stands in a comment or in a raw tag (nowiki, pre, syntaxhighlight …) is no template. An unclosed
    comment reaches to the end of the page, an unclosed raw tag is plain text.

    Raises `RegionError`, and then nothing on the page may be touched:

    * ``inside-template``: in another template, parameter, link or a tag such as ref or gallery;
    * ``inside-translate``: in, or around, ``<translate>``, closed or not;
    * ``inside-include``: in, or around, includeonly, noinclude or onlyinclude;
    * ``doubled``: two openings or two ends with nothing but space between them;
    * ``end-missing``: more openings than ends; ``start-missing``: more ends than openings;
    * ``swapped``: as many of both, but an end comes first;
    * ``nested``: as many of both, one region in another; or a region holds what looks like one of its
      templates, in a comment or nowiki too;
    * ``opening-unreadable``: an opening of more than `LONGEST_OPENING` characters, or broken in itself.
    """
    lexer = Lexer(text, names((opening, closing), tuple(namespaces))).run(until=_last_word(text, opening, closing))
    _refuse_overlap(lexer.elements, [(call.start, call.end) for call in lexer.calls])
    pairs = _pairs(text, lexer.calls, opening)
    _refuse_overlap(lexer.elements, [(first.start, last.end) for first, last in pairs])
    for first, last in pairs:
        if lexer.names.mention.search(text, first.end, last.start):
            raise RegionError("nested")
    return tuple(_region(text, first, last, lexer.names) for first, last in pairs)


def _last_word(text: str, *wanted: str) -> int:
    """Where the last word ends that may be part of one of these names: no call of them begins later."""
    words = {max(re.split("[ _]", name[1:]), key=len) for name in wanted}
    return max(text.rfind(word) + len(word) for word in words)


def _refuse_overlap(elements: Sequence[Element], spans: Sequence[tuple[int, int]]) -> None:
    """Refuse a page on which one of the elements overlaps one of the spans (in order, apart)."""
    for element in elements:
        index = bisect_right(spans, element.start, key=lambda span: span[1])
        if index < len(spans) and spans[index][0] < element.end:
            raise RegionError(element.code)


def _pairs(text: str, calls: Sequence[Call], opening: str) -> list[tuple[Call, Call]]:
    """Each opening with its end, if they alternate; else what is wrong with them."""
    opens, ends = calls[::2], calls[1::2]
    if len(opens) == len(ends) and all(c.name == opening for c in opens) and all(c.name != opening for c in ends):
        return list(zip(opens, ends, strict=True))
    for one, next_one in pairwise(calls):
        if one.name == next_one.name and not text[one.end : next_one.start].strip():
            raise RegionError("doubled")
    surplus = sum(1 if call.name == opening else -1 for call in calls)
    if surplus:
        raise RegionError("end-missing" if surplus > 0 else "start-missing")
    raise RegionError("nested" if calls[0].name == opening else "swapped")


def _region(text: str, first: Call, last: Call, found_by: Names) -> Region:
    if first.end - first.start > LONGEST_OPENING:
        raise RegionError("opening-unreadable")
    params = _parameters(text[first.start : first.end])
    return Region(
        view=params.pop("1", ""),
        params=MappingProxyType(params),
        start=first.start,
        body_start=first.end,
        body_end=last.start,
        end=last.end,
        body=text[first.end : last.start].removeprefix("\n").removesuffix("\n"),
        names=found_by,
    )


def _parameters(call: str) -> dict[str, str]:
    """The parameters of one template call, by mwparserfromhell."""
    import mwparserfromhell

    templates = mwparserfromhell.parse(call, skip_style_tags=True).filter_templates(recursive=False)
    if len(templates) != 1 or str(templates[0]) != call:
        raise RegionError("opening-unreadable")
    return {_uncommented(p.name): _uncommented(p.value) for p in templates[0].params}


def _uncommented(code: Wikicode) -> str:
    from mwparserfromhell.nodes import Comment

    return "".join(str(node) for node in code.nodes if not isinstance(node, Comment)).strip()


def splice(text: str, found: Sequence[Region], bodies: Mapping[int, Wikitext]) -> str:
    """The page with new bodies, by the index of the region in `found`, which `regions` gave for this very text.

    A new body stands on lines of its own; a region that holds its body already isn't touched at all.
    Raises `InputError` when a body could change anything outside of it or would be changed by the save.
    """
    parts = []
    position = 0
    for index, region in enumerate(found):
        if index in bodies and bodies[index] != region.body:
            _refuse_body(bodies[index], region.names)
            parts += [text[position : region.body_start], "\n", bodies[index], "\n"]
            position = region.body_end
    parts.append(text[position:])
    return "".join(parts)


def _refuse_body(body: str, found_by: Names) -> None:
    """Refuse a body that reaches beyond itself or isn't what a save would keep."""
    if any(part in body for part in _CHANGED_WHEN_SAVED) or _SUBSTITUTED.search(body):
        raise InputError("the body of a region must not hold what a save changes")
    if found_by.element.search(body) or found_by.mention.search(body):
        raise InputError("the body of a region must hold no region, nor any tag that regions know")
    if not unicodedata.is_normalized("NFC", body):
        raise InputError("the body of a region must be NFC")
    lexer = Lexer(body, found_by).run()
    if lexer.unbalanced or lexer.calls:
        raise InputError("the body of a region must close what it opens")


def fits(text: str) -> bool:
    """Whether a page of this text stays within `BUDGET`, which is well below what MediaWiki takes."""
    return len(text) * 4 <= BUDGET or len(text.encode("utf-8", "surrogatepass")) <= BUDGET
