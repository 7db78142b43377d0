"""What a region shows: one file a view, from one material to wikitext."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from oabot.views import notice, statements, table
from oabot.views.material import Draft, Material, Place
from oabot.views.parameters import Filters, Problem, filters, unknown_view
from oabot.wikitext import Region, Wikitext

__all__ = ["VIEWS", "Draft", "Material", "Place", "View", "render"]


@dataclass(frozen=True, slots=True)
class View:
    """One kind of region."""

    render: Callable[[Filters, Material, Place], Draft]
    parameters: tuple[str, ...]
    required: tuple[str, ...] = ()


VIEWS: Mapping[str, View] = {
    "table": View(table.render_table, table.PARAMETERS),
    "local": View(table.render_local, table.LOCAL_PARAMETERS),
    "statements": View(statements.render_statements, statements.PARAMETERS),
    "notice": View(notice.render_notice, notice.PARAMETERS, notice.REQUIRED),
}
"""The first parameter of the template -> what it shows."""


def render(region: Region, material: Material, place: Place) -> Draft:
    """What the region should say; if its set-up can't be used, why not, in the page's language.

    Raises: `SourceError` when something that it shows couldn't be read.
    """
    try:
        view = VIEWS.get(region.view)
        if view is None:
            raise unknown_view(region.view, VIEWS, place.language)
        return view.render(filters(region.params, view.parameters, place.language, view.required), material, place)
    except Problem as problem:
        said = place.language.say("oabot-setup-problem", problem.text)
        return Draft(Wikitext(f'<div class="error">{said}</div>'), problem=True)
