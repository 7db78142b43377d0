"""Statements with the state of their translations: read when something may have changed, else what was learned."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final, NamedTuple

from pydantic import TypeAdapter, ValidationError

from oabot.errors import SourceError
from oabot.explained import Followed, Read, names, normal
from oabot.ledger import Ledger
from oabot.seams import Clock
from oabot.sources import facts, pages
from oabot.sources.api import Api
from oabot.sources.early import asking_early
from oabot.sources.translate import Translate
from oabot.statements import Statement

log = logging.getLogger(__name__)

_KEY = "statements"


@dataclass(frozen=True, slots=True)
class _Known:
    """What was found, and by which it is told whether it may be another now."""

    seen: str
    statement: Statement | None
    """None: no page is there."""


_KEPT: Final = TypeAdapter(dict[str, _Known])
"""By the title or shortcut under which a statement is asked for."""


class Learned(NamedTuple):
    """What is known of the statements."""

    found: tuple[Read, ...] = ()
    whole: bool = True
    """Whether all could be read, now or before."""


class Translations:
    """Reads the central wiki's statements; what is kept between runs holds no name of a person."""

    def __init__(self, api: Api, ledger: Ledger, clock: Clock, followed: Collection[Followed] = ()) -> None:
        """`followed` is what the config names; statements that are titled as such are found without it."""
        self._api, self._ledger, self._clock = api, ledger, clock
        self._translate = Translate(api, clock)
        self._followed = tuple(followed)
        self._languages: Collection[str] = ()

    def read(self, annotated: Iterable[str] = (), languages: Collection[str] = ()) -> Learned:
        """All statements; `annotated` are names by which people call them, `languages` those of our readers.

        One request if nothing has changed since they were read, on the same day. What can't be read now is as it was.
        Raises: `LedgerError`.
        """
        before, self._languages = self._kept(), languages
        try:
            newest = self._newest(before, languages)
        except SourceError as problem:
            log.warning("%s: statements can't be read: %s", self._api.dbname, problem)
            return _learned(self._wanted(before, annotated, before), before) if before else Learned(whole=False)
        wanted = self._wanted(newest.statements, annotated, before)
        known = dict(before)
        for followed in wanted:
            self._read(followed, newest, languages, known)
        known = {followed.page: known[followed.page] for followed in wanted if followed.page in known}
        if known != before:
            self._ledger.state.put(_KEY, _KEPT.dump_python(known, mode="json"))
        return _learned(wanted, known)

    def ask_early(self) -> None:
        """Ask what has changed, as `read` asked last, for a run that wants to know soon. Raises: `SourceError`."""
        with asking_early():
            self._newest(self._kept(), self._languages)

    def _newest(self, before: Mapping[str, _Known], languages: Iterable[str]) -> pages.Newest:
        elsewhere = {followed.page for followed in self._followed}
        elsewhere |= {known.statement.title for known in before.values() if known.statement}
        titles = {title for title in elsewhere if not title.startswith(pages.PREFIX)}
        translated = {f"{title}/{language}" for title in titles for language in languages}
        midnight = self._clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
        return pages.newest(self._api, titles | translated, midnight - timedelta(days=1))

    def _wanted(
        self, titles: Iterable[str], annotated: Iterable[str], before: Mapping[str, _Known]
    ) -> tuple[Followed, ...]:
        """What the config names, what is titled as a statement, and what people call one and is none of these."""
        wanted = {followed.page for followed in self._followed}
        wanted |= set(titles)
        found = [(Followed(page), known.statement) for page, known in before.items() if known.statement]
        called = {name for read in found if read[0].page in wanted for name in names(read)}
        wanted |= {normal(name) for name in annotated} - called
        wanted -= {followed.page for followed in self._followed}
        return (*self._followed, *map(Followed, sorted(wanted)))

    def _read(
        self, followed: Followed, newest: pages.Newest, languages: Collection[str], known: dict[str, _Known]
    ) -> None:
        """Bring one statement up to date, if anything may have changed; if it can't be read, it stays as it was."""
        before = known.get(followed.page)
        if before and before.seen == self._seen(followed, before.statement, newest, languages):
            return
        try:
            found = facts.statement(self._api, self._translate, followed.page, languages, followed.id)
        except SourceError as problem:
            log.warning("%s: a statement can't be read: %s", self._api.dbname, problem)
            return
        kept = _without_names(found) if found else None
        known[followed.page] = _Known(self._seen(followed, kept, newest, languages), kept)

    def _seen(self, followed: Followed, found: Statement | None, newest: pages.Newest, languages: Iterable[str]) -> str:
        # The day is in it because some changes leave no trace that is cheap to find (a page is unmarked).
        title = found.title if found else followed.page
        told = (f"{self._clock.now():%Y-%m-%d}", newest.of(title), followed.id, sorted(set(languages)))
        return hashlib.sha256(repr(told).encode()).hexdigest()

    def _kept(self) -> dict[str, _Known]:
        try:
            return _KEPT.validate_json(json.dumps(self._ledger.state.get(_KEY, {})))
        except ValidationError:  # an older version kept something else; it is read anew
            return {}


def _learned(wanted: Sequence[Followed], known: Mapping[str, _Known]) -> Learned:
    found = ((followed, known[followed.page].statement) for followed in wanted if followed.page in known)
    there = tuple((followed, statement) for followed, statement in found if statement)
    return Learned(there, all(followed.page in known for followed in wanted))


def _without_names(statement: Statement) -> Statement:
    """The headings of corrections name accounts."""
    return replace(statement, corrections=tuple(replace(each, heading="") for each in statement.corrections))
