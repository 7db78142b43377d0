"""One connection to a stream of server-sent events: whole frames, as bytes, as many at a time as have come.

Format: https://html.spec.whatwg.org/multipage/server-sent-events.html as KafkaSSE writes it (wikimedia/KafkaSSE,
lib/SSEResponse.js): lines end with LF, each in an HTTP chunk of its own, or as a proxy has merged them.
"""

from __future__ import annotations

import contextlib
import functools
import http.client
import socket
import ssl
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Final, Self

from urllib3 import PoolManager, ProxyManager
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError
from urllib3.response import BaseHTTPResponse
from urllib3.util import Timeout

from oabot.errors import SourceError
from oabot.seams import Clock
from oabot.sources.address import checked, proxy

_READ: Final = 240 * 1024
_RECORD: Final = 16 * 1024
"""The most that a TLS record holds (RFC 8446, 5.1)."""
_LONGEST_FRAME: Final = 16 * 1024 * 1024
_CONNECT_SECONDS: Final = 15.0


class Cut(SourceError):
    """The connection ended or didn't come about; another one may hold."""


class Refused(SourceError):
    """The server answered, but with no stream."""

    def __init__(self, status: int, retry_after: str | None) -> None:
        super().__init__(f"stream: HTTP {status}")
        self.status = status
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class Frame:
    """One event as it came."""

    event: str
    id: str
    data: bytes


def frame(text: bytes) -> Frame:
    """Read one frame, without the empty line that ends it."""
    fields: dict[bytes, list[bytes]] = {}
    for line in text.split(b"\n"):
        name, _, value = line.partition(b":")
        fields.setdefault(name, []).append(value.removeprefix(b" "))
    event, own_id = (fields.get(name, [b""])[-1].decode("utf-8", "replace") for name in (b"event", b"id"))
    return Frame(event, own_id, b"\n".join(fields.get(b"data", [])))


class Chunks:
    """Takes HTTP/1.1's chunked coding off bytes that come in any pieces (RFC 9112, 7.1), once each is whole."""

    def __init__(self) -> None:
        self.ended = False
        self._rest = b""

    def feed(self, raw: bytes) -> bytes:
        """What the next piece completes. Raises: `Cut` when it isn't chunked coding."""
        chunks, self._rest = _split(self._rest + raw)
        if len(self._rest) > _LONGEST_FRAME:
            raise Cut("stream: a chunk without an end")
        self.ended |= b"" in chunks
        return b"".join(chunks)


def _split(raw: bytes) -> tuple[list[bytes], bytes]:
    """The chunks, and what is not whole yet."""
    chunks, position, length = [], 0, len(raw)
    while (start := raw.find(b"\r\n", position) + 2) >= 2:
        end = start + _size(raw[position : start - 2])
        if end + 2 > length:
            break
        if raw[end] != 0x0D or raw[end + 1] != 0x0A:
            raise Cut("stream: not chunked as it says")
        chunks.append(raw[start:end])
        position = end + 2
    return chunks, raw[position:]


@functools.lru_cache(maxsize=4096)
def _size(line: bytes) -> int:
    """The size in a chunk's first line. Raises: `Cut` when it is none."""
    try:
        size = int(line.partition(b";")[0], 16)
    except ValueError:
        size = -1
    if size < 0:
        raise Cut("stream: not chunked as it says")
    return size


