"""A server on this machine that speaks enough of api.php for Pywikibot to start, and then fails as told."""

from __future__ import annotations

import contextlib
import json
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl

Reply = dict[str, Any]
Behaviour = Callable[["Exchange"], None]
TEXT = "as it was"
PAGE = "User:OATransparencyBot/Test"
_GENERAL = {"readonly": False, "thumblimits": {}, "imagelimits": {}, "magiclinks": {}, "generator": "MediaWiki 1.39.17"}
_QUERY = [
    {"name": name, "multi": "", "limit": 50, "type": list(modules), "submodules": {m: f"query+{m}" for m in modules}}
    for name, modules in {
        "prop": ("info", "revisions"),
        "list": ("users",),
        "meta": ("siteinfo", "tokens", "userinfo"),
    }.items()
]
_MODULES = [
    {"name": "main", "path": "main", "parameters": [{"name": "action", "type": ["edit", "query", "paraminfo"],
     "submodules": {"edit": "edit", "query": "query", "paraminfo": "paraminfo"}}]},
    {"name": "query", "path": "query", "parameters": [*_QUERY, {"name": "generator", "type": ["revisions"]}]},
    {"name": "tokens", "path": "query+tokens", "parameters": [{"name": "type", "type": ["csrf", "login"]}]},
    {"name": "paraminfo", "path": "paraminfo", "parameters": [{"name": "modules", "limit": 50}]},
]  # fmt: skip


class FaultyWiki:
    """One page, one account. `fault` is what the next requests for pages and edits meet; None is an answer.

    `times` says how often it still happens; `edits` and `reads` count what came, `texts` what was saved. `central`
    is what CentralAuth knows of every account; None is a wiki without it.
    """

    def __init__(self, account: str) -> None:
        self.account = account
        self.dbname = "metawiki"
        self.central: Reply | None = None
        self.revid = 100
        self.texts = [TEXT]
        self.fault: Behaviour | None = None
        self.times = 0
        self.on = "edit"
        self.edits = 0
        self.reads = 0
        self.asked: list[dict[str, str]] = []
        self.headers: list[dict[str, str]] = []

    def fail(self, behaviour: Behaviour, *, on: str = "edit", times: int = 1000) -> None:
        """From now on requests of that kind (`edit` or `read`) meet the behaviour, so many times."""
        self.fault, self.on, self.times = behaviour, on, times

    def meets(self, kind: str) -> Behaviour | None:
        """What this request meets."""
        if self.fault is None or kind != self.on or not self.times:
            return None
        self.times -= 1
        return self.fault

    def answer(self, asked: dict[str, str]) -> Reply:
        """As MediaWiki would answer."""
        if asked["action"] == "paraminfo":
            return {"paraminfo": {"modules": _MODULES}}
        if asked["action"] == "edit":
            return self._edit(asked)
        info = {"id": 7, "name": self.account, "groups": ["*", "user", "bot"], "rights": ["read", "edit", "bot"]}
        limits = {"edit": {"user": {"hits": 90, "seconds": 60}}}
        query: Reply = {"userinfo": {**info, "messages": False, "ratelimits": limits}}
        if asked.get("type"):
            query["tokens"] = {f"{kind}token": "0123456789abcdef+\\" for kind in asked["type"].split("|")}
        site = {
            "general": {**_GENERAL, "wikiid": self.dbname},
            "namespaces": {},
            "namespacealiases": [],
            "extensions": [],
        }
        query.update({part: site[part] for part in asked.get("siprop", "").split("|") if part})
        if "ususers" in asked:
            query["users"] = [{"name": name, "groups": ["*", "user"]} for name in asked["ususers"].split("|")]
        if self.central is not None and "guiuser" in asked:
            query["globaluserinfo"] = {"name": asked["guiuser"], **self.central}
        if "titles" in asked:
            query["pages"] = [self._page(title) for title in asked["titles"].split("|")]
        return {"batchcomplete": True, "query": query}

    def _page(self, title: str) -> Reply:
        content = {"contentmodel": "wikitext", "content": self.texts[-1]}
        user = self.account if len(self.texts) > 1 else "Somebody"
        newest = {"revid": self.revid, "parentid": self.revid - 1, "user": user, "timestamp": "2022-01-01T00:00:00Z"}
        return {"title": title, "ns": 2, "pageid": 1, "revisions": [{**newest, "slots": {"main": content}}]}

    def _edit(self, asked: dict[str, str]) -> Reply:
        if asked["text"] == self.texts[-1]:
            return {"edit": {"result": "Success", "nochange": True}}
        self.texts.append(asked["text"])
        self.revid += 1
        return {"edit": {"result": "Success", "oldrevid": self.revid - 1, "newrevid": self.revid}}


