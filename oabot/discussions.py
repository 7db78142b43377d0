"""Looks linked discussions up: through redirects, and through a page's archives when the section has moved there."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from oabot.errors import IncompleteReply, SourceError
from oabot.links import Link, LinkState, Resolved, has_section, read_link
from oabot.seams import Clock
from oabot.sources.api import Api

log = logging.getLogger(__name__)

KEPT = timedelta(days=1)
"""How long an answer is good; a discussion that was lost since is marked a day later at most."""
ARCHIVES = 200
"""Subpages of a page in which a section is looked for."""

_Page = Mapping[str, Any]


class Discussions:
    """Where discussions are now; asks for each once a day, without an account."""

    def __init__(self, apis: Mapping[str, Api], addresses: Mapping[str, str], central: str, clock: Clock) -> None:
        self._apis, self._addresses, self._central, self._clock = apis, addresses, central, clock
        self._known: dict[str, tuple[datetime, Resolved]] = {}

    def resolve(self, written: Iterable[str]) -> dict[str, Resolved]:
        """Each link as people wrote it -> where it leads; those to wikis that we don't read, and those that couldn't
        be looked up yet, are left out.
        """
        now = self._clock.now()
        for one in sorted(set(written)):
            known = self._known.get(one)
            if known and now - known[0] < KEPT:
                continue
            link = read_link(one, self._central, self._addresses)
            if link is None or link.wiki not in self._apis:
                continue
            try:
                self._known[one] = now, _look_up(self._apis[link.wiki], link)
            except SourceError as problem:
                log.warning("%s: a discussion can't be looked up: %s", link.wiki, problem)
        return {one: self._known[one][1] for one in set(written) if one in self._known}


def _look_up(api: Api, link: Link) -> Resolved:
    page = _page(api, link.title)
    if page is None:
        return Resolved(link.wiki, link.title, link.section, LinkState.MISSING)
    title = str(page["title"])
    if not link.section or has_section(_text(page), link.section):
        return Resolved(link.wiki, title, link.section, LinkState.THERE)
    for name in dict.fromkeys((title, link.title)):
        for archive in _archives(api, name, int(page["ns"])):
            if has_section(_text(archive), link.section):
                return Resolved(link.wiki, str(archive["title"]), link.section, LinkState.THERE)
    return Resolved(link.wiki, title, link.section, LinkState.LOST)


def _page(api: Api, title: str) -> _Page | None:
    """A page with its newest text, redirects followed; None when there is none."""
    found: _Page | None = None
    for reply in api.query(titles=[title], redirects=True, prop="info|revisions", rvprop="content", rvslots="main"):
        for page in _pages(reply, api):
            found = {**page, **(found or {})}
    return None if found is None or found.get("missing") or found.get("invalid") else found


def _archives(api: Api, title: str, namespace: int) -> Iterator[_Page]:
    """The page's subpages with their texts, those with the highest titles first: they are the newest archives."""
    prefix = title.partition(":")[2] if namespace else title
    listed = api.query(
        list="allpages", apprefix=f"{prefix}/", apnamespace=namespace, apfilterredir="nonredirects", aplimit="max"
    )
    rows = [row for reply in listed for row in reply.get("allpages", [])]
    titles = sorted((str(row["title"]) for row in rows), reverse=True)[:ARCHIVES]
    for start in range(0, len(titles), 50):
        wanted = titles[start : start + 50]
        for reply in api.query(titles=wanted, prop="info|revisions", rvprop="content", rvslots="main"):
            yield from (page for page in _pages(reply, api) if page.get("revisions"))


def _pages(reply: Mapping[str, Any], api: Api) -> list[_Page]:
    rows = reply.get("pages")
    if not isinstance(rows, list) or not all(isinstance(row, dict) and "title" in row for row in rows):
        raise IncompleteReply(f"{api.dbname}: a reply without pages")
    return rows


def _text(page: _Page) -> str:
    """Empty when the newest revision is hidden."""
    try:
        return str(page["revisions"][0]["slots"]["main"]["content"])
    except (KeyError, IndexError, TypeError):
        return ""
