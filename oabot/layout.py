"""Which page shows what: a page's regions drawn anew, and the subpages on which the rest of its tables stands."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from oabot.config import WikiSettings
from oabot.errors import PageRefused, RegionError
from oabot.i18n import Language, language
from oabot.model import Page, PageState
from oabot.split import PAGE, Table, parent, subpage
from oabot.views import VIEWS, Draft, Material, Place, asked, figures, render
from oabot.wikitext import Region, Wikitext, regions, splice

PART = "part"
"""The template's parameter that names the part of a table for which a region of a subpage is."""


MOST = 20
"""How many regions a page may have; each costs as much time as a page of its own."""


@dataclass(frozen=True, slots=True)
class Layout:
    """What a page's own regions say, and what stands on its subpages."""

    own: tuple[Draft, ...]
    parts: Mapping[str, tuple[str, Draft]] = field(default_factory=dict)
    """Name of the part -> view and draft; newest first."""

    @property
    def drafts(self) -> tuple[Draft, ...]:
        """All of them."""
        return (*self.own, *(draft for _, draft in self.parts.values()))


def find(page: Page, settings: WikiSettings) -> tuple[Region, ...]:
    """The regions in a page's own text. Raises: `RegionError`."""
    return regions(page.text, settings.template_opening, settings.template_closing)


def has_view(page: Page, settings: WikiSettings, views: Collection[str]) -> bool:
    """Whether a page has a region of one of these views; a page that can't be read may have."""
    try:
        return any(region.view in views for region in find(page, settings))
    except RegionError:
        return True


def head(page: Page, settings: WikiSettings) -> str | None:
    """The title of the page whose table goes on here; None for a page of its own. Raises: `RegionError`."""
    heads = (parent(page.title, region.params.get(PART, "")) for region in find(page, settings))
    return next((title for title in heads if title), None)


def lay_out(page: Page, wiki: str, settings: WikiSettings, material: Material) -> Layout:
    """The drafts of a page that isn't itself a subpage of a table.

    Raises: `RegionError`, `InputError`; `PageRefused` for a page with more than `MOST` regions.
    """
    found = find(page, settings)
    if len(found) > MOST:
        raise PageRefused("contenttoobig")
    places = [place(page, region, wiki, settings) for region in found]
    own = [render(region, material, where) for region, where in zip(found, places, strict=True)]
    if PAGE.holds(_filled(page, found, own)):
        return Layout(tuple(own))
    tables = [index for index, region in enumerate(found) if not own[index].problem and VIEWS[region.view].cases]
    beside = [Draft(Wikitext("")) if index in tables else draft for index, draft in enumerate(own)]
    room = PAGE.beside(_filled(page, found, beside), len(tables) or 1)
    parts: dict[str, tuple[str, Draft]] = {}
    for number, index in enumerate(tables, start=1):
        view, filters = asked(found[index], places[index])
        table = Table(view, filters, material, places[index], "" if number == 1 else f"{number}/")
        pieces = table.split(room)
        own[index] = pieces.pop("")
        parts |= {name: (found[index].view, draft) for name, draft in pieces.items()}
    return Layout(tuple(own), parts)


def beginning(title: str, name: str, layout: Layout, settings: WikiSettings) -> Page:
    """A subpage that isn't there yet, with the set-up of its region."""
    view, _ = layout.parts[name]
    text = f"{{{{{settings.template_opening}|{view}|{PART}={name}}}}}\n{{{{{settings.template_closing}}}}}\n"
    return Page(subpage(title, name), text, 0, state=PageState.MISSING)


def place(page: Page, region: Region, wiki: str, settings: WikiSettings) -> Place:
    """Where a region stands, and the language in which it is read."""
    wanted = region.params.get("lang", "")
    around = page_language(page, settings)
    spoken = language(wanted, settings.drafts) if wanted else around
    if spoken.code != around.code:
        spoken = replace(spoken, guest=True)
    return Place(wiki, page.title, spoken, figures.read(region.body))


def page_language(page: Page, settings: WikiSettings) -> Language:
    """The language in which a page is read."""
    return language(page.language or settings.language, settings.drafts)


def _filled(page: Page, found: Sequence[Region], drafts: Sequence[Draft]) -> str:
    return splice(page.text, found, {index: draft.body for index, draft in enumerate(drafts)})
