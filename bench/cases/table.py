"""A table of 10 000 rows with four outside strings each, all escaped; and the whole view of as many cases.

The peer appends each row to mwparserfromhell's tree, which has to parse it, and gets its cells escaped for nothing.
The floor is one f-string a row, over cells that are escaped already. All three must give the same bytes.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

import mwparserfromhell

from bench.ledgers import material
from bench.measure import Figure, Sample, Scale, alternate, require, timed
from oabot.i18n import language
from oabot.views import Place, render
from oabot.wikitext import Cell, Column, Row, Wikitext, escape, regions, table

_NAMES = (
    "Example {}",
    "Пример Алексей {}",
    "示例甲{}",
    "کاربر نمونه {}",
    "[[Foo|{}]]",
    "O'Example & Söhne {}",
    "A_b {{c}} {}",
)
_COLUMNS = ("Date", "Action", "Target", "Wiki", "Performer", "Comment", "Log")

_END = "\n|}\n</div>"

_Outside = tuple[str, str, str, str, str, int]
"""One row before it is wikitext: time, class (these are ours), target, wiki, comment, logid."""


def outside(number: int) -> list[_Outside]:
    """Rows as a log might give them, the same each time."""
    chance = random.Random(8)  # noqa: S311 - it has to repeat itself, not to be secret
    return [
        (
            f"20{chance.randrange(10, 26)}-{chance.randrange(1, 13):02}-{chance.randrange(1, 29):02}",
            chance.choice(("Global lock", "Removal of rights", "DMCA removal")),
            chance.choice(_NAMES).replace("{}", str(index)),
            chance.choice(("metawiki", "zhwiki", "fawiki")),
            chance.choice(("Foundation Global Ban {}", "Office action: <ref>{}</ref>", "", "DMCA – 通知 #{}")).format(
                index
            ),
            40_000_000 + index,
        )
        for index in range(number)
    ]


def _cells(row: _Outside) -> list[Cell | Wikitext]:
    when, action, target, wiki, comment, logid = row
    return [
        Cell(Wikitext(when), sort=when),
        Wikitext(action),
        escape(target),
        escape(wiki),
        escape("WMFOffice"),
        escape(comment),
        Wikitext(f"[https://meta.wikimedia.org/wiki/Special:Redirect/logid/{logid} <bdi>{logid}</bdi>]"),
    ]


def built(rows: Sequence[_Outside]) -> Wikitext:
    """The table of these rows."""
    columns = [Column(Wikitext(name), heads_rows=name == "Target") for name in _COLUMNS]
    return table(Wikitext("Office actions"), columns, (Row(_cells(row)) for row in rows))


def _peer(head: str, texts: Sequence[str]) -> str:
    code = mwparserfromhell.parse(head)
    for text in texts:
        code.append("\n" + text)
    code.append(_END)
    return str(code)


def _floor(head: str, rows: Sequence[tuple[str, ...]]) -> str:
    lines = [f"|-\n{a}\n{b}\n{c}\n{d}\n{e}\n{f}\n{g}" for a, b, c, d, e, f, g in rows]
    return "\n".join([head, *lines]) + _END


def figures(scale: Scale) -> Iterator[Figure]:
    """Build the table; then render the view, which has no peer."""
    rows = outside(scale.of(10_000, 20))
    wanted = built(rows)
    head, *texts = wanted.removesuffix(_END).split("\n|-\n")
    head, texts = f"{head}\n|-\n{texts[0]}", [f"|-\n{text}" for text in texts[1:]]
    parts = [tuple(text.split("\n")[1:]) for text in texts]

    def ours() -> Sample:
        with timed() as timer:
            made = built(rows)
        require(made == wanted, "the table differs from itself")
        return timer.sample

    def peer() -> Sample:
        with timed() as timer:
            made = _peer(head, texts)
        require(made == wanted, "the peer's table differs from ours")
        return timer.sample

    def floor() -> Sample:
        with timed() as timer:
            made = _floor(head, parts)
        require(made == wanted, "the floor's table differs from ours")
        return timer.sample

    took = alternate(scale, {"ours": ours, "peer": peer, "floor": floor})
    cpu = {name: medians["cpu_ms"] for name, medians in took.items()}
    yield Figure("table", "build 10 000 rows, escaped", "ms CPU", cpu["ours"], cpu["peer"], cpu["floor"], target=60)
    yield _view(scale)


def _view(scale: Scale) -> Figure:
    shown = material(scale.of(10_000, 20))
    region = regions("{{Office actions|table}}\n{{Office actions end}}")[0]
    place = Place("metawiki", "User:OATransparencyBot/Office actions", language("en"))
    wanted = len(shown.cases)

    def ours() -> Sample:
        with timed() as timer:
            draft = render(region, shown, place)
        require(draft.rows == wanted, "rows are missing")
        return timer.sample

    cpu = alternate(scale, {"ours": ours})["ours"]["cpu_ms"]
    return Figure("table", "the whole view of 10 000 cases", "ms CPU", cpu)
