"""Which accounts there are now, by CentralAuth: a name that it doesn't know was renamed, vanished or is hidden.

Formats: CentralAuth's ApiQueryGlobalUsers.php (since 1.47; 50 names a request) and ApiQueryGlobalUserInfo.php (one).
A list=users of one wiki is no proof: an account needn't be there.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

from oabot import names
from oabot.errors import IncompleteReply
from oabot.sources.api import Api


class Accounts:
    """Asks one wiki; which of CentralAuth's modules it has is asked once."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def existing(self, wanted: Iterable[str]) -> frozenset[str] | None:
        """Those of these accounts that are there under that very name; None where CentralAuth isn't installed.

        Raises: `SourceError`; `IncompleteReply` when nothing is said of one of them.
        """
        asked = sorted(set(wanted))
        modules = self._modules if asked else frozenset()
        if "globalusers" in modules and (len(asked) > 1 or "globaluserinfo" not in modules):
            parts = (asked[start : start + 50] for start in range(0, len(asked), 50))
            return frozenset(name for part in parts for name in _of(self._api, part))
        if asked and "globaluserinfo" not in modules:
            return None
        return frozenset(name for name in asked if _is_there(self._api, name))

    @cached_property
    def _modules(self) -> frozenset[str]:
        """Which of CentralAuth's modules the wiki has; paraminfo warns of others and leaves them out."""
        reply = self._api.get(action="paraminfo", modules=["query+globaluserinfo", "query+globalusers"])
        try:
            return frozenset(str(module["name"]) for module in reply["paraminfo"]["modules"])
        except (KeyError, TypeError):
            raise IncompleteReply(f"{self._api.dbname}: paraminfo in another shape") from None


def _of(api: Api, asked: list[str]) -> list[str]:
    told: dict[str, bool] = {}
    for reply in api.query(list="globalusers", gususers=asked):
        rows = reply.get("globalusers")
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise IncompleteReply(f"{api.dbname}: a reply without globalusers")
        told |= {str(row.get("name")): not (row.get("missing") or row.get("invalid")) for row in rows}
    if any(names.account(name) not in told and name not in told for name in asked):
        raise IncompleteReply(f"{api.dbname}: globalusers without one that was asked for")
    return [name for name in asked if told.get(names.account(name), told.get(name))]


def _is_there(api: Api, name: str) -> bool:
    for reply in api.query(meta="globaluserinfo", guiuser=name):
        info = reply.get("globaluserinfo")
        if not isinstance(info, dict) or not (info.get("missing") or isinstance(info.get("name"), str)):
            raise IncompleteReply(f"{api.dbname}: a reply without globaluserinfo")
        return not info.get("missing") and names.account(str(info["name"])) == names.account(name)
    return False
