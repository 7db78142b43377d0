"""One region of a page of a megabyte brought up to date, all other bytes left as they are.

The page holds what pages hold: links, templates, references, comments, and before the region look-alikes of its
templates in nowiki, pre and comments. The peer parses the page with mwparserfromhell; the floor looks for two strings
and would be misled by the look-alikes, so it is given where to begin.
"""

from __future__ import annotations

import random
from collections.abc import Iterator

import mwparserfromhell

from bench.cases.table import built, outside
from bench.measure import Figure, Sample, Scale, alternate, require, timed
from oabot.wikitext import Wikitext, regions, splice

_OPENING, _CLOSING = "{{Office actions|table|since=2021-01-01}}", "{{Office actions end}}"
_DECOYS = (
    f"<nowiki>{_OPENING}</nowiki>",
    f"<!-- {_OPENING} -->",
    f"<pre>\n{_OPENING}\n{_CLOSING}\n</pre>",
    "{{Office actions/doc}}",
)
_PIECES = (
    "Text with '''bold''', ''italic'' and a [[Link|link to a page]], as people write it. ",
    (
        "Somebody said {{quote|author=A. Example|text=what [[User:Example|Example]] wrote}} on that day."
        "<ref>{{cite web|url=https://example.org/a?b=c|title=T}}</ref> "
    ),
    "\n== Heading ==\n* one [https://example.org/page a page]\n* two {{unsigned|Example|12:00, 1 January 2022}}\n",
    '\n{| class="wikitable"\n! A !! B\n|-\n| 1 || [[Example]]\n|}\n',
    "Ещё немного текста на другом языке, 以及一些中文文字。 ",
    "<small>a note</small> &nbsp; <!-- an editor's comment --> x < y and z > w. ",
)


def page(size: int) -> tuple[str, int]:
    """A page of that many bytes and more, with one region in its middle, and where the region begins."""
    chance = random.Random(8)  # noqa: S311 - it has to repeat itself, not to be secret
    halves = []
    for misleading in (0.002, 0.0):
        parts, length = [], 0
        while length < size // 2 - 50_000:
            piece = chance.choice(_DECOYS) if chance.random() < misleading else chance.choice(_PIECES)
            parts.append(piece)
            length += len(piece.encode())
        halves.append("".join(parts))
    body = built(outside(300))
    return f"{halves[0]}\n{_OPENING}\n{body}\n{_CLOSING}\n{halves[1]}", len(halves[0]) + 1


def figures(scale: Scale) -> Iterator[Figure]:
    """Find the region, put the new body in."""
    text, start = page(scale.of(1_000_000, 110_000))
    body = built(outside(301))
    inner, end = start + len(_OPENING), text.index(_CLOSING, start)
    wanted = f"{text[:inner]}\n{body}\n{text[end:]}"

    def ours() -> Sample:
        with timed() as timer:
            found = regions(text)
            made = splice(text, found, {0: body})
        require(made == wanted, "bytes outside the region were changed")
        return timer.sample

    def peer() -> Sample:
        with timed() as timer:
            made = _peer(text, body)
        require(made == wanted, "the peer's page differs")
        return timer.sample

    def floor() -> Sample:
        with timed() as timer:
            first = text.index(_OPENING, start) + len(_OPENING)
            made = f"{text[:first]}\n{body}\n{text[text.index(_CLOSING, first) :]}"
        require(made == wanted, "the floor's page differs")
        return timer.sample

    took = alternate(scale, {"ours": ours, "peer": peer, "floor": floor})
    cpu = {name: medians["cpu_ms"] for name, medians in took.items()}
    yield Figure(
        "region", "refresh a region of a 1 MB page", "ms CPU", cpu["ours"], cpu["peer"], cpu["floor"], target=5
    )


def _peer(text: str, body: Wikitext) -> str:
    code = mwparserfromhell.parse(text)
    templates = code.filter_templates(recursive=False)
    opening = next(one for one in templates if one.name.matches("Office actions"))
    closing = next(one for one in templates if one.name.matches("Office actions end"))
    nodes = code.nodes
    first, last = (next(i for i, node in enumerate(nodes) if node is one) for one in (opening, closing))
    return f"{''.join(map(str, nodes[: first + 1]))}\n{body}\n{''.join(map(str, nodes[last:]))}"
