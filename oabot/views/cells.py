"""One case as the cells of its row: what the log shows, with its link, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from oabot import names
from oabot.explained import Told
from oabot.links import LinkState
from oabot.model import GLOBAL, NEVER, Case, Kind, Status
from oabot.statements import CorrectionState, GroupState
from oabot.timestamps import iso
from oabot.views import translation
from oabot.views.figures import attribute, figure
from oabot.views.material import Material, Place, entry_link, local_link, page_link, target_link
from oabot.wikitext import Cell, Wikitext, escape, isolate

NOTHING = Wikitext("")
UNSIGNED = frozenset({"delete/revision", "delete/event"})
"""Of hidden revisions and log entries only the page and the date are told, not who hid them."""


def class_name(case: Case, place: Place) -> Wikitext:
    """The class of its opening action, in words."""
    return place.language.say(f"oabot-class-{case.action_class.value.replace('_', '-')}")


def status_name(status: Status, place: Place) -> Wikitext:
    """A status in words."""
    return place.language.say(f"oabot-status-{status.value.replace(' ', '-')}")


def date(case: Case, _material: Material, place: Place) -> Cell:
    """When the log has it; beside it the date that people's sources give, where that is another."""
    when = case.opening.timestamp
    text, other = place.language.moment(when), claimed(case, place)
    return Cell(Wikitext(f"{text}<br>{other}") if other else text, sort=iso(when))


def claimed(case: Case, place: Place) -> Wikitext:
    """The date that people's sources give, where the log has another; else nothing."""
    day = next((note.claimed_date for note in case.annotations if note.claimed_date), None)
    if not day or day == case.opening.timestamp.strftime("%Y-%m-%d"):
        return NOTHING
    said = place.language.say("oabot-claimed-date", isolate(escape(day)))
    return Wikitext(f"<small>{said}</small>")


def action(case: Case, _material: Material, place: Place) -> Cell:
    """What it is; of rights, which groups."""
    name = class_name(case, place)
    if case.kind is not Kind.RIGHTS:
        return Cell(name)
    return Cell(Wikitext(f"{name}<br><small>{groups(case, place)}</small>"))


def groups(case: Case, place: Place) -> Wikitext:
    """The user groups that were taken, as MediaWiki names them."""
    return place.language.join(isolate(escape(group), direction="ltr") for group in sorted(case.taken))


def target(case: Case, material: Material, _place: Place) -> Cell:
    """To whom or what."""
    return Cell(target_link(material, case), sort=case.target.name)


def wiki(case: Case, _material: Material, place: Place) -> Cell:
    """Where."""
    if case.target.scope == GLOBAL:
        return Cell(place.language.say("oabot-all-wikis"))
    return Cell(isolate(escape(case.target.scope), direction="ltr"))


def performer(case: Case, _material: Material, _place: Place) -> Cell:
    """By which account."""
    name = signer(case)
    return Cell(isolate(escape(name)) if name else NOTHING)


def signer(case: Case) -> str | None:
    """The account to name for it; None where it isn't told."""
    opening = case.opening
    return None if f"{opening.type}/{opening.action}" in UNSIGNED else opening.performer


def log(case: Case, material: Material, place: Place) -> Cell:
    """The log entry, and by which rule it is listed."""
    entry = entry_link(material, place, case.id)
    return Cell(Wikitext(f"{entry}<br>{why(case, material, place)}"), sort=f"{case.id.logid:020}")


def why(case: Case, material: Material, place: Place) -> Wikitext:
    """A link to the rule by which it is listed."""
    link = local_link(material, place, f"Method#{case.rule}", place.language.say("oabot-why"))
    return Wikitext(f"<small>{link}</small>")


def expires(case: Case, _material: Material, place: Place) -> Cell:
    """Until when, for what has a term."""
    if case.expires is None:
        return Cell(NOTHING)
    if case.expires == NEVER:
        return Cell(place.language.say("oabot-never"), sort="9999")
    return Cell(place.language.moment(case.expires), sort=iso(case.expires))


def status(case: Case, material: Material, place: Place) -> Cell:
    """What is left of it, since when, and the entry that shows it."""
    return Cell(status_text(case, material, place), sort=case.status.value)


