"""One wiki's logs by list=logevents, formatversion 2.

Format: MediaWiki's includes/api/ApiQueryLogEvents.php. Traps that shape this module: asked by performer or by
title, the wiki leaves rows with a hidden part out without a word (T19342), so nothing may be concluded from
their absence there; ``leids`` came with 1.47, and older wikis ignore it and give the newest rows instead.
"""

from __future__ import annotations

import json
import logging
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any, Final

from oabot.errors import IncompleteReply, SourceRefused
from oabot.model import EntryId
from oabot.sources.api import Api, Value
from oabot.timestamps import parse_timestamp

log = logging.getLogger(__name__)

Row = dict[str, Any]
Known = tuple[EntryId, str, datetime]

_PROPS: Final = "ids|title|type|user|userid|timestamp|comment|details|tags"
_FLAGS: Final[dict[str, tuple[str, ...]]] = {
    "actionhidden": ("ns", "title", "params"),
    "userhidden": ("user", "userid", "anon"),
    "commenthidden": ("comment",),
    "suppressed": ("ns", "title", "params", "user", "userid", "anon", "comment"),
}
"""What each flag hides. An account with rights still gets the values; we don't want them."""
_KEYS: Final = frozenset(_FLAGS) | frozenset(
    (
        "logid",
        "ns",
        "title",
        "type",
        "action",
        "user",
        "userid",
        "anon",
        "params",
        "timestamp",
        "comment",
        "tags",
        "bot",
    )
)
_NEAR: Final = timedelta(minutes=1)
"""Entries of one type that lie no further apart are asked for together: who acts on many accounts does so in a row."""
_TIME: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


