#!/usr/bin/env python3
"""The farm's stream of recent changes, as https://stream.wikimedia.org/v2/stream/recentchange serves Wikimedia's.

stream.py HOST:PORT FOLDER   MediaWiki's events come in at that port by UDP ($wgRCFeeds in LocalSettings.php), and go
out there by HTTP as server-sent events: one HTTP chunk a line, ids with one object a topic, canaries in between.

Files in FOLDER steer it while they are there:
  stream.cut      all connections are cut, once for each new content
  stream.refuse   new connections get this status instead, such as 429, and Retry-After if a number follows it
  stream.silent   nothing is sent, and connections stay open
  stream.error    an event of the kind "error" is sent, then the connection ends
"""

from __future__ import annotations

import contextlib
import itertools
import json
import socket
import socketserver
import sys
import threading
import time
import uuid
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

PATH = "/v2/stream/recentchange"
TOPICS = ("eqiad.mediawiki.recentchange", "codfw.mediawiki.recentchange")
KEPT = 50_000
CANARY_SECONDS = 5.0
LOOK_SECONDS = 0.02


@dataclass
class Ring:
    """The newest events, as (milliseconds, JSON), and whoever waits for more."""

    events: deque[tuple[int, str]] = field(default_factory=lambda: deque(maxlen=KEPT))
    count: int = 0
    more: threading.Condition = field(default_factory=threading.Condition)

    def add(self, event: dict[str, Any]) -> None:
        """Take in what MediaWiki sent, as EventBus and the service would hand it on."""
        now = datetime.now(UTC)
        with self.more:
            self.count += 1
            meta = {
                "uri": event.get("title_url") or "",
                "request_id": uuid.uuid4().hex[:24],
                "id": str(uuid.uuid4()),
                "dt": now.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z",
                "domain": event.get("server_name") or "canary",
                "stream": "mediawiki.recentchange",
                "topic": TOPICS[0],
                "partition": 0,
                "offset": 5_000_000_000 + self.count,
            }
            whole = {"$schema": "/mediawiki/recentchange/1.0.0", "meta": meta, **without_nulls(event)}
            text = json.dumps(whole, ensure_ascii=False, separators=(",", ":"))
            self.events.append((int(now.timestamp() * 1000), text))
            self.more.notify_all()

    def after(self, count: int) -> list[tuple[int, str]]:
        """The events from the `count`-th on, once there are any or a moment passed."""
        with self.more:
            if self.count <= count:
                self.more.wait(LOOK_SECONDS)
            news = self.count - count
            return list(itertools.islice(self.events, max(0, len(self.events) - news), None)) if news else []

    def from_time(self, milliseconds: int) -> int:
        """The count from which events are not older than that."""
        with self.more:
            return self.count - sum(1 for moment, _ in self.events if moment >= milliseconds)


def without_nulls(value: Any) -> Any:  # noqa: ANN401  any JSON
    """EventBus leaves out what is null, at every depth."""
    if isinstance(value, dict):
        return {key: without_nulls(inner) for key, inner in value.items() if inner is not None}
    if isinstance(value, list):
        return [without_nulls(inner) for inner in value]
    return value


def frame(milliseconds: int, text: str, name: str = "message") -> Iterator[bytes]:
    """The lines of one event; its id asks for what comes after."""
    topics = [
        {"topic": TOPICS[0], "partition": 0, "timestamp": milliseconds + 1},
        {"topic": TOPICS[1], "partition": 0, "offset": -1},
    ]
    yield f"event: {name}\n".encode()
    yield f"id: {json.dumps(topics, separators=(',', ':'))}\n".encode()
    yield f"data: {text}\n\n".encode("utf-8", "surrogatepass")


def wanted_from(headers: dict[str, str], query: dict[str, list[str]]) -> int | None:
    """From which time on the client wants events; None: from now on. Raises: `ValueError` as the service says 400."""
    if "last-event-id" in headers:
        topics = json.loads(headers["last-event-id"])
        if not isinstance(topics, list) or not all(topic["topic"] in TOPICS for topic in topics):
            raise ValueError("topics")
        times = [int(topic["timestamp"]) for topic in topics if "timestamp" in topic]
        return min(times) if times else None
    if "since" in query:
        since = query["since"][0]
        when = int(since) if since.isdecimal() else datetime.fromisoformat(since).timestamp() * 1000
        return int(when)
    return None


