"""The page ``Data.json``: every case without a name, under CC0. Its schema is ``docs/data.schema.json``."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from oabot.exports.records import Record
from oabot.i18n import language

VERSION = 1
"""Of the schema; it changes when a field's meaning does, or one goes."""

LICENCE = "CC0-1.0"

_HEX = {"<": "\\u003C", ">": "\\u003E", "&": "\\u0026"}


def data(found: Iterable[Record]) -> dict[str, Any]:
    """What the page holds. `found` bears no names here, whatever the operator wants in the report."""
    english = language("en")
    notes = ("oabot-data-licence", "oabot-data-no-names", "oabot-foot-judgement", "oabot-data-copies")
    return {
        "version": VERSION,
        "licence": LICENCE,
        "notes": [english.plain(key) for key in notes],
        "cases": [case(record) for record in found],
    }


def case(record: Record) -> dict[str, Any]:
    """One case; what it doesn't have is left out."""
    fields = {
        "id": record.id,
        "opened": record.opened,
        "class": record.action_class,
        "wiki": record.wiki,
        "status": record.status,
        "since": record.since,
        "expires": record.expires,
        "statements": list(record.statements),
        "entries": list(record.entries),
    }
    return {name: value for name, value in fields.items() if value}


def page_text(content: dict[str, Any]) -> str:
    """The text as MediaWiki keeps it (JsonContent::beautifyJSON), so that the page has just our bytes."""
    text = json.dumps(content, ensure_ascii=False, indent="\t")
    return "".join(_HEX.get(char, char) for char in text)


def says(text: str, content: dict[str, Any]) -> bool:
    """Whether a page's text holds just that, however it is laid out."""
    try:
        return bool(json.loads(text) == content)
    except (ValueError, RecursionError):
        return False
