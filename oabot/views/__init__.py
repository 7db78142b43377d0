"""What a region shows: one file a view, from one material to wikitext."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from oabot.model import Case
from oabot.views import letters, notice, statements, summary, table
from oabot.views.material import Draft, Material, Place
from oabot.views.parameters import Filters, Problem, filters, unknown_view
from oabot.wikitext import Region, Wikitext

__all__ = ["VIEWS", "Draft", "Material", "Place", "View", "asked", "beyond", "render"]


@dataclass(frozen=True, slots=True)
class View:
    """One kind of region."""

    render: Callable[[Filters, Material, Place], Draft]
    parameters: tuple[str, ...]
    required: tuple[str, ...] = ()
    cases: Callable[[Filters, Material, Place], Sequence[Case]] | None = None
    """The cases that it shows, newest first, if it can be split by them."""


VIEWS: Mapping[str, View] = {
    "table": View(table.render_table, table.PARAMETERS, cases=table.of_table),
    "local": View(table.render_local, table.LOCAL_PARAMETERS, cases=table.of_wiki),
    "statements": View(statements.render_statements, statements.PARAMETERS),
    "notice": View(notice.render_notice, notice.PARAMETERS, notice.REQUIRED),
    "summary": View(summary.render_summary, summary.PARAMETERS),
    "letters": View(letters.render_letters, letters.PARAMETERS, letters.REQUIRED),
}
"""The first parameter of the template -> what it shows."""


def asked(region: Region, place: Place) -> tuple[View, Filters]:
    """The view that a region asks for, and how. Raises: `Problem`."""
    view = VIEWS.get(region.view)
    if view is None:
        raise unknown_view(region.view, VIEWS, place.language)
    return view, filters(region.params, view.parameters, place.language, view.required)


def beyond(region: Region, material: Material, place: Place) -> Sequence[Case]:
    """The cases that a region's table leaves out only because of its limit."""
    try:
        view, chosen = asked(region, place)
    except Problem:
        return ()
    return () if view.cases is None or chosen.limit is None else view.cases(chosen, material, place)[chosen.limit :]


def render(region: Region, material: Material, place: Place) -> Draft:
    """What the region should say; if its set-up can't be used, why not, in the page's language.

    Raises: `SourceError` when something that it shows couldn't be read.
    """
    try:
        view, chosen = asked(region, place)
        return view.render(chosen, material, place)
    except Problem as problem:
        said = place.language.say("oabot-setup-problem", problem.text)
        return Draft(Wikitext(f'<div class="error">{said}</div>'), problem=True)
