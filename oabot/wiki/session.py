"""Pywikibot, set up from our own values: no user-config.py, nothing asked on a terminal, nothing secret in a log."""

from __future__ import annotations

import atexit
import hashlib
import importlib
import logging
import os
import shutil
import tempfile
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from oabot.errors import AccountRefused, ConfigError
from oabot.wiki.transport import BoundedAdapter

Foreign = Any
"""What Pywikibot gives; it ships no types that a strict check takes."""
_TALKATIVE: Final = ("pywiki", "urllib3", "oauthlib", "requests_oauthlib", "requests")
"""Loggers that at DEBUG write passwords, tokens and whole requests."""


@dataclass(frozen=True, slots=True)
class BotPassword:
    """A password from Special:BotPasswords."""

    suffix: str
    """Its name there: the part of the login name after the ``@``."""
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class OAuth:
    """The four values of an owner-only OAuth 1.0a consumer."""

    consumer_key: str = field(repr=False)
    consumer_secret: str = field(repr=False)
    access_key: str = field(repr=False)
    access_secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Access:
    """As whom we talk to wikis."""

    account: str
    secret: BotPassword | OAuth | None
    """None reads without an account; every save is refused then."""
    user_agent: str
    folder: Path | None = None
    """Where Pywikibot keeps cookies and what it knows of wikis; a private one that goes with the process if None."""

    @property
    def secrets(self) -> tuple[str, ...]:
        """The values that no page may hold."""
        if isinstance(self.secret, OAuth):
            return (self.secret.consumer_secret, self.secret.access_key, self.secret.access_secret)
        return (self.secret.password,) if self.secret else ()


class Session:
    """Pywikibot, ready. There is one in a process, as Pywikibot's configuration is global."""

    def __init__(self, access: Access, adapter: BoundedAdapter) -> None:
        self.access = access
        self.adapter = adapter

    def site(self, dbname: str, api_url: str) -> Foreign:
        """Give Pywikibot's site for that wiki, logged in if we have an account. Asks the wiki.

        Raises: `AccountRefused`, and what Pywikibot and the transport raise.
        """
        import pywikibot

        if isinstance(self.access.secret, OAuth):
            # By host, so that no other server ever sees the tokens.
            secret = self.access.secret
            tokens = (secret.consumer_key, secret.consumer_secret, secret.access_key, secret.access_secret)
            pywikibot.config.authenticate[urlsplit(api_url).netloc] = tokens
        family = _family(dbname, api_url)
        site = pywikibot.Site(code=family.name, fam=family, user=self.access.account)
        if self.access.secret is not None and not site.logged_in():
            log_in(site)
            if not site.logged_in():
                raise AccountRefused("login-failed")
        return site


def log_in(site: Foreign) -> None:
    """Log in anew. Raises: Pywikibot's ``NoUsernameError``."""
    # Pywikibot would use the login token of the session before, with which nobody can log in.
    site.tokens.clear()
    site.login()


def configure(access: Access) -> Session:
    """Load Pywikibot and give it our values. Raises: `ConfigError` when it doesn't take them."""
    folder = _folder(access.folder)
    # Pywikibot runs the first user-config.py it finds, in the working folder too. It finds this one.
    (folder / "user-config.py").touch(mode=0o600)
    # Once it has a process number, it fails without this file.
    (folder / "throttle.ctrl").touch(mode=0o600)
    os.environ.update(PYWIKIBOT_DIR=str(folder), PYWIKIBOT_NO_USER_CONFIG="2")
    pywikibot = importlib.import_module("pywikibot")
    http = importlib.import_module("pywikibot.comms.http")
    wanted = _settings(access, folder)
    for name, value in wanted.items():
        if not hasattr(pywikibot.config, name):
            raise ConfigError(f"this version of Pywikibot has no setting {name}")
        setattr(pywikibot.config, name, value)
    pywikibot.config.authenticate.clear()
    _silence(pywikibot)
    adapter = BoundedAdapter()
    http.session.close()
    for scheme in ("https://", "http://"):
        http.session.mount(scheme, adapter)
    _check(pywikibot, http, wanted)
    return Session(access, adapter)


def at_work(api_url: str) -> frozenset[str]:
    """The templates by which that wiki says that a page isn't to be edited now, as far as Pywikibot knows them."""
    from pywikibot.family import Family

    language, _, domain = urlsplit(api_url).netloc.partition(".")
    if domain != "wikipedia.org":
        return frozenset()
    family = Family.load("wikipedia")
    return frozenset(family.get_edit_restricted_templates(language)) | frozenset(
        family.get_archived_page_templates(language)
    )


