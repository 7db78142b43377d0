"""Wikimedia's stream of recent changes, as wake-ups: held for months over cuts, refusals and silence.

Format: https://wikitech.wikimedia.org/wiki/Event_Platform/EventStreams. A connection is cut every 15 minutes; an
event's ``id`` is an array with, for each topic, the time from which on to resume; canary events come at least hourly,
so that a stream without any event for longer than that has lost some.
"""

from __future__ import annotations

import json
import logging
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from oabot.seams import Clock
from oabot.sources.sse import Cut, Frame, Refused, Stream, frame

if TYPE_CHECKING:  # loaded while the connection is made
    from oabot.interest import Interest, Wake

log = logging.getLogger(__name__)

KEPT: Final = timedelta(days=7)
"""How far back the service can resume."""
SILENCE: Final = timedelta(minutes=65)
"""Canaries come hourly: events that lie further apart tell of lost ones between them."""
_SHORTEST, _LONGEST = 1.0, 120.0
_LONGEST_REST: Final = 3600.0
_MARK: Final = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class Timing:
    """How long to wait, in seconds."""

    stall: float = 90.0
    """Without a byte; the real stream never pauses that long."""
    nap: float = 0.8
    """Between two reads; half of it is how much later we hear of an event."""


@dataclass(frozen=True, slots=True)
class Gap:
    """Events may be missing before this moment: what they would have told has to be read from the logs."""

    why: str
    """``new`` (no position), ``old`` (further back than the service keeps), ``lost`` (refused) or ``silence``."""
    since: datetime | None
    """Up to when nothing is missing; None when that isn't known."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What a batch of events led to, and the position to resume from once that is stored."""

    wakes: tuple[Wake, ...] = ()
    position: str | None = None
    """The last event's id, verbatim; None before the first event of a stream without a position."""
    gap: Gap | None = None


@dataclass(slots=True)
class Pulse:
    """How the stream is, for whoever asks."""

    connected: bool = False
    since: datetime | None = None
    """Since when it is or isn't connected."""
    heard: datetime | None = None
    """When the last event came, canaries included."""
    connections: int = 0
    gaps: int = 0
    fault: str = ""
    """Why it isn't connected."""


class EventStream:
    """Listens for one reader at a time. `interest` is asked anew for each batch."""

    def __init__(
        self, url: str, user_agent: str, clock: Clock, interest: Callable[[], Interest], timing: Timing | None = None
    ) -> None:
        self._url, self._agent, self._clock = url, user_agent, clock
        self._interest = interest
        self._timing = timing or Timing()
        self._jitter = random.SystemRandom()
        self.pulse = Pulse()

    def listen(self, position: str | None = None) -> Iterator[Heard]:
        """Everything of interest from `position` on, without an end; from now on when there is no position.

        A `Heard` without wake-ups comes now and then, for its position. A gap is told of once the stream is
        connected again, so that whoever reads the logs then misses nothing in between.
        Raises: `ConfigError` for an address that can't be used, `Stopped` by the clock.
        """
        course = _Course(position)
        if position is None:
            course.gap = Gap("new", None)
        elif course.moment is None or self._clock.now() - course.moment > KEPT:
            course.lose("old")
        failures = 0
        while True:
            pause = 0.0
            began = self._clock.now()
            course.moved = False
            try:
                yield from self._connection(course)
                self._down("ended")
            except Refused as refusal:
                self._down(str(refusal))
                pause = _retry_after(refusal.retry_after)
                if 400 <= refusal.status < 500 and refusal.status != 429:
                    course.refused()
            except Cut as cut:
                self._down(str(cut))
            failures = self._failures(failures, course, began)
            self._clock.sleep(max(pause, self._backoff(failures)))

    def _connection(self, course: _Course) -> Iterator[Heard]:
        stream = Stream(self._url, self._agent, self._clock, stall=self._timing.stall, nap=self._timing.nap)
        with stream:
            stream.connect(course.headers(), course.params())
            self._up()
            if course.gap is not None:
                self.pulse.gaps += 1
                yield Heard((), course.position, course.gap)
                course.gap = None
            told, known = self._clock.now(), course.position is not None
            for batch in stream.batches():
                heard = self._heard(batch, course)
                now = self._clock.now()
                if heard.wakes or heard.gap or now - told >= _MARK or (heard.position and not known):
                    told, known = now, heard.position is not None
                    yield heard
                if _ends_in_error(batch):
                    raise Cut("stream: an error event")

    def _heard(self, batch: bytes, course: _Course) -> Heard:
        """Look through whole frames; only those that hold a needle are decoded."""
        interest = self._interest()
        wakes = [wake for event in _events(batch, interest) if (wake := interest.wake(event)) is not None]
        before = course.position
        gap = course.move(batch)
        if course.position != before:
            self.pulse.heard = self._clock.now()
        if gap is not None:
            self.pulse.gaps += 1
        return Heard(tuple(wakes), course.position, gap)

    def _up(self) -> None:
        number = self.pulse.connections + 1
        self.pulse = replace(self.pulse, connected=True, since=self._clock.now(), connections=number, fault="")
        log.info("stream: connected, time %d", number)

    def _down(self, fault: str) -> None:
        since = self._clock.now() if self.pulse.connected or self.pulse.since is None else self.pulse.since
        self.pulse = replace(self.pulse, connected=False, since=since, fault=fault)
        log.info("stream: not connected: %s", fault)

    def _failures(self, before: int, course: _Course, began: datetime) -> int:
        if not course.moved:
            return before + 1
        # A cut is normal, but not right after the connection.
        return 0 if self._clock.now() - began >= _MARK else min(before + 1, 2)

    def _backoff(self, failures: int) -> float:
        if failures == 0:
            return self._jitter.uniform(0.0, 0.2)
        longest = min(_LONGEST, _SHORTEST * 2.0 ** min(failures - 1, 10))
        return self._jitter.uniform(longest / 2, longest)