class Server(socketserver.ThreadingTCPServer):
    """One thread a connection."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, address: tuple[str, int], folder: Path) -> None:
        super().__init__(address, Connection)
        self.ring = Ring()
        self.folder = folder

    def control(self, name: str) -> str | None:
        """What a file of the folder says; None when it isn't there."""
        with contextlib.suppress(OSError):
            return (self.folder / f"stream.{name}").read_text(encoding="utf-8")
        return None


class Connection(socketserver.StreamRequestHandler):
    """One client."""

    server: Server
    disable_nagle_algorithm = True

    def handle(self) -> None:
        """Answer one request, to its end."""
        with contextlib.suppress(OSError, IndexError, UnicodeDecodeError):
            target = urlsplit(self.rfile.readline(65536).decode().split()[1])
            lines = iter(lambda: self.rfile.readline(65536).decode("latin-1").strip(), "")
            headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
            self.answer(target.path, headers, parse_qs(target.query))

    def answer(self, path: str, headers: dict[str, str], query: dict[str, list[str]]) -> None:
        """Give the stream, or say why not; at any other address, say who this is in a wiki's words."""
        if path != PATH:
            who = {"query": {"general": {"wikiid": "stream"}}}
            self.refuse(200, json.dumps(who))
            return
        if refuse := self.server.control("refuse"):
            status, *wait = refuse.split()
            self.refuse(int(status), "", "".join(f"Retry-After: {seconds}\r\n" for seconds in wait))
            return
        try:
            since = wanted_from(headers, query)
        except (ValueError, TypeError, KeyError):
            self.refuse(400, "")
            return
        count = self.server.ring.count if since is None else self.server.ring.from_time(since)
        self.wfile.write(
            b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\n"
            b"cache-control: private, max-age=0, s-maxage=0\r\ntransfer-encoding: chunked\r\n\r\n"
        )
        self.chunk(b":ok\n\n")
        self.serve(count)

    def serve(self, count: int) -> None:
        """Send events until somebody ends it."""
        cut, told = self.server.control("cut"), int(time.time() * 1000) - 1
        while self.server.control("cut") in (cut, None):
            if self.server.control("silent") is not None:
                time.sleep(LOOK_SECONDS)
                continue
            news = self.server.ring.after(count)
            count += len(news)
            for moment, text in news:
                for line in frame(told := moment, text):
                    self.chunk(line)
            if self.server.control("error") is not None:
                # Its id is that of what was sent before it, so that what came meanwhile is sent again.
                for line in frame(told, '{"message":"asked for"}', "error"):
                    self.chunk(line)
                break

    def chunk(self, data: bytes) -> None:
        """One write of the service is one HTTP chunk."""
        self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))

    def refuse(self, status: int, body: str, more: str = "") -> None:
        """Any other answer."""
        head = f"HTTP/1.1 {status} {'OK' if status == 200 else 'Refused'}\r\nContent-Type: application/json\r\n"
        self.wfile.write(f"{head}Content-Length: {len(body)}\r\nConnection: close\r\n{more}\r\n{body}".encode())


def receive(ring: Ring, feed: socket.socket) -> None:
    """Take in MediaWiki's events; one that UDP cut short is lost, as events can be."""
    while True:
        datagram = feed.recv(1 << 17)
        with contextlib.suppress(ValueError):
            event = json.loads(datagram)
            if isinstance(event, dict):
                ring.add(event)


def canaries(ring: Ring) -> None:
    """Show that the stream lives though nothing happens."""
    while True:
        ring.add({"type": "edit", "title": "canary"})
        time.sleep(CANARY_SECONDS)


def main(address: str, folder: str) -> None:
    """Serve until ended."""
    host, _, port = address.partition(":")
    feed = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    feed.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
    feed.bind((host, int(port)))
    with Server((host, int(port)), Path(folder)) as server:
        threading.Thread(target=receive, args=(server.ring, feed), daemon=True).start()
        threading.Thread(target=canaries, args=(server.ring,), daemon=True).start()
        server.serve_forever()


if __name__ == "__main__":
    main(*sys.argv[1:3])
