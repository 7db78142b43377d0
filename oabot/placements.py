"""Where people placed our template: the pages of a wiki that ask to be filled, and in which order they are."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping

from oabot.config import WikiSettings
from oabot.errors import RegionError
from oabot.layout import find, has_view, head
from oabot.model import Page
from oabot.seams import Wiki

TEMPLATES = 10
"""The namespace of templates; theirs is documentation, not a region to fill."""

MOST = 500
"""How many pages of a wiki are kept up in one run, the account's own first: people may make very many."""


def placements(wiki: Wiki, settings: WikiSettings, account: str) -> dict[str, Page]:
    """The pages whose own text holds the template, and those whose tables go on there. Raises: `WikiError`."""
    there = wiki.transcluding(settings.template_opening)
    ours = [page for page in there if page.namespace != TEMPLATES and holds(page, settings)]
    ours.sort(key=lambda page: account not in page.title)
    found = {page.title: page for page in ours[:MOST]}
    if heads := {title for page in found.values() if (title := _head(page, settings))} - found.keys():
        found |= {one.title: one for one in wiki.pages(sorted(heads)).values() if holds(one, settings)}
    return found


def in_order(
    found: Mapping[str, Page],
    settings: WikiSettings,
    views: Collection[str] | None,
    only: str,
    subpages: Callable[[Page], list[str]],
) -> Iterator[tuple[str, list[str]]]:
    """The titles of pages to bring up, each once, with those that have to be there before it.

    Of `found` those that show one of `views` (None: any), and just the page `only` and its parts, if it is named;
    `subpages` tells the titles on which a page's table goes on, and is asked when the page's turn comes.
    """
    heads = {title: _head(page, settings) for title, page in found.items()}
    given: set[str] = set()
    for title, page in found.items():
        if heads[title] is None and only in ("", title) and (views is None or has_view(page, settings, views)):
            before = subpages(page)
            for one in (*before, title):
                if one not in given:
                    given.add(one)
                    yield one, before if one == title else []
    for title, main in heads.items():
        if title not in given and main and only in ("", title, main) and (views is None or main in given):
            yield title, []


def bodies(text: str, settings: WikiSettings) -> tuple[str, ...] | None:
    """What stands in each region of a text; None where they can't be told."""
    try:
        return tuple(region.body for region in find(Page("", text, 0), settings))
    except RegionError:
        return None


def holds(page: Page, settings: WikiSettings) -> bool:
    """Whether a page's own text holds the template, well-formed or not."""
    try:
        return bool(find(page, settings))
    except RegionError:
        return True  # malformed, to be reported


def _head(page: Page, settings: WikiSettings) -> str | None:
    try:
        return head(page, settings)
    except RegionError:
        return None
