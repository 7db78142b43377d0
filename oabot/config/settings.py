"""The operator's settings: which wikis, which account, where the ledger is. Secrets come from the environment only."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from oabot import rules, wikimedia
from oabot.errors import ConfigError

ENVIRONMENT = "OABOT_SETTINGS"
"""The variable that names the settings file; without it ``oabot.toml`` in the working directory, if it is there."""


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class WikiSettings(_Section):
    """One wiki that the bot reads, and edits if it is approved there."""

    url: str = ""
    """``https://HOST``; left out, the dbname's Wikimedia address."""
    language: str = ""
    approval: str = ""
    """Link to the approval; without it there are only dry runs."""
    flagged: bool = False
    news_marked_bot: bool = False
    drafts: tuple[str, ...] = ()
    """Languages whose unreviewed translation this wiki accepts."""
    pace: Annotated[float, Field(ge=0)] | None = None
    """Seconds between saves; left out, 10 where the account is flagged and 60 where it isn't."""
    template_opening: str = "Office actions"
    template_closing: str = "Office actions end"
    template_note: str = "Office action note"
    template_request: str = "Office action request"
    template_letters: str = "Office actions letters"

    @property
    def api(self) -> str:
        """The address of its API."""
        return f"{self.url}/w/api.php"

    @property
    def seconds_between_saves(self) -> float:
        """The pace that holds."""
        return self.pace if self.pace is not None else (10.0 if self.flagged else 60.0)


class Settings(_Section):
    """All that the operator settles, without a secret."""

    account: str = "OATransparencyBot"
    contact: str = ""
    """A page or address at which the operator is reached; part of the User-Agent."""
    operator: str = ""
    """The operator's account on the central wiki; told on its talk page when the community's config can't be used."""
    central: str = "metawiki"
    database: str = "sqlite:///oabot.sqlite"
    settle_hours: Annotated[float, Field(ge=0)] = 6.0
    saves_per_run: Annotated[int, Field(ge=0)] = 30
    request_deadline: Annotated[float, Field(gt=0, le=50)] = 45.0
    """Seconds for one request or save, however often it is tried; shorter than a turn of the lease."""
    stream: str = wikimedia.STREAM
    report_names: bool = False
    """Whether the report for the web names accounts and pages."""
    heartbeat: str = ""
    """Where the heartbeat file is; left out, in the system's folder for temporary files."""
    mail_to: str = ""
    mail_host: str = "mail.tools.wmcloud.org:25"
    actors: dict[str, Any] = {}
    wikis: dict[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{1,62}$")], WikiSettings] = {}

    @model_validator(mode="after")
    def _complete(self) -> Settings:
        wikis = {dbname: _addressed(dbname, wiki) for dbname, wiki in self.wikis.items()}
        object.__setattr__(self, "wikis", wikis or {self.central: _addressed(self.central, WikiSettings())})
        if urlsplit(self.database).path.endswith("_p"):
            raise ValueError("database: everybody can read a ToolsDB database whose name ends in _p; give it another")
        if self.central not in self.wikis:
            raise ValueError(f"wikis: the central wiki {self.central} is missing")
        try:
            rules.load(self.actors)
        except ConfigError as problem:
            raise ValueError(str(problem)) from problem
        return self

    def reading(self, wikis: Sequence[str], contact: str = "") -> Settings:
        """The same for reading only these wikis (none: all), and the central one. Raises: `ConfigError`."""
        chosen = dict.fromkeys((self.central, *wikis)) if wikis else self.wikis
        found = {dbname: self.wikis.get(dbname) or _addressed(dbname, WikiSettings()) for dbname in chosen}
        return self.model_copy(update={"wikis": found, "contact": contact or self.contact})

    def page(self, name: str) -> str:
        """The title of one of the account's own pages, such as ``Run`` or ``Config.json``."""
        return f"User:{self.account}/{name}"


class Credentials(BaseModel):
    """How the account logs in; never shown, logged or saved."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    bot_password_name: str = Field("", repr=False)
    bot_password: str = Field("", repr=False)
    oauth: tuple[str, str, str, str] | None = Field(None, repr=False)
    """Consumer key and secret, access key and secret of an owner-only OAuth 1.0a consumer."""

    @property
    def secrets(self) -> tuple[str, ...]:
        """Every value that must not get out."""
        return tuple(value for value in (self.bot_password, *(self.oauth or ())) if value)


def load_settings(path: str | Path | None = None, environment: Mapping[str, str] | None = None) -> Settings:
    """The settings from a TOML file, with OABOT_ACCOUNT, OABOT_CONTACT and OABOT_DATABASE of the environment over it.

    Raises: `ConfigError` naming the file and the key.
    """
    environment = os.environ if environment is None else environment
    named = path or environment.get(ENVIRONMENT) or ""
    file = Path(named or "oabot.toml")
    data = _toml(file) if named or file.exists() else {}
    for key in ("account", "contact", "database", "heartbeat", "mail_to"):
        if value := environment.get(f"OABOT_{key.upper()}"):
            data[key] = value
    try:
        return Settings.model_validate(data)
    except ValidationError as problem:
        lines = [f"{'.'.join(map(str, one['loc'])) or 'settings'}: {one['msg']}" for one in problem.errors()[:5]]
        raise ConfigError(f"{file}: {'; '.join(lines)}") from None


def credentials(environment: Mapping[str, str] | None = None) -> Credentials:
    """The account's credentials: OABOT_BOT_PASSWORD (``name:secret``) or the four OABOT_OAUTH_… variables.

    Raises: `ConfigError` when there are none, or half of them.
    """
    environment = os.environ if environment is None else environment
    keys = [f"OABOT_OAUTH_{part}" for part in ("CONSUMER_KEY", "CONSUMER_SECRET", "ACCESS_KEY", "ACCESS_SECRET")]
    oauth = [environment.get(key, "") for key in keys]
    if all(oauth):
        return Credentials(oauth=(oauth[0], oauth[1], oauth[2], oauth[3]))
    if any(oauth):
        missing = ", ".join(key for key in keys if not environment.get(key))
        raise ConfigError(f"of the OAuth variables these are missing: {missing}")
    name, colon, secret = environment.get("OABOT_BOT_PASSWORD", "").partition(":")
    if not (name and colon and secret):
        raise ConfigError("no credentials: set OABOT_BOT_PASSWORD to NAME:SECRET, or the four OABOT_OAUTH_ variables")
    return Credentials(bot_password_name=name, bot_password=secret)


def _toml(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as problem:
        raise ConfigError(f"{file}: {problem.strerror}; copy oabot.toml.sample or name another file") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise ConfigError(f"{file}: {problem}") from None


def _addressed(dbname: str, wiki: WikiSettings) -> WikiSettings:
    if wiki.url:
        return wiki.model_copy(update={"url": wiki.url.rstrip("/"), "language": wiki.language or "en"})
    known = wikimedia.address(dbname)
    return wiki.model_copy(update={"url": known.url, "language": wiki.language or known.language})
