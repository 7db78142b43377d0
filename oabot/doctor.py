"""Looks at everything that the bot needs, one line each; a red line says what to do."""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from oabot import rights, stops
from oabot.app import App
from oabot.config import WikiSettings
from oabot.config.settings import credentials
from oabot.errors import ConfigError, LedgerError, OabotError, SourceError, WikiError
from oabot.model import Account
from oabot.publish import Permit
from oabot.seams import Wiki
from oabot.sources.sse import Stream
from oabot.timestamps import parse_timestamp

CLOCK_MAY_DIFFER: Final = timedelta(seconds=30)
_STREAM_SECONDS: Final = 15.0


class Health(enum.StrEnum):
    """How something is."""

    GREEN = "ok"
    YELLOW = "note"
    RED = "red"


@dataclass(frozen=True, slots=True)
class Line:
    """What was looked at, and how it is."""

    what: str
    health: Health
    finding: str
    remedy: str = ""
    """What to do, when it is red."""

    def __str__(self) -> str:
        remedy = f" -> {self.remedy}" if self.remedy else ""
        return f"{self.health.value:4} {self.what}: {self.finding}{remedy}"


def examine(app: App) -> list[Line]:
    """Look at everything. Edits nothing; raises nothing that the bot could stumble over."""
    lines = [*_settings(app), *_database(app), _stream(app)]
    wikis: Mapping[str, Wiki] = {}
    try:
        wikis = app.wikis(save=True)
    except OabotError as problem:
        lines.append(Line("account", Health.RED, str(problem), "set the credentials, then look again"))
    for dbname, settings in app.settings.wikis.items():
        lines += _wiki(app, dbname, settings, wikis.get(dbname))
    return lines


def _settings(app: App) -> Iterator[Line]:
    yield Line("settings", Health.GREEN, f"account {app.settings.account}, {len(app.settings.wikis)} wikis")
    yield _tried("contact", lambda: app.agent, "set `contact` to a page or an e-mail address")
    yield _tried("credentials", _kind_of_login, "set OABOT_BOT_PASSWORD or the four OABOT_OAUTH_ variables")
    approved = [dbname for dbname, wiki in app.settings.wikis.items() if wiki.approval]
    if approved:
        yield Line("approval", Health.GREEN, f"{len(approved)} wikis: {', '.join(approved[:10])}")
    else:
        yield Line("approval", Health.YELLOW, "no wiki has approved the bot: only dry runs")
    if not app.settings.mail_to:
        yield Line("mail", Health.YELLOW, "mail_to is not set: nobody is told of failures")


def _kind_of_login() -> str:
    return "OAuth" if credentials().oauth else "BotPassword"


def _tried(what: str, look: Callable[[], str], remedy: str) -> Line:
    try:
        return Line(what, Health.GREEN, look())
    except ConfigError as problem:
        return Line(what, Health.RED, str(problem), remedy)


def _database(app: App) -> Iterator[Line]:
    try:
        opening = app.ledger.open()
        app.ledger.state.put("doctor", app.clock.now().isoformat())
        turn = app.ledger.lease.turn()
    except LedgerError as problem:
        yield Line("database", Health.RED, str(problem), "see that it is up, reachable and can be written")
        return
    new = ", made new: the logs will be read from their beginning" if opening.made_new else ""
    aside = f", set aside: {opening.set_aside}" if opening.set_aside else ""
    yield Line("database", Health.GREEN, f"can be written{new}{aside}")
    if turn is not None and turn.valid:
        yield Line("lease", Health.GREEN, f"held by {turn.holder} until {turn.expires:%H:%M:%S} UTC")
    else:
        yield Line("lease", Health.YELLOW, "nobody holds it: no bot is running")


