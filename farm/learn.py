"""Which files MediaWiki reads for its answers: a server that reads them at its start answers in half the time.

The list comes from the wiki itself, so it fits any version of MediaWiki.
"""

from __future__ import annotations

import json
import urllib.request
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

HERE = Path(__file__).resolve().parent
USED = "used.txt"
"""The list, in a farm's folder: `router.php` writes it while one learns, `preload.php` reads it."""

_QUERIES = (
    {"meta": "siteinfo|userinfo|tokens", "list": "logevents|users|usercontribs", "ususers": "A", "ucuser": "A"},
    {
        "generator": "embeddedin",
        "geititle": "Template:A",
        "prop": "revisions|info",
        "rvprop": "content",
        "rvslots": "*",
    },
    {"titles": "Main Page", "prop": "revisions|info", "rvprop": "ids|timestamp|user|content", "rvslots": "main"},
)
_PAGES = ("Main_Page", "Template:A", "Special:Log", "Special:Diff/1", "Main_Page?action=history")


def learn(address: str) -> None:
    """Ask a wiki what the bot and readers ask, as the bot's account; it makes a page."""
    bot = json.loads((HERE / "seed.json").read_text(encoding="utf-8"))["accounts"]["bot"]
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())

    def ask(**params: str) -> dict[str, Any]:
        body = urlencode({**params, "format": "json", "formatversion": "2"}).encode()
        with browser.open(f"http://{address}/w/api.php", body, timeout=60) as reply:
            answer: dict[str, Any] = json.load(reply)
            return answer

    def token(kind: str) -> str:
        return str(ask(action="query", meta="tokens", type=kind)["query"]["tokens"][f"{kind}token"])

    login = {"lgname": f"{bot['name']}@{bot['botpassword']['app']}", "lgpassword": bot["botpassword"]["token"]}
    ask(action="login", lgtoken=token("login"), **login)
    ask(action="paraminfo", modules="main|query|query+tokens")
    ask(action="edit", title="Template:A", text="{{B|'''a''' [[User:A]]}}\n{|\n|a\n|}", token=token("csrf"))
    for query in _QUERIES:
        ask(action="query", **query)
    for page in _PAGES:
        browser.open(f"http://{address}/wiki/{page}", timeout=60).close()
