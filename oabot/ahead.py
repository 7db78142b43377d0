"""What a run asks that looks at a log entry, begun when the stream tells of the entry: somebody waits for the pages."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from oabot import communityconfig, stops
from oabot.annotations import PAGE as NOTES
from oabot.begun import LASTS, is_fresh, together
from oabot.config import Settings, WikiSettings
from oabot.ingest import Ingest
from oabot.interest import Wake
from oabot.model import EntryId, Page, PageState
from oabot.placements import holds
from oabot.seams import SAVES_A_LOOK, Clock, Wiki
from oabot.sources.early import asking_early

JOB: Final = "tables"
"""The job that a log entry leads to."""

_MOST: Final = 30
_MOST_TEXT: Final = 1_000_000
"""Pages, entries on them, and characters, that are looked at ahead; where there are more, they aren't."""

Question = Callable[[], object]
AskAbout = Callable[[str], Iterable[Question]]
"""Gives what is asked early, beside the logs, when something was done to what has this log title."""


@dataclass(frozen=True, slots=True)
class _Begun:
    """What was looked at ahead."""

    since: datetime
    wiki: str
    """Where the pages are."""
    central: str
    titles: tuple[str, ...]
    steering: tuple[str, ...]
    again: frozenset[EntryId]
    """Known entries that are read again."""
    here: WikiSettings
    quick: bool
    """Whether less than `LASTS` lies between two saves."""


class Ahead:
    """A run that comes in time asks as it always does, and finds that the answers are there or on their way."""

    def __init__(self, wikis: Mapping[str, Wiki], ingest: Ingest, ask_about: AskAbout, clock: Clock) -> None:
        self._wikis, self._ingest, self._ask_about, self._clock = wikis, ingest, ask_about, clock
        self._begun: _Begun | None = None
        self._in_run: _Begun | None = None
        self._looked_at: frozenset[str] = frozenset()

    def begin(
        self, wake: Wake, settings: Settings, first: str, found: Collection[Page], shown: Collection[EntryId]
    ) -> None:
        """Begin to ask about a log entry, and to look at the pages that were last `found` on the wiki `first`.

        `shown` are the entries on these. Raises: `LedgerError`.
        """
        titles = _few(found)
        steering = stops.titles(settings.account, JOB)
        people = [settings.page(communityconfig.PAGE), settings.page(NOTES)]
        here = settings.wikis[first]
        quick = here.seconds_between_saves < LASTS.total_seconds()
        again = frozenset(shown if len(shown) < _MOST else ())
        self._begun = _Begun(
            self._clock.now(), first, settings.central, tuple(titles), steering, again, here, quick=quick
        )
        self._looked_at = frozenset((first, settings.central))

        def look() -> None:
            if first != settings.central:
                self._wikis[first].look_ahead(titles, steering)
            self._wikis[settings.central].look_ahead(people + (titles if first == settings.central else []), steering)
            self._wikis[settings.central].pages(people)  # it is there before another question takes its turn

        logs = [question for entry in wake.entries for question in self._about(entry, wake, again)]
        together([*map(_early, logs), look, *self._ask_about(wake.title)])

    def look_anew(self) -> None:
        """Somebody has just saved a page that matters: what was looked at before counts no more."""
        for dbname in self._looked_at:
            self._wikis[dbname].look_anew()

    def again(self) -> frozenset[EntryId]:
        """Known entries that were asked for with the one that the stream told of, if that was just now."""
        begun = self._begun
        return begun.again if begun and is_fresh(begun.since, self._clock.now()) else frozenset()

    def pages(self, dbname: str) -> dict[str, Page]:
        """For a run that begins with that wiki: its pages that were looked at ahead, if that was just now.

        Raises: `WikiError`.
        """
        begun, self._begun, self._in_run = self._begun, None, None
        if begun is None or begun.wiki != dbname or not is_fresh(begun.since, self._clock.now()):
            return {}
        self._in_run = begun
        pages = self._wikis[dbname].pages(begun.titles)
        return {
            title: page for title, page in pages.items() if page.state is PageState.EXISTS and holds(page, begun.here)
        }

    def go_on(self, title: str) -> bool:
        """That page is about to be saved in this run, and then the one after it: whether it begins to look at both."""
        begun = self._in_run
        if begun and begun.quick and title in begun.titles[SAVES_A_LOOK::SAVES_A_LOOK]:
            place = begun.titles.index(title)
            self._wikis[begun.wiki].look_ahead(begun.titles[place : place + SAVES_A_LOOK], begun.steering)
            if begun.wiki != begun.central:
                self._wikis[begun.central].look_ahead((), begun.steering)
            return True
        return False

    def _about(self, entry: EntryId, wake: Wake, again: Collection[EntryId]) -> list[Question]:
        if wake.timestamp is None:
            return []
        return self._ingest.questions(entry, wake.log_type, wake.timestamp, wake.title, again)


def _few(pages: Collection[Page]) -> list[str]:
    if len(pages) > _MOST or sum(len(page.text) for page in pages) > _MOST_TEXT:
        return []
    return [page.title for page in pages]


def _early(question: Question) -> Question:
    def ask() -> None:
        with asking_early():
            question()

    return ask
