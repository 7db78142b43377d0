"""How rare they are: cases by year and class and by wiki, and what the Case Review Committee published."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from oabot.model import GLOBAL, Case, CommitteeTotals, Status
from oabot.views import cells, tally
from oabot.views.frame import framed
from oabot.views.material import Draft, Material, Place, page_link
from oabot.views.parameters import Filters
from oabot.views.table import of_table
from oabot.views.tally import Tally, tallies
from oabot.wikitext import Cell, Column, Row, Wikitext, escape, external, isolate, table

PARAMETERS = ("wiki", "class", "since", "lang")

WIDEST = 20
"""Blocks of the longest bar."""


def render_summary(filters: Filters, material: Material, place: Place) -> Draft:
    """Counts, which show no entry: those that the filters let through, without a row for any of them."""
    found = of_table(filters, material, place)
    parts = [_years(found, place), _wikis(found, place)] if found else [place.language.say("oabot-empty-table")]
    if material.committee:
        parts.append(_committee(material.committee, material, place))
    parts.append(Wikitext(f"<small>{place.language.say('oabot-summary-note')}</small>"))
    return Draft(framed(Wikitext("\n".join(parts)), material, place), news="oabot-summary-refresh")


def _years(found: Sequence[Case], place: Place) -> Wikitext:
    """A row a year, and below it one for each class when there are several."""
    say = place.language.say
    years, classes = tallies(found, tally.year), tallies(found, tally.year_and_class)
    most = max(one.total for one in years.values())
    statuses = tally.seen(years)
    rows = []
    for year, whole in sorted(years.items(), reverse=True):
        parts = {name: one for (when, name), one in classes.items() if when == year}
        if len(parts) > 1:
            everything = Wikitext(f"'''{say('oabot-column-total')}'''")
            rows.append(Row([_year(year, place), Cell(everything, sort="!"), *_counts(whole, most, statuses, place)]))
        rows += [
            Row([_year(year, place), _class(name, place), *_counts(parts[name], most, statuses, place)])
            for name in sorted(parts, key=lambda name: (-parts[name].total, name))
        ]
    headings = [Column(say("oabot-column-year"), heads_rows=True), Column(say("oabot-column-class"))]
    return table(say("oabot-caption-summary"), [*headings, *_headings(statuses, place)], rows)


def _wikis(found: Sequence[Case], place: Place) -> Wikitext:
    say = place.language.say
    wikis = tallies(found, tally.scope)
    most, statuses = max(one.total for one in wikis.values()), tally.seen(wikis)
    rows = [
        Row([_scope(name, place), *_counts(one, most, statuses, place)])
        for name, one in sorted(wikis.items(), key=lambda item: (-item[1].total, item[0]))
    ]
    headings = [Column(say("oabot-column-wiki"), heads_rows=True), *_headings(statuses, place)]
    return table(say("oabot-caption-wikis"), headings, rows)


def _committee(totals: Iterable[CommitteeTotals], material: Material, place: Place) -> Wikitext:
    language = place.language
    names = ("ratified", "overturned", "remanded", "ineligible", "total")
    rows = [Row([_source(one, material), *(_number(getattr(one, name), place) for name in names)]) for one in totals]
    headings = [Column(language.say("oabot-column-period"), heads_rows=True)]
    headings += [Column(language.say(f"oabot-column-{name}")) for name in names]
    return table(language.say("oabot-caption-committee"), headings, rows)


def _source(totals: CommitteeTotals, material: Material) -> Wikitext:
    period = isolate(escape(totals.period))
    if totals.source.startswith(("https://", "http://")):
        return external(totals.source, period)
    return page_link(material, material.central, totals.source, period)


def _headings(statuses: Sequence[Status], place: Place) -> list[Column]:
    total = Column(place.language.say("oabot-column-total"))
    return [total, *(Column(cells.status_name(status, place)) for status in statuses)]


def _counts(counted: Tally, most: int, statuses: Sequence[Status], place: Place) -> list[Cell]:
    number = _number(counted.total, place)
    total = Cell(Wikitext(f"{number.text}&nbsp;{bar(counted.total, most)}"), sort=number.sort)
    return [total, *(_number(counted.of.get(status, 0), place) for status in statuses)]


def bar(number: int, most: int) -> Wikitext:
    """Blocks of text beside a number: they need no colour, and who hears the page hears the number alone."""
    blocks = "█" * max(1, round(number * WIDEST / most)) if number else ""
    return Wikitext(f'<span class="oabot-bar" aria-hidden="true">{blocks}</span>')


def _number(number: int, place: Place) -> Cell:
    return Cell(place.language.number(number), sort=f"{number:08}")


def _year(year: int, place: Place) -> Cell:
    return Cell(place.language.year(year), sort=str(year))


def _class(name: str, place: Place) -> Cell:
    return Cell(place.language.say(f"oabot-class-{name.replace('_', '-')}"))


def _scope(name: str, place: Place) -> Cell:
    if name == GLOBAL:
        return Cell(place.language.say("oabot-all-wikis"))
    return Cell(isolate(escape(name), direction="ltr"))
