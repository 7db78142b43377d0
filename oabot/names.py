"""Names of accounts and titles of pages, compared as MediaWiki compares them, and no further.

Only the first letter's case and ``_`` for a space are not significant. Look-alikes (homoglyphs, full-width or
zero-width characters) are other names.
"""

from __future__ import annotations

import ipaddress
import re
import unicodedata

USER_NAMESPACES = frozenset({2, 3})
"""Namespace numbers of user pages and their talk pages, on every wiki."""

_SPACES = re.compile(r"[ _\u00a0\u1680\u180e\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+")
_STAFF_SUFFIXES = (" (WMF)", "-(WMF)", "-WMF")
_HALVES = re.compile("[\ud800-\udfff]")
_IP_LIKE = re.compile(r"\d{1,3}\.\d{1,3}\.\d{1,3}\.(?:\d{1,3}|xxx)(?:/\d{1,2})?", re.IGNORECASE)
_CONFUSABLE = str.maketrans("013авеѕіјкмнорстухԝωιοɑıł", "oleabesijkmhopctyxwwioail")
_GEORGIAN = range(0x10D0, 0x1100)


def title(text: str) -> str:
    """A title with MediaWiki's spaces, in NFC (MediaWikiTitleCodec::splitTitleString), and without half characters."""
    whole = _HALVES.sub("\ufffd", _SPACES.sub(" ", text))
    return unicodedata.normalize("NFC", whole).strip(" ")


def account(text: str) -> str:
    """An account's name as MediaWiki keeps it: a title with a capital first letter."""
    name = title(text)
    first = name[:1].upper()
    # Wikimedia keeps Georgian letters as they are, and letters such as ß have no single capital.
    if len(first) != 1 or ord(name[0]) in _GEORGIAN:
        return name
    return first + name[1:]


def without_namespace(text: str) -> str:
    """What follows the first colon; the whole text when there is none."""
    return text.split(":", 1)[-1]


def is_ip(name: str) -> bool:
    """Whether the name is an IP address or range, in any form that MediaWiki takes for one (User::isIP, isExternal)."""
    name = name.strip()
    if _IP_LIKE.fullmatch(name):
        return True
    if ":" not in name and "." not in name:
        return False
    try:
        ipaddress.ip_network(name, strict=False)
    except ValueError:
        return False
    return True


def has_staff_suffix(name: str) -> bool:
    """Whether it ends as only Wikimedia's staff may name accounts."""
    return name.endswith(_STAFF_SUFFIXES)


def root(text: str) -> str:
    """The part of a title before its first slash: of a user subpage, the user."""
    return text.split("/", 1)[0]


def skeleton(name: str) -> str:
    """What an eye sees of a name: equal for names that are made to look alike (UTS 39, for the letters that matter)."""
    seen = unicodedata.normalize("NFKD", name).casefold().translate(_CONFUSABLE)
    return "".join(char for char in seen if char.isalnum()).replace("l", "i")
