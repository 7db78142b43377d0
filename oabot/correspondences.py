"""Reads pages of letters whose authors allowed it, and what people say became of the letters."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace

from oabot.answers import Answered, read_answers, reader
from oabot.attribution import attribute
from oabot.config import Settings, WikiSettings
from oabot.errors import InputError, OabotError, RegionError
from oabot.layout import find, place
from oabot.letters import Correspondence, Fault, correspondence, opted_in
from oabot.links import Resolved
from oabot.model import Annotation, CommitteeTotals, Page, PageState
from oabot.requestpages import history
from oabot.seams import Wiki
from oabot.statements import Post
from oabot.views import asked
from oabot.views.letters import page_asked
from oabot.views.parameters import Problem

log = logging.getLogger(__name__)

NOTES = "Annotations"

Title = tuple[str, str]
"""(dbname, title as it was asked for)."""


@dataclass(frozen=True, slots=True)
class Record:
    """Letters, and what became of them."""

    letters: Mapping[Title, Correspondence] = field(default_factory=dict)
    answers: tuple[Answered, ...] = ()


@dataclass(frozen=True, slots=True)
class Around:
    """What stands around the cases, and how it is read."""

    letters: Callable[[Iterable[Title]], Record] = lambda _: Record()
    links: Callable[[Iterable[str]], Mapping[str, Resolved]] = lambda _: {}
    """Discussions as people wrote them -> where they are now."""
    posts: Callable[[], tuple[Post, ...]] = tuple
    """What the Office wrote on talk pages, the newest first."""
    committee: tuple[CommitteeTotals, ...] = ()

    def unlinked_posts(self, notes: Iterable[Annotation]) -> tuple[Post, ...]:
        """The posts that no note names, as a discussion or as a statement."""
        written = {link for note in notes for link in (*note.discussion, note.statement or "") if ":" in link}
        named = {(one.title, one.section) for one in self.links(written).values()}
        return tuple(one for one in self.posts() if not {(one.title, one.section), (one.title, "")} & named)


@dataclass(slots=True)
class Remembered:
    """What was worked out of revisions before, so that a page that didn't change costs one read."""

    letters: dict[tuple[str, int], Correspondence] = field(default_factory=dict)
    """dbname and revision -> its letters."""


def letters_asked(
    pages: Iterable[Page], dbname: str, settings: WikiSettings, addresses: Mapping[str, str]
) -> frozenset[Title]:
    """The pages of letters that regions of these pages, all of one wiki, ask for."""
    found = set()
    for page in pages:
        with contextlib.suppress(RegionError, Problem):  # said on the page itself, or in the journal
            for region in find(page, settings):
                if region.view == "letters":
                    _, filters = asked(region, place(page, region, dbname, settings))
                    found.add(page_asked(filters.page, dbname, addresses))
    return frozenset(found)


class Correspondences:
    """Reads them over some wikis. `groups` are those whose members may say what became of a letter."""

    def __init__(
        self, wikis: Mapping[str, Wiki], settings: Settings, groups: Collection[str], remembered: Remembered
    ) -> None:
        self._wikis, self._settings, self._groups = wikis, settings, groups
        self._remembered = remembered

    def read(self, wanted: Iterable[Title]) -> Record:
        """The letters of these pages and what people say of them; what can't be read has the fault ``unread``."""
        letters: dict[Title, Correspondence] = {}
        now: dict[Title, Title] = {}
        for wiki, title in sorted(set(wanted)):
            letters[wiki, title], now[wiki, title] = self._page(wiki, title)
        try:
            answers = self._answers(now) if any(found.letters for found in letters.values()) else ()
        except OabotError as problem:
            log.warning("what people say of letters can't be read: %s", problem)
            return Record(dict.fromkeys(letters, Correspondence(fault=Fault("unread"))))
        return Record(letters, answers)

    def _page(self, dbname: str, title: str) -> tuple[Correspondence, Title]:
        """The letters of a page, and where it is by the wiki's own spelling."""
        wiki = self._wikis.get(dbname)
        if wiki is None:
            return Correspondence(fault=Fault("unread")), (dbname, title)
        try:
            page = wiki.pages([title])[title]
            if page.state is not PageState.EXISTS:
                return Correspondence(fault=Fault("missing")), (dbname, title)
            return self._letters(wiki, page), (dbname, page.title)
        except OabotError as problem:
            log.warning("%s: a page of letters can't be read: %s", dbname, problem)
            return Correspondence(fault=Fault("unread")), (dbname, title)

    def _letters(self, wiki: Wiki, page: Page) -> Correspondence:
        key = (wiki.dbname, page.revid)
        if key not in self._remembered.letters:
            self._remembered.letters[key] = self._parsed(wiki, page)
        return self._remembered.letters[key]

    def _parsed(self, wiki: Wiki, page: Page) -> Correspondence:
        template = self._settings.wikis[wiki.dbname].template_letters
        refused = Correspondence(fault=Fault("not-author", template))
        try:
            # A page without the template is not read any further: its history is none of our business.
            if template[1:].casefold() not in page.text.replace("_", " ").casefold():
                return refused
            allowed = opted_in(page, history(wiki, page.title), template, self._settings.account)
        except (RegionError, InputError):
            return refused
        return correspondence(page.text) if allowed else refused

    def _answers(self, now: Mapping[Title, Title]) -> tuple[Answered, ...]:
        """What people say, each with its page as it was asked for, however they spelt the namespace."""
        central = self._wikis[self._settings.central]
        title = self._settings.page(NOTES)
        template = self._settings.wikis[self._settings.central].template_note
        if central.pages([title])[title].state is not PageState.EXISTS:
            return ()
        credits_ = attribute(history(central, title), reader(template, title, self._settings.account))
        authors = sorted({name for one in credits_ for name in one.authors})
        found = read_answers(credits_, central.users(authors) if authors else {}, self._groups)
        spelt = {one: self._spelt(one) for one in {(answer.wiki, answer.page) for answer in found}}
        return tuple(
            replace(answer, page=title[1])
            for answer in found
            for title, there in now.items()
            if spelt[answer.wiki, answer.page] == there
        )

    def _spelt(self, title: Title) -> Title:
        wiki = self._wikis.get(title[0])
        return (title[0], wiki.pages([title[1]])[title[1]].title) if wiki else title
