"""The state of a translation as a page shows it, kept in the page: small changes make no edit.

Kept in the text and not in our database, which may be lost: a page stays as it is then too.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from oabot.statements import (
    CorrectionState,
    Counts,
    State,
    Statement,
    Translation,
    cause_of_fall,
    worth_an_edit,
)
from oabot.timestamps import iso, parse_timestamp
from oabot.wikitext import Wikitext, escape

_ATTRIBUTE = re.compile(r'data-oabot="([^"]+)"')
_NONE = "-"


@dataclass(frozen=True, slots=True)
class Figure:
    """One language of one statement, as it is shown."""

    statement: str
    """Its id."""
    translation: Translation
    marked: datetime | None = None
    """When the newest version was marked for translation."""
    fell: datetime | None = None
    """When a changed source was marked by which fewer units count as translated."""
    outdated_since: datetime | None = None
    """When the oldest of the versions was marked that outdated units are behind."""


Figures = Mapping[tuple[str, str], Figure]
"""By statement id and language."""


def figure(statement: Statement, translation: Translation, shown: Figures) -> Figure:
    """What to show: what is shown already, unless the difference is worth an edit."""
    before = shown.get((statement.id, translation.language))
    if before and not worth_an_edit(before.translation, translation):
        return before
    marks = {mark.revision: mark.timestamp for mark in statement.marks}
    behind = [marks[revision] for _, revision in translation.outdated if revision in marks]
    return Figure(
        statement.id,
        translation,
        max(marks.values(), default=None),
        _fell(statement, translation, before),
        min(behind, default=None),
    )


def _fell(statement: Statement, now: Translation, before: Figure | None) -> datetime | None:
    counts = Counts(now.language, now.total, now.translated, now.fuzzy)
    cause = cause_of_fall(statement.marks, counts)
    if cause is None and before and now.percent < before.translation.percent:
        cause = cause_of_fall(statement.marks, counts, since=before.marked)
    return cause.timestamp if cause else None


def attribute(shown: Figure) -> Wikitext:
    """A figure as an attribute of whatever shows it."""
    now = shown.translation
    words = [
        escape(now.language),
        *(str(number) for number in (now.total, now.translated, now.fuzzy)),
        *(str(state).replace(" ", "_") for state in (now.state, now.correction)),
        *(iso(time) if time else _NONE for time in (shown.marked, shown.fell, shown.outdated_since)),
        escape(shown.statement),
    ]
    return Wikitext(f' data-oabot="{" ".join(words)}"')


def read(body: str) -> dict[tuple[str, str], Figure]:
    """The figures in a region's text; what people changed so that it can't be read counts as not there."""
    return {(found.statement, found.translation.language): found for found in _found(body)}


def _found(body: str) -> Iterator[Figure]:
    for text in _ATTRIBUTE.findall(body):
        try:
            language, total, translated, fuzzy, state, correction, *times, statement = html.unescape(text).split(" ", 9)
            now = Translation(
                language,
                int(total),
                int(translated),
                int(fuzzy),
                State(state.replace("_", " ")),
                CorrectionState(correction.replace("_", " ")),
            )
            yield Figure(statement, now, *(_time(time) for time in times))
        except ValueError:
            continue


def _time(text: str) -> datetime | None:
    return None if text == _NONE else parse_timestamp(text)
