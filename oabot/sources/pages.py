"""The pages of statements: where they are now, what they say, and posts that may be one."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from oabot.errors import IncompleteReply
from oabot.sources.api import Api, Reply
from oabot.statements import Post, is_statement
from oabot.timestamps import parse_timestamp

PREFIX: Final = "Office actions/"
_SECTION: Final = re.compile(r"/\* (.+?) \*/")
_TAG: Final = re.compile(r"<[^>]*>")


@dataclass(frozen=True, slots=True)
class SourcePage:
    """A statement's source page."""

    title: str
    """Where it is now: redirects are followed."""
    revid: int
    language: str
    text: str
    redirects: tuple[str, ...]
    """Titles that lead to it."""


@dataclass(frozen=True, slots=True)
class Newest:
    """By which to tell whether anything about statements has changed."""

    revids: tuple[tuple[str, int], ...]
    """(title, newest revid) of pages that are there, of translations too; sorted."""
    marks: tuple[tuple[str, int], ...] = ()
    """(title, logid) of what was done lately to their being marked for translation; sorted."""

    def of(self, title: str) -> Newest:
        """What concerns one page and its translations."""
        return Newest(
            tuple(row for row in self.revids if row[0] == title or row[0].startswith(f"{title}/")),
            tuple(row for row in self.marks if row[0] == title),
        )

    @property
    def statements(self) -> list[str]:
        """The titles that are built as those of statements."""
        return [title for title, _ in self.revids if is_statement(title)]


def newest(api: Api, titles: Iterable[str], since: datetime) -> Newest:
    """What there is under "Office actions/" and at `titles`, with all that was marked since then: one request.

    One more for each 50 titles.
    """
    revids: dict[str, int] = {}
    marked: dict[int, str] = {}
    asked = {"generator": "allpages", "gapprefix": PREFIX, "gapfilterredir": "nonredirects", "gaplimit": "max"}
    log = {"list": "logevents", "letype": "pagetranslation", "leprop": "ids|title", "lelimit": "max"}
    for reply in api.query(prop="info", **asked, **log, leend=since):
        revids |= _revids(reply)
        marked |= {row["logid"]: str(row.get("title")) for row in _list(reply, "logevents", api)}
    wanted = sorted(set(titles) - set(revids))
    for start in range(0, len(wanted), 50):
        for reply in api.query(prop="info", titles=wanted[start : start + 50]):
            revids |= _revids(reply)
    marks = sorted((title, logid) for logid, title in marked.items() if title in revids)
    return Newest(tuple(sorted(revids.items())), tuple(marks))


def source_page(api: Api, title: str) -> SourcePage | None:
    """A page with its newest text, redirects followed; None when it is missing or its text is hidden."""
    page: Reply = {}
    redirects: list[str] = []
    asked = {"prop": "info|revisions|redirects", "rvprop": "ids|content", "rvslots": "main", "rdlimit": "max"}
    for reply in api.query(titles=[title], redirects=True, **asked):
        [part] = _list(reply, "pages", api) or [{}]
        page = {**part, **page}
        redirects += [str(row.get("title")) for row in part.get("redirects", [])]
    try:
        [revision] = page["revisions"]
        text = revision["slots"]["main"]["content"]
    except (KeyError, ValueError, TypeError):
        return None
    return SourcePage(page["title"], revision["revid"], str(page.get("pagelanguage", "")), text, tuple(redirects))


def display_titles(api: Api, title: str, languages: Iterable[str]) -> dict[str, str]:
    """What the page is called in each language that has a translation page, as plain text."""
    found: dict[str, str] = {}
    wanted = sorted(set(languages))
    for start in range(0, len(wanted), 50):
        asked = [f"{title}/{language}" for language in wanted[start : start + 50]]
        for reply in api.query(prop="info", inprop="displaytitle", titles=asked):
            for page in _list(reply, "pages", api):
                if not page.get("missing") and isinstance(page.get("displaytitle"), str):
                    language = str(page.get("title")).rpartition("/")[2]
                    found[language] = html.unescape(_TAG.sub("", page["displaytitle"])).strip()
    return found


def newest_changes(api: Api, title: str, units: Iterable[str], language: str) -> dict[str, datetime]:
    """When the source text of each unit was changed last, for units whose page is there."""
    found: dict[str, datetime] = {}
    wanted = {f"Translations:{title}/{unit}/{language}": unit for unit in units}
    names = sorted(wanted)
    for start in range(0, len(names), 50):
        for reply in api.query(prop="revisions", titles=names[start : start + 50], rvprop="timestamp"):
            for page in _list(reply, "pages", api):
                time = _time(page)
                if time and page.get("title") in wanted:
                    found[wanted[page["title"]]] = time
    return found


def posts(api: Api, account: str, since: datetime | None = None) -> Iterator[Post]:
    """Sections that the account began or answered on talk pages, newest first, each once."""
    seen: set[tuple[str, str]] = set()
    asked = {"list": "usercontribs", "ucuser": account, "ucprop": "ids|title|timestamp|comment", "uclimit": "max"}
    for reply in api.query(**asked, ucend=since):
        for row in _list(reply, "usercontribs", api):
            section = _SECTION.match(str(row.get("comment", "")))
            time = parse_timestamp(str(row.get("timestamp")))
            if section and time and isinstance(row.get("ns"), int) and row["ns"] % 2 == 1 and not _hidden(row):
                key = (str(row["title"]), section[1])
                if key not in seen:
                    seen.add(key)
                    yield Post(*key, row["revid"], time)


def _revids(reply: Reply) -> dict[str, int]:
    rows = reply.get("pages", [])
    return {str(row["title"]): row["lastrevid"] for row in rows if isinstance(row.get("lastrevid"), int)}


def _hidden(row: Reply) -> bool:
    return any(row.get(flag) for flag in ("userhidden", "commenthidden", "texthidden", "suppressed"))


def _time(page: Reply) -> datetime | None:
    revisions = page.get("revisions")
    return parse_timestamp(str(revisions[0].get("timestamp"))) if isinstance(revisions, list) and revisions else None


def _list(reply: Reply, key: str, api: Api) -> list[Reply]:
    rows = reply.get(key)
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise IncompleteReply(f"{api.dbname}: a reply without {key}")
    return rows
