"""Which events of the recentchange stream wake us. An event is only a reason to look; facts come from the logs.

Format: MediaWiki's includes/rcfeed/MachineReadableRCFeedFormatter.php; keys whose value is null are left out, and
so is ``user`` on pages that Wikimedia redacts (T354456).
"""

from __future__ import annotations

import enum
import json
import re
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, ClassVar

from oabot import names
from oabot.model import EntryId
from oabot.rules import Actors

Event = Mapping[str, Any]


class Topic(enum.StrEnum):
    """What an event is about."""

    LOG = "log"
    """A log entry by somebody listed, or on the target of a case."""
    HIDING = "hiding"
    """Log entries of which some are known were hidden or shown again."""
    STOP = "stop"
    CONFIG = "config"
    ANNOTATIONS = "annotations"
    REQUESTS = "requests"
    TALK = "talk"
    """The account's talk page."""
    REGION = "region"
    """A page that holds a region."""
    STATEMENT = "statement"


OWN_PAGES = {
    "Run": Topic.STOP,
    "Config.json": Topic.CONFIG,
    "Annotations": Topic.ANNOTATIONS,
    "Requests": Topic.REQUESTS,
}
"""The account's subpages that steer us."""

_CHANGES = frozenset({"contentmodel", "delete", "import", "merge", "move", "protect"})
"""Types of log entries that change a page, or whose words it shows, without an edit."""

_KEYS = (b'"title":', b'"user":', b'"log_action":')
_SUFFIXES = (b"(WMF)", b"-WMF")


@dataclass(frozen=True, slots=True)
class Wake:
    """A reason to look."""

    topic: Topic
    wiki: str
    event: str
    """The event's own id (``meta.id``), by which it is known again when it comes twice."""
    entries: tuple[EntryId, ...] = ()
    """The log entry itself; of a hiding, those that we hold of what it hid."""
    log_type: str = ""
    timestamp: datetime | None = None
    """The log entry's time."""
    title: str = field(default="", repr=False)
    """The log title, as `Interest.targets` has it: for who asks ahead; it is put down nowhere."""


