"""What can be wrong with a message file, found before a reader finds it."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from importlib import resources
from pathlib import Path

from oabot.i18n.catalogue import COMPLETE
from oabot.i18n.message import Message, parse
from oabot.i18n.plural import plural

ALLOWED_TAGS = frozenset({"code", "nowiki", "bdi"})
_PAIRS = (("[", "]"), ("(", ")"), ("（", "）"), ("「", "」"), ("“", "”"), ("«", "»"), ("{", "}"))
_QUOTES_ASIDE = {"de": ("„", "“"), "pl": ("„", "”")}
_TAG = re.compile(r"<(/?)([a-z]+)>")
_NO_MARKUP = re.compile(r"\[\[|''|<")
PLAIN_PREFIX = "oabot-summary-"
"""Messages that go where no wikitext is read, but for `oabot-summary-note`."""


def faults() -> Iterator[str]:
    """Every fault in every message file, one sentence each."""
    english, documented = messages("en"), messages("qqq")
    for key in sorted(english.keys() ^ documented.keys()):
        yield f"{key}: {'has no documentation in qqq' if key in english else 'is documented but not in en'}"
    for key in sorted(english.keys() & documented.keys()):
        yield from _undocumented_params(key, english[key], documented[key])
    for code in codes():
        yield from _file_faults(code, messages(code), english)


def codes() -> list[str]:
    """The languages that have a file."""
    names = (file.name for file in resources.files("oabot.i18n").iterdir() if file.name.endswith(".json"))
    return sorted(name.removesuffix(".json") for name in names if name not in ("qqq.json", "fallbacks.json"))


def messages(code: str) -> dict[str, str]:
    """The texts of one file. Raises: `ValueError` when a key is in it twice."""
    text = resources.files("oabot.i18n").joinpath(f"{code}.json").read_text(encoding="utf-8")
    content: dict[str, str] = json.loads(text, object_pairs_hook=_without_doubles)
    content.pop("@metadata", None)
    return content


def unused(*sources: Path) -> list[str]:
    """Keys that no Python file in these folders names.

    Keys that are put together count by their stem (``oabot-class-…``), or by what comes after ``oabot-``.
    """
    code = "\n".join(file.read_text(encoding="utf-8") for source in sources for file in sorted(source.rglob("*.py")))
    stems = tuple(set(re.findall(r"[\"'](?:oabot-)?([a-z-]+-)(?=[{\"'])", code)))
    words = set(re.findall(r"[\"'](?:oabot-)?([a-z-]+)[\"']", code))
    short = {key: key.removeprefix("oabot-") for key in messages("en")}
    return [key for key, name in short.items() if name not in words and not name.startswith(stems)]


def unheard(source: Path) -> list[str]:
    """Keys that the code asks for by name and English doesn't have."""
    code = "\n".join(file.read_text(encoding="utf-8") for file in sorted(source.rglob("*.py")))
    asked = set(re.findall(r"\.(?:say|plain)\(\s*[\"'](oabot-[a-z-]+)[\"']", code))
    return sorted(asked - messages("en").keys())


def message_faults(code: str, key: str, text: str, english: str) -> Iterator[str]:
    """What is wrong with one message of a language, against its English text."""
    try:
        message, original = parse(text), parse(english)
    except ValueError as error:
        yield f"{code}: {key}: {error}"
        return
    if missing := original.params - message.params:
        yield f"{code}: {key}: lacks {_dollars(missing)}"
    if superfluous := message.params - original.params:
        yield f"{code}: {key}: has {_dollars(superfluous)}, which English lacks"
    if counted := _counted(message) - _counted(original):
        yield f"{code}: {key}: counts {_dollars(counted)}, which English doesn't, so it may be no number"
    yield from (f"{code}: {key}: {fault}" for fault in (*_plural_faults(code, message), *_markup_faults(code, text)))
    if key.startswith(PLAIN_PREFIX) and _NO_MARKUP.search(text):
        yield f"{code}: {key}: holds markup where none is read"
    if not text.strip() or text != text.strip():
        yield f"{code}: {key}: is empty or has space around it"


def _file_faults(code: str, texts: Mapping[str, str], english: Mapping[str, str]) -> Iterator[str]:
    if code in COMPLETE:
        yield from (f"{code}: {key}: isn't translated" for key in english if key not in texts)
    for key, text in texts.items():
        if key in english:
            yield from message_faults(code, key, text, english[key])
        else:
            yield f"{code}: {key}: isn't a message in English"


def _undocumented_params(key: str, text: str, documentation: str) -> Iterator[str]:
    params = parse(text).params
    if sorted(params) != list(range(1, len(params) + 1)):
        yield f"en: {key}: its parameters aren't numbered from 1 without a gap"
    told = {int(number) for number in re.findall(r"\$([1-9])", documentation)}
    if params != told:
        yield f"qqq: {key}: documents {_dollars(told)}, but the message has {_dollars(params)}"


def _counted(message: Message) -> frozenset[int]:
    return frozenset(choice.index for choice in message.choices)


def _plural_faults(code: str, message: Message) -> Iterator[str]:
    wanted = plural(code).categories
    for choice in message.choices:
        if len(choice.forms) != len(wanted):
            yield f"a PLURAL has {len(choice.forms)} forms, not {len(wanted)} ({', '.join(wanted)})"


def _markup_faults(code: str, text: str) -> Iterator[str]:
    for opening, closing in (*_PAIRS, *([_QUOTES_ASIDE[code]] if code in _QUOTES_ASIDE else [])):
        if _taken_by_own_quotes(code, opening, closing):
            continue
        if text.count(opening) != text.count(closing):
            yield f"{opening} and {closing} don't match"
    if text.count('"') % 2:
        yield 'a " has no partner'
    yield from _tag_faults(text)
    if "{{" in text.replace("{{PLURAL:$", ""):
        yield "holds a template or parser function other than PLURAL"


def _taken_by_own_quotes(code: str, opening: str, closing: str) -> bool:
    """Whether a language uses one of these marks in a pair of its own, so that they can't be counted together."""
    own = _QUOTES_ASIDE.get(code, ())
    return (opening, closing) != own and (opening in own or closing in own)


def _tag_faults(text: str) -> Iterator[str]:
    opened: Counter[str] = Counter()
    for closing, name in _TAG.findall(text):
        opened[name] += -1 if closing else 1
        if name not in ALLOWED_TAGS:
            yield f"holds the tag {name}"
    if any(opened.values()) or _TAG.sub("", text).count("<"):
        yield "holds a tag that isn't opened and closed"


def _dollars(params: Collection[int]) -> str:
    return ", ".join(f"${index}" for index in sorted(params)) or "none"


def _without_doubles(pairs: list[tuple[str, object]]) -> dict[str, object]:
    doubled = [key for key, count in Counter(key for key, _ in pairs).items() if count > 1]
    if doubled:
        raise ValueError(f"more than once: {', '.join(doubled)}")
    return dict(pairs)
