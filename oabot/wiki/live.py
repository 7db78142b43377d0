"""A real wiki: `oabot.seams.Wiki` by Pywikibot and api.php."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final
from urllib.parse import unquote

from oabot.errors import WikiError, WikiRests
from oabot.model import Account, Edit, Look, Page, PageState, Revision, Saved, User
from oabot.seams import Clock
from oabot.wiki import rows
from oabot.wiki.door import Door, Value
from oabot.wiki.glance import Glance
from oabot.wiki.refusals import refusal
from oabot.wiki.session import Session
from oabot.wiki.writing import Writer

_BATCH: Final = 50
"""Titles a request; 500 with apihighlimits, but texts are long."""
_READ: Final = {
    "prop": "revisions|info",
    "rvprop": "ids|timestamp|user|content",
    "rvslots": "main",
    "inprop": "protection",
}
_MOST_TEXT: Final = 64 * 1024 * 1024
"""Characters of pages that are held at once; somebody may have put our template on very many or very long ones."""
_SEPARATORS: Final = frozenset("|\x1f\n\r\0")
"""No title or name holds these; in a list of titles they would make two of one."""


class LiveWiki:
    """The wiki `dbname` at `api_url`. Nothing is asked before the first use; `deadline` bounds each request."""

    def __init__(self, session: Session, dbname: str, api_url: str, *, clock: Clock, deadline: float = 60.0) -> None:
        self._door = Door(session, dbname, api_url, clock, deadline)
        self._writer = Writer(self._door, self._read_one)
        self._glance = Glance(clock)
        self._central: bool | None = None
        self._steered_by: tuple[str, ...] = ()

    @property
    def dbname(self) -> str:
        """The wiki's database name."""
        return self._door.dbname

    def pages(self, titles: Iterable[str]) -> dict[str, Page]:
        """As `Wiki.pages`."""
        asked = list(dict.fromkeys(titles))
        seen = self._glance.of(asked)
        return {title: seen.pages[title] for title in asked} if seen else self._now(asked)

    def _now(self, asked: Sequence[str]) -> dict[str, Page]:
        found: dict[str, Page] = {title: rows.nowhere(title) for title in asked}
        for batch in _batches(_sendable(asked)):
            found.update(self._batch(batch))
        return found

    def transcluding(self, template: str) -> list[Page]:
        """As `Wiki.transcluding`. `template` is written as between braces, or as a full title."""
        title = template.removeprefix(":") if ":" in template else f"Template:{template}"
        asked = self._door.queries(generator="embeddedin", geititle=[title], geilimit=_BATCH, **_READ)
        return sorted(self._pages(_merged(asked)), key=lambda page: page.title)

    def revisions(self, title: str, after: int = 0, limit: int = 500) -> list[Revision]:
        """As `Wiki.revisions`."""
        try:
            return self._revisions(title, after, limit)
        except WikiError as fault:
            if fault.code not in ("nosuchrevid", "badid_rvstartid"):
                raise
            # The page was deleted and made anew: what it has now is newer than `after`.
            return self._revisions(title, 0, limit)

    def account(self) -> Account:
        """As `Wiki.account`."""
        found = self._door.query(
            meta="userinfo", uiprop="groups|rights|blockinfo", prop="info", titles=[f"User talk:{self._door.account}"]
        )["query"]
        try:
            return rows.account(found["userinfo"], found["pages"][0])
        except (KeyError, IndexError, TypeError):
            raise WikiRests("incomplete-reply") from None

    def users(self, names: Iterable[str]) -> dict[str, User]:
        """As `Wiki.users`."""
        asked = list(dict.fromkeys(names))
        known: dict[str, rows.Row] = {}
        for batch in _batches(_sendable(asked)):
            found = self._door.query(list="users", ususers=list(batch), usprop="groups|blockinfo")["query"]
            known.update({row["name"]: row for row in found["users"]})
        return {name: self._user(name, known.get(rows.username(name))) for name in asked}

    def look(self, titles: Iterable[str], steering: Iterable[str]) -> Look:
        """As `Wiki.look`."""
        titles, steering = tuple(titles), tuple(steering)
        return self._glance.of(titles, steering) or self._look(titles, steering)

    def look_ahead(self, titles: Iterable[str], steering: Iterable[str]) -> None:
        """As `Wiki.look_ahead`."""
        self._glance.begin(titles, steering, self._look)

    def look_anew(self) -> None:
        """As `Wiki.look_anew`."""
        self._glance.drop()

    def _look(self, titles: tuple[str, ...], steering: tuple[str, ...]) -> Look:
        """In one request: the authors of the look before are asked for; if now there is another, once more."""
        talk, known = f"User talk:{self._door.account}", self._steered_by
        also = self._people(known) | {"uiprop": "groups|rights|blockinfo"}
        asked = list(dict.fromkeys((*titles, *steering, talk)))
        told: rows.Row = {}
        found = {title: rows.nowhere(title) for title in asked} | self._batch(_sendable(asked), also, told)
        authors = {name for title in steering if (name := found[title].user)}
        newest = told.get("newest", {}).get(found[talk].title, found[talk].revid)
        try:
            account = rows.account(told["userinfo"], {"lastrevid": newest})
        except (KeyError, TypeError):
            raise WikiRests("incomplete-reply") from None
        return Look(found, self._authors(authors, known, told), account)

    def save(self, edit: Edit) -> Saved:
        """As `Wiki.save`. An edit that doesn't overlap with ours is merged by MediaWiki, and is no conflict."""
        self._glance.forget(edit.title)
        return self._writer.save(edit)

    def _read_one(self, title: str) -> Page:
        return self._now([title])[title]

    def _people(self, names: Sequence[str]) -> dict[str, Value]:
        """What asks for these accounts in a request for something else."""
        if not names:
            return {}
        asked: dict[str, Value] = {"list": "users", "ususers": list(names), "usprop": "groups|blockinfo"}
        if self._central is not False:  # CentralAuth takes one name
            asked |= {"meta": "globaluserinfo", "guiuser": [names[0]], "guiprop": "groups"}
        return asked

    def _authors(self, names: set[str], asked: Sequence[str], told: rows.Row) -> dict[str, User]:
        """These accounts, by a reply that may tell of them, as they were `asked` for."""
        self._steered_by = tuple(sorted(names))
        if not names.issubset(asked) or "users" not in told:
            return self.users(sorted(names))
        self._central = "globaluserinfo" in told
        known = {row["name"]: row for row in told["users"]}
        first = {asked[0]: told.get("globaluserinfo")}
        return {name: self._user(name, known.get(rows.username(name)), first) for name in names}

    def _batch(
        self, titles: Sequence[str], also: Mapping[str, Value] | None = None, told: rows.Row | None = None
    ) -> dict[str, Page]:
        """These pages; `told` takes what a request that asks `also` for other things says beside them."""
        names: dict[str, str] = {}
        elsewhere: set[str] = set()

        def noted() -> Iterator[rows.Row]:
            for found in self._door.queries(titles=list(titles), **_READ, **(also or {})):
                if told is not None:
                    told.update({key: part for key, part in found.items() if key != "pages"})
                    newest = {row["title"]: row["lastrevid"] for row in found.get("pages", ()) if "lastrevid" in row}
                    told["newest"] = told.get("newest", {}) | newest
                names.update(map(_renamed, found.get("normalized", ())))
                elsewhere.update(row["title"] for row in found.get("interwiki", ()))
                yield found

        found = {page.title: page for page in self._pages(_merged(noted()))}
        canonical = {title: _canonical(title, names) for title in titles}
        if not elsewhere.union(found).issuperset(canonical.values()):
            raise WikiRests("incomplete-reply")
        return {title: found[name] for title, name in canonical.items() if name in found}

    def _pages(self, found: Iterable[rows.Row]) -> Iterator[Page]:
        for row in found:
            try:
                page = rows.page(row)
            except (KeyError, IndexError, TypeError, ValueError):
                raise WikiRests("incomplete-reply") from None
            if page.state is PageState.EXISTS:
                self._writer.note(page)
            yield page

    def _revisions(self, title: str, after: int, limit: int) -> list[Revision]:
        start: dict[str, Value] = {"rvstartid": after} if after else {}
        asked = self._door.queries(
            titles=[title], prop="revisions", rvprop="ids|timestamp|user|comment|tags|flags|content", rvslots="main",
            rvdir="newer", rvlimit=min(limit + 1, _BATCH), **start,
        )  # fmt: skip
        found = (rows.revision(row) for part in asked for page in part["pages"] for row in page.get("revisions", ()))
        return list(itertools.islice((revision for revision in found if revision.revid > after), limit))

    def _user(self, name: str, row: rows.Row | None, known: Mapping[str, rows.Row | None] | None = None) -> User:
        """By a row of the wiki's own, and CentralAuth's view: `known`, or asked for."""
        if row is None or row.get("missing") or row.get("invalid"):
            return rows.user(name, row, None)
        return rows.user(name, row, known[name] if known and name in known else self._everywhere(name))

    def _everywhere(self, name: str) -> rows.Row | None:
        """CentralAuth's view of the account; None where the wiki has no CentralAuth (it ignores the question)."""
        if self._central is False:
            return None
        found: rows.Row = self._door.query(meta="globaluserinfo", guiuser=[name], guiprop="groups")["query"]
        self._central = "globaluserinfo" in found
        known: rows.Row | None = found.get("globaluserinfo")
        return known


