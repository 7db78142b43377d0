from __future__ import annotations

import hashlib
import shutil
import subprocess
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oabot import statements
from oabot.statements import Correction, CorrectionState, Counts, GroupState, Mark, State, Translation, UnitStatus

TABLE = "ad27d09914da2de9dcffb3fd84541dc305632bfc6561355b42169648ef11ab59"
"""The SHA-256 of what the PHP program below prints, made by PHP 8.2."""
PHP = """for ($n = 1; $n <= 600; $n++) for ($t = 0; $t <= $n; $t++)
    $all[] = (int)round((float)sprintf('%.2f', $t / $n) * 100);
echo hash('sha256', implode(',', $all));"""

CORRECTION = Correction("Updated", datetime(2021, 9, 16, 21, 47, tzinfo=UTC), ("7", "8"))
UNMARKED = Correction("Updated", datetime(2021, 9, 16, 21, 47, tzinfo=UTC), ())
FIRST = Mark(18, 26, datetime(2021, 9, 14, 10, tzinfo=UTC))
SECOND = Mark(34, 4, datetime(2021, 9, 17, 9, tzinfo=UTC))


def at(hour: int, day: int = 16) -> datetime:
    return datetime(2021, 9, day, hour, tzinfo=UTC)


def test_the_percentage_is_the_one_that_translate_shows_for_all_counts_to_600() -> None:
    shown = [statements.percent(done, total) for total in range(1, 601) for done in range(total + 1)]

    assert hashlib.sha256(",".join(map(str, shown)).encode()).hexdigest() == TABLE


@pytest.mark.skipif(shutil.which("php") is None, reason="needs php, to make the table anew")
def test_the_table_of_percentages_is_what_php_makes() -> None:
    made = subprocess.run(["php", "-r", PHP], check=True, capture_output=True, text=True, timeout=60).stdout

    assert made == TABLE


@pytest.mark.parametrize(
    ("translated", "total", "shown"),
    [
        (0, 26, 0),
        (5, 26, 19),
        (3, 28, 11),
        (1, 8, 12),
        (3, 8, 38),
        (1, 300, 0),
        (299, 300, 100),
        (4, 4, 100),
        (0, 0, 0),
    ],
)
def test_a_percentage_is_rounded_as_translate_rounds(translated: int, total: int, shown: int) -> None:
    assert statements.percent(translated, total) == shown


@pytest.mark.parametrize(
    ("counts", "complete"),
    [
        (Counts("bn", 300, 300), True),
        (Counts("bn", 300, 299), False),
        (Counts("bn", 300, 299, 1), False),
        (Counts("bn", 300, 300, 1), False),
        (Counts("bn", 0, 0), False),
    ],
)
def test_complete_is_all_units_and_none_outdated(counts: Counts, complete: bool) -> None:
    assert statements.is_complete(counts) is complete


@pytest.mark.parametrize(
    ("title", "found"),
    [
        ("Office actions/September 2021 statement", True),
        ("Office actions/December 2022 statement", True),
        ("Office actions/September 2021 statement/bn", False),
        ("Office actions/Septembre 2021 statement", False),
        ("Office actions/September 2021 statement ", False),
        ("Talk:Office actions/September 2021 statement", False),
        ("Policy:Office actions", True),
    ],
)
def test_a_statement_is_known_by_its_title_or_by_the_config(title: str, found: bool) -> None:
    assert statements.is_statement(title, ["Policy:Office actions"]) is found


def test_the_id_of_a_statement_is_its_shortcut() -> None:
    title = "Office actions/September 2021 statement"

    assert statements.statement_id(title, ["Office actions/2021", "WM:OA2021", "OA2021"]) == "OA2021"
    assert statements.statement_id(title, ["Statement of 2021"]) == "office-actions-september-2021-statement"
    assert statements.statement_id("声明/2021年9月") == "声明-2021年9月"


