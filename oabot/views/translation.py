"""What statements and notices say of one language: names, links, states; the words that both share."""

from __future__ import annotations

import re
from datetime import datetime
from urllib.parse import urlencode

from oabot.explained import Told
from oabot.i18n import Language
from oabot.i18n.mediawiki import chain
from oabot.statements import CorrectionState, GroupState, State, Statement, Translation
from oabot.views.figures import Figure
from oabot.views.material import Material, Place, page_link
from oabot.wikitext import Wikitext, escape, external, isolate

_CODE = re.compile(r"[a-z]{2,12}(?:-[a-z0-9]{1,12}){0,4}")

_CORRECTIONS = {
    CorrectionState.NONE: "none",
    CorrectionState.DONE: "done",
    CorrectionState.MISSING: "missing",
    CorrectionState.OUTDATED: "outdated",
    CorrectionState.UNMARKED: "unmarked",
}
_GROUPS = {
    GroupState.NOT_MARKED: "not-marked",
    GroupState.UNMARKED: "unmarked",
    GroupState.UNKNOWN: "unknown",
    GroupState.NO_TRANSLATE: "unavailable",
}


def language_name(code: str) -> Wikitext:
    """A language's own name, which the wiki knows."""
    if not _CODE.fullmatch(code):
        return isolate(escape(code), direction="ltr")
    return isolate(Wikitext(f"{{{{#language:{code}}}}}"), lang=code)


def begun(translation: Translation) -> bool:
    """Whether anything is translated, so that there is a page to read."""
    return bool(translation.translated or translation.fuzzy)


def readers_translation(statement: Statement, code: str) -> Translation:
    """The translation that readers of a language are served best with: their own or one in another variant of it.

    Where there is none yet, their own, not started.
    """
    there = {each.language: each for each in statement.translations}
    variants = [code, *(one for one in chain(code) if one.partition("-")[0] == code.partition("-")[0])]
    found = [there[one] for one in variants if one in there and begun(there[one])]
    if found:
        return max(found, key=lambda one: (one.state is State.COMPLETE, one.percent))
    if code in there:
        return there[code]
    total = max((each.total for each in statement.translations), default=0)
    correction = CorrectionState.MISSING if statement.corrections else CorrectionState.NONE
    state = State.NOT_STARTED if statement.group is GroupState.MARKED else State(statement.group.value)
    return Translation(code, total, 0, 0, state, correction)


def is_source(statement: Statement, code: str) -> bool:
    """Whether readers of that language have no need of a translation."""
    return code.partition("-")[0] == statement.source_language.partition("-")[0]


def short_name(told: Told) -> str:
    """A statement's shortcut, or its title where it has none."""
    return told.statement.id if told.statement.id.isascii() and told.statement.id.isupper() else told.statement.title


def display_title(statement: Statement, code: str) -> Wikitext:
    """What the page is called in a language, or in its own."""
    titles = dict(statement.titles)
    variants = (one for one in (code, *chain(code)) if one.partition("-")[0] == code.partition("-")[0])
    found = next((one for one in variants if one in titles), None)
    return isolate(escape(titles[found]), found) if found else isolate(escape(statement.title))


def statement_link(material: Material, title: str, text: Wikitext) -> Wikitext:
    """A link to a page of the central wiki, where statements are."""
    return page_link(material, material.central, title, text)


def help_link(material: Material, place: Place, statement: Statement, code: str) -> Wikitext:
    """A link to where one language of a statement is translated (Special:Translate)."""
    base = material.addresses.get(material.central)
    words = place.language.say("oabot-translation-help")
    if base is None:
        return words
    query = {"title": "Special:Translate", "group": f"page-{statement.title}", "language": code, "action": "page"}
    return external(f"{base}/w/index.php?{urlencode(query)}", words)


def group_state(statement: Statement, language: Language) -> Wikitext | None:
    """Why a statement can't be translated, or that its newest text can't; None when there is nothing to say."""
    if statement.group in _GROUPS:
        return language.say(f"oabot-translation-{_GROUPS[statement.group]}")
    return language.say("oabot-translation-source-newer") if statement.source_is_newer else None


def progress(now: Translation, language: Language) -> Wikitext:
    """How much is translated: complete, not started, or a percentage."""
    if now.state is State.NOT_STARTED:
        return language.say("oabot-translation-not-started")
    if now.state in {State.COMPLETE, State.SOURCE_NEWER}:
        return language.say("oabot-translation-complete")
    return language.say("oabot-percent", now.percent)


def units(now: Translation, language: Language) -> Wikitext:
    """So many of so many units."""
    return language.say("oabot-translation-partial", now.translated, now.total)


def correction(now: Translation, language: Language) -> Wikitext:
    """Whether the correction can be read; empty when that isn't known."""
    found = _CORRECTIONS.get(now.correction)
    return language.say(f"oabot-translation-correction-{found}") if found else Wikitext("")


def cause(shown: Figure, language: Language) -> Wikitext | None:
    """Why there is less than there was, if the source is why."""
    return _dated("oabot-translation-fell", shown.fell, language)


def outdated_since(shown: Figure, language: Language) -> Wikitext | None:
    """Since when what is outdated has been so."""
    return _dated("oabot-translation-outdated-since", shown.outdated_since, language)


def _dated(key: str, time: datetime | None, language: Language) -> Wikitext | None:
    return language.say(key, language.date(time)) if time else None
