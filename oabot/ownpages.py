"""The account's own pages on the central wiki, saved the same safe way as all others.

A whole page of ours is left alone when a person edited it since, until it is blanked or the edit is undone; a page that
we only add to keeps whatever people wrote on it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

from oabot.config import Settings
from oabot.errors import PageRefused
from oabot.i18n import language
from oabot.leave import Permit
from oabot.ledger import Ledger, ShownRegion
from oabot.model import EntryId, Page, PageState
from oabot.outcomes import Teller
from oabot.publish import Drafted, Outcome, Publisher, digest
from oabot.views import Material
from oabot.wikitext import in_summary

Write = Callable[[str], str]
"""A page's text -> what it should be; "" for a page that isn't there."""

LONGEST_SUMMARY = 500


def permits(settings: Settings) -> dict[str, Permit]:
    """How we may edit each wiki."""
    return {
        dbname: Permit(bool(wiki.approval), wiki.flagged, wiki.news_marked_bot, wiki.seconds_between_saves)
        for dbname, wiki in settings.wikis.items()
    }


def teller(settings: Settings, dbname: str) -> Teller:
    """Who says things on a wiki, in its language."""
    wiki = settings.wikis[dbname]
    addresses = {name: one.url for name, one in settings.wikis.items()}
    return Teller(language(wiki.language, wiki.drafts), Material((), addresses, settings.account, settings.central))


def summary(settings: Settings, dbname: str, run: str, key: str, *args: int | str) -> str:
    """An edit summary: what it is, by which run, with which approval, and where to stop us."""
    spoken = teller(settings, dbname).language
    text = spoken.plain(
        "oabot-summary-frame",
        spoken.plain(key, *args),
        run,
        in_summary(settings.wikis[dbname].approval) or "-",
        f"[[{settings.page('Run')}]]",
    )
    return text[:LONGEST_SUMMARY]


class OwnPages:
    """Writes them for one run."""

    def __init__(self, settings: Settings, publisher: Publisher, ledger: Ledger, run: str) -> None:
        """`settings` are the operator's: that the community's config can't be used has to be said somewhere."""
        self._settings, self._publisher, self._ledger, self._run = settings, publisher, ledger, run

    def add(self, name: str, key: str, write: Write) -> Outcome:
        """Add to a page on which people may write as well; `key` is the summary's."""
        return self._publisher.publish(self._settings.central, self._settings.page(name), self._draft(key, write))

    def put(
        self,
        name: str,
        key: str,
        write: Write,
        entries: Collection[EntryId] = (),
        check: Callable[[Collection[EntryId]], None] = lambda _: None,
    ) -> Outcome:
        """Write a whole page; `check` refuses when its entries aren't visible any more."""

        def draft(page: Page) -> Drafted:
            if page.state is PageState.EXISTS and page.user != self._settings.account and page.text.strip():
                raise PageRefused("edited")
            check(entries)
            return self._draft(key, write, entries)(page)

        return self._publisher.publish(
            self._settings.central, self._settings.page(name), draft, even_resting=name == "Status"
        )

    def _draft(self, key: str, write: Write, entries: Collection[EntryId] = ()) -> Callable[[Page], Drafted]:
        def draft(page: Page) -> Drafted:
            text = write(page.text if page.state is PageState.EXISTS else "")
            said = summary(self._settings, self._settings.central, self._run, key)
            region = ShownRegion("page", digest(text), tuple(sorted(entries)))
            return Drafted(text if text.rstrip() != page.text.rstrip() else page.text, said, (region,), guarded=False)

        return draft
