"""On which wikis an account exists, by CentralAuth's meta=globaluserinfo: where a performer's log needs reading."""

from __future__ import annotations

from collections.abc import Iterable

from oabot.errors import IncompleteReply
from oabot.sources.api import Api


def attached(api: Api, name: str) -> frozenset[str] | None:
    """The dbnames of all wikis with an account of that name, merged or not.

    None when nothing can be said: the account is hidden, renamed or never was; the wiki doesn't tell them apart.
    Raises: `SourceError`; `IncompleteReply` also where CentralAuth is not installed.
    """
    found: set[str] = set()
    for reply in api.query(meta="globaluserinfo", guiuser=name, guiprop="merged|unattached"):
        info = reply.get("globaluserinfo")
        if not isinstance(info, dict):
            raise IncompleteReply(f"{api.dbname}: a reply without globaluserinfo")
        if info.get("missing"):
            return None
        if not isinstance(info.get("merged"), list) or not isinstance(info.get("unattached"), list):
            raise IncompleteReply(f"{api.dbname}: globaluserinfo without its wikis")
        found |= {str(row["wiki"]) for row in [*info["merged"], *info["unattached"]] if isinstance(row, dict)}
    return frozenset(found)


def worth_reading(api: Api, performer: str, wikis: Iterable[str]) -> list[str]:
    """Those of the wikis on which the performer can have acted, in the order given; all when that isn't known.

    Log actions don't raise an edit count, so every attached wiki is worth reading. Raises: `SourceError`.
    """
    try:
        known = attached(api, performer)
    except IncompleteReply:
        known = None
    return [wiki for wiki in wikis if known is None or wiki in known or wiki == api.dbname]


def home(api: Api, name: str) -> str | None:
    """The dbname of an account's home wiki; None when it has none, is hidden, was renamed or never was.

    Raises: `SourceError`; `IncompleteReply` also where CentralAuth is not installed.
    """
    for reply in api.query(meta="globaluserinfo", guiuser=name):
        info = reply.get("globaluserinfo")
        if not isinstance(info, dict):
            raise IncompleteReply(f"{api.dbname}: a reply without globaluserinfo")
        if isinstance(info.get("home"), str):
            return str(info["home"])
    return None