def _settings(access: Access, folder: Path) -> dict[str, Any]:
    return {
        "base_dir": str(folder),
        "family": "wikipedia",
        "mylang": "test",
        "usernames": defaultdict(dict, {"*": {"*": access.account}}),
        "password_file": _password_file(access, folder),
        "user_agent_format": access.user_agent,
        "put_throttle": 0,  # our pace is kept where pages are published
        "minthrottle": 0,
        "max_retries": 0,  # we try again ourselves, within a deadline
        "retry_wait": 1,
        "retry_max": 1,
        "socket_timeout": (10, 45),  # the transport has its own
        "write_maxlag": 5,
        "read_maxlag": 5,
        "solve_captcha": False,
        "cosmetic_changes": False,
        "ignore_bot_templates": False,
        "simulate": False,
        "log": [],
        "debug_log": [],
        "verbose_output": 0,
    }


def _check(pywikibot: Foreign, http: Foreign, wanted: dict[str, Any]) -> None:
    """What Pywikibot will really use, seen from its own side."""
    for name, value in wanted.items():
        if getattr(pywikibot.config, name) != value:
            raise ConfigError(f"Pywikibot doesn't keep the setting {name}")
    if http.user_agent() != wanted["user_agent_format"]:
        raise ConfigError("Pywikibot doesn't use our User-Agent")


def _folder(given: Path | None) -> Path:
    if given is None:
        folder = Path(tempfile.mkdtemp(prefix="oabot-pywikibot-"))
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        return folder
    given.mkdir(mode=0o700, parents=True, exist_ok=True)
    state = given.stat()
    if state.st_uid != os.getuid() or state.st_mode & 0o077:
        raise ConfigError("Pywikibot's folder has to be ours alone (mode 700): it holds cookies and what is run")
    return given.resolve()


def _password_file(access: Access, folder: Path) -> str | None:
    """Pywikibot logs in again by itself when a session ends; for that it wants the password in a file."""
    if not isinstance(access.secret, BotPassword):
        return None
    path = folder / "password.py"
    path.touch(mode=0o600)
    path.chmod(0o600)
    secret = access.secret
    path.write_text(f"({access.account!r}, BotPassword({secret.suffix!r}, {secret.password!r}))\n", encoding="utf-8")
    return str(path)


def _family(dbname: str, api_url: str) -> Foreign:
    """A family of one wiki, so that an address and a dbname are all there is to know of it."""
    from pywikibot.family import SingleSiteFamily

    address = urlsplit(api_url)
    if address.scheme not in ("http", "https") or not address.path.endswith("/api.php"):
        raise ConfigError(f"{dbname}: an API address is https://HOST/PATH/api.php")
    folder = address.path.removesuffix("/api.php")
    made = {
        # Pywikibot keeps one site for each name, and allows letters and digits only.
        "name": "wiki" + hashlib.sha256(f"{dbname} {api_url}".encode()).hexdigest()[:16],
        "domain": address.netloc,
        # Pywikibot looks at the parameter's name.
        "protocol": lambda _, code: address.scheme,  # noqa: ARG005 - one wiki, one scheme
        "scriptpath": lambda _, code: folder,  # noqa: ARG005 - one wiki, one folder
    }
    return type("OneWiki", (SingleSiteFamily,), made)()


class _NoTerminal:
    """Pywikibot's user interface: nobody is there to be asked, and what it says names people."""

    def argvu(self) -> list[str]:
        return []

    def flush(self) -> None:
        pass

    def init_handlers(self, logger: logging.Logger, **_: object) -> None:
        logger.addHandler(logging.NullHandler())

    def output(self, *_: object, **__: object) -> None:
        pass

    def input(self, *_: object, **__: object) -> str:
        raise AccountRefused("login-failed")

    def input_choice(self, *_: object, **__: object) -> str:
        raise AccountRefused("login-failed")

    def input_list_choice(self, *_: object, **__: object) -> str:
        raise AccountRefused("login-failed")


def _silence(pywikibot: Foreign) -> None:
    pywikibot.bot.ui = _NoTerminal()
    pywikibot.bot.init_handlers()
    own = logging.getLogger("pywiki")
    # What Pywikibot has to say comes to us as exceptions; its log lines name accounts and pages.
    own.handlers[:] = [logging.NullHandler()]
    own.propagate = False
    for name in _TALKATIVE:
        logger = logging.getLogger(name)
        logger.setLevel(max(logger.level, logging.INFO))
