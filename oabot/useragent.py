"""How we name ourselves to servers, so that their operators can reach ours.

https://foundation.wikimedia.org/wiki/Policy:Wikimedia_Foundation_User-Agent_Policy
"""

from __future__ import annotations

from typing import Final

from oabot.errors import ConfigError

PROJECT: Final = "https://www.mediawiki.org/wiki/Manual:Pywikibot"
"""What the bot is made with, for who wonders what it is; the contact says whose it is."""


def user_agent(contact: str, version: str) -> str:
    """Name the program and the people who answer for it.

    `contact` is a wiki page's address or an e-mail address. Raises: `ConfigError` when it is neither, or could
    not stand in an HTTP header.
    """
    contact = contact.strip()
    if not contact.isascii() or not contact.isprintable() or set(contact) & set("(){} ;"):
        raise ConfigError("contact: an e-mail address or a page's address in ASCII, without spaces or brackets")
    if not contact.startswith("https://") and "@" not in contact:
        raise ConfigError("contact: an e-mail address, or a page's address that starts with https://")
    return f"oabot/{version} ({contact}; {PROJECT})"
