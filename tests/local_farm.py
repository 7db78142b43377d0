"""The farm as tests hold it: its addresses, its control files, and the people who act on its wikis."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests

from farm.farm import put_back
from farm.place import Place

ROOT = Path(__file__).parents[1]


class Refused(AssertionError):
    """A wiki answered with an API error. `code` is its own code, `error` all that it said."""

    def __init__(self, error: Mapping[str, Any]) -> None:
        super().__init__(f"{error['code']}: {error.get('info', '')}")
        self.code = str(error["code"])
        self.error = error


@dataclass(frozen=True, slots=True)
class Account:
    """One account of the seed; its passwords open nothing but wikis on this machine."""

    name: str
    password: str
    bot_login: str = ""
    """The BotPassword's login (``Name@app``), and its secret, for accounts that have one."""
    bot_secret: str = ""


def accounts() -> dict[str, Account]:
    """The seed's accounts that can log in, by role.

    bot, admin (of every wiki), user, steward, office, safety and counsel (staff in person), helpdesk, oversighter.
    """
    seed = json.loads((ROOT / "farm/seed.json").read_text(encoding="utf-8"))
    found = {}
    for role, row in seed["accounts"].items():
        bot = row.get("botpassword")
        login, secret = (f"{row['name']}@{bot['app']}", bot["token"]) if bot else ("", "")
        found[role] = Account(row["name"], row["password"], login, secret)
    return found


def ask(api: str, **params: str) -> dict[str, Any]:
    """What a wiki answers to anybody, formatversion 2. Raises: `Refused`."""
    return _reply(requests.get(api, params={**params, "format": "json", "formatversion": "2"}, timeout=60))


def _reply(response: requests.Response) -> dict[str, Any]:
    response.raise_for_status()
    reply: dict[str, Any] = response.json()
    if "error" in reply:
        raise Refused(reply["error"])
    return reply


class Person:
    """Somebody who acts on one wiki, as a browser would; logs in with the first act."""

    def __init__(self, api: str, account: Account) -> None:
        self.api = api
        self.name = account.name
        self._account = account
        self._cookies = requests.cookies.RequestsCookieJar()
        self._token = ""

    def post(self, **params: str) -> dict[str, Any]:
        """Send one request, logged in, with the token that writing needs. Raises: `Refused`."""
        if not self._token:
            self._log_in()
        return self._send({"token": self._token, **params, "assertuser": self.name})

    def _send(self, params: dict[str, str]) -> dict[str, Any]:
        whole = {**params, "format": "json", "formatversion": "2"}
        response = requests.post(self.api, data=whole, cookies=self._cookies, timeout=60)
        self._cookies.update(response.cookies)
        return _reply(response)

    def _token_for(self, purpose: str) -> str:
        reply = self._send({"action": "query", "meta": "tokens", "type": purpose})
        return str(reply["query"]["tokens"][f"{purpose}token"])

    def _log_in(self) -> None:
        login = {"action": "clientlogin", "loginreturnurl": self.api, "logintoken": self._token_for("login")}
        reply = self._send({**login, "username": self.name, "password": self._account.password})
        if reply["clientlogin"]["status"] != "PASS":
            raise Refused({"code": "login", "info": str(reply["clientlogin"].get("messagecode"))})
        self._token = self._token_for("csrf")

    def edit(self, title: str, text: str, **params: str) -> int:
        """Save a page and return the revid."""
        edit = self.post(action="edit", title=title, text=text, **params)["edit"]
        return int(edit.get("newrevid", 0))

    def delete(self, title: str, reason: str = "") -> int:
        """Delete a page and return the logid."""
        return int(self.post(action="delete", title=title, reason=reason)["delete"]["logid"])

    def move(self, title: str, to: str) -> None:
        """Move a page."""
        self.post(action="move", **{"from": title, "to": to})

    def protect(self, title: str, protections: str = "edit=sysop", reason: str = "", expiry: str = "infinite") -> None:
        """Protect a page; `protections` as the API spells them, an empty level (``edit=all``) lifts one."""
        self.post(action="protect", title=title, protections=protections, reason=reason, expiry=expiry)

    def block(self, name: str, expiry: str = "infinity", reason: str = "", **params: str) -> None:
        """Block an account, again if it is blocked."""
        self.post(action="block", user=name, expiry=expiry, reason=reason, reblock="1", **params)

    def unblock(self, name: str, reason: str = "") -> None:
        """Lift a block."""
        self.post(action="unblock", user=name, reason=reason)

    def rights(self, name: str, *, add: str = "", remove: str = "", reason: str = "") -> dict[str, Any]:
        """Change groups (``a|b``) of an account, also ``X@zhwiki``, and return those ``added`` and ``removed``.

        Without the right to it nothing is changed on one's own wiki, and another wiki refuses.
        """
        if not self._token:
            self._log_in()
        token = self._token_for("userrights")
        reply = self.post(action="userrights", user=name, add=add, remove=remove, reason=reason, token=token)
        rights: dict[str, Any] = reply["userrights"]
        return rights

    def hide_entry(self, logid: int, what: str = "content|comment|user", suppress: str = "nochange") -> None:
        """Hide parts of a log row; `suppress` ``yes`` also from admins."""
        self.post(action="revisiondelete", type="logging", ids=str(logid), hide=what, suppress=suppress)

    def hide_revision(self, revid: int, what: str = "content") -> None:
        """Hide parts of a page's revision."""
        self.post(action="revisiondelete", type="revision", ids=str(revid), hide=what)


