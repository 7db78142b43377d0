"""What people wrote into a region's template, checked; every problem is said in the page's language."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from oabot.i18n import Language
from oabot.model import ActionClass, Status
from oabot.timestamps import parse_timestamp
from oabot.wikitext import Wikitext, escape, isolate

COLUMNS = (
    "date", "class", "target", "wiki", "performer", "log", "expires", "status", "statement", "notice", "discussion",
    "note",
)  # fmt: skip
"""The columns of tables of cases, in their usual order."""

STATUSES = {status.value.replace(" ", "-"): status for status in Status}
ROW_LIMIT = 2000

_SHOWN = 80
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{2,10}){0,3}", re.IGNORECASE)


class Problem(Exception):
    """Something in a set-up that can't be used, in words for the page."""

    def __init__(self, text: Wikitext) -> None:
        super().__init__(text)
        self.text = text


@dataclass(frozen=True, slots=True)
class Filters:
    """Which cases a region shows, and how."""

    wikis: frozenset[str] = frozenset()
    classes: frozenset[ActionClass] = frozenset()
    statuses: frozenset[Status] = frozenset()
    since: datetime | None = None
    statement: str = ""
    page: str = ""
    columns: tuple[str, ...] = ()
    limit: int | None = None
    """How many rows at most; None: all, on as many pages as they need."""
    lang: str = ""


def filters(
    given: Mapping[str, str], allowed: Sequence[str], language: Language, required: Iterable[str] = ()
) -> Filters:
    """The parameters of one region. Raises: `Problem` that names the parameter, what is wrong and what is allowed."""
    values: dict[str, object] = {}
    for name, text in given.items():
        if name not in allowed:
            raise Problem(language.say("oabot-setup-unknown-parameter", _quoted(name), _names(language, allowed)))
        if text:
            values[_FIELDS.get(name, name)] = _PARSERS[name](name, text, language)
    for name in required:
        if not given.get(name):
            raise Problem(language.say("oabot-setup-missing-parameter", _quoted(name)))
    return Filters(**values)  # type: ignore[arg-type] # each parser makes its field's type


def unknown_view(view: str, views: Iterable[str], language: Language) -> Problem:
    """The problem of a region that asks for a view that there isn't."""
    return Problem(language.say("oabot-setup-unknown-view", _quoted(view), _names(language, views)))


def unknown_statement(name: str, known: Iterable[str], language: Language) -> Problem:
    """The problem of a region that asks for a statement that there isn't."""
    names = list(known)
    one_of = language.say("oabot-allowed-one", _names(language, names))
    return _bad("statement", name, one_of if names else language.say("oabot-empty-statements"), language)


def _quoted(text: str) -> Wikitext:
    return isolate(escape(text, limit=_SHOWN))


def _names(language: Language, names: Iterable[str]) -> Wikitext:
    return language.join(Wikitext(f"<code>{escape(name)}</code>") for name in names)


def _bad(name: str, text: str, allowed: Wikitext, language: Language) -> Problem:
    return Problem(language.say("oabot-bad-value", _quoted(name), _quoted(text), allowed))


def _list(name: str, text: str, known: Mapping[str, object], language: Language) -> list[object]:
    words = [word.strip().replace("_", "-") for word in text.split(",")]
    if not all(word in known or word.replace("-", "_") in known for word in words):
        raise _bad(name, text, language.say("oabot-allowed-list", _names(language, known)), language)
    return [known[word] if word in known else known[word.replace("-", "_")] for word in words]


def _wikis(name: str, text: str, language: Language) -> frozenset[str]:
    words = frozenset(word.strip() for word in text.split(","))
    if not all(word.replace("_", "").isalnum() and word.isascii() and word[:1].islower() for word in words):
        raise _bad(name, text, language.say("oabot-allowed-wiki", _code("zhwiki")), language)
    return words


def _classes(name: str, text: str, language: Language) -> frozenset[ActionClass]:
    known: dict[str, object] = {value.value: value for value in ActionClass}
    return frozenset(ActionClass(str(one)) for one in _list(name, text, known, language))


def _statuses(name: str, text: str, language: Language) -> frozenset[Status]:
    known: dict[str, object] = {**STATUSES}
    words = text.replace("in force", "in-force")
    return frozenset(Status(str(one)) for one in _list(name, words, known, language))


def _columns(name: str, text: str, language: Language) -> tuple[str, ...]:
    known: dict[str, object] = {column: column for column in COLUMNS}
    return tuple(dict.fromkeys(str(one) for one in _list(name, text, known, language)))


def _since(name: str, text: str, language: Language) -> datetime:
    time = parse_timestamp(f"{text}T00:00:00Z") if len(text) == len("2021-09-13") else None
    if time is None:
        raise _bad(name, text, language.say("oabot-allowed-date", _code("2021-09-13")), language)
    return time


def _limit(name: str, text: str, language: Language) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 6 and 1 <= int(text) <= ROW_LIMIT):
        raise _bad(name, text, language.say("oabot-allowed-number", 1, ROW_LIMIT), language)
    return int(text)


def _lang(name: str, text: str, language: Language) -> str:
    if not _LANGUAGE.fullmatch(text):
        raise _bad(name, text, language.say("oabot-allowed-language", _code("ru")), language)
    return text


def _title(name: str, text: str, language: Language) -> str:
    if len(text.encode()) > 255 or any(char in text for char in "<>[]{}|#\n"):
        raise _bad(name, text, language.say("oabot-allowed-title"), language)
    return text


def _code(text: str) -> Wikitext:
    return Wikitext(f"<code>{escape(text)}</code>")


_FIELDS = {"wiki": "wikis", "class": "classes", "status": "statuses"}
_PARSERS: Mapping[str, Callable[[str, str, Language], object]] = {
    "wiki": _wikis,
    "class": _classes,
    "status": _statuses,
    "since": _since,
    "statement": _title,
    "page": _title,
    "columns": _columns,
    "limit": _limit,
    "lang": _lang,
}