class Exchange(BaseHTTPRequestHandler):
    """One request, and what it meets."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wiki: FaultyWiki
    asked: dict[str, str]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.asked = dict(parse_qsl(body, keep_blank_values=True))
        self.wiki.asked.append(self.asked)
        self.wiki.headers.append({name.lower(): value for name, value in self.headers.items()})
        kind = self._kind()
        self.wiki.edits += kind == "edit"
        self.wiki.reads += kind == "read"
        behaviour = self.wiki.meets(kind)
        with contextlib.suppress(OSError):
            if behaviour is None:
                self.send(json.dumps(self.wiki.answer(self.asked)).encode())
            else:
                behaviour(self)

    def _kind(self) -> str:
        if self.asked["action"] == "edit":
            return "edit"
        return "read" if "titles" in self.asked else ""

    def send(
        self, body: bytes, status: int = 200, kind: str = "application/json; charset=utf-8", **headers: str
    ) -> None:
        """Send a whole answer."""
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def drop(self) -> None:
        """End the connection without a word, by a reset."""
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextlib.contextmanager
def serving(wiki: FaultyWiki) -> Iterator[str]:
    """Serve the wiki; gives the address of its api.php."""
    handler = type("OneExchange", (Exchange,), {"wiki": wiki})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        server.block_on_close = False
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/w/api.php"
        finally:
            server.shutdown()
            thread.join()


# Behaviours


def status(code: int, **headers: str) -> Behaviour:
    """An error page, as the caches in front of a wiki send it."""
    return lambda exchange: exchange.send(b"<!DOCTYPE html><title>Error</title>", code, "text/html", **headers)


def body(content: bytes, kind: str = "application/json; charset=utf-8", **headers: str) -> Behaviour:
    """Those bytes, as a good answer."""
    return lambda exchange: exchange.send(content, 200, kind, **headers)


def api_error(code: str) -> Behaviour:
    """MediaWiki's own error; what it adds for people names somebody."""
    error = {
        "code": code,
        "info": "blocked by Пример Алексей from 192.0.2.7",
        "lag": 7,
        "spamblacklist": {"matches": []},
    }
    return body(json.dumps({"error": error, "servedby": "mw1"}).encode(), Retry_After="5")


def held(reached: threading.Event, go_on: threading.Event) -> Behaviour:
    """Say that the request is there, and answer as it should be once it may go on."""

    def wait(exchange: Exchange) -> None:
        reached.set()
        go_on.wait(30)
        exchange.send(json.dumps(exchange.wiki.answer(exchange.asked)).encode())

    return wait


def lost(exchange: Exchange) -> None:
    """Do what was asked, then lose the answer."""
    exchange.wiki.answer(exchange.asked)
    exchange.drop()


def reset(exchange: Exchange) -> None:
    """Nothing but a reset."""
    exchange.drop()


def cut(exchange: Exchange) -> None:
    """Half of the answer that was announced."""
    whole = b'{"batchcomplete": true, "query": {}}'
    exchange.send_response(200)
    exchange.send_header("Content-Type", "application/json")
    exchange.send_header("Content-Length", str(len(whole)))
    exchange.end_headers()
    exchange.wfile.write(whole[: len(whole) // 2])
    exchange.close_connection = True


def silent(exchange: Exchange) -> None:
    """Never an answer."""
    while exchange.rfile.read(1):
        pass


def drip(exchange: Exchange) -> None:
    """A good head, then a byte now and then."""
    exchange.send_response(200)
    exchange.send_header("Content-Type", "application/json")
    exchange.end_headers()
    _slowly(exchange, b'{"edit"')


def drip_head(exchange: Exchange) -> None:
    """A head that comes a byte now and then."""
    _slowly(exchange, b"HTTP/1.1 200 OK\r\nX")


def endless(exchange: Exchange) -> None:
    """An answer without end."""
    exchange.send_response(200)
    exchange.send_header("Content-Type", "application/json")
    exchange.end_headers()
    exchange.wfile.write(b"{")
    while True:
        exchange.wfile.write(b" " * 2**20)


def endless_continue(exchange: Exchange) -> None:
    """There is always more, from another place each time."""
    reply = exchange.wiki.answer(exchange.asked)
    onward = {"continue": "||", "rvcontinue": str(len(exchange.wiki.asked))}
    exchange.send(json.dumps({**reply, "continue": onward}).encode())


def more_pages(exchange: Exchange) -> None:
    """There is always another page."""
    reply = exchange.wiki.answer(exchange.asked)
    number = str(len(exchange.wiki.asked))
    reply["query"]["pages"] = [{**page, "title": f"{page['title']}/{number}"} for page in reply["query"]["pages"]]
    exchange.send(json.dumps({**reply, "continue": {"continue": "||", "geicontinue": number}}).encode())


def same_continue(exchange: Exchange) -> None:
    """There is always more, from the same place."""
    reply = exchange.wiki.answer(exchange.asked)
    exchange.send(json.dumps({**reply, "continue": {"continue": "||", "rvcontinue": "7"}}).encode())


def another_wiki(exchange: Exchange) -> None:
    """A good answer, of another wiki."""
    reply = exchange.wiki.answer(exchange.asked)
    reply["query"]["general"]["wikiid"] = "enwiki"
    exchange.send(json.dumps(reply).encode())


def _slowly(exchange: Exchange, start: bytes) -> None:
    exchange.wfile.write(start)
    while True:
        exchange.wfile.write(b" ")
        time.sleep(0.05)
