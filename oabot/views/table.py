"""The tables of cases: all that the logs show (`table`), and what concerns one wiki (`local`)."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from oabot.model import GLOBAL, Case, EntryId, Kind, TargetKind
from oabot.timestamps import iso
from oabot.views import cells
from oabot.views.frame import framed
from oabot.views.material import Draft, Material, Place, entry_link, target_link
from oabot.views.parameters import COLUMNS, Filters
from oabot.wikitext import Cell, Column, Row, Wikitext, table

BATCH = 3
"""From how many actions of one performer in one minute on they are one group."""

PARAMETERS = ("wiki", "class", "status", "since", "statement", "columns", "limit", "lang")
LOCAL_PARAMETERS = ("class", "status", "since", "statement", "columns", "limit", "lang")

_DETAILS = frozenset({"performer", "expires", "statement", "notice", "discussion", "note"})
"""Columns of which a member of a group tells its own, where the members differ."""

_ALWAYS = ("date", "class", "target", "wiki", "performer", "log", "status")


def render_table(filters: Filters, material: Material, place: Place) -> Draft:
    """All cases that the filters let through, newest first."""
    return _render(of_table(filters, material, place), "oabot-caption-table", filters, material, place)


def render_local(filters: Filters, material: Material, place: Place) -> Draft:
    """Cases on this wiki, those that only the central log shows too, and global ones of accounts at home here."""
    return _render(of_wiki(filters, material, place), "oabot-caption-local", filters, material, place)


def of_table(filters: Filters, material: Material, _place: Place) -> Sequence[Case]:
    """The cases of `render_table`."""
    return _chosen(material.cases, filters, material)


def of_wiki(filters: Filters, material: Material, place: Place) -> Sequence[Case]:
    """The cases of `render_local`."""
    here = [
        case
        for case in material.cases
        if case.target.scope == place.wiki
        or (case.target.scope == GLOBAL and material.homes.get(case.target.name) == place.wiki)
    ]
    return _chosen(here, filters, material)


def _chosen(found: Iterable[Case], filters: Filters, material: Material) -> list[Case]:
    chosen = [case for case in found if _passes(case, filters)]
    if filters.statement:
        told = material.named(filters.statement)
        chosen = [case for case in chosen if told and case.id in told.cases]
    return sorted(chosen, key=lambda case: case.opening.order, reverse=True)


def _passes(case: Case, filters: Filters) -> bool:
    return (
        (not filters.wikis or case.target.scope in filters.wikis)
        and (not filters.classes or case.action_class in filters.classes)
        and (not filters.statuses or case.status in filters.statuses)
        and (filters.since is None or case.opening.timestamp >= filters.since)
    )


def _render(chosen: Sequence[Case], caption: str, filters: Filters, material: Material, place: Place) -> Draft:
    say = place.language.say
    shown = chosen[: filters.limit]
    if not shown:
        nothing = Wikitext("") if place.above else say("oabot-empty-table")
        return Draft(framed(nothing, material, place))
    columns = _columns(shown, filters, material, place)
    rows = [row for batch in _batches(shown) for row in _rows(batch, columns, material, place)]
    headings = [Column(say(f"oabot-column-{name}"), heads_rows=name == "target") for name in columns]
    text = table(say(caption), headings, rows)
    if len(shown) < len(chosen):
        text = Wikitext(f"{text}\n{say('oabot-rows-cut', len(shown), len(chosen))}")
    return Draft(framed(text, material, place), _entries(shown), tuple(case.id for case in shown))


def _columns(shown: Sequence[Case], filters: Filters, material: Material, place: Place) -> tuple[str, ...]:
    """The columns asked for; if none were, all that say something."""
    if filters.columns:
        return tuple(name for name in filters.columns if name in cells.CELLS)
    return tuple(
        name
        for name in COLUMNS
        if name in cells.CELLS
        and (name in _ALWAYS or any(cells.CELLS[name](case, material, place).text for case in shown))
    )


def _entries(shown: Iterable[Case]) -> tuple[EntryId, ...]:
    return tuple(dict.fromkeys(entry.id for case in shown for entry in case.entries))


def _batches(shown: Sequence[Case]) -> Iterable[list[Case]]:
    """Cases of one class that one account is named for within one minute, together; the others alone."""
    for _, group in itertools.groupby(shown, key=_batch_key):
        batch = list(group)
        if len(batch) >= BATCH:
            yield batch
        else:
            yield from ([case] for case in batch)


def _batch_key(case: Case) -> tuple[datetime, str | None, str, str]:
    minute = case.opening.timestamp.replace(second=0)
    return (minute, cells.signer(case), case.action_class.value, case.rule)


def _rows(batch: Sequence[Case], columns: Sequence[str], material: Material, place: Place) -> Iterable[Row]:
    if len(batch) == 1:
        case = batch[0]
        texts = [cells.CELLS[name](case, material, place) for name in columns]
        yield Row(texts, anchor=str(case.id).replace(":", "-"))
        return
    details = {name: _in_common(name, batch, material, place) for name in columns if name in _DETAILS}
    yield Row([_of_batch(name, batch, details, material, place) for name in columns], css_class="oabot-batch")


def _in_common(name: str, batch: Sequence[Case], material: Material, place: Place) -> Cell | None:
    """The column's cell where it is the same for the whole group."""
    found = [cells.CELLS[name](case, material, place) for case in batch]
    return found[0] if all(cell.text == found[0].text for cell in found) else None


