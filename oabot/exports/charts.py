"""Bars in SVG, each with its number beside it; whoever can't see them has the same numbers in a table."""

from __future__ import annotations

from collections.abc import Sequence

from oabot.exports.markup import Html, text
from oabot.i18n.mediawiki import Direction

WIDTH, LINE, LABEL, NUMBER = 360, 22, 110, 36


def bars(title: str, rows: Sequence[tuple[str, int]], direction: Direction) -> Html:
    """A bar a row, growing the way the language runs; every length is to scale."""
    most = max((number for _, number in rows), default=0) or 1
    lines = [_line(index, name, number, most, rtl=direction == "rtl") for index, (name, number) in enumerate(rows)]
    box = f"0 0 {WIDTH} {LINE * len(rows) + 4}"
    return Html(f'<svg role="img" aria-label="{text(title)}" viewBox="{box}" direction="ltr">{"".join(lines)}</svg>')


def _line(index: int, name: str, number: int, most: int, *, rtl: bool) -> str:
    length = max(1, round((WIDTH - LABEL - NUMBER) * number / most)) if number else 0
    top, base = index * LINE + 4, index * LINE + 16
    start = WIDTH - LABEL - length if rtl else LABEL
    label, value = (WIDTH - LABEL + 6, start - 6) if rtl else (LABEL - 6, start + length + 6)
    near, far = ("start", "end") if rtl else ("end", "start")
    return (
        f'<text x="{label}" y="{base}" text-anchor="{near}">{text(name)}</text>'
        f'<rect x="{start}" y="{top}" width="{length}" height="16"/>'
        f'<text x="{value}" y="{base}" text-anchor="{far}">{number}</text>'
    )
