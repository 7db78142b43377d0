"""A reader of one wiki's MediaWiki API: formatversion 2, complete answers or an error.

Formats: MediaWiki's includes/api/ApiMain.php, ApiQuery.php, ApiContinuationManager.php.
"""

from __future__ import annotations

import email.utils
import json
import logging
import random
import re
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from oabot.breaker import Breaker
from oabot.errors import IncompleteReply, SourceError, SourceRefused, WrongWiki
from oabot.seams import Clock
from oabot.sources.door import Answer, Door, NoAnswer
from oabot.sources.early import Early

log = logging.getLogger(__name__)

Reply = dict[str, Any]
Value = str | int | bool | datetime | None | Iterable[str | int]

_CODE: Final = re.compile(r"[A-Za-z][A-Za-z0-9_+-]{0,79}")
_ATTEMPTS: Final = 5
_LONGEST_REST: Final = timedelta(hours=1)
_PASSING: Final = frozenset({"maxlag", "readonly", "ratelimited"})
"""API errors that pass by themselves; so do all that start with ``internal_api_error_``."""


class _Passing(NoAnswer):
    """The wiki answered, with an error that passes by itself."""


class Stuck(IncompleteReply):
    """The wiki continues at the same place: it has no more for now, but isn't done."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one wiki may cost us."""

    deadline: float = 60.0
    """Seconds for one request with all its tries."""
    size: int = 32 * 1024 * 1024
    """Bytes of one answer."""
    requests: int = 2000
    """Requests of one query."""


