"""Outside text made inert: whatever it holds, a wiki shows it and does nothing with it.

The encoder was measured against MediaWiki's pre-save transform and parser. ``html.escape`` lets most
wikitext through, and ``<nowiki>`` ends at the text's own ``</nowiki>``; character references do neither.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING, NewType
from unicodedata import is_normalized

if TYPE_CHECKING:
    Wikitext = NewType("Wikitext", str)
else:
    Wikitext = str  # which takes half as long to call, and a row of a table has many
"""Markup that we made, or outside text that went through `escape`."""

_JOINERS = frozenset({0x200C, 0x200D})
"""ZWNJ and ZWJ: Cf, but names in Persian, Bengali and other scripts are spelt with them."""

_LINE_BREAKS = frozenset(map(ord, "\t\n\v\f\r\x1c\x1d\x1e\x1f\x85\u2028\u2029"))

_ACTIVE = (
    [c for c in map(chr, range(0x21, 0x7F)) if not c.isalnum() and c not in ".,()/@$^"]
    # Japanese double underscores and redirects may be written full width (MessagesJa.php).
    + [c for c in map(chr, range(0xFF01, 0xFF5F)) if not c.isalnum()]
    # Sanitizer::armorFrenchSpaces changes the space beside these.
    + list("«»‹›")
)

_MAGIC_LINK = re.compile("RFC|PMID|ISBN")
"""Words that Parser::handleMagicLinks links when a number follows."""

_SUMMARY_MARKUP = re.compile(r"(?<=\[)(?=\[)|(?<=/)(?=\*)")
_REFERENCE = re.compile(r"&(?=#?\w+;)")
_SUMMARY_LIMIT = 500
"""What MediaWiki keeps of a summary (CommentStore::COMMENT_CHARACTER_LIMIT)."""


class _Kept(dict[int, int | None]):
    """A `str.translate` table: line breaks become spaces, what can't be seen is dropped."""

    def __missing__(self, code: int) -> int | None:
        kept = self._judge(code)
        if code <= 0xFFFF:  # the cache stays small whatever is thrown at it
            self[code] = kept
        return kept

    @staticmethod
    def _judge(code: int) -> int | None:
        if code in _LINE_BREAKS:
            return 0x20
        if code in _JOINERS or unicodedata.category(chr(code))[0] != "C":
            return code
        return None


class _Encoded(dict[str, str]):
    """What each character becomes; it learns what it leaves alone, because a call costs more than finding it."""

    def __missing__(self, character: str) -> str:
        if character <= "\uffff":
            self[character] = character
        return character


_KEPT = _Kept()
_ENTITIES = _Encoded({c: f"&#{ord(c)};" for c in _ACTIVE})
_entity = _ENTITIES.__getitem__
_SPACES = re.compile("  +")


def clean(text: str, limit: int | None = None) -> str:
    """Outside text as a reader shall see it: one line, NFC, nothing invisible but ZWJ and ZWNJ.

    Control, format (so also bidi overrides), surrogate, private and unassigned characters are dropped;
    line breaks and runs of spaces become one space; more than `limit` characters end in an ellipsis.
    The result is plain text, not markup: `escape` makes it wikitext.
    """
    if not _is_shown(text):
        text = _SPACES.sub(" ", text.translate(_KEPT)).strip()
    kept = unicodedata.normalize("NFC", text)
    if limit is not None and len(kept) > limit:
        kept = kept[: max(limit - 1, 0)].rstrip() + "…"
    return kept


@lru_cache(maxsize=1024)  # a table says the same wikis, performers and notes again and again
def escape(text: str, limit: int | None = None) -> Wikitext:
    """Any outside text as inert wikitext that displays as `clean` gives it.

    Safe as a cell, list item, heading, template parameter, link text and quoted attribute value, at the
    start of a line too. Not for edit summaries: MediaWiki decodes references there before it links.
    """
    if not text:
        return Wikitext(text)
    ascii_only = text.isascii()
    words = text.replace(" ", "").isalnum()
    if (
        # As `_is_shown`, without the call; letters and digits are printable.
        not (words or text.isprintable())
        or "  " in text
        or text.strip(" ") != text
        or (limit is not None and len(text) > limit)
        or not (ascii_only or is_normalized("NFC", text))
    ):
        text = clean(text, limit)
        words = text.replace(" ", "").isalnum()
    if not words:
        text = "".join(map(_entity, text))  # str.translate, which takes longer
        if not ascii_only and text and unicodedata.category(text[0])[0] == "M":
            # NFC would melt it into our own markup before it: ``>`` and U+0338 are one character, no tag's end.
            text = _reference(text[0]) + text[1:]
    if "RFC" in text or "PMID" in text or "ISBN" in text:
        text = _MAGIC_LINK.sub(lambda m: _reference(m[0][0]) + m[0][1:], text)
    return Wikitext(text)


def _is_shown(text: str) -> bool:
    """Whether `clean` would give it back as it is, but for NFC: what isn't printable may have to go."""
    return text.isprintable() and "  " not in text and text.strip(" ") == text


def in_summary(text: str, limit: int = _SUMMARY_LIMIT) -> str:
    """Outside text for an edit summary: no link, no section link; cut at `limit` characters.

    CommentParser decodes character references before it links, so `escape` is no use there: markup is broken
    by a ZWNJ instead, and what looks like a reference is shown as it was written.
    """
    return clean(_SUMMARY_MARKUP.sub("\u200c", _REFERENCE.sub("&amp;", clean(text))), limit)


def isolate(text: Wikitext, lang: str | None = None, direction: str | None = None) -> Wikitext:
    """The text in a ``<bdi>``, so that its direction and the page's don't reorder each other.

    `lang` is a language code, `direction` is ``ltr``, ``rtl`` or ``auto``; ValueError for anything else.
    """
    attributes = language(lang, direction) if lang or direction else ""
    return Wikitext(f"<bdi{attributes}>{text}</bdi>")


@lru_cache(maxsize=256)
def language(lang: str | None, direction: str | None) -> str:
    """The attributes `lang` and `dir`, each with a space before it; ValueError unless they are well formed."""
    attributes = ""
    if lang:
        if not re.fullmatch(r"[A-Za-z]{2,}(?:-[A-Za-z0-9]+)*", lang):
            raise ValueError("lang must be a language code")
        attributes += f' lang="{lang}"'
    if direction:
        if direction not in ("ltr", "rtl", "auto"):
            raise ValueError("direction must be ltr, rtl or auto")
        attributes += f' dir="{direction}"'
    return attributes


def _reference(character: str) -> str:
    return f"&#{ord(character)};"