@dataclass(frozen=True, slots=True)
class Farm:
    """A running farm of this test session."""

    state: Path
    port: int
    accounts: dict[str, Account] = field(default_factory=accounts)

    @property
    def wikis(self) -> dict[str, dict[str, Any]]:
        """The rows of wikis.json by dbname."""
        rows = json.loads((ROOT / "farm/wikis.json").read_text(encoding="utf-8"))
        return {row["dbname"]: row for row in rows}

    @property
    def environment(self) -> dict[str, str]:
        """For programs that a test starts: names this farm."""
        return {**os.environ, "OABOT_FARM_STATE": str(self.state), "OABOT_FARM_PORT": str(self.port)}

    def url(self, dbname: str) -> str:
        """A wiki's server, without a path."""
        return f"http://127.0.0.1:{self.port + self.wikis[dbname]['offset']}"

    def api(self, dbname: str) -> str:
        """A wiki's api.php."""
        return f"{self.url(dbname)}/w/api.php"

    def ask(self, dbname: str, **params: str) -> dict[str, Any]:
        """What a wiki answers to anybody. Raises: `Refused`."""
        return ask(self.api(dbname), **params)

    def text(self, dbname: str, title: str) -> str | None:
        """A page's wikitext as it is now; None when it is missing."""
        asked = {"prop": "revisions", "rvprop": "content", "rvslots": "main", "titles": title}
        page = self.ask(dbname, action="query", **asked)["query"]["pages"][0]
        return None if page.get("missing") else str(page["revisions"][0]["slots"]["main"]["content"])

    def log(self, dbname: str, **params: str) -> list[dict[str, Any]]:
        """The newest log rows (at most 500), newest first; `params` are those of list=logevents."""
        asked = {"lelimit": "max", "leprop": "ids|title|type|user|userid|timestamp|comment|details|tags"}
        reply = self.ask(dbname, action="query", list="logevents", **{**asked, **params})
        rows: list[dict[str, Any]] = reply["query"]["logevents"]
        return rows

    def person(self, role: str, dbname: str) -> Person:
        """One of the seed's accounts, acting on a wiki."""
        return Person(self.api(dbname), self.accounts[role])

    def control(self, dbname: str, name: str, text: str | None) -> None:
        """Steer a wiki (`name`: ``readonly``, ``maxlag`` or ``php``) or the ``stream`` (``cut`` …); None ends it."""
        file = self.state / "ctl" / f"{dbname}.{name}"
        if text is None:
            file.unlink(missing_ok=True)
        else:
            file.write_text(text, encoding="utf-8")

    def add_log(self, dbname: str, *rows: dict[str, Any]) -> list[int]:
        """Write log rows that no extension here would, as farm/log.php takes them; their logids."""
        settings = {"OABOT_FARM_WIKI": dbname, "MW_CONFIG_FILE": str(ROOT / "farm/LocalSettings.php")}
        done = subprocess.run(
            ["php", str(ROOT / "farm/log.php")],
            input=json.dumps(rows),
            env={**self.environment, **settings},
            check=True,
            capture_output=True,
            text=True,
        )
        return [int(line) for line in done.stdout.split()]

    def do(self, verb: str) -> str:
        """Run a verb of farm.py and return what it printed. Raises: `subprocess.CalledProcessError`."""
        command = [sys.executable, str(ROOT / "farm/farm.py"), verb]
        return subprocess.run(command, env=self.environment, check=True, capture_output=True, text=True).stdout

    def reset(self) -> None:
        """Put the seed back and end all steering."""
        self.do("reset")

    def reset_to(self, name: str, make: Callable[[], object]) -> None:
        """Put back what `make` makes of the seeded wikis; it is called the first time, and its work is kept."""
        kept = self.state / name
        if kept.exists():
            put_back(Place(self.state, self.port), name)
            return
        self.reset()
        make()
        half = kept.with_name(f"{name}.half")
        half.mkdir()
        for file in (self.state / "data").glob("*.sqlite"):
            with closing(sqlite3.connect(file)) as wiki, closing(sqlite3.connect(half / file.name)) as copy:
                wiki.backup(copy)
        half.rename(kept)
