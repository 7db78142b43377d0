"""Rows of the API, formatversion 2 → our values. A row of another shape is an incomplete reply, never a guess.

Formats: MediaWiki's includes/api/ApiQueryInfo.php, ApiQueryRevisionsBase.php, ApiQueryUserInfo.php, ApiQueryUsers.php.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from oabot.model import Account, Page, PageState, Revision, User

Row = dict[str, Any]


def page(row: Row) -> Page:
    """A row of ``query.pages`` with its newest revision. Raises: `KeyError` when a part is missing."""
    title = str(row["title"])
    if row.get("invalid") or row.get("special"):
        return nowhere(title)
    common: dict[str, Any] = {
        "title": title,
        "namespace": int(row["ns"]),
        "content_model": str(row.get("contentmodel", "wikitext")),
        "language": str(row.get("pagelanguage", "")),
        "edit_protection": _level(row.get("protection", [])),
    }
    if row.get("missing"):
        return Page(text="", revid=0, state=PageState.MISSING, **common)
    newest = revision(row["revisions"][0])
    if newest.text is None:
        return nowhere(title)
    return Page(text=newest.text, revid=newest.revid, user=newest.user, timestamp=newest.timestamp, **common)


def nowhere(title: str) -> Page:
    """A page that can't be: a title that is none, another wiki's, a special page's, or one whose text is hidden."""
    return Page(title=title, text="", revid=0, state=PageState.INVALID)


def length(row: Row) -> int:
    """How many characters of text a row of ``query.pages`` holds."""
    found = row.get("revisions")
    texts = [str(one.get("slots")) for one in found if isinstance(one, dict)] if isinstance(found, list) else []
    return sum(map(len, texts))


def revision(row: Row) -> Revision:
    """A row of ``revisions`` with slot ``main``. Raises: `KeyError`."""
    slot = row.get("slots", {}).get("main", {})
    return Revision(
        revid=int(row["revid"]),
        parent=int(row.get("parentid", 0)),
        timestamp=datetime.fromisoformat(row["timestamp"]),
        user=None if row.get("userhidden") else row.get("user"),
        text=None if slot.get("texthidden") else slot.get("content"),
        comment=None if row.get("commenthidden") else row.get("comment"),
        tags=tuple(row.get("tags", ())),
        minor=bool(row.get("minor")),
    )


def account(info: Row, talk: Row) -> Account:
    """``query.userinfo`` and the row of the talk page. Any block counts, a partial one too."""
    return Account(
        name=str(info["name"]),
        groups=frozenset(info["groups"]),
        rights=frozenset(info["rights"]),
        blocked="blockid" in info,
        talk_revid=int(talk.get("lastrevid", 0)),
    )


def user(name: str, row: Row | None, everywhere: Row | None) -> User:
    """A row of ``query.users`` and, where the wiki has it, ``query.globaluserinfo``. No row: there is no such user."""
    if row is None or row.get("missing") or row.get("invalid"):
        return User(name=name, missing=True)
    known = everywhere or {}
    return User(
        name=str(row["name"]),
        groups=frozenset(row.get("groups", ())) | frozenset(known.get("groups", ())),
        blocked="blockid" in row,
        locked=bool(known.get("locked")),
    )


def username(name: str) -> str:
    """The name as MediaWiki would write it."""
    name = " ".join(name.replace("_", " ").split())
    return name[:1].upper() + name[1:]


def _level(protections: list[Row]) -> str:
    """Of several (the page's own, a cascading one from elsewhere) the one that keeps more people out."""
    levels = {str(row["level"]) for row in protections if row["type"] in ("edit", "create")}
    return min(levels, key=lambda level: (level == "autoconfirmed", level), default="")
