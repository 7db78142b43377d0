"""A table that is too big for one page, in parts: the newest years on the page, older ones on subpages by year.

What the parts are follows from the cases and the size of what they make alone, so that two runs agree. A year that
outgrows its subpage goes on in another one (``2021``, ``2021-2``), filled from its oldest case on: what is full stays.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from oabot.model import Case
from oabot.views import Draft, Material, Place, View
from oabot.views.parameters import Filters
from oabot.wikitext import BUDGET, Wikitext, escape, isolate, link

TIME_BUDGET = 5000
"""Characters of #time formats on one page. ParserFunctions takes 6000 (MAX_TIME_CHARS), then puts errors in the table;
of all limits of MediaWiki's parser our tables come near no other one before a page is 2 MiB long.
"""

RESERVED = 100_000
"""Bytes of a subpage that are left to what people write there."""

_FIRST_LOOK = 1000
"""About so many cases make a subpage."""

_TIME = re.compile(r"\{\{#time:([^|{}]*)\|[^{}]*\}\}")
_PART = re.compile(r"(?:[1-9]\d*/)?\d{4}(?:-[1-9]\d*)?")


@dataclass(frozen=True, slots=True)
class Room:
    """What a region may take of a page."""

    size: int
    """Bytes of UTF-8."""
    time: int = TIME_BUDGET
    """Characters of #time formats; each different call counts once."""

    def holds(self, text: str) -> bool:
        """Whether a text has room."""
        return self.share(text) <= 1

    def share(self, text: str) -> float:
        """How much of it a text takes; more than 1 when it has no room."""
        taken = room_of(text)
        return max(taken.size / max(1, self.size), taken.time / max(1, self.time))

    def beside(self, text: str, shares: int = 1) -> Room:
        """What is left beside a text, for each of so many."""
        taken = room_of(text)
        return Room(max(0, self.size - taken.size) // shares, max(0, self.time - taken.time) // shares)


def room_of(text: str) -> Room:
    """What a text takes."""
    calls = {found[0]: len(found[1]) for found in _TIME.finditer(text)}
    return Room(len(text.encode("utf-8", "surrogatepass")), sum(calls.values()))


PAGE = Room(BUDGET)
SUBPAGE = Room(BUDGET - RESERVED)


@dataclass(frozen=True, slots=True)
class Part:
    """Cases that stand on one subpage."""

    name: str
    cases: tuple[Case, ...]


def subpage(title: str, name: str) -> str:
    """The title of the page that holds a part of a table."""
    return f"{title}/{name}"


def parent(title: str, name: str) -> str | None:
    """The title of the page whose part this is; None for a name or a title that no part has."""
    return title.removesuffix(f"/{name}") if _PART.fullmatch(name) and title.endswith(f"/{name}") else None


def parts(cases: Sequence[Case], share: Callable[[Sequence[Case]], float]) -> list[Part]:
    """The cases by year, each year in as many parts as it needs; oldest first.

    `share` is how much of a subpage some cases take; more than 1: they have no room.
    """
    ordered = sorted(cases, key=lambda case: case.opening.order)
    found: list[Part] = []
    for year, of_year in itertools.groupby(ordered, key=lambda case: case.opening.timestamp.year):
        rest = tuple(of_year)
        for number in itertools.count(1):
            fitting = _fitting(rest, share)
            found.append(Part(f"{year}" if number == 1 else f"{year}-{number}", rest[:fitting]))
            rest = rest[fitting:]
            if not rest:
                break
    return found


def _fitting(cases: Sequence[Case], share: Callable[[Sequence[Case]], float]) -> int:
    """How many of the first cases have room; never none, for a single case can't be split.

    To know what cases take they have to be drawn, so each look is where the last one says that the end must be.
    """
    fits, too_many = 1, len(cases) + 1
    look = min(len(cases), _FIRST_LOOK)
    while too_many - fits > 1:
        taken = share(cases[:look])
        fits, too_many = (look, too_many) if taken <= 1 else (fits, look)
        look = min(max(int(look / max(taken, 1e-6)), fits + 1), too_many - 1)
    return fits


@dataclass(frozen=True, slots=True)
class Table:
    """A region that can be split, and what it is made of."""

    view: View
    filters: Filters
    material: Material
    place: Place
    prefix: str = ""
    """Before the names of its parts, when it isn't the page's first table (``2/``)."""

    def split(self, room: Room) -> dict[str, Draft]:
        """Its drafts by the name of the part: its own one first (``""``), then the subpages' from the newest on.

        What has room is left as it is.
        """
        whole = self.view.render(self.filters, self.material, self.place)
        if self.view.cases is None or room.holds(whole.body):
            return {"": whole}
        shown = self.view.cases(self.filters, self.material, self.place)[: self.filters.limit]
        found = parts(shown, lambda cases: SUBPAGE.share(self._drawn(cases).body))
        names = [self.prefix + part.name for part in found]
        own, stays = self._own(found, names, room)
        return {"": own} | {
            names[index]: self._drawn(found[index].cases, _neighbours(self.place.title, names[:stays], index))
            for index in reversed(range(stays))
        }

    def _own(self, found: Sequence[Part], names: Sequence[str], room: Room) -> tuple[Draft, int]:
        """What stays on the page: the newest parts that have room together; and how many older ones go elsewhere."""
        own, stays = self._drawn((), _list(self.place.title, names)), len(found)
        while stays:
            cases = [case for part in found[stays - 1 :] for case in part.cases]
            more = self._drawn(cases, _list(self.place.title, names[: stays - 1]))
            if not room.holds(more.body):
                break
            own, stays = more, stays - 1
        return own, stays

    def _drawn(self, cases: Sequence[Case], above: Wikitext | None = None) -> Draft:
        material = replace(self.material, cases=tuple(cases))
        return self.view.render(replace(self.filters, limit=None), material, replace(self.place, above=above))


def _list(title: str, names: Sequence[str]) -> Wikitext:
    """Links to all subpages, newest first."""
    return _navigation([_link(title, name) for name in reversed(names)])


def _neighbours(title: str, names: Sequence[str], index: int) -> Wikitext:
    """A link up, and to the parts beside: a new year changes only the page before it."""
    beside = [_link(title, name) for name in reversed(names[max(0, index - 1) : index])]
    newer = [_link(title, name) for name in names[index + 1 : index + 2]]
    here = Wikitext(f"'''{isolate(escape(names[index]))}'''")
    return _navigation([link(title, isolate(escape(title.rpartition("/")[2]))), *newer, here, *beside])


def _link(title: str, name: str) -> Wikitext:
    return link(subpage(title, name), isolate(escape(name)))


def _navigation(links: Sequence[Wikitext]) -> Wikitext:
    return Wikitext(f'<div class="oabot-parts">{" · ".join(links)}</div>')