def _batches(asked: Sequence[str]) -> Iterator[Sequence[str]]:
    return (asked[start : start + _BATCH] for start in range(0, len(asked), _BATCH))


def _renamed(row: rows.Row) -> tuple[str, str]:
    """A title as asked and as MediaWiki writes it; it escapes one that isn't in Unicode's form NFC."""
    return unquote(row["from"]) if row.get("fromencoded") else row["from"], row["to"]


def _canonical(title: str, names: dict[str, str]) -> str:
    """Two steps at most: Unicode's form, then MediaWiki's."""
    return names.get(step := names.get(title, title), step)


def _sendable(titles: Iterable[str]) -> list[str]:
    return [title for title in titles if title.strip() and not _SEPARATORS & set(title) and _is_text(title)]


def _is_text(written: str) -> bool:
    return not any("\ud800" <= character <= "\udfff" for character in written)


def _merged(parts: Iterable[rows.Row]) -> list[rows.Row]:
    """Put pages together whose parts came in several replies (MediaWiki ends a reply at 8 MiB)."""
    pages: dict[str, rows.Row] = {}
    held = 0
    for part in parts:
        for row in part.get("pages", ()):
            pages.setdefault(row["title"], {}).update(row)
            held += rows.length(row)
        if held > _MOST_TEXT:
            raise refusal("too-much-text")
    return list(pages.values())
