"""The three seams: where the world is reached, and where tests put something smaller.

Each has a real implementation and a small working one that passes the same contract suite.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, Protocol

if TYPE_CHECKING:
    from oabot.model import Account, Edit, EntryId, Look, Page, Revision, Saved, User

SAVES_A_LOOK: Final = 2
"""How many saves one look ahead may let us make: a stop is heeded one save later, at most."""


class Clock(Protocol):
    """Where time comes from."""

    def now(self) -> datetime:
        """The time, aware, UTC."""
        ...

    def sleep(self, seconds: float) -> None:
        """Wait; may raise `Stopped` when the process is asked to end meanwhile."""
        ...


class Wiki(Protocol):
    """A wiki that we read and edit as our account."""

    @property
    def dbname(self) -> str:
        """The wiki's database name."""
        ...

    def pages(self, titles: Iterable[str]) -> dict[str, Page]:
        """Read pages with their text, 50 a request, keyed by the titles as asked; missing pages are there too.

        Redirects are not followed. Raises: `WikiRests`, `AccountRefused`.
        """
        ...

    def transcluding(self, template: str) -> list[Page]:
        """Every page that transcludes the template, with its text, sorted by title, 50 a request."""
        ...

    def revisions(self, title: str, after: int = 0, limit: int = 500) -> list[Revision]:
        """The page's revisions newer than revid `after`, oldest first, with texts."""
        ...

    def account(self) -> Account:
        """Our account as the wiki sees it now; never from a cache."""
        ...

    def users(self, names: Iterable[str]) -> dict[str, User]:
        """Other accounts as the wiki sees them now, keyed by the names as asked."""
        ...

    def look(self, titles: Iterable[str], steering: Iterable[str]) -> Look:
        """All that a save depends on: a few pages, as `pages`; who wrote the `steering` ones; our account.

        In one request where that can be. Raises: `WikiRests`, `AccountRefused`.
        """
        ...

    def look_ahead(self, titles: Iterable[str], steering: Iterable[str]) -> None:
        """Begin such a look, and don't wait for it; raises nothing.

        Who then looks at some of these, or reads them by `pages`, within `oabot.begun.LASTS` and before a save of that
        page by us, gets what was seen then, at most for `SAVES_A_LOOK` saves, here or elsewhere.
        """
        ...

    def look_anew(self) -> None:
        """What was looked at ahead counts no more: somebody has just saved a page. Asks nothing."""
        ...

    def save(self, edit: Edit) -> Saved:
        """Save one page, or say why not.

        Raises: `EditConflict` when the page no longer has `edit.base_revid`, in the same second too;
        `PageRefused`, `WikiRests`, `AccountRefused`.
        """
        ...


class Source(Protocol):
    """Public facts of one wiki's logs, read without an account."""

    @property
    def dbname(self) -> str:
        """The wiki's database name."""
        ...

    def by_performer(self, performer: str, since: datetime | None) -> Iterator[dict[str, Any]]:
        """Rows by that performer, oldest first, from `since` on (inclusive); complete or an error.

        Rows are list=logevents rows, formatversion 2. Raises: `SourceError`.
        """
        ...

    def by_target(self, title: str, since: datetime | None = None) -> Iterator[dict[str, Any]]:
        """Rows on that log title, oldest first; complete or an error. Raises: `SourceError`."""
        ...

    def oldest(self) -> datetime | None:
        """The time of the oldest entry that anybody can see; None for an empty log. Raises: `SourceError`."""
        ...

    def by_ids(self, known: Iterable[tuple[EntryId, str, datetime]]) -> dict[EntryId, dict[str, Any] | None]:
        """Known entries (id, log type, time) as the wiki shows them now; None for one that isn't there.

        Raises: `IncompleteReply` when a reply can't be told to be whole; nothing may be concluded then.
        """
        ...
