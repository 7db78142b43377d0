"""What MediaWiki knows of a language, frozen: its fallback chain, direction, digits and order of a date.

``fallbacks.json`` says which version it was taken from. Languages that it doesn't name fall back to English, run from
left to right and write dates as English does, as in MediaWiki.
"""

from __future__ import annotations

import functools
import json
from importlib import resources
from typing import Any, Literal

Direction = Literal["ltr", "rtl"]

ENGLISH = "en"


def canonical(code: str) -> str:
    """The code that MediaWiki has for a language today: ``be-x-old`` is ``be-tarask``, ``zh-HK`` is ``zh-hk``."""
    lower = code.lower().replace("_", "-")
    return str(_frozen()["aliases"].get(lower, lower))


def chain(code: str) -> tuple[str, ...]:
    """The language and those that stand in for it, best first; always ends in English.

    As LocalisationCache does it: the chain of a language is what its own messages file says, and nothing more.
    """
    first = canonical(code)
    rest = [other for other in _frozen()["fallbacks"].get(first, ()) if other != ENGLISH]
    return (first, *rest, ENGLISH) if first != ENGLISH else (ENGLISH,)


def direction(code: str) -> Direction:
    """Which way the language runs; a script named in an unknown code (``xx-arab``) isn't guessed at."""
    return "rtl" if canonical(code) in _frozen()["rtl"] else "ltr"


@functools.lru_cache(maxsize=1024)
def has_own_digits(code: str) -> bool:
    """Whether MediaWiki may write numbers of this language in other digits than 0-9."""
    return canonical(code) in _frozen()["own_digits"]


def date_format(code: str) -> str:
    """The order of a date, such as ``{j} {F} {Y}``: the field names are codes of #time."""
    return str(_frozen()["dates"].get(canonical(code), "{j} {F} {Y}"))


@functools.cache
def _frozen() -> dict[str, Any]:
    text = resources.files("oabot.i18n").joinpath("fallbacks.json").read_text(encoding="utf-8")
    frozen: dict[str, Any] = json.loads(text)
    return frozen
