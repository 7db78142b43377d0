"""One statement with all that its wiki says of its translations."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from oabot import statements
from oabot.sources import pages
from oabot.sources.api import Api
from oabot.sources.pages import SourcePage
from oabot.sources.translate import Marking, Translate
from oabot.statements import Correction, Counts, Mark, Statement, Translation, UnitStatus

Units = dict[str, UnitStatus]


def statement(
    api: Api, translate: Translate, title: str, affected: Iterable[str], known_id: str = ""
) -> Statement | None:
    """The statement at that title, wherever it has moved to; None when no page is there.

    For the languages in `affected`, and those that it asks for itself, every unit is asked: whether the correction is
    translated, and which units are outdated. `known_id` is the id that the config gives it. Raises: `SourceError`; a
    statement is whole or not there at all.
    """
    there = translate.is_there()
    page, marking = _follow(api, translate, title) if there else (pages.source_page(api, title), Marking(()))
    if page is None:
        return None
    counts = translate.group_stats(page.title) if there else None
    group = translate.groups([page.title]).get(page.title) if counts else None
    language = group.source_language if group else page.language
    facts = Statement(
        id=known_id or statements.statement_id(page.title, page.redirects),
        title=page.title,
        source_language=language,
        revid=page.revid,
        group=translate.group_state(counts, marking),
        marks=marking.marks,
        corrections=statements.corrections(page.text, language),
        priority=group.priority if group else (),
    )
    if counts is None:
        return replace(facts, translations=tuple(_untracked(facts, code) for code in sorted(set(affected))))
    return _with_translations(api, translate, facts, counts, set(affected))


def _follow(api: Api, translate: Translate, title: str) -> tuple[SourcePage | None, Marking]:
    """A page moved without a redirect is found by its translation log; five moves are enough for anybody."""
    marks: tuple[Mark, ...] = ()
    for _ in range(5):
        page = pages.source_page(api, title)
        marking = translate.marking(page.title if page else title)
        if page is not None and page.title != title:
            marks = translate.marking(title).marks + marks
        marks += marking.marks
        if page is not None or marking.moved_to is None:
            return page, replace(marking, marks=tuple(sorted(set(marks), key=lambda mark: mark.timestamp)))
        title = marking.moved_to
    return None, Marking(marks)


def _with_translations(
    api: Api, translate: Translate, facts: Statement, counts: tuple[Counts, ...], affected: set[str]
) -> Statement:
    by_language = {each.language: each for each in counts}
    total = by_language[facts.source_language].total if facts.source_language in by_language else counts[0].total
    begun = {each.language for each in counts if each.translated or each.fuzzy}
    shown = sorted((begun | affected | set(facts.priority)) - {facts.source_language})
    units = {
        code: {unit.key: unit.status for unit in translate.collection(facts.title, code) or ()}
        for code in shown
        if code in (affected | set(facts.priority)) & begun
    }
    outdated = {key for each in units.values() for key, status in each.items() if status is UnitStatus.FUZZY}
    since = _since(api, facts, outdated)
    translations = tuple(
        _translation(facts, by_language.get(code, Counts(code, total, 0)), units.get(code), since) for code in shown
    )
    return replace(
        facts,
        translations=translations,
        titles=tuple(sorted(pages.display_titles(api, facts.title, begun & set(shown)).items())),
    )


def _translation(facts: Statement, counts: Counts, units: Units | None, since: dict[str, int | None]) -> Translation:
    begun = counts.translated or counts.fuzzy
    correction = statements.correction_state(facts.corrections, units if begun else _nothing(facts.corrections))
    outdated = [key for key, status in (units or {}).items() if status is UnitStatus.FUZZY]
    return Translation(
        language=counts.language,
        total=counts.total,
        translated=counts.translated,
        fuzzy=counts.fuzzy,
        state=statements.state(facts.group, counts, correction, source_is_newer=facts.source_is_newer),
        correction=correction,
        outdated=tuple((key, since.get(key)) for key in outdated),
    )


def _nothing(found: tuple[Correction, ...]) -> Units:
    return {unit: UnitStatus.UNTRANSLATED for each in found for unit in each.units}


def _since(api: Api, facts: Statement, units: set[str]) -> dict[str, int | None]:
    """The marked revision that has each unit's newest source text."""
    times = pages.newest_changes(api, facts.title, units, facts.source_language) if units else {}
    marks = {key: statements.mark_at(time, facts.marks) for key, time in times.items()}
    return {key: mark.revision if mark else None for key, mark in marks.items()}


def _untracked(facts: Statement, language: str) -> Translation:
    nothing = Counts(language, 0, 0)
    correction = statements.CorrectionState.UNKNOWN if facts.corrections else statements.CorrectionState.NONE
    state = statements.state(facts.group, nothing, correction, source_is_newer=False)
    return Translation(language, 0, 0, 0, state, correction)
