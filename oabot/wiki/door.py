"""One wiki's api.php, asked through Pywikibot: within a deadline, and tried again only here."""

from __future__ import annotations

import contextlib
import json
import math
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final, TypeVar

from oabot.breaker import Breaker
from oabot.errors import AccountRefused, OabotError, WikiError, WikiRests, WrongWiki
from oabot.seams import Clock
from oabot.wiki.refusals import refusal
from oabot.wiki.session import Foreign, Session, at_work, log_in
from oabot.wiki.transport import NoAnswer

Reply = dict[str, Any]
T = TypeVar("T")
Value = str | int | bool | Sequence[str]
_PAUSES: Final = (1.0, 2.0)
"""Seconds before the second and the third try of what passes by itself."""
PASSING: Final = frozenset(
    {"bad-reply", "connection", "http-500", "http-502", "http-503", "http-504", "not-json", "timeout"}
)
"""What a second try may mend: faults of the way, not answers of the wiki."""
SILENT: Final = frozenset({"connection", "deadline", "dns", "timeout", "tls"})
"""No answer at all: such a wiki costs a deadline each time."""
_LONGEST_REST: Final = 3600.0
_MOST_BATCHES: Final = 200


class Door:
    """Asks one wiki, for one thread at a time.

    `deadline` bounds each request in seconds: logging in, all tries and the pauses between them.
    """

    def __init__(self, session: Session, dbname: str, api_url: str, clock: Clock, deadline: float) -> None:
        self.account = session.access.account
        self.secrets = session.access.secrets
        self.dbname = dbname
        self._session = session
        self._url = api_url
        self._clock = clock
        self._deadline = deadline
        self._site: Foreign = None
        self._rests_until = 0.0
        self._end = math.inf
        self._breaker = Breaker(clock)
        self._turn = threading.RLock()

    def query(self, **parameters: Value) -> Reply:
        """Ask action=query and give the whole reply, which has to say that it is this wiki's.

        Only when continuing MediaWiki may leave that out, having said it in the reply before.

        Raises: `WikiRests`, `AccountRefused`, `WrongWiki`.
        """
        meta = "|".join(filter(None, [str(parameters.pop("meta", "")), "siteinfo"]))
        asked: dict[str, Value] = {
            "action": "query",
            "formatversion": 2,
            "meta": meta,
            "siprop": "general",
            **parameters,
        }
        reply = self.within_deadline(lambda: self.ask(asked), again=PASSING)
        found = reply.get("query")
        general = found.get("general") if isinstance(found, dict) else None
        if not isinstance(found, dict) or not (general or "continue" in parameters):
            raise WikiRests("incomplete-reply")
        if general and general.get("wikiid") != self.dbname:
            raise WrongWiki(f"{self.dbname}: another wiki answered")
        return reply

    def queries(self, **parameters: Value) -> Iterator[Reply]:
        """Give the ``query`` part of each reply, to the last. Raises: as `query`."""
        onward: dict[str, Value] = {}
        seen = set()
        for _ in range(_MOST_BATCHES):
            reply = self.query(**parameters, **onward)
            yield reply["query"]
            if "continue" not in reply:
                return
            onward = reply["continue"]
            mark = json.dumps(onward, sort_keys=True)
            if mark in seen:
                break
            seen.add(mark)
        raise WikiRests("endless-continue")

    def within_deadline(self, act: Callable[[], T], again: frozenset[str]) -> T:
        """Do something that asks the wiki, and again after the codes in `again`, all within one deadline.

        Within another call of this, the deadline is that one's. Raises: `WikiRests` at the deadline, also when another
        thread is at it so long.
        """
        asked = time.monotonic()
        if not self._turn.acquire(timeout=self._deadline):
            raise WikiRests("deadline")
        try:
            return self._in_turn(act, again, asked)
        finally:
            self._turn.release()

    def _in_turn(self, act: Callable[[], T], again: frozenset[str], asked: float) -> T:
        if time.monotonic() < self._rests_until:
            raise WikiRests("http-429")
        if self._end != math.inf:
            return self._tried(act, again, asked)
        if self._breaker.open:
            raise WikiRests("left-alone")
        try:
            done = self._tried(act, again, asked)
        except WikiError as fault:
            if fault.code in SILENT:
                self._breaker.failed()
            else:
                self._breaker.worked()
            raise
        self._breaker.worked()
        return done

    def _tried(self, act: Callable[[], T], again: frozenset[str], asked: float) -> T:
        with self._deadline_set(asked):
            for pause in _PAUSES:
                try:
                    return act()
                except WikiError as fault:
                    now = time.monotonic()
                    if fault.code not in again or now < self._rests_until or now + pause > self._end:
                        raise
                self._clock.sleep(pause)
            return act()

    @contextlib.contextmanager
    def _deadline_set(self, asked: float) -> Iterator[None]:
        outer = self._end
        bound = self._breaker.bounded(self._deadline)
        self._end = self._session.adapter.until = min(outer, asked + bound)
        try:
            yield
        finally:
            self._end = self._session.adapter.until = outer

    def ask(self, parameters: Mapping[str, Value], *, edit: bool = False) -> Reply:
        """Ask once; an edit goes with a token. Raises: `WikiError`."""
        from pywikibot import exceptions

        try:
            return self._submit(parameters, edit=edit)
        except OabotError:
            raise
        except NoAnswer as fault:
            raise self._no_answer(fault) from None
        except exceptions.APIError as fault:
            raise refusal(str(fault.code)) from None
        except exceptions.MaxlagTimeoutError:
            raise WikiRests("maxlag") from None
        except exceptions.NoUsernameError:
            raise AccountRefused("login-failed") from None
        except (exceptions.Error, OSError):
            # An OSError here is about Pywikibot's own files.
            raise WikiRests("pywikibot") from None
        except (ArithmeticError, AssertionError, AttributeError, LookupError, RuntimeError, TypeError, ValueError):
            # A reply of another shape than Pywikibot knows.
            raise WikiRests("bad-reply") from None

    def _submit(self, parameters: Mapping[str, Value], *, edit: bool) -> Reply:
        from pywikibot.exceptions import APIError, NoUsernameError

        if edit and self._session.access.secret is None:
            raise AccountRefused("logged-out")
        site = self.site()
        try:
            return self._request(site, parameters, edit=edit)
        except NoUsernameError:
            # The session was lost, and Pywikibot failed to log in again by itself.
            log_in(site)
        except APIError as fault:
            if fault.code != "badtoken":
                raise
            # It logged in again, and kept the lost session's token.
            site.tokens.clear()
        return self._request(site, parameters, edit=edit)

    @staticmethod
    def _request(site: Foreign, parameters: Mapping[str, Value], *, edit: bool) -> Reply:
        from pywikibot.data.api import Request

        token = {"token": [site.tokens["csrf"]]} if edit else {}
        # Pywikibot's throttle would sleep as long as a server tells it to.
        request = Request(site, throttle=False, use_get=False, parameters={**parameters, **token})
        request.wait = _never(request)
        reply: Reply = request.submit()
        return reply

    def site(self) -> Foreign:
        """Pywikibot's site; the first time this asks the wiki, and logs in."""
        if self._site is None:
            self._site = self._session.site(self.dbname, self._url)
        return self._site

    def at_work(self) -> frozenset[str]:
        """Templates by which this wiki asks everybody to leave a page alone for now."""
        return at_work(self._url)

    def _no_answer(self, fault: NoAnswer) -> WikiError:
        if fault.wait:
            self._rests_until = time.monotonic() + min(fault.wait, _LONGEST_REST)
        return refusal(fault.code)


def _never(request: Foreign) -> Callable[..., None]:
    """What Pywikibot calls to sleep before it tries again: here it says why instead."""

    def wait(*_: object, **__: object) -> None:
        raise refusal(request.last_error["code"] or "not-json")

    return wait
