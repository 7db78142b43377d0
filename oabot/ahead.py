"""What a run looks at beside the logs, begun while it reads these: somebody waits for the page."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
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


Found = Mapping[str, dict[str, Page]]
"""dbname -> title -> page that asks to be filled."""


class Ahead:
    """Each thing that was begun is given once."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._since: datetime | None = None
        self._wanted: Begun[Wanted] | None = None
        self._found: Begun[Found] | None = None
        self._explained: Begun[Explanations] | None = None

    def begin(
        self,
        ask: Callable[[], Wanted],
        wikis: Mapping[str, Wiki],
        order: Sequence[str],
        explain: Callable[[], Explanations],
    ) -> None:
        """Begin to ask people, then to look for the first wiki's pages; beside that to read what explains the cases.

        `order` is in which the wikis have their turns.
        """
        self._since = self._clock.now()
        self._wanted = wanted = Begun(ask)
        self._found = Begun(lambda: _found(wanted.result(), wikis, order))
        self._explained = Begun(explain)

    def wanted(self) -> Wanted | None:
        """What people want, if it is fresh. Raises: what asking them raised."""
        begun, self._wanted = self._wanted, None
        return begun.result() if begun and self._fresh else None

    def found(self) -> Found:
        """The pages of the wiki whose turn is first, if that is fresh. Raises: as `wanted`."""
        begun, self._found = self._found, None
        return begun.result() if begun and self._fresh else {}

    def explanations(self) -> Explanations | None:
        """What was begun, if it is fresh. Raises: what reading raised."""
        begun, self._explained = self._explained, None
        return begun.result() if begun and self._fresh else None

    @property
    def _fresh(self) -> bool:
        return self._since is not None and timedelta() <= self._clock.now() - self._since < FRESH


def _found(wanted: Wanted, wikis: Mapping[str, Wiki], order: Sequence[str]) -> Found:
    first = next((name for name in order if wanted.settings.wikis[name].approval), None)
    if first is None:
        return {}
    try:
        return {first: placements(wikis[first], wanted.settings.wikis[first], wanted.settings.account)}
    except WikiError as problem:
        log.info("%s: its pages can't be found ahead: %s", first, problem)
        return {}
