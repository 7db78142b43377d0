"""Discussions that people linked: where a link leads, and whether its section is still there.

Pages move and sections are archived; a link to a section is resolved by the section's title.
"""

from __future__ import annotations

import enum
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlsplit

from oabot import names

_HEADING = re.compile(r"^(={1,6})[ \t]*(.+?)[ \t]*\1[ \t]*(?:<!--.*?-->[ \t]*)*$", re.MULTILINE)
_UNSEEN = re.compile(r"<!--.*?-->|<nowiki\b[^>]*>.*?</nowiki>|<pre\b[^>]*>.*?</pre>", re.DOTALL | re.IGNORECASE)
_MARKUP = re.compile(r"'{2,}|</?[a-zA-Z][^<>]*>")
_LINK = re.compile(r"\[\[:?(?:[^\[\]|]*\|)?([^\[\]|]*)\]\]")
_DOTTED = re.compile(r"(?:\.[0-9A-F]{2})+")
_FAMILIES = {"m": "metawiki", "meta": "metawiki", "c": "commonswiki", "commons": "commonswiki", "w": "wiki"}


class LinkState(enum.StrEnum):
    """What became of a linked discussion."""

    THERE = "there"
    LOST = "lost"
    """The page is there, its section isn't, nor in an archive."""
    MISSING = "missing"
    """There is no such page."""


@dataclass(frozen=True, slots=True)
class Link:
    """What a link as people wrote it names."""

    wiki: str
    """dbname."""
    title: str
    section: str = ""


@dataclass(frozen=True, slots=True)
class Resolved:
    """Where a discussion is now."""

    wiki: str
    title: str
    section: str
    state: LinkState


def read_link(written: str, here: str, addresses: Mapping[str, str]) -> Link | None:
    """The page and section that an address or a link of the wiki `here` names.

    None for a wiki that isn't among `addresses` (dbname -> ``https://HOST``), and for what names no page.
    """
    if re.match(r"https?://", written):
        return _from_address(written, addresses)
    page, _, section = written.partition("#")
    wiki, rest = here, page.strip().lstrip(":").strip()
    while ":" in rest:
        prefix, _, after = rest.partition(":")
        found = _wiki(prefix.strip().lower(), wiki, addresses)
        if found is None:
            break
        wiki, rest = found, after.strip().lstrip(":")
    title = names.title(rest)
    return Link(wiki, title, anchor(section)) if title and wiki in addresses else None


def _wiki(prefix: str, here: str, addresses: Mapping[str, str]) -> str | None:
    """The wiki behind an interwiki prefix: a family's letter, a language, a dbname."""
    if prefix in addresses:
        return prefix
    if prefix in _FAMILIES:
        found = _FAMILIES[prefix]
        return found if found in addresses else here if prefix == "w" else None
    by_language = f"{prefix.replace('-', '_')}wiki"
    return by_language if by_language in addresses else None


def _from_address(written: str, addresses: Mapping[str, str]) -> Link | None:
    parts = urlsplit(written)
    wiki = next((dbname for dbname, url in addresses.items() if urlsplit(url).netloc == parts.netloc), None)
    title = parts.path.removeprefix("/wiki/") if parts.path.startswith("/wiki/") else ""
    title = title or (parse_qs(parts.query).get("title") or [""])[0]
    if wiki is None or not title:
        return None
    return Link(wiki, names.title(unquote(title)), anchor(parts.fragment))


def anchor(text: str) -> str:
    """A section's title out of the part of a link after ``#``, however it is encoded."""
    return names.title(unquote(text, errors="replace"))


def has_section(text: str, section: str) -> bool:
    """Whether a page's wikitext has a section that the anchor names."""
    wanted = {section, _undotted(section)}
    return any(wanted & {title, f"{title} {number}"} for title, number in _sections(text))


def _sections(text: str) -> list[tuple[str, int]]:
    """(title as shown, which one of that title), in the page's order."""
    counted: Counter[str] = Counter()
    found = []
    for heading in _HEADING.finditer(_UNSEEN.sub("", text)):
        title = names.title(_MARKUP.sub("", _LINK.sub(r"\1", heading[2])))
        counted[title] += 1
        found.append((title, counted[title]))
    return found


def _undotted(section: str) -> str:
    """An anchor in MediaWiki's older encoding (``.D0.9F`` for П; Sanitizer::escapeIdInternal, mode html4)."""

    def decoded(found: re.Match[str]) -> str:
        return bytes.fromhex(found[0].replace(".", "")).decode("utf-8", "replace")

    return names.title(_DOTTED.sub(decoded, section))