@dataclass(slots=True)
class _Course:
    """Where in the stream we are, and how to ask for what comes after."""

    position: str | None
    gap: Gap | None = None
    moved: bool = False
    moment: datetime | None = field(init=False)
    _by_time: bool = False

    def __post_init__(self) -> None:
        self.moment = None if self.position is None else moment_of(self.position)

    def headers(self) -> dict[str, str]:
        return {"Last-Event-ID": self.position} if self.position is not None and not self._by_time else {}

    def params(self) -> dict[str, str]:
        if self._by_time and self.moment is not None:
            return {"since": self.moment.strftime("%Y-%m-%dT%H:%M:%SZ")}
        return {}

    def refused(self) -> None:
        """The position wasn't taken: try its time, then go on from now."""
        if self.position is not None and not self._by_time and self.moment is not None:
            self._by_time = True
        elif self.position is not None:
            self.lose("lost")

    def lose(self, why: str) -> None:
        self.gap = Gap(why, self.moment)
        self.position = self.moment = None
        self._by_time = False

    def move(self, batch: bytes) -> Gap | None:
        """Go to the last event of a batch; say if events are missing before its first."""
        last = batch.rfind(b"\nid: ")
        if last < 0:
            return None
        position, before = _line(batch, last), self.moment
        moment = moment_of(position)
        if moment is None:
            return None
        self.position, self.moment, self.moved, self._by_time = position, moment, True, False
        if before is None or moment - before <= SILENCE:
            return None
        began = moment_of(_line(batch, batch.find(b"\nid: ")))
        return Gap("silence", before) if began is not None and began - before > SILENCE else None


def _events(batch: bytes, interest: Interest) -> Iterator[dict[str, Any]]:
    for start in sorted(_hits(batch, interest)):
        one = frame(batch[start : batch.find(b"\n\n", start)])
        if one.event == "message" and (event := _decoded(one)) is not None:
            yield event


def _hits(batch: bytes, interest: Interest) -> set[int]:
    """Where the frames begin that may be of interest."""
    found = {_start(batch, match.start()) for match in interest.titles.finditer(batch)}
    hit = batch.find(interest.LOG)
    while hit >= 0:
        start, end = _start(batch, hit), batch.find(b"\n\n", hit)
        if interest.may_wake(batch[start:end]):
            found.add(start)
        hit = batch.find(interest.LOG, end)
    return found


def _start(batch: bytes, hit: int) -> int:
    """Where the frame begins that holds the byte at `hit`."""
    end_before = batch.rfind(b"\n\n", 0, hit)
    return 0 if end_before < 0 else end_before + 2


def _decoded(one: Frame) -> dict[str, Any] | None:
    try:
        event = json.loads(one.data)
    except (ValueError, RecursionError):
        log.warning("stream: an event that isn't JSON; left out")
        return None
    return event if isinstance(event, dict) else None


def _ends_in_error(batch: bytes) -> bool:
    return batch.find(b"event: error\n", _start(batch, len(batch) - 2)) >= 0


def _line(batch: bytes, start: int) -> str:
    return batch[start + 5 : batch.find(b"\n", start + 5)].decode("utf-8", "replace")


def moment_of(position: str) -> datetime | None:
    """The newest time in an event id, which is a position in the stream; None when it isn't one."""
    if not position.isascii():  # it goes into a header
        return None
    try:
        topics = json.loads(position)
        newest = max(topic["timestamp"] for topic in topics if "timestamp" in topic)
        return datetime.fromtimestamp(newest / 1000, UTC)
    except (ValueError, TypeError, KeyError, OverflowError, OSError, RecursionError):
        return None


def _retry_after(value: str | None) -> float:
    seconds = float(value) if value is not None and value.strip().isdigit() else 0.0
    return min(seconds, _LONGEST_REST)