def _of_batch(
    name: str, batch: Sequence[Case], details: Mapping[str, Cell | None], material: Material, place: Place
) -> Cell:
    """A column's cell for a whole group: what all have in common once, what they don't in a list that unfolds."""
    say = place.language.say
    if name == "target":
        return _unfolding(batch, [detail for detail, cell in details.items() if cell is None], material, place)
    if name == "status":
        counts = Counter(case.status for case in batch)
        lines = [
            say("oabot-labelled", cells.status_name(status, place), place.language.number(number))
            for status, number in sorted(counts.items())
        ]
        common = _in_common(name, batch, material, place)
        return common or Cell(Wikitext("<br>".join(lines)), sort=min(counts).value)
    if name == "class":
        return Cell(cells.class_name(batch[0], place))
    if name == "log":
        return Cell(cells.why(batch[0], material, place), sort=f"{batch[0].id.logid:020}")
    if name == "wiki":
        return Cell(place.language.join(dict.fromkeys(cells.wiki(case, material, place).text for case in batch)))
    if name == "date":
        when = batch[0].opening.timestamp
        return Cell(place.language.moment(when), sort=iso(when))
    return details[name] or Cell(cells.NOTHING)


def _unfolding(batch: Sequence[Case], apart: Sequence[str], material: Material, place: Place) -> Cell:
    language = place.language
    head = language.say(
        "oabot-batch",
        len(batch),
        cells.performer(batch[0], material, place).text or language.say("oabot-unknown"),
        language.moment(batch[0].opening.timestamp),
    )
    ordered = sorted(batch, key=lambda case: case.opening.order)
    items = "".join(f"<li>{_item(case, apart, material, place)}</li>" for case in ordered)
    # The cell heads its row, which would set the list in bold and in the middle.
    # On a telephone, where lists aren't folded and tables scroll, it would be a word wide.
    plain = "font-weight: normal; text-align: start; min-width: 11em"
    text = f'{head}<div class="mw-collapsible mw-collapsed" style="{plain}"><ul>{items}</ul></div>'
    return Cell(Wikitext(text), sort=min(case.target.name for case in batch))


def _item(case: Case, apart: Sequence[str], material: Material, place: Place) -> Wikitext:
    """A member of a group: who, where, what of rights, the log entry, the status, and what the others don't share."""
    parts = [target_link(material, case)]
    if case.target.kind is TargetKind.ACCOUNT and case.target.scope != GLOBAL:
        parts.append(cells.wiki(case, material, place).text)
    if case.kind is Kind.RIGHTS:
        parts.append(cells.groups(case, place))
    parts.append(entry_link(material, place, case.id))
    parts.append(cells.status_text(case, material, place))
    if claimed := cells.claimed(case, place):
        parts.append(claimed)
    say = place.language.say
    own = {name: cells.CELLS[name](case, material, place).text for name in apart}
    parts += [say("oabot-labelled", say(f"oabot-column-{name}"), text) for name, text in own.items() if text]
    return Wikitext(" · ".join(parts).replace("<br>", " · "))
