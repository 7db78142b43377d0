"""What every page is made of, and where a region stands: one data set, so that two pages can't disagree."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import quote

from oabot.answers import Answered
from oabot.errors import SourceError
from oabot.explained import Told, normal
from oabot.i18n import Language
from oabot.letters import Correspondence
from oabot.links import Resolved
from oabot.model import Case, CommitteeTotals, EntryId, TargetKind
from oabot.views.figures import Figures
from oabot.wikitext import Wikitext, escape, external, isolate

LONGEST_WORD = 30
"""Letters of a word in a name; a longer one may be broken, so that it doesn't push a table off the page."""


@dataclass(frozen=True, slots=True)
class Material:
    """Everything that pages may say."""

    cases: tuple[Case, ...]
    addresses: Mapping[str, str]
    """dbname -> ``https://HOST`` of each wiki that can be linked."""
    account: str
    central: str
    contact: str = ""
    """The page where readers ask for a correction; left out, the account's talk page."""
    reach: datetime | None = None
    """The time of the oldest log entry that could be read."""
    homes: Mapping[str, str] = field(default_factory=dict)
    """Account -> dbname of its home wiki, where CentralAuth tells."""
    statements: tuple[Told, ...] = ()
    """What explains cases, and other pages whose translation is followed."""
    statements_read: bool = True
    """Whether all of them could be read."""
    letters: Mapping[tuple[str, str], Correspondence] = field(default_factory=dict)
    """(dbname, title) -> the letters of each page that a region asks for."""
    answers: tuple[Answered, ...] = ()
    """What people say became of letters and their questions."""
    committee: tuple[CommitteeTotals, ...] = ()
    links: Mapping[str, Resolved] = field(default_factory=dict)
    """A discussion as people wrote it -> where it is now, of those that were looked up."""

    def own_page(self, name: str) -> str:
        """The title of one of the account's pages on the central wiki."""
        return f"User:{self.account}/{name}"

    def told(self) -> tuple[Told, ...]:
        """The statements. Raises: `SourceError` unless all could be read: then nothing may be left out for lack of
        them.
        """
        if not self.statements_read:
            raise SourceError("statements and their translations")
        return self.statements

    def explaining(self, case: Case) -> tuple[Told, ...]:
        """The statements that explain a case. Raises: as `told`."""
        return tuple(one for one in self.told() if case.id in one.cases)

    def named(self, name: str) -> Told | None:
        """The statement with that shortcut or title. Raises: as `told`."""
        wanted = normal(name)
        found = (one for one in self.told() if wanted in (normal(one.statement.id), normal(one.statement.title)))
        return next(found, None)


@dataclass(frozen=True, slots=True)
class Place:
    """A region's place: on which wiki and page, and in which language it is read there."""

    wiki: str
    title: str
    language: Language
    shown: Figures = field(default_factory=dict)
    """The states of translations that the region shows now."""
    above: Wikitext | None = None
    """Links to the other parts of a table that stands on several pages."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What a region should say."""

    body: Wikitext
    entries: tuple[EntryId, ...] = ()
    """Every log entry that it shows or relies on; re-read before it is saved."""
    cases: tuple[EntryId, ...] = ()
    """The entries among them that opened a case: one for each row."""
    news: str = ""
    """The key of what an edit summary says when this changes, where it isn't about cases."""
    problem: bool = False
    """Whether it says what is wrong with the set-up instead of what was asked for."""

    @property
    def rows(self) -> int:
        """How many cases it shows."""
        return len(self.cases)


def page_link(material: Material, wiki: str, title: str, text: Wikitext) -> Wikitext:
    """A link to a page of any known wiki; the text alone when the wiki's address isn't known."""
    base = material.addresses.get(wiki)
    if base is None:
        return text
    return external(f"{base}/wiki/{quote(title.replace(' ', '_'), safe='/:#')}", text)


def entry_link(material: Material, place: Place, entry: EntryId, text: Wikitext | None = None) -> Wikitext:
    """A link to a log entry (Special:Redirect/logid); its own words when there is no text."""
    shown = text or place.language.say("oabot-log-entry", Wikitext(f"<bdi>{entry.logid}</bdi>"))
    return page_link(material, entry.wiki, f"Special:Redirect/logid/{entry.logid}", shown)


def own_link(material: Material, name: str, text: Wikitext | None = None) -> Wikitext:
    """A link to one of the account's pages on the central wiki."""
    title = material.own_page(name)
    return page_link(material, material.central, title, text or isolate(escape(title)))


def local_link(material: Material, place: Place, name: str, text: Wikitext) -> Wikitext:
    """A link to one of the account's pages on the region's own wiki, which is in that wiki's language."""
    return page_link(material, place.wiki, material.own_page(name), text)


def target_link(material: Material, case: Case) -> Wikitext:
    """The case's target: an account links to its global account, never to its user page; a page links to itself."""
    name = isolate(escape(case.target.name))
    if max(map(len, case.target.name.split()), default=0) > LONGEST_WORD:
        name = Wikitext(f'<span style="display: inline-block; min-width: 8em; overflow-wrap: anywhere">{name}</span>')
    if case.target.kind is TargetKind.ACCOUNT:
        return page_link(material, material.central, f"Special:CentralAuth/{case.target.name}", name)
    if case.target.kind is TargetKind.PAGE:
        return page_link(material, case.target.scope, case.target.name, name)
    return name
