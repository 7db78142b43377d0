"""Replies that were asked for before anybody needs them: several waits for a wiki that are one."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from oabot.begun import is_fresh
from oabot.seams import Clock

Reply = dict[str, Any]

_ANEW: Final = -1
_ASKING: Final[ContextVar[int]] = ContextVar("asking early", default=0)


@contextlib.contextmanager
def asking_early(times: int = 1) -> Iterator[None]:
    """What is asked in this block, in this thread, waits for whoever asks the same within `oabot.begun.LASTS`.

    Each reply is given that many times.
    """
    token = _ASKING.set(times)
    try:
        yield
    finally:
        _ASKING.reset(token)


@dataclass(slots=True)
class _Asked:
    since: datetime
    reply: Future[Reply]
    left: int
    """How many times the reply may still be given."""


@contextlib.contextmanager
def asking_anew() -> Iterator[None]:
    """What is asked in this block, in this thread, is asked now, whatever was asked early."""
    token = _ASKING.set(_ANEW)
    try:
        yield
    finally:
        _ASKING.reset(token)


class Early:
    """Questions of one wiki that were asked early."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._asked: dict[str, _Asked] = {}

    def reply(self, question: Mapping[str, str], ask: Callable[[], Reply]) -> Reply:
        """The reply to this very question that was asked for early and is still fresh, or what `ask` gives.

        Raises: what asking raises, or raised.
        """
        key = json.dumps(question, sort_keys=True)
        if (times := _ASKING.get()) == _ANEW:
            return ask()
        if times:
            return self._ask(key, ask, times)
        with self._lock:
            self._forget()
            asked = self._asked.get(key)
            if asked is not None:
                asked.left -= 1
        return asked.reply.result() if asked is not None else ask()

    def _ask(self, key: str, ask: Callable[[], Reply], times: int) -> Reply:
        reply: Future[Reply] = Future()
        with self._lock:
            self._forget()
            self._asked[key] = _Asked(self._clock.now(), reply, times)
        try:
            reply.set_result(ask())
        except BaseException as fault:  # noqa: BLE001 - whoever waits for the reply gets it, here as well
            reply.set_exception(fault)
        return reply.result()

    def _forget(self) -> None:
        """What was given or is old."""
        now = self._clock.now()
        kept = {key: one for key, one in self._asked.items() if one.left and is_fresh(one.since, now)}
        self._asked = kept
