"""The people of the local wikis, for programs that show what people do there: see farm/seed.json."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import requests

SEED = Path(__file__).resolve().parents[1] / "farm/seed.json"


class Person:
    """Somebody who acts on one wiki; logged in from the beginning. Raises: `RuntimeError` when a wiki refuses."""

    def __init__(self, url: str, role: str) -> None:
        """`url` is the wiki's server; `role` is the account's name in the seed, such as ``admin``."""
        account = json.loads(SEED.read_text(encoding="utf-8"))["accounts"][role]
        self.name: str = account["name"]
        self._api = f"{url}/w/api.php"
        self._session = requests.Session()
        login = {"username": self.name, "password": account["password"], "loginreturnurl": self._api}
        self.ask(action="clientlogin", logintoken=self._token("login"), **login)

    def ask(self, **params: str) -> dict[str, Any]:
        """What the wiki answers, formatversion 2."""
        whole = {**params, "format": "json", "formatversion": "2"}
        reply: dict[str, Any] = self._session.post(self._api, data=whole, timeout=60).json()
        if "error" in reply:
            raise RuntimeError(f"{self._api}: {reply['error']}")
        return reply

    def save(self, title: str, text: str, **more: str) -> str:
        """Save a page; its title as the wiki writes it."""
        saved = self.ask(action="edit", title=title, text=text, token=self._token("csrf"), **more)
        return str(saved["edit"]["title"])

    def text(self, title: str) -> str:
        """A page's wikitext."""
        asked = {"prop": "revisions", "rvprop": "content", "rvslots": "main", "titles": title}
        page = self.ask(action="query", **asked)["query"]["pages"][0]
        return str(page["revisions"][0]["slots"]["main"]["content"])

    def _token(self, kind: str) -> str:
        return str(self.ask(action="query", meta="tokens", type=kind)["query"]["tokens"][f"{kind}token"])
