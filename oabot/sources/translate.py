"""What MediaWiki's Translate extension says of one wiki's pages, whole or not at all.

Formats: Translate's src/Statistics/QueryMessageGroupStatsActionApi.php, QueryStatsActionApi.php,
src/MessageLoading/QueryMessageCollectionActionApi.php, src/MessageGroupProcessing/QueryMessageGroupsActionApi.php.
``mgssuppressempty`` is never sent: it also leaves out languages below two percent.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from oabot.errors import IncompleteReply, SourceRefused
from oabot.seams import Clock
from oabot.sources.api import Api, Reply, Stuck, Value
from oabot.statements import Counts, GroupState, Mark, UnitStatus
from oabot.timestamps import parse_timestamp

log = logging.getLogger(__name__)

_PAUSES: Final = (5.0, 10.0, 20.0)
_UNKNOWN_GROUP: Final = frozenset({"badparameter", "translate-invalidgroup"})
"""Never marked, unmarked and unknown alike; very old wikis said the second."""
_MODULES: Final = ("messagegroups", "messagegroupstats", "messagecollection")


@dataclass(frozen=True, slots=True)
class Group:
    """How a page is offered for translation."""

    source_language: str
    priority: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit in one language."""

    key: str
    status: UnitStatus


@dataclass(frozen=True, slots=True)
class Marking:
    """A page's history with the translation system: what was marked, oldest first, and whether it still is."""

    marks: tuple[Mark, ...]
    unmarked: bool = False
    moved_to: str | None = None


class Translate:
    """Reads one wiki's translation system."""

    def __init__(self, api: Api, clock: Clock) -> None:
        self._api = api
        self._clock = clock
        self._is_there: bool | None = None

    def is_there(self) -> bool:
        """Whether the wiki has the extension; asked once."""
        if self._is_there is None:
            # siteinfo, which every wiki has, shows that the answer is one.
            asked = [f"query+{name}" for name in ("siteinfo", *_MODULES)]
            reply = self._api.get(action="paraminfo", modules=asked)
            try:
                names = {module["name"] for module in reply["paraminfo"]["modules"]}
            except (KeyError, TypeError):
                names = set()
            if "siteinfo" not in names:
                raise IncompleteReply(f"{self._api.dbname}: paraminfo in another shape")
            self._is_there = names.issuperset(_MODULES)
        return self._is_there

    def group_state(self, counts: tuple[Counts, ...] | None, marking: Marking) -> GroupState:
        """Whether a page takes part in translation, from what `group_stats` and `marking` gave for it."""
        if not self.is_there():
            return GroupState.NO_TRANSLATE
        if counts is not None:
            return GroupState.MARKED
        if marking.unmarked:
            return GroupState.UNMARKED
        if marking.marks:
            log.info("%s: the group of a marked page is unknown", self._api.dbname)
        return GroupState.UNKNOWN if marking.marks else GroupState.NOT_MARKED

    def groups(self, titles: Iterable[str]) -> dict[str, Group]:
        """The groups of those of the pages that have one, by title."""
        found: dict[str, Group] = {}
        wanted = sorted(set(titles))
        for start in range(0, len(wanted), 50):
            asked: dict[str, Value] = {
                "meta": "messagegroups",
                "mgformat": "flat",
                "mgfilter": [_group(title) for title in wanted[start : start + 50]],
                "mgprop": "id|priority|prioritylangs|sourcelanguage",
            }
            for row in self._rows("messagegroups", asked):
                title = _text(row, "id").removeprefix("page-")
                found[title] = Group(
                    _text(row, "sourcelanguage"),
                    tuple(row["prioritylangs"]) if isinstance(row.get("prioritylangs"), list) else (),
                )
        return {title: found[title] for title in wanted if title in found}

    def group_stats(self, title: str) -> tuple[Counts, ...] | None:
        """Every language of a page's group, by code; None when the page has no group.

        The counts come from a cache; while it is being filled the reply stops at a language, and so do we,
        after some waiting. Raises: `IncompleteReply` then.
        """
        asked: dict[str, Value] = {"meta": "messagegroupstats", "mgsgroup": _group(title)}
        try:
            rows = self._patiently("messagegroupstats", asked)
        except SourceRefused as refusal:
            if refusal.code not in _UNKNOWN_GROUP:
                raise
            return None
        counts = {
            _text(row, "code"): Counts(
                _text(row, "code"), _count(row, "total"), _count(row, "translated"), _count(row, "fuzzy")
            )
            for row in rows
        }
        if not counts:
            raise IncompleteReply(f"{self._api.dbname}: a group without any language")
        return tuple(counts[code] for code in sorted(counts))

    def collection(self, title: str, language: str) -> tuple[Unit, ...] | None:
        """Every unit of a page in one language, in page order; None when the page has no group."""
        asked: dict[str, Value] = {
            "list": "messagecollection",
            "mcgroup": _group(title),
            "mclanguage": language,
            "mcprop": "properties",
            "mclimit": "max",
        }
        try:
            rows = self._patiently("messagecollection", asked)
        except SourceRefused as refusal:
            if refusal.code not in _UNKNOWN_GROUP:
                raise
            return None
        return tuple(Unit(_text(row, "key").rpartition("/")[2].replace("_", " "), _status(row)) for row in rows)

    def marking(self, title: str) -> Marking:
        """What the page's translation log says, oldest first."""
        marks: list[Mark] = []
        last, moved_to = "", None
        asked: dict[str, Value] = {"list": "logevents", "letype": "pagetranslation", "letitle": title, "ledir": "newer"}
        for row in self._rows("logevents", {**asked, "lelimit": "max", "leprop": "type|timestamp|details"}):
            last = _text(row, "action")
            params = row.get("params")
            params = params if isinstance(params, dict) else {}
            time = parse_timestamp(_text(row, "timestamp"))
            if last == "mark" and time and isinstance(params.get("revision"), int):
                changed = params.get("changed")
                marks.append(Mark(params["revision"], changed if isinstance(changed, int) else 0, time))
            if last == "moveok" and isinstance(params.get("target"), str):
                moved_to = params["target"]
        return Marking(tuple(marks), unmarked=last == "unmark", moved_to=moved_to)

    def _patiently(self, name: str, asked: dict[str, Value]) -> list[Reply]:
        for pause in _PAUSES:
            try:
                return list(self._rows(name, asked))
            except Stuck:
                log.info("%s: %s is not counted yet", self._api.dbname, name)
                self._clock.sleep(pause)
        return list(self._rows(name, asked))

    def _rows(self, name: str, asked: dict[str, Value]) -> Iterator[Reply]:
        for reply in self._api.query(**asked):
            rows = reply.get(name)
            if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
                raise IncompleteReply(f"{self._api.dbname}: a reply without {name}")
            yield from rows


def _group(title: str) -> str:
    return f"page-{title}"


def _text(row: Reply, key: str) -> str:
    value = row.get(key)
    if not isinstance(value, str):
        raise IncompleteReply(f"a row without {key}")
    return value


def _count(row: Reply, key: str) -> int:
    value = row.get(key)
    if type(value) is not int or value < 0:
        raise IncompleteReply(f"a row without {key}")
    return value


def _status(row: dict[str, Any]) -> UnitStatus:
    properties = row.get("properties")
    status = properties.get("status") if isinstance(properties, dict) else None
    try:
        return UnitStatus(str(status))
    except ValueError:
        raise IncompleteReply("a unit in an unknown state") from None
