"""A server of events on this machine that sends exactly the bytes that a test gives it."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
import time
import uuid
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\nTransfer-Encoding: chunked\r\n\r\n"


@dataclass
class Reply:
    """What one connection gets: the head, the pieces of the body one by one, then the end."""

    pieces: Iterable[bytes] = ()
    head: bytes = HEAD
    stays: bool = False
    """Whether it is left open after the last piece."""


@dataclass
class Asked:
    """What a client sent."""

    headers: dict[str, str]
    params: dict[str, str]


@dataclass
class StreamServer:
    """Answers each connection with the next of `replies`; when there are no more it answers 503."""

    replies: deque[Reply] = field(default_factory=deque)
    asked: list[Asked] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}/v2/stream/recentchange"

    def close(self) -> None:
        self._ended.set()
        with contextlib.suppress(OSError), socket.create_connection(self._listener.getsockname()):
            pass
        self._thread.join()
        self._listener.close()

    def _serve(self) -> None:
        open_ones = []
        while True:
            client, _ = self._listener.accept()
            if self._ended.is_set():
                break
            with contextlib.suppress(OSError):
                if self._answer(client):
                    open_ones.append(client)
                    continue
            client.close()
        for one in (client, *open_ones):
            one.close()

    def _answer(self, client: socket.socket) -> bool:
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += client.recv(65536)
        lines = head.decode().split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
        self.asked.append(Asked(headers, dict(parse_qsl(urlsplit(lines[0].split()[1]).query))))
        reply = self.replies.popleft() if self.replies else refusal(503)
        client.sendall(reply.head)
        for piece in reply.pieces:
            client.sendall(piece)
            time.sleep(0.002)  # so that pieces don't arrive as one
        return reply.stays


def refusal(status: int, **headers: str) -> Reply:
    """An answer without a stream."""
    more = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    return Reply(head=f"HTTP/1.1 {status} Refused\r\nContent-Length: 0\r\n{more}\r\n".encode())


def position(milliseconds: int) -> str:
    """An event id as the service writes it, with one topic that has no event yet."""
    seen = {"topic": "eqiad.mediawiki.recentchange", "partition": 0, "timestamp": milliseconds}
    unseen = {"topic": "codfw.mediawiki.recentchange", "partition": 0, "offset": -1}
    return json.dumps([seen, unseen], separators=(",", ":"))


def event(**more: object) -> dict[str, Any]:
    """A recentchange event; without `more` a log entry by the Office on Meta."""
    meta: dict[str, Any] = {"id": str(uuid.uuid4()), "dt": "2022-01-01T00:00:00Z", "domain": "meta.wikimedia.org"}
    what = {"type": "log", "namespace": 2, "title": "User:示例甲@global", "user": "WMFOffice", "comment": ""}
    log = {
        "log_id": 109,
        "log_type": "globalauth",
        "log_action": "setstatus",
        "log_params": [],
        "timestamp": 1640995200,
    }
    return {"$schema": "/mediawiki/recentchange/1.0.0", "meta": meta, **what, **log, "wiki": "metawiki", **more}


def lines(data: dict[str, Any] | str, milliseconds: int, *, name: str = "message") -> list[bytes]:
    """One event's three lines as the service writes them; `data` may be JSON text already."""
    text = data if isinstance(data, str) else json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return [
        f"event: {name}\n".encode(),
        f"id: {position(milliseconds)}\n".encode(),
        f"data: {text}\n\n".encode("utf-8", "surrogatepass"),
    ]


def chunked(parts: Iterable[bytes]) -> list[bytes]:
    """Each part as an HTTP chunk of its own."""
    return [b"%x\r\n%s\r\n" % (len(part), part) for part in parts]
