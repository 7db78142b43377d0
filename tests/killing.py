"""Kills the continuous job at named points: between event, read, store, fold, POST, its reply and the record of it.

The product has no hooks for this: what it asks wikis goes through proxies of ours, and its database is looked into.
"""

from __future__ import annotations

import contextlib
import hashlib
import http.client
import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final, Protocol
from urllib.parse import parse_qsl, urlsplit

from tests.local_farm import Farm

POINTS: Final = ("event", "read", "store", "fold", "sent", "reply lost", "recorded")
"""Where it is killed: as the event comes, as a log is asked, once rows are stored, at the first question for pages
after that, before a save reaches the wiki, before the wiki's answer reaches us, once the save is recorded."""

AGENT: Final = "User-Agent"
"""Beside a request's parameters, who asks."""

_LOOK: Final = 0.003


class Killer:
    """Kills `pid`, once, when the armed point is reached."""

    def __init__(self, ask: Callable[[str], int], rng: random.Random) -> None:
        """`ask` runs a query that counts in the bot's database."""
        self._ask, self._random = ask, rng
        self._lock = threading.Lock()
        self.point: str | None = None
        self.pid = 0
        self.sent: Counter[tuple[str, str, str]] = Counter()
        """How often a text (its SHA-256) was sent to a wiki for a page."""
        self._stored = 0

    def arm(self, point: str, pid: int) -> None:
        """Kill that process when it comes to that point."""
        before = self._counts() if point in ("store", "recorded", "fold") else (0, 0)
        with self._lock:
            self.point, self.pid = point, pid
            self._stored = before[0]
        if point in ("store", "recorded"):
            threading.Thread(target=self._watch, args=(point, before), daemon=True).start()

    def happened(self) -> None:
        """The event is on the wire."""
        if self.point == "event":
            time.sleep(self._random.uniform(0.0, 0.25))
            self.kill("event")

    def kill(self, point: str) -> bool:
        """Kill it if this is the point; whether it was."""
        with self._lock:
            if self.point != point:
                return False
            self.point = None
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)
            return True

    def on_request(self, params: dict[str, str]) -> bool:
        """A request is about to reach the wiki; whether it was killed for it."""
        if params.get("action") == "edit":
            return self.kill("sent")
        if params.get("list") == "logevents":
            return self.kill("read")
        if self.point != "fold" or not ("titles" in params or "generator" in params):
            return False
        return self._counts()[0] > self._stored and self.kill("fold")

    def on_reply(self, params: dict[str, str]) -> bool:
        """The wiki has answered; whether it was killed before it heard of that."""
        return params.get("action") == "edit" and self.kill("reply lost")

    def on_save(self, dbname: str, params: dict[str, str]) -> None:
        """A save goes to the wiki."""
        self.sent[told_apart(dbname, params)] += 1

    def _watch(self, point: str, before: tuple[int, int]) -> None:
        which = POINTS.index(point) == POINTS.index("recorded")
        while self.point == point:
            if self._counts()[which] > before[which]:
                self.kill(point)
            time.sleep(_LOOK)

    def _counts(self) -> tuple[int, int]:
        """Rows stored, and saves recorded."""
        with contextlib.suppress(Exception):  # the database may be down just now
            stored = self._ask("SELECT count(*) FROM oabot_observations")
            return stored, self._ask("SELECT count(*) FROM oabot_publications WHERE revid IS NOT NULL")
        return (0, 0)


def told_apart(dbname: str, params: dict[str, str]) -> tuple[str, str, str]:
    """What a save is: the wiki, the page, the text's SHA-256."""
    return dbname, params.get("title", ""), hashlib.sha256(params.get("text", "").encode()).hexdigest()


class Watcher(Protocol):
    """Who is told of all that goes through a proxy."""

    def on_request(self, params: dict[str, str]) -> bool:
        """A request is about to reach the wiki; true: it isn't passed on."""
        ...

    def on_save(self, dbname: str, params: dict[str, str]) -> None:
        """A save goes to the wiki."""
        ...

    def on_reply(self, params: dict[str, str]) -> bool:
        """The wiki has answered; true: the answer isn't passed on."""
        ...


@contextlib.contextmanager
def proxy(farm: Farm, dbname: str, watcher: Watcher) -> Iterator[str]:
    """A proxy before a wiki; gives its address."""
    port = farm.port + farm.wikis[dbname]["offset"]
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(dbname, port, watcher))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _handler(dbname: str, port: int, watcher: Watcher) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            self._pass_on(b"")

        def do_POST(self) -> None:
            self._pass_on(self.rfile.read(int(self.headers.get("Content-Length") or 0)))

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002, ANN401 - the standard library's own
            """Keep quiet."""

        def _pass_on(self, body: bytes) -> None:
            query = f"{urlsplit(self.path).query}&{body.decode('utf-8', 'replace')}"
            params = dict(parse_qsl(query, keep_blank_values=True)) | {AGENT: self.headers.get("User-Agent", "")}
            self.close_connection = True
            if watcher.on_request(params):
                return
            if params.get("action") == "edit":
                watcher.on_save(dbname, params)
            upstream = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
            with contextlib.closing(upstream), contextlib.suppress(OSError, http.client.HTTPException):
                headers = {name: value for name, value in self.headers.items() if name.lower() != "connection"}
                upstream.request(self.command, self.path, body, headers | {"Host": f"127.0.0.1:{port}"})
                reply = upstream.getresponse()
                content = reply.read()
                if watcher.on_reply(params):
                    return
                self.send_response(reply.status)
                for name, value in reply.getheaders():
                    if name.lower() not in ("transfer-encoding", "connection", "content-length", "server", "date"):
                        self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.send_header("Connection", "close")
                self.end_headers()
                self.wfile.write(content)

    return Handler
