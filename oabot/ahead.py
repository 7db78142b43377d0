"""What a run looks at beside the logs, begun while it reads these: somebody waits for the page."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from oabot.begun import Begun
from oabot.config import Settings
from oabot.errors import WikiError
from oabot.explanations import Explanations
from oabot.model import Annotation, Page
from oabot.placements import placements
from oabot.seams import Clock, Wiki

log = logging.getLogger(__name__)

FRESH: Final = timedelta(seconds=10)
"""What was begun longer ago is asked anew: the logs were slow, and people may want something else by now."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What people want of a run."""

    settings: Settings
    """The settings as the community narrowed them."""
    annotations: tuple[Annotation, ...] = ()
    """What they wrote about entries, as far as it counts."""
    contact: str = ""
    """The page where readers ask for a correction."""


@dataclass(frozen=True, slots=True)
class People:
    """What people want, and the pages of the wiki whose turn is first."""

    wanted: Wanted
    found: Mapping[str, dict[str, Page]] = field(default_factory=dict)
    """dbname -> title -> page that asks to be filled."""


class Ahead:
    """Each thing that was begun is given once."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._since: datetime | None = None
        self._people: Begun[People] | None = None
        self._explained: Begun[Explanations] | None = None

    def begin(
        self,
        ask: Callable[[], Wanted],
        wikis: Mapping[str, Wiki],
        order: Sequence[str],
        explain: Callable[[], Explanations],
    ) -> None:
        """Begin to ask people and to look for pages, one after the other, and to read what explains the cases.

        `order` is in which the wikis have their turns.
        """
        self._since = self._clock.now()
        self._people = Begun(lambda: _people(ask, wikis, order))
        self._explained = Begun(explain)

    def people(self) -> People | None:
        """What was begun, if it is fresh. Raises: what asking people raised."""
        begun, self._people = self._people, None
        return begun.result() if begun and self._fresh else None

    def explanations(self) -> Explanations | None:
        """What was begun, if it is fresh. Raises: what reading raised."""
        begun, self._explained = self._explained, None
        return begun.result() if begun and self._fresh else None

    @property
    def _fresh(self) -> bool:
        return self._since is not None and timedelta() <= self._clock.now() - self._since < FRESH


def _people(ask: Callable[[], Wanted], wikis: Mapping[str, Wiki], order: Sequence[str]) -> People:
    wanted = ask()
    first = next((name for name in order if wanted.settings.wikis[name].approval), None)
    if first is None:
        return People(wanted)
    try:
        found = placements(wikis[first], wanted.settings.wikis[first], wanted.settings.account)
    except WikiError as problem:
        log.info("%s: its pages can't be found ahead: %s", first, problem)
        return People(wanted)
    return People(wanted, {first: found})
