"""The messages of one language, as their file has them."""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass, field
from importlib import resources

from oabot.i18n.message import Message, parse

COMPLETE = (
    *("ar", "bn", "de", "en", "es", "fa", "fr", "he", "hi", "id", "it", "ja"),
    *("ko", "pl", "pt", "ru", "tr", "uk", "vi", "zh-hans", "zh-hant"),
)
"""The languages in which every message is kept."""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The messages of one file."""

    code: str
    reviewed: bool
    """Whether a speaker of the language has read them all."""
    texts: dict[str, str]
    _parsed: dict[str, Message] = field(default_factory=dict, compare=False, repr=False)

    def message(self, key: str) -> Message | None:
        """The message, or None when it isn't translated; taken apart when it is first asked for."""
        if key not in self._parsed and key in self.texts:
            self._parsed[key] = parse(self.texts[key])
        return self._parsed.get(key)


@functools.cache
def catalogue(code: str) -> Catalogue | None:
    """The messages of a language, or None when there is no file."""
    file = resources.files("oabot.i18n").joinpath(f"{code}.json")
    if not code.replace("-", "").isalnum() or not file.is_file():
        return None
    content: dict[str, object] = json.loads(file.read_text(encoding="utf-8"))
    about = content.pop("@metadata", None)
    if not isinstance(about, dict):
        return None
    return Catalogue(code, about.get("reviewed") is True, {key: str(text) for key, text in content.items()})