class Stream:
    """One connection; a context manager that opens it.

    `stall` is how many seconds may pass without a byte, `nap` how long what comes is let gather between two reads.
    Raises: `ConfigError` for an address that can't be used; on entering `Refused`, `Cut`.
    """

    def __init__(self, url: str, user_agent: str, clock: Clock, *, stall: float, nap: float) -> None:
        address = checked(url)
        self._url = url
        self._agent = user_agent
        self._clock = clock
        self._timeout = Timeout(connect=min(_CONNECT_SECONDS, stall), read=stall)
        self._nap = nap
        self._proxy, self._secure = proxy(address), address.scheme == "https"
        self._open = contextlib.ExitStack()
        self._response: BaseHTTPResponse | None = None

    def connect(self, headers: Mapping[str, str], params: Mapping[str, str]) -> Self:
        """Ask for the stream."""
        bytes(4 * _READ)  # lets malloc keep what is read into, or the system zeroes it anew each time (mallopt(3))
        manager = self._open.enter_context(_manager(self._proxy, secure=self._secure))
        own = {"User-Agent": self._agent, "Accept": "text/event-stream", "Accept-Encoding": "identity"}
        try:
            response = manager.request(
                "GET",
                self._url,
                fields=dict(params),
                headers={**own, **headers},
                preload_content=False,
                redirect=False,
                retries=False,  # tries are the supervisor's
                timeout=self._timeout,
            )
        except (HTTPError, http.client.HTTPException, OSError, ValueError) as fault:
            raise Cut(f"stream: no connection: {type(fault).__name__}") from None
        self._response = response
        self._open.callback(response.close)
        media = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        if response.status != 200 or media != "text/event-stream":
            raise Refused(response.status, response.headers.get("Retry-After"))
        return self

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.close()

    def batches(self) -> Iterator[bytes]:
        """Whole frames, each with the empty line that ends it, until the server ends it; an unfinished one is lost.

        Raises: `Cut` when the way there breaks, or nothing came for too long.
        """
        rest = b""
        while piece := self._read():
            data = rest + piece
            end = data.rfind(b"\n\n") + 2
            if end >= 2:
                yield data[:end]
                data = data[end:]
            rest = data
            if len(rest) > _LONGEST_FRAME:
                raise Cut("stream: a frame without an end")
            # Waking for each of the three chunks of an event would cost more than all the rest.
            if len(piece) < _READ // 2:
                self._clock.sleep(self._nap)

    def _read(self) -> bytes:
        if self._response is None:
            raise Cut("stream: not connected")
        try:
            # What isn't encoded, as asked, needn't go through the decoder, which copies it twice.
            return self._response.read1(_READ, decode_content="Content-Encoding" in self._response.headers)
        except (HTTPError, http.client.HTTPException, OSError, ValueError) as fault:
            raise Cut(f"stream: {type(fault).__name__}") from None


class Coalesced(http.client.HTTPResponse):
    """Reads all that is there at once; the library's own reads one chunk at a time, and one record of TLS."""

    def __init__(
        self, sock: socket.socket, debuglevel: int = 0, method: str | None = None, url: str | None = None
    ) -> None:
        super().__init__(sock, debuglevel, method, url)
        self._socket = sock

    def begin(self) -> None:
        """As `http.client.HTTPResponse.begin`."""
        super().begin()
        self._chunks = Chunks()

    def read1(self, n: int = -1) -> bytes:
        """The text of all chunks that have come whole, of about `n` bytes; waits for the first."""
        if not self.chunked or self.fp is None:
            return super().read1(n)
        while not self._chunks.ended and (raw := self.fp.read1(n)):
            if isinstance(self._socket, ssl.SSLSocket):
                raw += self._records(n - len(raw))
            if data := self._chunks.feed(raw):
                return data
        return b""

    def _records(self, size: int) -> bytes:
        """What more has come, up to about `size`, without waiting."""
        records, patience = [], self._socket.gettimeout()
        self._socket.settimeout(0)
        try:
            with contextlib.suppress(OSError):  # whatever it is comes again with the next read
                while size > 0 and (record := self._socket.recv(_RECORD)):
                    records.append(record)
                    size -= len(record)
        finally:
            self._socket.settimeout(patience)
        return b"".join(records)


class _Plain(HTTPConnection):
    response_class = Coalesced


class _Secure(HTTPSConnection, _Plain):
    """The same with TLS."""


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _Plain


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _Secure


def _certificates() -> str:
    import certifi

    return certifi.where()


def _manager(proxied: str | None, *, secure: bool) -> PoolManager:
    """Makes one connection, checked by the same certificates as requests would."""
    trusted = _certificates() if secure else None
    manager = ProxyManager(proxied, ca_certs=trusted) if proxied else PoolManager(ca_certs=trusted)
    manager.pool_classes_by_scheme = {"http": _PlainPool, "https": _SecurePool}
    return manager
