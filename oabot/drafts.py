"""What a page should say: each of its regions drawn anew, and the summary of the change."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from oabot.config import WikiSettings
from oabot.guard import Difference, linked
from oabot.i18n import Language, language
from oabot.ledger import Publication, ShownRegion
from oabot.model import EntryId, Page
from oabot.publish import Drafted, digest
from oabot.views import Draft, Material, Place, figures, render
from oabot.wikitext import Region, in_summary, regions, splice

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


def find(page: Page, settings: WikiSettings) -> tuple[Region, ...]:
    """The regions in a page's own text. Raises: `RegionError`."""
    return regions(page.text, settings.template_opening, settings.template_closing)


def draft_page(page: Page, desk: Desk) -> Drafted:
    """The page as it should be. Raises: `RegionError`, `InputError`."""
    found = find(page, desk.settings)
    drafts = [render(region, desk.material, place(page, region, desk)) for region in found]
    text = splice(page.text, found, {index: draft.body for index, draft in enumerate(drafts)})
    shown = tuple(
        ShownRegion(_key(index, region, page.text), digest(draft.body), draft.entries)
        for index, (region, draft) in enumerate(zip(found, drafts, strict=True))
    )
    difference = Difference(_linked(found, desk.material.addresses), frozenset(e for d in drafts for e in d.entries))
    return Drafted(
        text=text,
        summary=_summary(found, drafts, difference, desk, _language(page, desk)),
        regions=shown,
        difference=difference,
        erased=desk.erased,
        guarded=desk.last is None or {one.key for one in desk.last.regions} == {one.key for one in shown},
    )


def place(page: Page, region: Region, desk: Desk) -> Place:
    """Where a region stands, and the language in which it is read."""
    asked = region.params.get("lang", "")
    spoken = language(asked, desk.settings.drafts) if asked else _language(page, desk)
    return Place(desk.wiki, page.title, spoken, figures.read(region.body))


def _language(page: Page, desk: Desk) -> Language:
    return language(page.language or desk.settings.language, desk.settings.drafts)


def _key(index: int, region: Region, text: str) -> str:
    """Tells a region from the page's others, and from itself once people changed what it is to show."""
    opening = hashlib.sha256(text[region.start : region.body_start].strip().encode()).hexdigest()
    return f"{index}:{opening[:16]}"


def _linked(found: tuple[Region, ...], addresses: Mapping[str, str]) -> frozenset[EntryId]:
    return frozenset(entry for region in found for entry in linked(region.body, addresses))


def _summary(
    found: tuple[Region, ...], drafts: list[Draft], difference: Difference, desk: Desk, spoken: Language
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


def _news(found: tuple[Region, ...], drafts: list[Draft], difference: Difference, spoken: Language) -> list[str]:
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
