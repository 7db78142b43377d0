"""What a page should say: each of its regions drawn anew, and the summary of the change."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from oabot.config import WikiSettings
from oabot.errors import PageRefused
from oabot.guard import Difference, linked
from oabot.i18n import Language
from oabot.layout import PART, Layout, beginning, find, head, lay_out, page_language, place
from oabot.ledger import Publication, ShownRegion
from oabot.model import EntryId, Page, PageState
from oabot.publish import Drafted, digest
from oabot.split import parent, subpage
from oabot.views import Draft, Material, beyond, render
from oabot.wikitext import Region, Wikitext, in_summary, splice

SUMMARY_LIMIT = 500
"""Characters of an edit summary that MediaWiki keeps (CommentStore)."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What a page is drafted with."""

    wiki: str
    settings: WikiSettings
    material: Material
    run: str
    erased: frozenset[EntryId] = frozenset()
    last: Publication | None = None
    """Our last save of the page."""
    pages: Mapping[str, Page] = field(default_factory=dict)
    """The wiki's pages with regions as they were found, by title: a table may stand on several of them."""
    layouts: dict[tuple[str, str, int], Layout] = field(default_factory=dict)
    """Wiki, title and revision -> what was worked out from the same material before."""

    def layout(self, page: Page) -> Layout:
        """As `lay_out`, once."""
        key = (self.wiki, page.title, page.revid)
        if key not in self.layouts:
            self.layouts[key] = lay_out(page, self.wiki, self.settings, self.material)
        return self.layouts[key]

    def family(self, title: str) -> list[Page]:
        """A page and the subpages on which its tables go on, of those that were found."""
        near = [page for page in self.pages.values() if page.title.startswith(f"{title}/")]
        return [*filter(None, [self.pages.get(title)]), *(page for page in near if head(page, self.settings) == title)]


def subpages(page: Page, desk: Desk) -> list[str]:
    """The titles of the subpages that a page's tables need. Raises: `RegionError`, `InputError`, `SourceError`."""
    return [subpage(page.title, name) for name in desk.layout(page).parts]


def shows_erased(page: Page, desk: Desk) -> bool:
    """Whether a page, as it was read, shows what must leave it at once. Raises: `RegionError`."""
    return bool(_linked(find(page, desk.settings), desk.material.addresses) & desk.erased)


def draft_page(page: Page, desk: Desk) -> Drafted:
    """The page as it should be.

    Raises: `RegionError`, `InputError`, `SourceError`; `PageRefused` when a table goes on here and people put
    something else in its place.
    """
    wanted = _wanted(page, desk)
    if wanted is not None and page.state is PageState.MISSING:
        page = beginning(*wanted, desk.layout(desk.pages[wanted[0]]), desk.settings)
    found = find(page, desk.settings)
    main = head(page, desk.settings)
    if wanted is not None and main is None:
        raise PageRefused("edited")
    drafts = _drafts(page, found, main, desk)
    text = splice(page.text, found, {index: draft.body for index, draft in enumerate(drafts)})
    shown = tuple(
        ShownRegion(region_key(index, region, page.text), digest(draft.body), draft.entries)
        for index, (region, draft) in enumerate(zip(found, drafts, strict=True))
    )
    difference = _difference(page, found, drafts, main, desk)
    as_set_up = desk.last is None or {one.key for one in desk.last.regions} == {one.key for one in shown}
    return Drafted(
        text=text,
        summary=_summary(found, drafts, difference, desk, page_language(page, desk.settings)),
        regions=shown,
        difference=difference,
        erased=desk.erased,
        guarded=as_set_up and (main is None or main in desk.pages),
    )


def _wanted(page: Page, desk: Desk) -> tuple[str, str] | None:
    """The title of the page one of whose tables goes on here, and the part's name."""
    for title, one in desk.pages.items():
        name = page.title.removeprefix(f"{title}/")
        if parent(page.title, name) == title and name in desk.layout(one).parts:
            return title, name
    return None


def _drafts(page: Page, found: Sequence[Region], main: str | None, desk: Desk) -> Sequence[Draft]:
    if main is None:
        return desk.layout(page).own
    parts = desk.layout(desk.pages[main]).parts if main in desk.pages else {}

    def drawn(region: Region) -> Draft:
        if PART not in region.params:
            return render(region, desk.material, place(page, region, desk.wiki, desk.settings))
        name = region.params[PART]
        return parts[name][1] if name in parts else Draft(Wikitext(""))

    return [drawn(region) for region in found]


def _difference(
    page: Page, found: Sequence[Region], drafts: Iterable[Draft], main: str | None, desk: Desk
) -> Difference:
    addresses = desk.material.addresses
    before, after = _linked(found, addresses), _entries(drafts)
    family = desk.family(main or page.title)
    known = frozenset[EntryId]().union(*(_linked(find(one, desk.settings), addresses) for one in family))
    if main is not None and main not in desk.pages:
        return Difference(before, after, known)
    whole = page if main is None else desk.pages[main]
    kept = _entries(desk.layout(whole).drafts) | _beyond(whole, desk)
    return Difference(before, after, known, kept)


def _beyond(page: Page, desk: Desk) -> frozenset[EntryId]:
    """Entries of cases that are over a table's own limit: no loss, as people asked for the newest only."""
    return frozenset(
        entry.id
        for region in find(page, desk.settings)
        for case in beyond(region, desk.material, place(page, region, desk.wiki, desk.settings))
        for entry in case.entries
    )


def _entries(drafts: Iterable[Draft]) -> frozenset[EntryId]:
    return frozenset(entry for draft in drafts for entry in draft.entries)


def region_key(index: int, region: Region, text: str) -> str:
    """Tells a region from the page's others, and from itself once people changed what it is to show."""
    opening = hashlib.sha256(text[region.start : region.body_start].strip().encode()).hexdigest()
    return f"{index}:{opening[:16]}"


def _linked(found: Sequence[Region], addresses: Mapping[str, str]) -> frozenset[EntryId]:
    return frozenset(entry for region in found for entry in linked(region.body, addresses))


def _summary(
    found: Sequence[Region], drafts: Sequence[Draft], difference: Difference, desk: Desk, spoken: Language
) -> str:
    """Counts, never a name; of what goes nothing is said."""
    what = [] if difference.removed else _news(found, drafts, difference, spoken)
    stop = f"[[{desk.material.own_page('Run')}]]"
    text = spoken.plain(
        "oabot-summary-frame",
        "; ".join(what) or spoken.plain("oabot-summary-refresh"),
        desk.run,
        in_summary(desk.settings.approval) or "-",
        stop,
    )
    return text[:SUMMARY_LIMIT]


def _news(found: Sequence[Region], drafts: Sequence[Draft], difference: Difference, spoken: Language) -> list[str]:
    rows = sum(draft.rows for draft in drafts)
    told = [
        draft.news
        for region, draft in zip(found, drafts, strict=True)
        if draft.news and draft.body != region.body and not draft.problem
    ]
    if told and not rows:
        return [spoken.plain(key) for key in dict.fromkeys(told)]
    if all(not region.body.strip() for region in found):
        return [spoken.plain("oabot-summary-created", rows)]
    opened = {case for draft in drafts for case in draft.cases}
    added = len(difference.added & opened)
    changed = len(difference.added - opened)
    parts = []
    if added:
        parts.append(spoken.plain("oabot-summary-added", added))
    if changed:
        parts.append(spoken.plain("oabot-summary-changed", changed))
    return parts + [spoken.plain(key) for key in dict.fromkeys(told)]
