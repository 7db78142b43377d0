"""What the Office wrote on talk pages of the central wiki: some of its statements are nowhere else."""

from __future__ import annotations

import itertools
import logging
from collections.abc import Iterable
from datetime import datetime, timedelta

from oabot.errors import SourceError
from oabot.seams import Clock
from oabot.sources import pages
from oabot.sources.api import Api
from oabot.statements import Post

log = logging.getLogger(__name__)

KEPT = timedelta(days=1)
"""How long an answer is good."""
SINCE = timedelta(days=365)
"""How far back is looked."""
MOST = 20
"""Posts of one account that are offered, its newest."""


class OfficePosts:
    """Asks once a day, without an account; nothing of it is stored."""

    def __init__(self, api: Api, accounts: Iterable[str], clock: Clock) -> None:
        """`accounts` are the Office's role accounts."""
        self._api, self._accounts, self._clock = api, tuple(dict.fromkeys(accounts)), clock
        self._known: tuple[Post, ...] = ()
        self._read: datetime | None = None

    def read(self) -> tuple[Post, ...]:
        """The newest posts first; as they were, when they can't be read now."""
        now = self._clock.now()
        if self._read is None or now - self._read >= KEPT:
            try:
                found = [post for name in self._accounts for post in self._newest(name, now)]
            except SourceError as problem:
                log.warning("%s: posts of the Office can't be read: %s", self._api.dbname, problem)
                return self._known
            self._known = tuple(sorted(found, key=lambda post: -post.revid))
            self._read = now
        return self._known

    def _newest(self, account: str, now: datetime) -> list[Post]:
        return list(itertools.islice(pages.posts(self._api, account, now - SINCE), MOST))
