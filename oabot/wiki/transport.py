"""HTTP below Pywikibot: one exchange, bounded in time and size, or a reason why not.

Pywikibot's own session waits 45 s for each *byte*, reads answers of any length, follows redirects and tries again
on its own for up to 25 minutes. Here whatever isn't a whole JSON answer is one exception, which Pywikibot hands on.
"""

from __future__ import annotations

import math
import queue
import threading
import time
from typing import Any, Final

import requests
from requests.adapters import HTTPAdapter

Options = Any
"""What requests hands to an adapter; see requests.adapters.HTTPAdapter.send."""
_CHUNK: Final = 64 * 1024
_SILENCE: Final = 30.0
LARGEST: Final = 32 * 1024 * 1024
"""Bytes of the longest answer we read. MediaWiki's own limit ($wgAPIMaxResultSize) is 8 MiB, 12 on Wikimedia."""


class NoAnswer(ConnectionError):
    """No usable answer came. Pywikibot hands on a `ConnectionError` without trying again.

    `code` is ours (see `oabot.wiki.refusals`); `wait` is what the server asked for by Retry-After, in seconds.
    """

    def __init__(self, code: str, wait: float = 0.0) -> None:
        super().__init__(code)
        self.code = code
        self.wait = wait


class BoundedAdapter(HTTPAdapter):
    """Carries requests for the thread that set `until`, and ends them then."""

    def __init__(self) -> None:
        super().__init__(max_retries=0)
        self._local = threading.local()
        self.silence = _SILENCE
        """Seconds after which a server that says nothing is left, if the deadline is further off."""

    @property
    def until(self) -> float:
        """The monotonic time at which this thread's exchanges end, whatever happens."""
        return getattr(self._local, "until", 0.0)

    @until.setter
    def until(self, when: float) -> None:
        self._local.until = when

    # The arguments are those of requests' HTTPAdapter.send.
    def send(self, request: requests.PreparedRequest, *_: object, **options: Options) -> requests.Response:
        """Send one request and read the whole answer. Raises: `NoAnswer`."""
        end = self.until
        left = end - time.monotonic()
        if left <= 0:
            raise NoAnswer("deadline")
        # A little more than is left, so that the deadline is what ends a short one.
        options.update(stream=True, timeout=min(left + 1.0, self.silence))
        answers: queue.SimpleQueue[requests.Response | NoAnswer] = queue.SimpleQueue()

        def exchange() -> None:
            try:
                answers.put(_whole(super(BoundedAdapter, self).send(request, **options), end))
            except NoAnswer as fault:
                answers.put(fault)
            except Exception as fault:  # noqa: BLE001 - the thread's end: what it doesn't hand on, nobody learns
                answers.put(NoAnswer(_reason(fault)))

        # A look-up of a name, or a head that drips in byte by byte, knows no timeout: it is left behind.
        threading.Thread(target=exchange, name="wiki-exchange", daemon=True).start()
        try:
            answer = answers.get(timeout=left)
        except queue.Empty:
            raise NoAnswer("deadline") from None
        if isinstance(answer, NoAnswer):
            raise answer
        return answer


def _whole(response: requests.Response, end: float) -> requests.Response:
    """Read and judge the answer; only a JSON object with status 200 is one."""
    wait = _seconds(response.headers.pop("Retry-After", ""))
    try:
        if response.is_redirect:
            raise NoAnswer("redirect")
        if response.status_code != requests.codes.ok:
            raise NoAnswer(f"http-{response.status_code}", wait)
        body = _body(response, end)
    finally:
        if not response.raw.isclosed():
            response.close()
    if "json" not in response.headers.get("Content-Type", "") or not body.lstrip().startswith(b"{"):
        raise NoAnswer("not-json", wait)
    response._content = body  # noqa: SLF001 - requests has no public way to hand over a body read under a limit
    return response


def _body(response: requests.Response, end: float) -> bytes:
    parts: list[bytes] = []
    size = 0
    while part := response.raw.read1(_CHUNK, decode_content=True):
        parts.append(part)
        size += len(part)
        if size > LARGEST:
            raise NoAnswer("endless-reply")
        if time.monotonic() > end:
            raise NoAnswer("deadline")
    return b"".join(parts)


def _seconds(header: str) -> float:
    """Retry-After in seconds; a date, which MediaWiki doesn't send, counts as a minute."""
    if not header.strip():
        return 0.0
    try:
        seconds = float(header)
    except ValueError:
        return 60.0
    return seconds if math.isfinite(seconds) and seconds > 0 else 0.0


def _reason(fault: Exception) -> str:
    if isinstance(fault, requests.exceptions.SSLError):
        return "tls"
    if isinstance(fault, requests.Timeout):
        return "timeout"
    if "NameResolutionError" in repr(fault):
        return "dns"
    return "connection"
