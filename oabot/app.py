"""Wires it all; the only place that builds anything."""

from __future__ import annotations

import functools
import logging
import secrets
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from oabot import __version__, communityconfig, rules
from oabot.clock import EndingClock, SystemClock
from oabot.config import Credentials, OnWikiConfig, Settings
from oabot.config.settings import credentials
from oabot.errors import ConfigError, LeaseLost
from oabot.known import Known, know
from oabot.ledger import Held, Ledger
from oabot.model import CommitteeTotals, Edit
from oabot.rules import Rules
from oabot.seams import Wiki
from oabot.useragent import user_agent

# What makes pages is imported where it is built: a bot that only listens does without.
if TYPE_CHECKING:
    from collections.abc import Callable

    from oabot.control import Control
    from oabot.correspondences import Around, Remembered
    from oabot.discussions import Discussions
    from oabot.errands import Errands
    from oabot.explained import Followed
    from oabot.officeposts import OfficePosts
    from oabot.pipeline import Pipeline
    from oabot.sources.api import Api
    from oabot.wiki import BotPassword, OAuth

log = logging.getLogger(__name__)


class App:
    """The bot as one process has it; nothing is built before it is asked for."""

    def __init__(
        self, settings: Settings, onwiki: OnWikiConfig | None = None, clock: EndingClock | None = None
    ) -> None:
        """`onwiki` is the community's config as far as it is known; its actors replace the operator's."""
        self.settings, self._onwiki = settings, onwiki
        self.clock = clock or SystemClock()
        self.rules = _rules(settings, onwiki)

    @functools.cached_property
    def followed(self) -> list[Followed]:
        """The statements that are followed."""
        if not (self._onwiki and self._onwiki.statements):
            return []
        from oabot import explanations

        return explanations.followed(self._onwiki.statements)

    @functools.cached_property
    def _remembered(self) -> Remembered:
        from oabot.correspondences import Remembered

        return Remembered()

    @functools.cached_property
    def ledger(self) -> Ledger:
        """The database of the settings."""
        return Ledger(self.settings.database, self.clock)

    @functools.cached_property
    def agent(self) -> str:
        """Our User-Agent. Raises: `ConfigError` when the settings name no contact."""
        if not self.settings.contact:
            raise ConfigError(
                "contact: wikis want to know whom to write to; give a page or an address in the settings,"
                " by OABOT_CONTACT or by --contact"
            )
        return user_agent(self.settings.contact, __version__)

    @property
    def secrets(self) -> tuple[str, ...]:
        """Every value that must not get out: of the account, and in the database's address."""
        given = _optional_credentials()
        parts = urlsplit(self.settings.database)
        return (
            *(given.secrets if given else ()),
            *([unquote(parts.password), parts.password] if parts.password else ()),
        )

    @property
    def statement_pages(self) -> tuple[str, ...]:
        """Titles on the central wiki of the statements that are followed."""
        return tuple(followed.page for followed in self.followed)

    @functools.cached_property
    def apis(self) -> Mapping[str, Api]:
        """A reader of each wiki, without an account."""
        from oabot.sources.api import Api, Bounds

        bounds = Bounds(deadline=self.settings.request_deadline)
        return {
            dbname: Api(wiki.api, dbname, self.agent, self.clock, bounds)
            for dbname, wiki in self.settings.wikis.items()
        }

    def pipeline(
        self, wikis: Mapping[str, Wiki], ledger: Ledger | None = None, since: datetime | None = None
    ) -> Pipeline:
        """The pipeline over these wikis; `since` bounds how far back performers' logs are read the first time."""
        from oabot import explanations
        from oabot.contents import Contents
        from oabot.homes import Homes
        from oabot.ingest import Ingest
        from oabot.pipeline import Pipeline
        from oabot.presence import Presence
        from oabot.sources.attached import worth_reading
        from oabot.sources.logevents import LogEvents
        from oabot.translations import Translations

        ledger = ledger or self.ledger
        sources = {dbname: LogEvents(api) for dbname, api in self.apis.items()}
        central = self.apis[self.settings.central]
        worth = functools.partial(worth_reading, central)
        ingest = Ingest(sources, ledger, self.rules, self.clock, self.settings.central, since, worth=worth)
        presence, homes = Presence(central, ledger), Homes(central, ledger, self.clock)
        translations = Translations(central, ledger, self.clock, self.followed)

        def ask_about(title: str) -> list[Callable[[], object]]:
            name = title.removeprefix("User:").partition("@")[0]
            of_account = [functools.partial(presence.ask_early, name)] if title.startswith("User:") else []
            return [translations.ask_early, *of_account]

        contents = Contents(
            self.settings,
            self.rules,
            ledger,
            ingest,
            self.clock,
            explain=lambda cases: explanations.read(cases, self.settings.wikis, translations, homes),
            absent=lambda cases, anew: presence.absent(cases, anew=anew),
            around=self._around(wikis),
        )
        return Pipeline(contents, ledger, ingest, wikis, self.clock, ask_about=ask_about)

    def _around(self, wikis: Mapping[str, Wiki]) -> Around:
        """The public record around the cases, as the community's config wants it."""
        from oabot.correspondences import Around, Correspondences

        onwiki = self._onwiki or OnWikiConfig()
        groups = communityconfig.annotation_groups(self.settings.central, onwiki)["note"]
        letters = Correspondences(wikis, self.settings, groups, self._remembered)
        committee = tuple(CommitteeTotals(**dict(one)) for one in onwiki.committee)
        posts = functools.partial(self.office_posts.read, [actor.name for actor in self.rules.actors.office])
        return Around(letters.read, self.discussions.resolve, posts, committee)

    @functools.cached_property
    def office_posts(self) -> OfficePosts:
        """What the Office wrote on talk pages, asked for once a day."""
        from oabot.officeposts import OfficePosts

        return OfficePosts(self.apis[self.settings.central], self.clock)

    @functools.cached_property
    def discussions(self) -> Discussions:
        """Where discussions are now, asked for once a day."""
        from oabot.discussions import Discussions

        addresses = {dbname: wiki.url for dbname, wiki in self.settings.wikis.items()}
        return Discussions(self.apis, addresses, self.settings.central, self.clock)

    def under(self, settings: Settings, onwiki: OnWikiConfig) -> App:
        """The same process by other settings and another config of the community."""
        other = App(settings, onwiki, self.clock)
        for name in ("ledger", "apis", "discussions", "office_posts", "_remembered"):
            other.__dict__[name] = getattr(self, name)
        return other

    def known(self) -> Known:
        """All that the ledger holds, judged as the community last wanted it. Raises: `LedgerError`."""
        held = set(self.ledger.erasures.held())
        entries = self.ledger.observations.entries()
        return know(entries, self.rules_in_force, self.clock.now(), left_out=held)

    @property
    def rules_in_force(self) -> Rules:
        """The rules with the actors of the community's config as it was last read. Raises: `LedgerError`."""
        return _rules(self.settings, self._given or communityconfig.kept(self.ledger).onwiki)

    @property
    def _given(self) -> OnWikiConfig | None:
        """The config that the operator gives in place of the community's."""
        return None if self._onwiki == OnWikiConfig() else self._onwiki

    def control(self, wikis: Mapping[str, Wiki]) -> Control:
        """What people want of runs on these wikis, and what they are told."""
        from oabot.control import Control

        def build(over: Mapping[str, Wiki], settings: Settings, onwiki: OnWikiConfig) -> Pipeline:
            return self.under(settings, onwiki).pipeline(over)

        return Control(self.settings, wikis, self.ledger, self.clock, build, onwiki=self._given)

    def errands(self, control: Control) -> Errands:
        """What people ask for on-wiki."""
        from oabot.errands import Errands
        from oabot.requestedruns import RequestedRuns

        return Errands(control, RequestedRuns(control, self.new_run), self.new_run)

    def wikis(self, only: Collection[str] = (), *, save: bool) -> Mapping[str, Wiki]:
        """The wikis with our account, which Pywikibot is loaded for; the central one is always among them.

        Raises: `ConfigError` when there are no credentials though it is to save.
        """
        from oabot.wiki import Access, LiveWiki, configure

        secret = credentials() if save else _optional_credentials()
        session = configure(Access(self.settings.account, _secret(secret), self.agent))
        deadline = self.settings.request_deadline
        chosen = {self.settings.central, *only} if only else set(self.settings.wikis)
        return {
            dbname: LiveWiki(session, dbname, wiki.api, clock=self.clock, deadline=deadline)
            for dbname, wiki in self.settings.wikis.items()
            if dbname in chosen
        }

    def dry(self, wikis: Mapping[str, Wiki], on_edit: Callable[[str, Edit, str], None]) -> Mapping[str, Wiki]:
        """The same wikis, but what would be saved goes to `on_edit` with its diff."""
        from oabot.dryrun import DryRunWiki

        return {dbname: DryRunWiki(wiki, functools.partial(on_edit, dbname)) for dbname, wiki in wikis.items()}

    @contextmanager
    def lease(self) -> Iterator[Held]:
        """Hold the lease while we may save. Raises: `LeaseLost` when another process has it."""
        from oabot.scheduler.turn import Turn

        turn = Turn(self.ledger)
        held = turn.take()
        if held is None:
            raise LeaseLost("another process of the bot holds the lease; stop it, or wait until its turn is over")
        turn.keep()
        try:
            yield held
        finally:
            turn.end()

    def new_run(self) -> str:
        """An id for a run: when it began, and a word against doubles."""
        return f"{self.clock.now():%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"


def _rules(settings: Settings, onwiki: OnWikiConfig | None) -> Rules:
    """The community's actors, if it names any, take the place of the operator's."""
    return rules.load(onwiki.actors if onwiki and onwiki.actors else settings.actors)


def _optional_credentials() -> Credentials | None:
    try:
        return credentials()
    except ConfigError:
        return None


def _secret(given: Credentials | None) -> BotPassword | OAuth | None:
    from oabot.wiki import BotPassword, OAuth

    if given is None:
        return None
    if given.oauth:
        return OAuth(*given.oauth)
    return BotPassword(given.bot_password_name.rpartition("@")[2], given.bot_password)
