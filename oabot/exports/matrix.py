"""Statements and languages as one table: how far each is translated, and whether its correction is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from babel import Locale, UnknownLocaleError

from oabot.explained import Told
from oabot.exports.markup import Html, element, link, table, text
from oabot.i18n import Language
from oabot.statements import State, Translation, order_languages
from oabot.views import Material

_SAID: Mapping[State, str] = {
    State.NO_TRANSLATE: "unavailable",
    State.NOT_MARKED: "not-marked",
    State.UNMARKED: "unmarked",
    State.UNKNOWN_GROUP: "unknown",
    State.NOT_STARTED: "not-started",
    State.CORRECTION_NOT_TRANSLATED: "correction-missing",
    State.CORRECTION_OUTDATED: "correction-outdated",
    State.SOURCE_NEWER: "source-newer",
    State.COMPLETE: "complete",
}


def matrix(material: Material, language: Language) -> Html:
    """A row a language, a column a statement; nothing where no statement is known. Raises: `SourceError`."""
    told = material.told()
    codes = order_languages(
        (code for one in told for code in one.affected),
        [code for one in told for code in one.statement.priority],
        (each.language for one in told for each in one.statement.translations if each.translated or each.fuzzy),
    )
    if not codes:
        return Html("")
    headings = [text(language.plain("oabot-column-language")), *(_heading(one, material) for one in told)]
    rows = ([_name(code), *(_cell(one, code, language) for one in told)] for code in codes)
    return table(text(language.plain("oabot-caption-statements")), headings, rows, id="matrix")


def _heading(told: Told, material: Material) -> Html:
    base = material.addresses.get(material.central, "")
    address = f"{base}/wiki/{told.statement.title.replace(' ', '_')}" if base else ""
    return link(address, element("bdi", text(told.statement.id)))


def _cell(told: Told, code: str, language: Language) -> Html:
    found = next((each for each in told.statement.translations if each.language == code), None)
    if code == told.statement.source_language:
        return text(language.plain("oabot-translation-source"))
    if found is None:
        return text(language.plain("oabot-translation-not-started"))
    units = language.plain("oabot-translation-partial", found.translated, found.total)
    return Html(f"{text(units)}<br>{text(_state(found, language))}")


def _state(found: Translation, language: Language) -> str:
    if found.state is State.OUTDATED:
        return language.plain("oabot-translation-outdated", found.fuzzy)
    if found.state is State.PARTIAL:
        return language.plain("oabot-percent", found.percent)
    return language.plain(f"oabot-translation-{_SAID[found.state]}")


def _name(code: str) -> Html:
    """A language's own name, and its code."""
    parts: Sequence[str] = code.split("-")
    try:
        name = Locale.parse("_".join([parts[0], *(part.title() for part in parts[1:2] if len(part) == 4)])).display_name
    except (UnknownLocaleError, ValueError):
        name = None
    shown = element("bdi", text(name or code), lang=code)
    return Html(f"{shown} <small>{element('bdi', text(code))}</small>") if name else shown
