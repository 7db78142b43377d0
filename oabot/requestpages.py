"""The pages on which people ask for runs: read with their history, and answered in place."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import timedelta

from oabot import runrequests
from oabot.attribution import Credit, attribute
from oabot.config import Settings
from oabot.errors import InputError
from oabot.ledger import Ledger
from oabot.model import Page, PageState, Revision, User
from oabot.ownpages import summary
from oabot.publish import Drafted, Outcome, Publisher
from oabot.runrequests import RunRequest
from oabot.seams import Clock, Wiki
from oabot.wikitext import Wikitext, template_calls

log = logging.getLogger(__name__)

PAGE = "Requests"
MOST_REVISIONS = 5000
"""Revisions of a page that are read to see who wrote what."""

_BATCH = 500
_LOOK_BACK = timedelta(hours=25)
"""Requests that came before aren't carried out, so nobody needs to know whose they are."""

Answers = Mapping[str, Mapping[str, Wikitext]]
"""A request's key -> the parameters of its answer."""


def history(wiki: Wiki, title: str, after: int = 0) -> list[Revision]:
    """All revisions of a page after one, oldest first. Raises: `InputError` when there are too many."""
    found: list[Revision] = []
    while len(found) < MOST_REVISIONS:
        part = wiki.revisions(title, after=after, limit=_BATCH)
        found += part
        if len(part) < _BATCH:
            return found
        after = part[-1].revid
    raise InputError(f"{wiki.dbname}: a page has more than {MOST_REVISIONS} revisions since it was last read")


class RequestPage:
    """One wiki's page of requests, as it is within one look at it."""

    def __init__(self, wiki: Wiki, settings: Settings, ledger: Ledger, clock: Clock) -> None:
        self._wiki, self._settings = wiki, settings
        self._ledger, self._clock = ledger, clock
        self._template = settings.wikis[wiki.dbname].template_request
        self.title = settings.page(PAGE)
        self._walked: tuple[int, list[Credit]] = (0, [])

    def unanswered(self) -> list[RunRequest]:
        """The requests without an answer, as the page is now. Raises: `WikiError`, `RegionError`, `InputError`."""
        return self._requests(self._wiki.pages([self.title])[self.title])

    def authors(self, asked: list[RunRequest]) -> dict[str, User]:
        """Who wrote them, as the wiki sees them now."""
        names = sorted({name for one in asked for name in one.authors})
        return self._wiki.users(names) if names else {}

    def answer(self, publisher: Publisher, run: str, answers: Answers) -> Outcome:
        """Put answers into their requests, those that are still there."""
        return publisher.publish(self._wiki.dbname, self.title, self._draft(run, answers))

    def _draft(self, run: str, answers: Answers) -> Callable[[Page], Drafted]:
        def draft(page: Page) -> Drafted:
            spans = {(one.start, one.end): answers[one.key] for one in self._requests(page) if one.key in answers}
            said = summary(self._settings, self._wiki.dbname, run, "oabot-summary-answer")
            return Drafted(runrequests.splice_answers(page.text, spans), said, guarded=False)

        return draft

    def _requests(self, page: Page) -> list[RunRequest]:
        if page.state is not PageState.EXISTS or not template_calls(page.text, self._template):
            return []
        return runrequests.requests(self._wiki.dbname, page.text, self._template, self._credits(page))

    def _credits(self, page: Page) -> list[Credit]:
        if self._walked[0] != page.revid:
            reader = runrequests.reader(self._template, page.title, self._settings.account)
            revisions = [one for one in self._recent() if one.revid <= page.revid]
            self._walked = (page.revid, attribute(revisions, reader))
        return self._walked[1]

    def _recent(self) -> list[Revision]:
        """The page's revisions since one that is old enough to begin with."""
        key = f"requests:{self._wiki.dbname}"
        revisions = history(self._wiki, self.title, int(self._ledger.state.get(key) or 0))
        old = [one for one in revisions if self._clock.now() - one.timestamp > _LOOK_BACK]
        if len(old) > 1 and old[-1].parent:
            self._ledger.state.put(key, old[-1].parent)
        return revisions
