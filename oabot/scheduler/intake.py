"""What the stream tells us, put into the inbox; then its position, and never before."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

from oabot.errors import LedgerError
from oabot.interest import Topic, Wake
from oabot.jobs import News
from oabot.ledger import Asked, Job, Ledger
from oabot.listener import POSITION
from oabot.model import EntryId
from oabot.seams import Clock
from oabot.sources.eventstream import Gap, Heard
from oabot.timestamps import parse_timestamp

log = logging.getLogger(__name__)

_SAVED_EVERY: Final = timedelta(seconds=60)
_MOST_PENDING: Final = 10_000
_MOST_REMEMBERED: Final = 10_000


class Intake:
    """Keeps what was heard until it is stored, however long the database is away."""

    def __init__(self, ledger: Ledger, clock: Clock, ring: Callable[[], None]) -> None:
        """`ring` is called when there is something in the inbox."""
        self._ledger, self._clock, self._ring = ledger, clock, ring
        self._lock = threading.Lock()
        self._pending: dict[str, Asked] = {}
        self._position: str | None = None
        self._saved: tuple[str | None, datetime | None] = (None, None)
        self._heard_of: deque[EntryId] = deque(maxlen=_MOST_REMEMBERED)

    @property
    def heard_of(self) -> frozenset[EntryId]:
        """Log entries that the stream told us of lately."""
        with self._lock:
            return frozenset(self._heard_of)

    def take(self, heard: Heard) -> None:
        """Take in what was heard."""
        with self._lock:
            for wake in heard.wakes:
                self._heard_of.extend(wake.entries)
                asked = asked_by(wake)
                self._pending[asked.key] = asked
            if heard.gap is not None:
                self._miss(heard.gap)
            if len(self._pending) > _MOST_PENDING:
                self._pending.clear()
                self._miss(Gap("lost", None))
            self._position = heard.position
        self.store()

    def store(self, *, last: bool = False) -> None:
        """Put what is pending into the inbox, then the position into the ledger; what can't be stored stays.

        The position is put down once a minute, and with the `last` call before the process ends.
        """
        with self._lock:
            try:
                news = self._store(anyway=last)
            except LedgerError as fault:
                log.warning("%d wake-ups wait for the database: %s", len(self._pending), fault)
                return
        if news:
            self._ring()

    def _store(self, *, anyway: bool) -> bool:
        now = self._clock.now()
        news = bool(self._pending)
        for key in list(self._pending):
            self._ledger.inbox.enqueue(self._pending[key])
            del self._pending[key]
        position, when = self._saved
        if self._position != position and (news or anyway or when is None or now - when >= _SAVED_EVERY):
            self._ledger.state.put(POSITION, self._position)
            self._saved = (self._position, now)
        return news

    def _miss(self, gap: Gap) -> None:
        log.info("stream: a gap (%s) since %s", gap.why, gap.since or "an unknown time")
        asked = Asked(f"gap:{self._clock.now().isoformat()}", "tables", "schedule", arguments={"refresh": False})
        self._pending[asked.key] = asked


def asked_by(wake: Wake) -> Asked:
    """The wish that a wake-up is: ids and times, no name."""
    arguments: dict[str, Any] = {"topic": wake.topic.value, "refresh": wake.topic not in (Topic.LOG, Topic.HIDING)}
    time = wake.timestamp
    if wake.topic is Topic.LOG and time is not None:
        arguments["entries"] = [[entry.wiki, entry.logid, wake.log_type, time.isoformat()] for entry in wake.entries]
    if wake.topic is Topic.HIDING:
        arguments["hidden"] = [[entry.wiki, entry.logid] for entry in wake.entries]
    if wake.topic is not Topic.LOG or time is not None:
        arguments["news"] = True
    return Asked(f"stream:{wake.event}", "tables", "schedule", scope=wake.wiki, arguments=arguments)


def entries_of(arguments: dict[str, Any]) -> frozenset[tuple[EntryId, str, datetime]]:
    """The log entries in a job's arguments, as `asked_by` put them there; what can't be read is left out."""
    found = set()
    for wiki, logid, log_type, time in arguments.get("entries", ()):
        moment = parse_timestamp(str(time).replace("+00:00", "Z"))
        if moment is not None:
            found.add((EntryId(wiki, logid), log_type, moment))
    return frozenset(found)


def news_of(due: list[Job]) -> News | None:
    """What several jobs together want looked at; None: everything, if one of them wants that."""
    if any(not job.arguments.get("news") or job.attempts > 2 for job in due):
        return None
    entries: set[tuple[EntryId, str, datetime]] = set()
    hidden: set[EntryId] = set()
    for job in due:
        entries |= entries_of(job.arguments)
        hidden |= {EntryId(wiki, logid) for wiki, logid in job.arguments.get("hidden", ())}
    return News(frozenset(entries), frozenset(hidden))