class LogEvents:
    """The `oabot.seams.Source` of one wiki."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._knows_leids: bool | None = None

    @property
    def dbname(self) -> str:
        """The wiki's database name."""
        return self._api.dbname

    def by_performer(self, performer: str, since: datetime | None) -> Iterator[Row]:
        """Rows by that performer, oldest first, from `since` on (inclusive); complete or an error.

        A row by somebody else is reported and left out. A row out of order is reported and still given.
        Raises: `SourceError`.
        """
        asked = _canonical(performer)
        for row in self._oldest_first(leuser=performer, lestart=since):
            if "userhidden" in row or _canonical(str(row.get("user", ""))) == asked:
                yield row
            else:
                log.warning("%s:%d: by another performer than asked; left out", self.dbname, row["logid"])

    def by_target(self, title: str, since: datetime | None = None) -> Iterator[Row]:
        """Rows on that log title, oldest first; complete or an error. Raises: `SourceError`."""
        return self._oldest_first(letitle=title, lestart=since)

    def oldest(self) -> datetime | None:
        """As `Source.oldest`."""
        params: dict[str, Value] = {"ledir": "newer", "lelimit": 1, "leprop": "ids|timestamp"}
        reply = self._api.get(action="query", list="logevents", **params)
        rows = reply.get("query", {}).get("logevents", [])
        return parse_timestamp(str(rows[0].get("timestamp"))) if rows else None

    def by_ids(self, known: Iterable[Known]) -> dict[EntryId, Row | None]:
        """Known entries (id, log type, time) as the wiki shows them now; None for one that isn't there.

        "Isn't there" is said only when the reply was whole: the right wiki answered, it ended by itself with
        ``batchcomplete``, each row in it could be read and was one of those asked for, and the log around that
        second does hold rows. Raises: `IncompleteReply` otherwise; nothing may be concluded then.
        """
        wanted = sorted(set(known))
        if any(key.wiki != self.dbname for key, _, _ in wanted):
            raise ValueError(f"{self.dbname} can't be asked for another wiki's entries")
        if not wanted:
            return {}
        found = self._by_leids(wanted) if self._has_leids() else self._by_times(wanted)
        missing = {time for key, _, time in wanted if key.logid not in found}
        for time in sorted(missing):
            self._require_neighbours(time)
        return {key: found.get(key.logid) for key, _, _ in wanted}

    def _oldest_first(self, **params: Value) -> Iterator[Row]:
        seen: dict[int, int] = {}
        last = ""
        for row in self._rows({"ledir": "newer", **params}, strict=False):
            logid, content = row["logid"], hash(json.dumps(row, sort_keys=True))
            if logid in seen:
                if seen[logid] == content:
                    continue
                log.warning("%s:%d: came twice with different content", self.dbname, logid)
                if not is_hidden(row):
                    continue
            seen[logid] = content
            if row["timestamp"] < last:
                log.warning("%s:%d: out of order", self.dbname, logid)
            last = max(last, row["timestamp"])
            yield row

    def _by_leids(self, wanted: list[Known]) -> dict[int, Row]:
        found: dict[int, Row] = {}
        ids = [key.logid for key, _, _ in wanted]
        for start in range(0, len(ids), 50):
            batch = ids[start : start + 50]
            for row in self._whole(leids=batch):
                if row["logid"] not in batch:
                    raise IncompleteReply(f"{self.dbname}: a row that leids didn't ask for")
                self._put(found, row)
        return found

    def _by_times(self, wanted: list[Known]) -> dict[int, Row]:
        """Each type's entries by the moments in which they lie; other entries of these moments are left out."""
        times: defaultdict[str, set[datetime]] = defaultdict(set)
        for _, letype, time in wanted:
            times[letype].add(time)
        ids = {key.logid for key, _, _ in wanted}
        found: dict[int, Row] = {}
        for letype in sorted(times):
            for moments in _bursts(times[letype]):
                for row in self._during(letype, moments):
                    if row["logid"] in ids:
                        self._put(found, row)
        return found

    def _during(self, letype: str, moments: list[datetime]) -> list[Row]:
        """All rows of one type from the first of these moments to the last.

        If a row that only lies between them spoils that reply, each moment's second is asked for.
        """
        try:
            return self._between(letype, moments[0], moments[-1])
        except IncompleteReply:
            if len(moments) == 1:
                raise
        return [row for moment in moments for row in self._between(letype, moment, moment)]

    def _between(self, letype: str, first: datetime, last: datetime) -> list[Row]:
        """All rows of one type in that time. A wiki that no longer knows the type still serves its rows by time."""
        try:
            return self._whole(letype=letype, ledir="newer", lestart=first, leend=last)
        except SourceRefused as refusal:
            if refusal.code not in {"badvalue", "unknown_letype"}:
                raise
        return self._whole(ledir="newer", lestart=first, leend=last)

    def _put(self, found: dict[int, Row], row: Row) -> None:
        other = found.setdefault(row["logid"], row)
        if other != row:
            log.warning("%s:%d: came twice with different content", self.dbname, row["logid"])
            if not is_hidden(row) and not is_hidden(other):
                raise IncompleteReply(f"{self.dbname}:{row['logid']}: two different rows")
            found[row["logid"]] = row if is_hidden(row) else other

    def _require_neighbours(self, time: datetime) -> None:
        for ledir in ("older", "newer"):
            reply = self._api.get(action="query", list="logevents", ledir=ledir, lestart=time, lelimit=1)
            query = reply.get("query")
            if isinstance(query, dict) and query.get("logevents"):
                return
        raise IncompleteReply(f"{self.dbname}: the log is empty around an entry that it had")

    def _has_leids(self) -> bool:
        if self._knows_leids is None:
            reply = self._api.get(action="paraminfo", modules="query+logevents")
            try:
                names = {each["name"] for each in reply["paraminfo"]["modules"][0]["parameters"]}
            except (KeyError, IndexError, TypeError):
                raise IncompleteReply(f"{self.dbname}: paraminfo in another shape") from None
            self._knows_leids = "ids" in names
        return self._knows_leids

    def _whole(self, **params: Value) -> list[Row]:
        return list(self._rows(params, strict=True))

    def _rows(self, params: dict[str, Value], *, strict: bool) -> Iterator[Row]:
        """Readable rows, trimmed; others are reported and left out, or with `strict` make the reply incomplete."""
        for reply in self._api.query(list="logevents", leprop=_PROPS, lelimit="max", **params):
            rows = reply.get("logevents")
            if not isinstance(rows, list):
                raise IncompleteReply(f"{self.dbname}: a reply without logevents")
            for row in rows:
                if _readable(row):
                    yield trimmed(row)
                elif strict:
                    raise IncompleteReply(f"{self.dbname}: a row that can't be read")
                else:
                    logid = row.get("logid") if isinstance(row, dict) else None
                    log.warning("%s:%s: unreadable row left out", self.dbname, logid if type(logid) is int else "?")


def _bursts(times: Iterable[datetime]) -> list[list[datetime]]:
    """Moments in order, those that follow one another closely in one part."""
    parts: list[list[datetime]] = []
    for time in sorted(times):
        if parts and time - parts[-1][-1] <= _NEAR:
            parts[-1].append(time)
        else:
            parts.append([time])
    return parts


def trimmed(row: Row) -> Row:
    """The keys that we use, without the values that a flag hides."""
    hidden = {key for flag, keys in _FLAGS.items() if row.get(flag) for key in keys}
    return {key: value for key, value in row.items() if key in _KEYS and key not in hidden}


def is_hidden(row: Row) -> bool:
    """Whether any part of the row is hidden."""
    return any(row.get(flag) for flag in _FLAGS)


def _readable(row: object) -> bool:
    return (
        isinstance(row, dict)
        and type(row.get("logid")) is int
        and row["logid"] > 0
        and isinstance(row.get("type"), str)
        and isinstance(row.get("action"), str)
        and isinstance(row.get("timestamp"), str)
        and _TIME.fullmatch(row["timestamp"]) is not None
    )


def _canonical(name: str) -> str:
    """As MediaWiki writes account names: NFC, spaces, the first letter in upper case."""
    name = unicodedata.normalize("NFC", name).replace("_", " ").strip()
    return name[:1].upper() + name[1:]
