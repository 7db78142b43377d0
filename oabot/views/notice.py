"""The state of one statement's translation for a wiki's readers; empty when nothing is missing."""

from __future__ import annotations

from collections.abc import Iterator

from oabot.statements import CorrectionState, GroupState, State, Statement
from oabot.views import translation
from oabot.views.figures import Figure, attribute, figure
from oabot.views.material import Draft, Material, Place, local_link
from oabot.views.parameters import Filters, unknown_statement
from oabot.wikitext import Wikitext

PARAMETERS = ("statement", "lang")
REQUIRED = ("statement",)

_STYLE = "border: 1px solid var(--border-color-base, #a2a9b1); padding: 0.5em 1em; margin: 0.5em 0"


def render_notice(filters: Filters, material: Material, place: Place) -> Draft:
    """What readers of the page's language can't read yet, and where to help. Raises: `SourceError`, `Problem`."""
    told = material.named(filters.statement)
    if told is None:
        known = map(translation.short_name, material.told())
        raise unknown_statement(filters.statement, known, place.language)
    code = place.language.code
    if translation.is_source(told.statement, code):
        return Draft(Wikitext(""), news="oabot-summary-emptied")
    now = translation.readers_translation(told.statement, code)
    shown = figure(told.statement, now, place.shown)
    sentences = list(_sentences(told.statement, shown, material, place))
    if not sentences:
        return Draft(Wikitext(""), news="oabot-summary-emptied")
    if told.statement.group is GroupState.MARKED and now.state is not State.SOURCE_NEWER:
        sentences.append(translation.help_link(material, place, told.statement, now.language))
    return Draft(_box(sentences, shown, material, place), news="oabot-summary-translation")


def _sentences(statement: Statement, shown: Figure, material: Material, place: Place) -> Iterator[Wikitext]:
    """What is missing, the worst last, so that it stands alone at the end."""
    say = place.language.say
    now = shown.translation
    title = translation.display_title(statement, place.language.code)
    link = translation.statement_link(material, statement.title, title)
    name = translation.language_name(now.language)
    if statement.group is not GroupState.MARKED:
        yield say("oabot-notice-not-marked", link)
        return
    if now.state is State.NOT_STARTED:
        yield say("oabot-notice-not-started", link, name)
        return
    if now.fuzzy:
        yield say("oabot-notice-outdated", link, name, now.fuzzy)
    if now.translated + now.fuzzy < now.total:
        yield say("oabot-notice-partial", link, name, now.translated, now.total)
    if said := translation.cause(shown, place.language):
        yield Wikitext(f"<small>{said}</small>")
    if now.correction in {CorrectionState.MISSING, CorrectionState.UNMARKED}:
        yield Wikitext(f"'''{say('oabot-notice-correction')}'''")
    if now.correction is CorrectionState.OUTDATED:
        yield Wikitext(f"'''{translation.correction(now, place.language)}'''")
    if statement.source_is_newer:
        yield say("oabot-notice-source-newer", link)


def _box(sentences: list[Wikitext], shown: Figure, material: Material, place: Place) -> Wikitext:
    language = place.language
    about = local_link(material, place, "About", language.say("oabot-header-about"))
    return Wikitext(
        f'<div class="oabot oabot-notice plainlinks" lang="{language.text_code}" dir="{language.text_direction}"'
        f' style="{_STYLE}"{attribute(shown)}>\n{" ".join(sentences)}<br><small>{about}</small>\n</div>'
    )