SOURCE = """<languages />
<translate>
<!--T:1-->
Dear all, we have removed the rights of twelve.

== Updates to come == <!--T:2-->

<!--T:3-->
Nothing is signed here.

[[User:WMFOffice|WMFOffice]] ([[User talk:WMFOffice|talk]])
</translate>
<translate>
== Next steps == <!--T:4-->

<!--T:5-->
An update will follow. [[User:WMFOffice|WMFOffice]] 16:13, 13 September 2021 (UTC)

== Updated Office Action on User <tvar name="1">示例癸</tvar> == <!--T:6-->

<!--T:7-->
After further review the account was restored.

=== Details === <!--T:8-->
Some more.

<!--T:9-->
[[User:WMFOffice|WMFOffice]] ([[User talk:WMFOffice|talk]]) 21:47, 16 September 2021 (UTC)
</translate>
"""


def test_a_correction_is_a_section_that_is_headed_as_one_and_signed() -> None:
    [found] = statements.corrections(SOURCE)

    assert found.heading == "Updated Office Action on User 示例癸"
    assert found.date == datetime(2021, 9, 16, 21, 47, tzinfo=UTC)
    assert found.units == ("6", "7", "8", "9")


def test_a_correction_that_is_not_marked_for_translation_has_no_units() -> None:
    [found] = statements.corrections("Text\n\n== Correction ==\nRestored. WMFOffice 21:47, 16 September 2021 (UTC)")

    assert found.units == ()


@pytest.mark.parametrize(
    ("language", "heading", "found"),
    [
        ("ru", "Уточнение от 16 сентября", 1),
        ("ru", "Correction", 1),
        ("en", "Уточнение", 0),
        ("en", "Outdated", 0),
        ("en", "UPDATE: one account", 1),
        ("fr", "Mise au point", 0),
        ("xx", "Updated", 1),
    ],
)
def test_headings_are_known_in_the_sources_language_and_in_english(language: str, heading: str, found: int) -> None:
    text = f"== {heading} ==\nText. WMFOffice 21:47, 16 September 2021 (UTC)"

    assert len(statements.corrections(text, language)) == found


@pytest.mark.parametrize(
    "signature", ["25:61, 40 May 2021 (UTC)", "21:47, 31 February 2021 (UTC)", "00:00, 1 May 0000 (UTC)"]
)
def test_a_signature_with_an_impossible_date_is_none(signature: str) -> None:
    assert statements.corrections(f"== Update ==\nText. {signature}") == ()


@given(st.text(alphabet="=<!-T:123>\n updated 21:47,(UTC)[]{}|'", max_size=300))
def test_no_wikitext_breaks_the_reader_of_corrections(text: str) -> None:
    for found in statements.corrections(text):
        assert found.date.tzinfo is UTC


@pytest.mark.parametrize(
    ("found", "units", "state"),
    [
        ((), {}, CorrectionState.NONE),
        ((), None, CorrectionState.NONE),
        ((CORRECTION,), None, CorrectionState.UNKNOWN),
        ((UNMARKED,), {"7": "translated"}, CorrectionState.UNMARKED),
        ((CORRECTION,), {"7": "translated"}, CorrectionState.UNMARKED),
        ((CORRECTION,), {"7": "translated", "8": "untranslated"}, CorrectionState.MISSING),
        ((CORRECTION,), {"7": "fuzzy", "8": "untranslated"}, CorrectionState.MISSING),
        ((CORRECTION,), {"7": "fuzzy", "8": "translated"}, CorrectionState.OUTDATED),
        ((CORRECTION,), {"7": "proofread", "8": "translated"}, CorrectionState.DONE),
        ((CORRECTION, UNMARKED), {"7": "translated", "8": "translated"}, CorrectionState.UNMARKED),
    ],
)
def test_corrections_are_translated_when_each_of_their_units_is(
    found: tuple[Correction, ...], units: dict[str, str] | None, state: CorrectionState
) -> None:
    statuses = None if units is None else {key: UnitStatus(status) for key, status in units.items()}

    assert statements.correction_state(found, statuses) is state


NO = CorrectionState.NONE


