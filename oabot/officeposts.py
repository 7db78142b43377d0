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

    def __init__(self, api: Api, clock: Clock) -> None:
        self._api, self._clock = api, clock
        self._known: dict[str, tuple[datetime, tuple[Post, ...]]] = {}

    def read(self, accounts: Iterable[str]) -> tuple[Post, ...]:
        """The newest posts of these role accounts first; as they were, when they can't be read now."""
        found = [post for account in dict.fromkeys(accounts) for post in self._of(account)]
        return tuple(sorted(found, key=lambda post: -post.revid))

    def _of(self, account: str) -> tuple[Post, ...]:
        now = self._clock.now()
        read, known = self._known.get(account, (None, ()))
        if read is None or now - read >= KEPT:
            try:
                known = tuple(itertools.islice(pages.posts(self._api, account, now - SINCE), MOST))
            except SourceError as problem:
                log.warning("%s: posts of the Office can't be read: %s", self._api.dbname, problem)
                return known
            self._known[account] = now, known
        return known
