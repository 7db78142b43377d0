"""A small api.php on this machine: what `oabot.sources` reads, answered as MediaWiki does.

Rows are list=logevents rows with all values and the flags that hide some; the server leaves the hidden out.
"""

from __future__ import annotations

import gzip
import json
import threading
from collections import deque
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

Params = dict[str, str]
Reply = dict[str, Any]
Behaviour = Callable[[BaseHTTPRequestHandler], None]

HIDES = {
    "actionhidden": ("ns", "title", "params"),
    "userhidden": ("user", "userid", "anon"),
    "commenthidden": ("comment",),
}
LOGEVENTS = ("ids", "type", "start", "end", "dir", "user", "title", "limit", "prop", "continue")


class ApiFault(Exception):
    """Answered as MediaWiki's ``error``."""


class FakeMediaWiki:
    """One wiki. Change its attributes at any time; `asked` holds the parameters of each request.

    `modules` answers for each submodule of action=query (``pages`` for all of ``prop``), with ``query`` and perhaps
    ``continue``.

    `script` holds behaviours for the next requests, instead of an answer (None: answer after all).
    """

    def __init__(self, dbname: str = "metawiki") -> None:
        self.dbname = dbname
        self.rows: list[dict[str, Any]] = []
        self.types = {"block", "delete", "globalauth", "pagetranslation", "protect", "rights"}
        self.page_size = 500
        self.knows_leids = False
        self.modules: dict[str, Callable[[Params], Reply]] = {"logevents": self._logevents}
        self.asked: list[Params] = []
        self.headers: list[dict[str, str]] = []
        self.script: deque[Behaviour | None] = deque()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/w/api.php"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def answer(self, params: Params) -> Reply:
        try:
            if params["action"] == "paraminfo":
                return self._paraminfo(params)
            return self._query(params)
        except ApiFault as fault:
            return {"error": {"code": str(fault), "info": "…"}}

    def _paraminfo(self, params: Params) -> Reply:
        asked = [name.removeprefix("query+") for name in params["modules"].split("|")]
        names = [name for name in LOGEVENTS if name != "ids" or self.knows_leids]
        parameters = {"logevents": [{"name": name} for name in names]}
        known = {"siteinfo", *self.modules}
        modules = [{"name": name, "parameters": parameters.get(name, [])} for name in asked if name in known]
        return {"paraminfo": {"modules": modules}}

    def _query(self, params: Params) -> Reply:
        reply: Reply = {"batchcomplete": True, "query": {}}
        if unknown := self._unknown(params):
            reply["warnings"] = {"main": {"warnings": f"Unrecognized parameter: {unknown}."}}
        names = [*params.get("list", "").split("|"), *params.get("meta", "").split("|")]
        names += ["pages"] if "prop" in params else []
        if "continue" not in params and "siteinfo" in names:
            reply["query"]["general"] = {"wikiid": self.dbname, "generator": "MediaWiki 1.39.17"}
        for name in names:
            if name in self.modules:
                part = self.modules[name](params)
                reply["query"] |= part.pop("query")
                if "continue" in part:
                    reply["continue"] = {**part["continue"], "continue": "-||siteinfo"}
        return reply

    def _unknown(self, params: Params) -> str:
        own = [key for key in params if key.startswith("le")]
        known = {"le" + name for name in LOGEVENTS if name != "ids" or self.knows_leids}
        return ", ".join(key for key in own if key not in known)

    def _logevents(self, params: Params) -> Reply:
        if "letype" in params and params["letype"] not in self.types:
            raise ApiFault("badvalue")
        newer = params.get("ledir") == "newer"
        rows = sorted((row for row in self.rows if self._matches(row, params, newer=newer)), key=_place)
        rows = rows if newer else rows[::-1]
        if "lecontinue" in params:
            first = tuple(int(part) for part in params["lecontinue"].split("|"))
            rows = [row for row in rows if (_place(row) >= first if newer else _place(row) <= first)]
        limit = min(self.page_size, int(params.get("lelimit", "10").replace("max", "5000")))
        reply: Reply = {"query": {"logevents": [_shown(row) for row in rows[:limit]]}}
        if len(rows) > limit:
            reply["continue"] = {"lecontinue": "{}|{}".format(*_place(rows[limit]))}
        return reply

    def _matches(self, row: dict[str, Any], params: Params, *, newer: bool) -> bool:
        low, high = ("lestart", "leend") if newer else ("leend", "lestart")
        if self.knows_leids and "leids" in params and str(row["logid"]) not in params["leids"].split("|"):
            return False
        return (
            ("letype" not in params or row["type"] == params["letype"])
            and ("leuser" not in params or (row.get("user") == _user(params["leuser"]) and "userhidden" not in row))
            and ("letitle" not in params or (row.get("title") == params["letitle"] and "actionhidden" not in row))
            and (low not in params or row["timestamp"] >= params[low])
            and (high not in params or row["timestamp"] <= params[high])
        )


def row(logid: int, timestamp: str, **more: object) -> dict[str, Any]:
    """A row with everything that a row has."""
    return {
        "logid": logid,
        "ns": 2,
        "title": "User:ExampleBanned1@global",
        "pageid": 0,
        "logpage": 0,
        "params": {"added": ["locked"], "removed": []},
        "type": "globalauth",
        "action": "setstatus",
        "user": "WMFOffice",
        "userid": 7,
        "timestamp": timestamp,
        "comment": "Foundation Global Ban",
        "parsedcomment": "Foundation Global Ban",
        "tags": [],
        **more,
    }


def send(
    handler: BaseHTTPRequestHandler, status: int, body: bytes, media: str = "application/json", **headers: str
) -> None:
    """Answer with these bytes."""
    handler.send_response(status)
    handler.send_header("Content-Type", media)
    handler.send_header("Content-Length", str(len(body)))
    for name, value in headers.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    handler.wfile.write(body)


def _user(name: str) -> str:
    return name[:1].upper() + name[1:].replace("_", " ")


def _place(row: dict[str, Any]) -> tuple[int, int]:
    return int("".join(filter(str.isdigit, row["timestamp"]))), row["logid"]


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    hidden = {key for flag, keys in HIDES.items() if row.get(flag) for key in keys}
    return {key: value for key, value in row.items() if key not in hidden}


def _handler(wiki: FakeMediaWiki) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            self._do(urlsplit(self.path).query)

        def do_POST(self) -> None:
            self._do(self.rfile.read(int(self.headers["Content-Length"])).decode())

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (the standard library's name)
            """Keep quiet."""

        def _do(self, query: str) -> None:
            params = dict(parse_qsl(query, keep_blank_values=True))
            wiki.asked.append(params)
            wiki.headers.append(dict(self.headers))
            behaviour = wiki.script.popleft() if wiki.script else None
            if behaviour is not None:
                behaviour(self)
                return
            body = gzip.compress(json.dumps(wiki.answer(params)).encode(), 1)
            send(self, 200, body, "application/json; charset=utf-8", Content_Encoding="gzip")

    return Handler