class Api:
    """Reads one wiki. `requests` counts what was sent, tries included.

    Raises: `ConfigError` for an address that can't be used.
    """

    def __init__(self, url: str, dbname: str, user_agent: str, clock: Clock, bounds: Bounds | None = None) -> None:
        self.dbname = dbname
        self.requests = 0
        self._bounds = bounds or Bounds()
        self._door = Door(url, user_agent, self._bounds.size)
        self._clock = clock
        self._jitter = random.SystemRandom()
        self._rest_until: datetime | None = None
        self._breaker = Breaker(clock)
        self._early = Early(clock)

    def get(self, **params: Value) -> Reply:
        """Ask once (with further tries when the wiki or the way is at fault) and give the checked reply.

        Raises: `SourceRefused` for an API error, `IncompleteReply` when a parameter was ignored, `SourceError` else.
        """
        asked = {"format": "json", "formatversion": "2", "maxlag": "5", **_encoded(params)}
        reply = self._early.reply(asked, lambda: self._call(asked))
        self._heed_warnings(reply)
        return reply

    def query(self, **params: Value) -> Iterator[Reply]:
        """Give the ``query`` part of each reply to action=query, following ``continue`` to the end.

        The first reply also holds ``general``, by which we see that the right wiki answered.
        Raises: `WrongWiki`; `IncompleteReply` when the end isn't reached; else as `get`.
        """
        meta = "|".join(filter(None, [str(params.get("meta") or ""), "siteinfo"]))
        asked: dict[str, Value] = {"action": "query", **params, "meta": meta, "siprop": "general"}
        onward: dict[str, str] = {}
        seen: set[str] = set()
        for number in range(self._bounds.requests):
            reply = self.get(**{**asked, **onward})
            found = _part(reply, "query", self.dbname)
            if number == 0:
                self._know(found)
            yield found
            if "continue" not in reply:
                if reply.get("batchcomplete") is not True:
                    raise IncompleteReply(f"{self.dbname}: the reply ends without being complete")
                return
            onward = {str(key): str(value) for key, value in _part(reply, "continue", self.dbname).items()}
            token = json.dumps(onward, sort_keys=True)
            if token in seen:
                raise Stuck(f"{self.dbname}: continues at the same place")
            seen.add(token)
        raise IncompleteReply(f"{self.dbname}: no end after {self._bounds.requests} requests")

    def close(self) -> None:
        """Let go of the connection."""
        self._door.close()

    def _know(self, found: Reply) -> None:
        general = found.get("general")
        if not isinstance(general, dict) or not isinstance(general.get("wikiid"), str):
            raise IncompleteReply(f"{self.dbname}: the reply doesn't say which wiki it is")
        if general["wikiid"] != self.dbname:
            raise WrongWiki(f"{self.dbname}: another wiki answered")

    def _heed_warnings(self, reply: Reply) -> None:
        warnings = reply.get("warnings")
        if not isinstance(warnings, dict):
            return
        for module, warning in warnings.items():
            text = warning.get("warnings") if isinstance(warning, dict) else None
            # The words are English in every wiki: errorformat=bc is not translated.
            if module == "main" and "Unrecognized parameter" in str(text):
                raise IncompleteReply(f"{self.dbname}: a parameter was ignored, so the reply answers something else")
            log.info("%s: API warning of module %s", self.dbname, _code(module))

    def _call(self, params: dict[str, str]) -> Reply:
        if self._breaker.open:
            raise SourceError(f"{self.dbname}: it gave no answer lately; left alone for now")
        budget = self._breaker.bounded(self._bounds.deadline)
        fault, silent = "asked to wait", False
        for attempt in range(_ATTEMPTS):
            pause = max(self._backoff(attempt), self._rest())
            if pause >= budget:
                self._note(silent=silent)
                raise SourceError(f"{self.dbname}: {fault}; no time for try {attempt + 1}")
            if pause:
                self._clock.sleep(pause)
                budget -= pause
            # The wall clock may jump; what is left of the time may not.
            started = time.monotonic()
            self.requests += 1
            try:
                return self._reply(self._door.ask(params, budget))
            except NoAnswer as problem:
                fault, silent = str(problem), not isinstance(problem, _Passing)
                log.info("%s: %s, try %d", self.dbname, fault, attempt + 1)
            except SourceRefused:
                raise
            except SourceError as problem:
                raise SourceError(f"{self.dbname}: {problem}") from None
            budget -= time.monotonic() - started
        self._note(silent=silent)
        raise SourceError(f"{self.dbname}: {fault}, {_ATTEMPTS} tries")

    def _note(self, *, silent: bool) -> None:
        """What passes by itself came quickly; a wiki that says nothing costs a deadline each time."""
        if silent:
            self._breaker.failed()

    def _backoff(self, attempt: int) -> float:
        return 2 ** (attempt - 1) * self._jitter.uniform(0.5, 1.0) if attempt else 0.0

    def _rest(self) -> float:
        """How many seconds the wiki still wants to be left alone (Retry-After)."""
        if self._rest_until is None:
            return 0.0
        left = self._rest_until - self._clock.now()
        # More than we ever take over means that the clock was set back.
        return max(left.total_seconds(), 0.0) if left <= _LONGEST_REST else 0.0

    def _reply(self, answer: Answer) -> Reply:
        self._heed_retry_after(answer.retry_after)
        if answer.status == 429 or answer.status >= 500:
            raise NoAnswer(f"HTTP {answer.status}")
        if answer.media_type != "application/json":
            fault = SourceError if 400 <= answer.status < 500 else NoAnswer
            raise fault(f"HTTP {answer.status} without JSON")
        reply = _json(answer.body)
        self._breaker.worked()
        error = reply.get("error")
        if error is not None:
            code = _code(error.get("code") if isinstance(error, dict) else None)
            if code in _PASSING or code.startswith("internal_api_error_"):
                raise _Passing(code)
            raise SourceRefused(code, self.dbname)
        if answer.status != 200:
            raise SourceError(f"HTTP {answer.status}")
        return reply

    def _heed_retry_after(self, value: str | None) -> None:
        if value is None:
            return
        now = self._clock.now()
        try:
            until = now + timedelta(seconds=float(value)) if value.strip().isdigit() else _http_date(value)
        except (ValueError, OverflowError):
            return
        self._rest_until = min(until, now + _LONGEST_REST)


def _code(value: object) -> str:
    """An API word as it may stand in a log line: nothing that a wiki could have put a name or a new line into."""
    return value if isinstance(value, str) and _CODE.fullmatch(value) else "unknown"


def _http_date(value: str) -> datetime:
    parsed = email.utils.parsedate_to_datetime(value)
    if parsed.tzinfo is None:
        raise ValueError("a date without a zone")
    return parsed


def _json(body: bytes) -> Reply:
    try:
        reply = json.loads(body, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise NoAnswer("not JSON to the end") from None
    if not isinstance(reply, dict):
        raise NoAnswer("JSON, but not an object")
    return reply


def _no_constant(name: str) -> None:
    raise ValueError(name)


def _part(reply: Reply, key: str, dbname: str) -> Reply:
    part = reply.get(key)
    if not isinstance(part, dict):
        raise IncompleteReply(f"{dbname}: a reply without {key}")
    return part


def _encoded(params: dict[str, Value]) -> dict[str, str]:
    return {key: _word(value) for key, value in params.items() if value is not None and value is not False}


def _word(value: Value) -> str:
    match value:
        case True:
            return "1"
        case str() | int():
            return str(value)
        case datetime():
            return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        case None:
            raise ValueError("nothing to send")
    words = [str(word) for word in value]
    # MediaWiki splits at U+001F instead of "|" when the value starts with it.
    return "\x1f" + "\x1f".join(words) if any("|" in word for word in words) else "|".join(words)
