"""Statements and how far each is translated: for each a table of languages, those of the affected first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from oabot.explained import Told
from oabot.statements import CorrectionState, GroupState, Translation, order_languages
from oabot.views import translation
from oabot.views.figures import Figure, attribute, figure
from oabot.views.frame import framed
from oabot.views.material import Draft, Material, Place
from oabot.views.parameters import Filters, unknown_statement
from oabot.wikitext import Cell, Column, Row, Wikitext, escape, table

PARAMETERS = ("statement", "lang")


def render_statements(filters: Filters, material: Material, place: Place) -> Draft:
    """Every statement, or the one asked for. Raises: `SourceError`, `Problem`."""
    told = material.told()
    if filters.statement:
        found = material.named(filters.statement)
        if found is None:
            raise unknown_statement(filters.statement, map(translation.short_name, told), place.language)
        told = (found,)
    parts = [_statement(one, material, place) for one in told]
    body = Wikitext("\n".join(parts)) if parts else place.language.say("oabot-empty-statements")
    return Draft(framed(body, material, place), news="oabot-summary-translation")


def _statement(told: Told, material: Material, place: Place) -> Wikitext:
    """One statement: what it is called, what holds for all languages, and its tables."""
    statement, language = told.statement, place.language
    title = translation.display_title(statement, language.code)
    heading = translation.statement_link(material, statement.title, title)
    facts = [
        language.say(
            "oabot-labelled",
            language.say("oabot-translation-source"),
            translation.language_name(statement.source_language),
        )
    ]
    if said := translation.group_state(statement, language):
        facts.append(Wikitext(f"'''{said}'''"))
    opening = f'<div class="oabot-statement" id="{escape(statement.id)}" style="margin-top: 1em">'
    head = f"{opening}'''{heading}'''<br><small>{' · '.join(facts)}</small></div>"
    tables = _tables(told, material, place) if statement.group is GroupState.MARKED else ()
    return Wikitext("\n".join([head, *tables]))


def _tables(told: Told, material: Material, place: Place) -> Iterable[Wikitext]:
    """Languages of the communities concerned, then those that are asked for; the rest can be unfolded."""
    statement = told.statement
    there = {each.language: figure(statement, each, place.shown) for each in statement.translations}
    for code in told.affected:
        if code not in there and code != statement.source_language:
            nothing = translation.readers_translation(statement, code)
            there[code] = figure(statement, nothing, place.shown)
    rest = [code for code, one in there.items() if translation.begun(one.translation)]
    order = [code for code in order_languages(told.affected, statement.priority, rest) if code in there]
    groups = {
        "affected": [code for code in order if code in told.affected],
        "priority": [code for code in order if code in statement.priority and code not in told.affected],
        "other": [code for code in order if code not in {*told.affected, *statement.priority}],
    }
    for name, codes in groups.items():
        if codes:
            yield _table(told, name, [there[code] for code in codes], material, place)


def _table(told: Told, group: str, rows: Sequence[Figure], material: Material, place: Place) -> Wikitext:
    say = place.language.say
    columns = ["language", "translated"]
    if any(one.translation.fuzzy for one in rows):
        columns.append("outdated")
    if any(one.translation.correction not in {CorrectionState.NONE, CorrectionState.UNKNOWN} for one in rows):
        columns.append("correction")
    name = Wikitext(f"<bdi>{escape(translation.short_name(told))}</bdi>")
    caption = say("oabot-labelled", name, say(f"oabot-translation-{group}"))
    headings = [Column(say(f"oabot-column-{name}"), heads_rows=name == "language") for name in columns]
    folded = ""
    if group == "other":  # then the caption is left, which says what there is to unfold, in one line
        folded, caption = "mw-collapsible mw-collapsed", Wikitext(f'style="white-space: nowrap" | {caption}')
    return table(caption, headings, [Row(_cells(told, one, columns, material, place)) for one in rows], folded)


def _cells(told: Told, shown: Figure, columns: Sequence[str], material: Material, place: Place) -> list[Cell]:
    now = shown.translation
    cells = {
        "language": _language(told, shown, material),
        "translated": Cell(_translated(told, shown, material, place), sort=f"{now.percent:03}"),
        "outdated": Cell(_outdated(shown, place), sort=f"{now.fuzzy:04}"),
        "correction": Cell(_correction(now, place)),
    }
    return [cells[name] for name in columns]


def _language(told: Told, shown: Figure, material: Material) -> Cell:
    """The language's name, which leads to the translation where there is one; it holds the figure."""
    now = shown.translation
    name = translation.language_name(now.language)
    if translation.begun(now):
        name = translation.statement_link(material, f"{told.statement.title}/{now.language}", name)
    code = f"<small><bdi>{escape(now.language)}</bdi></small>"
    return Cell(Wikitext(f"<span{attribute(shown)}>{name}</span> {code}"), sort=now.language)


def _translated(told: Told, shown: Figure, material: Material, place: Place) -> Wikitext:
    now, language = shown.translation, place.language
    small = [translation.units(now, language)] if translation.begun(now) else []
    if said := translation.cause(shown, language):
        small.append(said)
    if now.translated < now.total:
        small.append(translation.help_link(material, place, told.statement, now.language))
    below = f"<br><small>{'<br>'.join(small)}</small>" if small else ""
    return Wikitext(f"{translation.progress(now, language)}{below}")


def _outdated(shown: Figure, place: Place) -> Wikitext:
    if not shown.translation.fuzzy:
        return Wikitext("")
    said = place.language.say("oabot-translation-outdated", shown.translation.fuzzy)
    since = translation.outdated_since(shown, place.language)
    return Wikitext(f"{said}<br><small>{since}</small>") if since else said


def _correction(now: Translation, place: Place) -> Wikitext:
    """What readers miss most is set in bold."""
    said = translation.correction(now, place.language)
    return Wikitext(f"'''{said}'''") if now.correction is CorrectionState.MISSING else said
