"""Page titles as MediaWiki writes them, as far as the fake wiki needs it."""

from __future__ import annotations

import re
import unicodedata

NAMESPACES = {
    "": 0, "talk": 1, "user": 2, "user talk": 3, "project": 4, "project talk": 5, "file": 6, "file talk": 7,
    "mediawiki": 8, "mediawiki talk": 9, "template": 10, "template talk": 11, "help": 12, "help talk": 13,
    "category": 14, "category talk": 15, "special": -1, "media": -2,
}  # fmt: skip
LOCAL = {
    "en": {1: "Talk", 2: "User", 3: "User talk", 4: "Meta", 5: "Meta talk", 8: "MediaWiki", 10: "Template"},
    "ru": {1: "Обсуждение", 2: "Участник", 3: "Обсуждение участника", 8: "MediaWiki", 10: "Шаблон"},
    "zh": {1: "Talk", 2: "User", 3: "User talk", 8: "MediaWiki", 10: "Template"},
    "fa": {1: "بحث", 2: "کاربر", 3: "بحث کاربر", 8: "مدیاویکی", 10: "الگو"},
}
INTERWIKI = frozenset({"m", "meta", "ru", "zh", "commons", "c", "fa"})
_ILLEGAL = re.compile(r"[#<>\[\]|{}\x00-\x1f\x7f\ud800-\udfff]|%[0-9A-Fa-f]{2}|~~~|(?:^|/)\.\.?(?:/|$)")
_UNSEEN = dict.fromkeys(map(ord, "\u200e\u200f\u202a\u202b\u202c\u202d\u202e"))


class NoTitle(ValueError):
    """Not the title of a page that this wiki could have."""


def canonical(written: str, language: str) -> tuple[str, int]:
    """The title as the wiki writes it, and its namespace. Raises: `NoTitle`."""
    if any(character in "\n\r\0\x1f" or "\ud800" <= character <= "\udfff" for character in written):
        raise NoTitle(written)
    title = unicodedata.normalize("NFC", written).translate(_UNSEEN).replace("_", " ")
    title = " ".join(title.partition("#")[0].split()).removeprefix(":").strip()
    before, colon, after = title.partition(":")
    if colon and before.strip().lower() in INTERWIKI:
        raise NoTitle(written)
    namespace = _namespace(before.strip(), language) if colon else 0
    name = after.strip() if namespace else title
    if not name or _ILLEGAL.search(name) or len(name.encode()) > 255 or namespace < 0:
        raise NoTitle(written)
    name = name[0].upper() + name[1:]
    prefix = LOCAL[language].get(namespace, "")
    return (f"{prefix}:{name}" if namespace else name), namespace


def _namespace(prefix: str, language: str) -> int:
    local = {name.lower(): number for number, name in LOCAL[language].items()}
    return {**NAMESPACES, **local}.get(prefix.lower(), 0)