def _stream(app: App) -> Line:
    remedy = "see that the address is right and can be reached from here; meanwhile the logs are read hourly"
    try:
        stream = Stream(app.settings.stream, app.agent, app.clock, stall=_STREAM_SECONDS, nap=0.0)
        with stream:
            next(stream.connect({}, {}).batches(), None)
    except (ConfigError, SourceError) as problem:
        return Line("stream", Health.RED, str(problem), remedy)
    return Line("stream", Health.GREEN, "sends")


def _wiki(app: App, dbname: str, settings: WikiSettings, wiki: Wiki | None) -> Iterator[Line]:
    try:
        yield _clock(app, dbname)
    except (SourceError, ConfigError) as problem:
        yield Line(
            dbname, Health.RED, str(problem), "see that the url in the settings is this wiki's, and that it is up"
        )
        return
    if wiki is None:
        return
    try:
        account = wiki.account()
    except (WikiError, SourceError) as problem:
        yield Line(f"{dbname} account", Health.RED, str(problem), "see that the account and its password are right")
        return
    yield from _account(app, dbname, settings, account)
    yield _stop_page(app, dbname, wiki)


def _clock(app: App, dbname: str) -> Line:
    reply = app.apis[dbname].get(action="query", meta="siteinfo", siprop="general", curtimestamp=True)
    found = reply.get("query", {}).get("general", {}).get("wikiid")
    if found != dbname:
        return Line(dbname, Health.RED, "another wiki answers at its url", "correct the url in the settings")
    theirs = parse_timestamp(str(reply.get("curtimestamp"))) or datetime.min.replace(tzinfo=UTC)
    apart = abs(app.clock.now() - theirs)
    if apart > CLOCK_MAY_DIFFER:
        return Line(f"{dbname} clock", Health.RED, f"{apart.total_seconds():.0f} s apart", "set this machine's clock")
    return Line(dbname, Health.GREEN, "answers, and its clock agrees")


def _account(app: App, dbname: str, settings: WikiSettings, account: Account) -> Iterator[Line]:
    what = f"{dbname} account"
    if account.name != app.settings.account:
        yield Line(what, Health.RED, "another account is logged in", "set `account` to the one of the credentials")
        return
    if account.blocked:
        yield Line(what, Health.RED, "it is blocked", "ask there; the bot rests on this wiki until it is unblocked")
        return
    if dangerous := rights.check_account(account):
        yield Line(what, Health.RED, f"it has rights that it must not have: {', '.join(dangerous)}", rights.REMEDY)
        return
    if "edit" not in account.rights:
        yield Line(what, Health.RED, "it may not edit", "grant editing to its password or consumer")
        return
    if dbname == app.settings.central and "editmyuserjson" not in account.rights:
        remedy = 'grant "Edit your user CSS/JSON/JavaScript" to its password or consumer'
        yield Line(what, Health.RED, "it may not edit its own JSON page, Data.json", remedy)
        return
    flagged = "bot" in account.rights or "bot" in account.groups
    if settings.flagged and not flagged:
        yield Line(what, Health.RED, "it has no bot flag", "ask for the flag, or set `flagged = false`")
    elif flagged and not settings.flagged:
        yield Line(what, Health.YELLOW, "it has the bot flag, and the settings say `flagged = false`")
    else:
        yield Line(what, Health.GREEN, "logged in, with the rights that it needs and no dangerous ones")


def _stop_page(app: App, dbname: str, wiki: Wiki) -> Line:
    what, wanted = f"{dbname} stop page", stops.titles(app.settings.account)
    try:
        pages = wiki.pages(wanted)
        authors = sorted({page.user for page in pages.values() if page.user})
        reason = stops.stop(pages, wiki.users(authors), wanted, Permit(approved=True).groups)
    except (WikiError, SourceError) as problem:
        return Line(what, Health.RED, str(problem), "see that it can be read")
    if reason is None:
        return Line(what, Health.GREEN, "says run")
    if reason.code == "unreadable":
        return Line(what, Health.RED, "it is missing", f"let an admin make {reason.title} with the word run")
    return Line(what, Health.RED, "it stops the bot", f"see {reason.title}: who stopped it, and why")