@pytest.mark.parametrize(
    ("group", "counts", "correction", "newer", "state"),
    [
        (GroupState.NO_TRANSLATE, (0, 0, 0), NO, False, State.NO_TRANSLATE),
        (GroupState.NOT_MARKED, (0, 0, 0), NO, False, State.NOT_MARKED),
        (GroupState.UNMARKED, (9, 9, 0), NO, False, State.UNMARKED),
        (GroupState.UNKNOWN, (9, 9, 0), NO, True, State.UNKNOWN_GROUP),
        (GroupState.MARKED, (26, 0, 0), CorrectionState.MISSING, True, State.NOT_STARTED),
        (GroupState.MARKED, (26, 5, 0), CorrectionState.MISSING, True, State.CORRECTION_NOT_TRANSLATED),
        (GroupState.MARKED, (26, 26, 0), CorrectionState.UNMARKED, True, State.CORRECTION_NOT_TRANSLATED),
        (GroupState.MARKED, (26, 5, 1), CorrectionState.OUTDATED, False, State.CORRECTION_OUTDATED),
        (GroupState.MARKED, (28, 3, 2), CorrectionState.DONE, False, State.OUTDATED),
        (GroupState.MARKED, (28, 0, 2), NO, False, State.OUTDATED),
        (GroupState.MARKED, (26, 5, 0), CorrectionState.DONE, True, State.PARTIAL),
        (GroupState.MARKED, (300, 299, 0), NO, False, State.PARTIAL),
        (GroupState.MARKED, (26, 26, 0), NO, True, State.SOURCE_NEWER),
        (GroupState.MARKED, (26, 26, 0), CorrectionState.DONE, False, State.COMPLETE),
    ],
)
def test_what_readers_lose_most_by_is_said_first(
    group: GroupState, counts: tuple[int, int, int], correction: CorrectionState, newer: bool, state: State
) -> None:
    assert statements.state(group, Counts("bn", *counts), correction, source_is_newer=newer) is state


def test_an_outdated_unit_goes_back_to_the_version_that_was_marked_last_before_it_changed() -> None:
    assert statements.mark_at(at(8, day=17), [FIRST, SECOND]) is FIRST
    assert statements.mark_at(at(9, day=17), [SECOND, FIRST]) is SECOND
    assert statements.mark_at(at(9, day=1), [FIRST]) is None


@pytest.mark.parametrize(
    ("marks", "fuzzy", "since", "cause"),
    [
        ([FIRST, SECOND], 2, None, SECOND),
        ([FIRST, SECOND], 0, None, None),
        ([FIRST, SECOND], 0, at(0), SECOND),
        ([FIRST, SECOND], 2, at(0, day=18), None),
        ([FIRST], 2, None, None),
        ([FIRST, Mark(40, 0, at(0, day=20))], 2, None, None),
        ([], 2, at(0), None),
    ],
)
def test_a_fall_is_explained_by_the_marking_of_a_changed_source_or_not_at_all(
    marks: list[Mark], fuzzy: int, since: datetime | None, cause: Mark | None
) -> None:
    assert statements.cause_of_fall(marks, Counts("bn", 28, 3, fuzzy), since) is cause


def test_affected_communities_come_first_then_priority_languages_then_the_rest_each_once() -> None:
    ordered = statements.order_languages(["zh", "bn"], ["ru", "zh", "ar"], ["fr", "bn", "de", "ru"])

    assert ordered == ("bn", "zh", "ru", "ar", "de", "fr")


def translation(translated: int, state: State = State.PARTIAL, correction: CorrectionState = NO) -> Translation:
    return Translation("bn", 100, translated, 0, state, correction)


@pytest.mark.parametrize(
    ("shown", "now", "worth"),
    [
        (None, translation(5), True),
        (translation(5), translation(5), False),
        (translation(5), translation(9), False),
        (translation(5), translation(10), True),
        (translation(10), translation(5), True),
        (translation(99), translation(100, State.COMPLETE), True),
        (translation(5), translation(5, State.OUTDATED), True),
        (translation(5), translation(5, correction=CorrectionState.DONE), True),
    ],
)
def test_a_change_under_five_points_without_a_change_of_state_is_no_edit(
    shown: Translation | None, now: Translation, worth: bool
) -> None:
    assert statements.worth_an_edit(shown, now) is worth
