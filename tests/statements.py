"""Statements for tests of what pages say: the Bengali case, and what became of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from oabot.explained import Told
from oabot.model import EntryId
from oabot.statements import Correction, CorrectionState, GroupState, Mark, State, Statement, Translation

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

STATEMENT = Statement(
    id="OA2021",
    title=TITLE,
    source_language="en",
    revid=7,
    group=GroupState.MARKED,
    marks=(FIRST, SECOND),
    corrections=(Correction("", datetime(2021, 9, 16, 21, 47, tzinfo=UTC), ("22", "23", "24", "25")),),
    priority=("zh", "ru", "bn"),
    translations=(
        BENGALI,
        Translation("fa", 26, 0, 0, State.NOT_STARTED, MISSING),
        Translation("ru", 26, 22, 0, State.PARTIAL, DONE),
        Translation("uk", 26, 2, 0, State.PARTIAL, CorrectionState.UNKNOWN),
        Translation("zh", 26, 26, 0, State.COMPLETE, DONE),
    ),
    titles=(
        ("bn", "দাপ্তরিক পদক্ষেপ/সেপ্টেম্বর ২০২১-এর বিবৃতি"),
        ("ru", "Действия офиса/Заявление от сентября 2021 года"),
        ("zh", "基金会行动/2021年9月声明"),
    ),
)


def told(statement: Statement = STATEMENT, *cases: EntryId) -> Told:
    """The statement, which concerns communities that speak Persian and Chinese."""
    return Told(statement, cases=frozenset(cases), affected=("fa", "zh"))


def bengali(now: Translation, *, marked: bool = False) -> Statement:
    """The statement with another state in Bengali, `marked`: after a third version was marked."""
    others = tuple(each for each in STATEMENT.translations if each.language != "bn")
    marks, revid = ((FIRST, SECOND, THIRD), THIRD.revision) if marked else (STATEMENT.marks, STATEMENT.revid)
    return replace(STATEMENT, translations=(now, *others), marks=marks, revid=revid)
