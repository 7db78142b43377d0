"""What is raised on purpose.  Messages say what, where and what to do; they carry no name of a person and no secret."""

from __future__ import annotations


class OabotError(Exception):
    """The root of all errors that we raise ourselves."""


class ConfigError(OabotError):
    """The operator's configuration can't be used; the message names the key and what is allowed. Exit 2."""


class InputError(OabotError):
    """A file or row that somebody gave us can't be read; the message names the line."""


class Stopped(OabotError):
    """A stop page, a rest or a lost lease forbids to go on. Exit 3."""


class Resting(Stopped):
    """People want all wikis to be left alone until somebody lets the bot go on. `code` is one of `rests.RESTS`."""

    def __init__(self, wiki: str, code: str) -> None:
        super().__init__(f"{wiki}: resting: {code}")
        self.wiki = wiki
        self.code = code


class SourceError(OabotError):
    """A public source (API, stream) can't be read now; nothing may be concluded from its silence."""


class IncompleteReply(SourceError):
    """A reply lacks a part that it should have; what it does hold must not be taken for all there is."""


class WrongWiki(SourceError):
    """Another wiki answered than the one that was asked."""


class LedgerError(OabotError):
    """The database can't be used now."""


class LeaseLost(Stopped):
    """Another process holds the lease, or ours ended; nothing may be saved."""


class SourceRefused(SourceError):
    """A wiki's API refused a question that we read by. `code` is the API's own error code."""

    def __init__(self, code: str, dbname: str) -> None:
        super().__init__(f"{dbname}: {code}")
        self.code = code


class RegionError(OabotError):
    """A page's regions are malformed; the page is left alone. `code` is a message key for the journal."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail


class WikiError(OabotError):
    """A wiki refused something. `code` is the API's own error code."""

    def __init__(self, code: str, message: str = "") -> None:
        super().__init__(f"{code}: {message}" if message else code)
        self.code = code


class EditConflict(WikiError):
    """The page has another revision than the one that was read; read again."""


class PageRefused(WikiError):
    """This page can't be saved (protected, filtered, blacklisted, nobots, too big): skip it, tell people."""


class WikiRests(WikiError):
    """This wiki can't be edited for now (read-only, lag, rate limit, server errors): try again later."""


class AccountRefused(WikiError):
    """Our account may not edit (blocked, locked, logged out, another account): rest until people act."""