def status_text(case: Case, material: Material, place: Place) -> Wikitext:
    """The status cell's words."""
    language = place.language
    if case.status is Status.EXPIRED and case.expires is not None:
        return language.say("oabot-status-expired-on", language.date(case.expires))
    entry = next((one for one in case.entries if one.id == case.evidence), None)
    if entry is None or case.status not in (Status.REVERSED, Status.CHANGED):
        return status_name(case.status, place)
    when, see = language.date(entry.timestamp), entry_link(material, place, entry.id)
    parts = [language.say(f"oabot-status-{case.status.value}-on", when, see)]
    if entry.id not in case.actions and not names.has_staff_suffix(entry.performer or ""):
        parts.append(language.say("oabot-by-outsider"))
    if case.status is Status.CHANGED and case.outstanding < case.taken:
        parts.append(language.say("oabot-status-part", len(case.outstanding), len(case.taken)))
    return Wikitext("<br>".join(parts))


def statement(case: Case, material: Material, place: Place) -> Cell:
    """The statements that explain it, and whether readers of the page's language can read them."""
    return notes(_statement(told, material, place) for told in material.explaining(case))


def _statement(told: Told, material: Material, place: Place) -> Wikitext:
    found, language = told.statement, place.language
    name = isolate(escape(translation.short_name(told)))
    link = translation.statement_link(material, found.title, name)
    if translation.is_source(found, language.code) or found.group is not GroupState.MARKED:
        return link
    shown = figure(found, translation.readers_translation(found, language.code), place.shown)
    now = shown.translation
    spoken = translation.language_name(now.language)
    if not translation.begun(now):
        said = language.say("oabot-statement-untranslated", spoken)
        said = Wikitext(f"{said} · {translation.help_link(material, place, found, now.language)}")
    else:
        there = translation.statement_link(material, f"{found.title}/{now.language}", spoken)
        missing = now.correction in {CorrectionState.MISSING, CorrectionState.UNMARKED, CorrectionState.OUTDATED}
        state = translation.correction(now, language) if missing else translation.progress(now, language)
        said = language.say("oabot-statement-translated", there, state)
    return Wikitext(f"{link}<br><small{attribute(shown)}>{said}</small>")


def notice(case: Case, material: Material, _place: Place) -> Cell:
    """Where the local community was told, by people's notes."""
    return notes(_page(material, note.local_notice) for note in case.annotations if note.local_notice)


def discussion(case: Case, material: Material, place: Place) -> Cell:
    """Where people discuss it, by people's notes; a link that leads nowhere any more says so."""
    return notes(_discussion(material, title, place) for note in case.annotations for title in note.discussion)


def _discussion(material: Material, written: str, place: Place) -> Wikitext:
    found = material.links.get(written)
    if found is None:
        return _page(material, written)
    target = f"{found.title}#{found.section}" if found.section else found.title
    link = page_link(material, found.wiki, target, isolate(escape(target, limit=100)))
    if found.state is LinkState.THERE:
        return link
    return Wikitext(f"{link}<br><small>{place.language.say(f'oabot-link-{found.state.value}')}</small>")


def _page(material: Material, title: str) -> Wikitext:
    """A page as the central wiki's links name it; that wiki leads on to the others by their prefixes."""
    return page_link(material, material.central, title, isolate(escape(title, limit=100)))


def notes(texts: Iterable[Wikitext]) -> Cell:
    """What people wrote, one below the other."""
    return Cell(Wikitext("<br>".join(texts)))


def note(case: Case, material: Material, place: Place) -> Cell:
    """Free words of people; shown on the central wiki only."""
    if place.wiki != material.central:
        return Cell(NOTHING)
    return notes(isolate(escape(one.note, limit=500)) for one in case.annotations if one.note)


CELLS: Mapping[str, Callable[[Case, Material, Place], Cell]] = {
    "date": date,
    "class": action,
    "target": target,
    "wiki": wiki,
    "performer": performer,
    "log": log,
    "expires": expires,
    "status": status,
    "statement": statement,
    "notice": notice,
    "discussion": discussion,
    "note": note,
}
"""Column -> its cell."""
