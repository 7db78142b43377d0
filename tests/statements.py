"""Statements for tests of what pages say: the Bengali case, and what became of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from pydantic import TypeAdapter

from oabot.explained import Told
from oabot.model import EntryId
from oabot.statements import CorrectionState, Mark, State, Statement, Translation

TITLE = "Office actions/September 2021 statement"
FIRST = Mark(5, 22, datetime(2021, 9, 14, 10, 0, 31, tzinfo=UTC))
SECOND = Mark(7, 4, datetime(2021, 9, 17, 9, 11, 56, tzinfo=UTC))
THIRD = Mark(19, 4, datetime(2021, 10, 1, 8, 30, tzinfo=UTC))
MISSING, DONE = CorrectionState.MISSING, CorrectionState.DONE

BENGALI = Translation("bn", 26, 5, 0, State.CORRECTION_NOT_TRANSLATED, MISSING)
"""The accusation is translated, the correction isn't: 19 %."""

FALLEN = replace(BENGALI, total=28, translated=3, fuzzy=2, outdated=(("3", THIRD.revision), ("4", THIRD.revision)))
"""After a new version was marked."""

COMPLETE = Translation("bn", 28, 28, 0, State.COMPLETE, DONE)

STATEMENT: Statement = TypeAdapter(Statement).validate_json(
    (Path(__file__).parent / "data/pages/statement.json").read_bytes()
)
"""The seed's statement: its correction is units 22 to 25."""


def told(statement: Statement = STATEMENT, *cases: EntryId) -> Told:
    """The statement, which concerns communities that speak Persian and Chinese."""
    return Told(statement, cases=frozenset(cases), affected=("fa", "zh"))


def bengali(now: Translation, *, marked: bool = False) -> Statement:
    """The statement with another state in Bengali, `marked`: after a third version was marked."""
    others = tuple(each for each in STATEMENT.translations if each.language != "bn")
    marks, revid = ((FIRST, SECOND, THIRD), THIRD.revision) if marked else (STATEMENT.marks, STATEMENT.revid)
    return replace(STATEMENT, translations=(now, *others), marks=marks, revid=revid)
