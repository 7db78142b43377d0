"""One address, few connections, bounded HTTP exchanges."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

import requests
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError
from urllib3.response import HTTPResponse

from oabot.begun import AT_ONCE
from oabot.errors import SourceError
from oabot.sources.address import checked
from oabot.sources.connection import session

_CHUNK: Final = 64 * 1024
_LONGEST_QUERY: Final = 4000
"""Longer ones are posted: servers limit the length of a URL, some to 8 KiB."""
_READ_SECONDS: Final = 30.0
_SHUT_BOTH: Final = 2


class NoAnswer(SourceError):
    """Nothing usable came; another try may bring it."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: the status, the media type without parameters, Retry-After as sent, the decoded body."""

    status: int
    media_type: str
    retry_after: str | None
    body: bytes


class Door:
    """Asks one fixed address; never follows a redirect, keeps cookies, waits while as many threads as may are asking.

    The address comes from the operator. It has to be https, but for this machine itself.
    `limit` is the most bytes that a decoded body may have. Raises: `ConfigError` for an address that can't be used.
    """

    def __init__(self, url: str, user_agent: str, limit: int) -> None:
        address = checked(url)
        self._url = url
        self._limit = limit
        self._turns = threading.BoundedSemaphore(AT_ONCE)
        self._session = session(address, _Plain, _Secure, connections=AT_ONCE)
        self._session.headers.update({"User-Agent": user_agent, "Accept-Encoding": "gzip"})

    def ask(self, params: Mapping[str, str], seconds: float) -> Answer:
        """Send one request and read the whole answer within `seconds`.

        Raises: `NoAnswer` when another try may help, `SourceError` when not. Neither carries the address asked,
        because it may hold a person's name.
        """
        with self._turns:
            end = time.monotonic() + seconds
            try:
                with self._send(params, min(seconds, _READ_SECONDS)) as response:
                    body = _body(response.raw, end, self._limit)
            except (requests.RequestException, HTTPError, OSError, ValueError) as fault:
                raise NoAnswer(f"no answer: {type(fault).__name__}") from None
        if 300 <= response.status_code < 400:
            raise SourceError("redirected; redirects are not followed")
        media_type = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        return Answer(response.status_code, media_type, response.headers.get("Retry-After"), body)

    def close(self) -> None:
        """Let go of the connection."""
        self._session.close()

    def _send(self, params: Mapping[str, str], seconds: float) -> requests.Response:
        common: dict[str, Any] = {"stream": True, "allow_redirects": False, "timeout": seconds}
        if len(urlencode(params)) <= _LONGEST_QUERY:
            return self._session.get(self._url, params=params, **common)
        # Wikimedia routes a POST to the primary data centre unless it promises to write nothing.
        headers = {"Promise-Non-Write-API-Action": "true"}
        return self._session.post(self._url, data=params, headers=headers, **common)


def _body(raw: HTTPResponse, end: float, limit: int) -> bytes:
    """Read what comes, as it comes: a byte now and then doesn't start the time anew."""
    parts: list[bytes] = []
    size = 0
    while part := raw.read1(_CHUNK, decode_content=True):
        parts.append(part)
        size += len(part)
        if size > limit:
            raise SourceError(f"answer is longer than {limit} bytes")
        if time.monotonic() > end:
            raise NoAnswer("answer took too long")
    return b"".join(parts)


def _cut(connection: HTTPConnection) -> None:
    with contextlib.suppress(OSError):
        if connection.sock is not None:
            connection.sock.shutdown(_SHUT_BOTH)


@contextlib.contextmanager
def _cut_in_time(connection: HTTPConnection) -> Iterator[None]:
    """Bound the whole head by the read timeout, which otherwise starts anew with every byte that drips in."""
    timer = threading.Timer(float(connection.timeout or _READ_SECONDS), _cut, [connection])
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


class _Plain(HTTPConnection):
    def getresponse(self) -> HTTPResponse:  # type: ignore[override]  # urllib3's own answer isn't http.client's
        with _cut_in_time(self):
            return super().getresponse()


class _Secure(HTTPSConnection, _Plain):
    """The same with TLS."""
