"""Pages that the Translate extension keeps: nothing of ours is saved there, its next update would undo it."""

from __future__ import annotations

import re

from oabot.model import Page

NAMESPACES = frozenset({1198, 1199})
"""Its units, ``Translations:…``, and their talk pages."""

_LANGUAGE = re.compile(r"[a-z]{2,12}(?:-[a-z0-9]{2,12}){0,3}")
_TRANSLATE = re.compile(r"<translate[\s>]")


def source_title(title: str) -> str | None:
    """The page of which this one may be a translation (``Source/bn``), by its title; None when it can't be one."""
    source, _, last = title.rpartition("/")
    return source if source and _LANGUAGE.fullmatch(last) else None


def is_translation(page: Page, source: Page | None) -> bool:
    """Whether a page is a unit, or a translation of `source`: the page that `source_title` names, read just now.

    A translation page has its language in its title and as its page language, and its source holds ``<translate>``.
    """
    if page.namespace in NAMESPACES:
        return True
    own = page.title.rpartition("/")[2] == page.language
    return own and source is not None and _TRANSLATE.search(source.text) is not None