@dataclass(frozen=True)
class Interest:
    """What is of interest now. A new one is made when a case, an actor or a page comes in."""

    LOG: ClassVar[bytes] = b'"log_type"'
    """In the JSON of every log event and, with both of its quotes, in no JSON string."""

    account: str
    wikis: AbstractSet[str]
    """dbnames of the wikis that we read; the others' events are not ours."""
    actors: Actors
    targets: AbstractSet[tuple[str, str]] = frozenset()
    """(dbname, log title) of every target that has a case, with ``User:`` as the namespace of accounts."""
    entries: AbstractSet[EntryId] = frozenset()
    """What the ledger holds."""
    pages: Mapping[tuple[str, str], Topic] = field(default_factory=dict)
    """(dbname, title) of pages that we keep or read, as their wiki writes them."""

    @cached_property
    def titles(self) -> re.Pattern[bytes]:
        """Finds, in an event's JSON, the title of one of `pages` or of the account's own, also where a page went."""
        own = [rb'[^":]*:' + re.escape(spelling) + rb'(?:"|\\?/)' for spelling in _spellings(self.account)]
        kept = [re.escape(spelling) + b'"' for _, title in self.pages for spelling in _spellings(title)]
        return re.compile(rb'"(?:title|target)": ?"(?:' + b"|".join(sorted({*own, *kept})) + rb")")

    def may_wake(self, line: bytes) -> bool:
        """Whether a log event may be of interest, by its JSON as it came: far cheaper than to decode it."""
        return any(
            b"\\" in value
            or b">" in value
            or value in self._words
            or value.partition(b":")[2] in self._words
            or value.endswith(_SUFFIXES)
            for value in _values(line)
        )

    @cached_property
    def _words(self) -> frozenset[bytes]:
        words = {*self._watched, *(title for _, title in self.targets), "event"}
        words |= {names.without_namespace(title) for _, title in self.targets}
        return frozenset(word.encode("utf-8", "surrogatepass") for word in words)

    def wake(self, event: Event) -> Wake | None:
        """Why to look, or None. Never raises, whatever the event holds."""
        wiki, meta = event.get("wiki"), event.get("meta")
        if not isinstance(wiki, str) or wiki not in self.wikis or not isinstance(meta, Mapping):
            return None
        if meta.get("domain") == "canary" or not isinstance(event.get("title"), str):
            return None
        own_id = meta.get("id")
        event_id = own_id if isinstance(own_id, str) else f"{wiki}:{event.get('type')}:{event.get('id')}"
        if event.get("type") == "log":
            return self._log(event, wiki, event_id)
        return self._page(event, wiki, event_id)

    def _log(self, event: Event, wiki: str, event_id: str) -> Wake | None:
        logid, log_type = event.get("log_id"), event.get("log_type")
        if type(logid) is not int or logid <= 0 or not isinstance(log_type, str):
            return None
        if (log_type, event.get("log_action")) == ("delete", "event"):
            known = self._hidden(event, wiki)
            return Wake(Topic.HIDING, wiki, event_id, known) if known else None
        if (wiki, _canonical(event)) not in self.targets and not self._is_listed(event.get("user")):
            return self._page(event, wiki, event_id) if log_type in _CHANGES else None
        return Wake(Topic.LOG, wiki, event_id, (EntryId(wiki, logid),), log_type, _time(event), _canonical(event))

    def _is_listed(self, user: object) -> bool:
        if not isinstance(user, str):
            return False
        name = user.rpartition(">")[2]  # metawiki>Name: who acted from another wiki
        return name in self._watched or self.actors.has_suffix(name)

    @cached_property
    def _watched(self) -> frozenset[str]:
        return frozenset(self.actors.watched)

    def _hidden(self, event: Event, wiki: str) -> tuple[EntryId, ...]:
        """Which of the entries that we hold may have been hidden; in doubt all of that wiki."""
        params = event.get("log_params")
        held = tuple(sorted(entry for entry in self.entries if entry.wiki == wiki))
        if not isinstance(params, Mapping) or params.get("type") not in (None, "logging"):
            return () if isinstance(params, Mapping) else held
        ids = params.get("ids")
        if not isinstance(ids, list):
            return held
        named = {str(one) for one in ids}
        return tuple(entry for entry in held if str(entry.logid) in named)

    def _page(self, event: Event, wiki: str, event_id: str) -> Wake | None:
        if event.get("type") not in ("edit", "new", "log") or event.get("user") == self.account:
            return None
        topic = self._topic(wiki, event["title"], event.get("namespace")) or self._moved(event, wiki)
        return None if topic is None else Wake(topic, wiki, event_id)

    def _moved(self, event: Event, wiki: str) -> Topic | None:
        """What a page is now that was moved there; the event tells only its old namespace."""
        params = event.get("log_params")
        target = params.get("target") if isinstance(params, Mapping) else None
        return self._topic(wiki, target, 2) if isinstance(target, str) else None

    def _topic(self, wiki: str, title: str, namespace: object) -> Topic | None:
        # A page on which we answer is one that we keep too, but it is people's words there that matter.
        return self._own(namespace, title) or self.pages.get((wiki, title))

    def _own(self, namespace: object, title: str) -> Topic | None:
        """The names of namespaces differ from wiki to wiki; their numbers don't."""
        if not isinstance(namespace, int) or namespace not in names.USER_NAMESPACES:
            return None
        owner, _, page = names.without_namespace(title).partition("/")
        if owner != self.account:
            return None
        if namespace == 3:
            return None if page else Topic.TALK
        return Topic.STOP if page.startswith("Run/") else OWN_PAGES.get(page)


def _canonical(event: Event) -> str:
    """The log title as `Interest.targets` has it."""
    title: str = event["title"]
    return f"User:{names.without_namespace(title)}" if event.get("namespace") == 2 else title


def _values(line: bytes) -> Iterator[bytes]:
    """All values of `_KEYS`, inner ones too; one with an escaped quote ends before it, and with its backslash."""
    for key in _KEYS:
        hit = line.find(key)
        while hit >= 0:
            start = line.find(b'"', hit + len(key)) + 1
            yield line[start : line.find(b'"', start)]
            hit = line.find(key, start)


def _time(event: Event) -> datetime | None:
    seconds = event.get("timestamp")
    if type(seconds) is not int or not 0 < seconds < 2**33:
        return None
    return datetime.fromtimestamp(seconds, UTC)


def _spellings(text: str) -> tuple[bytes, ...]:
    """How a text can stand in JSON: as it is, and escaped in any of the ways that encoders use; each once."""
    plain = json.dumps(text, ensure_ascii=False)[1:-1].encode("utf-8", "surrogatepass")
    escaped = json.dumps(text)[1:-1]
    upper = re.sub(r"(?<!\\)((?:\\\\)*\\u)([0-9a-f]{4})", lambda found: found[1] + found[2].upper(), escaped)
    slashed = escaped.replace("/", "\\/")
    return tuple(
        dict.fromkeys((plain, escaped.encode(), upper.encode(), plain.replace(b"/", b"\\/"), slashed.encode()))
    )
