from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oabot.statements import CorrectionState, State, Translation
from oabot.views.figures import Figure, attribute, figure, read
from tests.statements import BENGALI, COMPLETE, FALLEN, FIRST, SECOND, STATEMENT, THIRD, bengali

KEY = ("OA2021", "bn")
times = st.none() | st.integers(0, 4_000_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
numbers = st.integers(0, 10_000)
words = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=20)
translations = st.builds(
    Translation,
    st.from_regex(r"[a-z]{2,3}(-[a-z]{2,8})?", fullmatch=True),
    numbers,
    numbers,
    numbers,
    st.sampled_from(State),
    st.sampled_from(CorrectionState),
)


def wrote(shown: Figure) -> str:
    return f"<span{attribute(shown)}>19%</span>"


@given(st.builds(Figure, words, translations, times, times, times))
def test_what_a_page_holds_is_read_back(shown: Figure) -> None:
    [found] = read(wrote(shown)).values()

    assert replace(found, statement="") == replace(shown, statement="")


@pytest.mark.parametrize("id_", ["OA2021", "office-actions-september-2021-statement", "Bans & more", "声明 二", 'a"b'])
def test_a_statement_keeps_its_id(id_: str) -> None:
    assert list(read(wrote(Figure(id_, BENGALI)))) == [(id_, "bn")]


@given(st.text(max_size=60))
def test_what_people_wrote_into_it_counts_as_not_there_or_as_a_figure(text: str) -> None:
    assert all(isinstance(found, Figure) for found in read(f'<b data-oabot="{text}">').values())


def test_text_that_holds_no_figure_has_none() -> None:
    broken = wrote(Figure("OA2021", BENGALI)).replace(" 26 ", " many ")

    assert read("19% of 26 units") == read(broken) == {}


@pytest.mark.parametrize("translated", [6, 4])
def test_less_than_five_points_more_or_less_is_shown_as_it_was(translated: int) -> None:
    shown = read(wrote(figure(STATEMENT, BENGALI, {})))
    now = replace(BENGALI, translated=translated)

    assert figure(STATEMENT, now, shown) == shown[KEY]
    assert figure(STATEMENT, now, {}).translation == now


def test_five_points_are_shown() -> None:
    shown = {KEY: figure(STATEMENT, BENGALI, {})}

    assert figure(STATEMENT, replace(BENGALI, translated=7), shown).translation.translated == 7


@pytest.mark.parametrize("now", [replace(BENGALI, state=State.PARTIAL, correction=CorrectionState.DONE), COMPLETE])
def test_another_state_is_shown_however_small_the_step(now: Translation) -> None:
    shown = {KEY: figure(STATEMENT, replace(now, state=State.CORRECTION_OUTDATED), {})}

    assert figure(STATEMENT, now, shown).translation == now


def test_small_steps_add_up() -> None:
    shown = {KEY: figure(STATEMENT, replace(BENGALI, total=100, translated=10), {})}
    for translated in range(11, 15):
        shown = {KEY: figure(STATEMENT, replace(BENGALI, total=100, translated=translated), shown)}

    assert shown[KEY].translation.translated == 10
    assert figure(STATEMENT, replace(BENGALI, total=100, translated=15), shown).translation.translated == 15


def test_a_fall_is_explained_by_the_version_that_was_marked_also_without_memory() -> None:
    shown = figure(bengali(FALLEN, marked=True), FALLEN, {})

    assert (shown.fell, shown.outdated_since) == (THIRD.timestamp, THIRD.timestamp)


def test_a_fall_by_new_units_alone_is_explained_by_what_the_page_showed_before() -> None:
    before = {KEY: figure(STATEMENT, BENGALI, {})}
    grown = replace(BENGALI, total=40)
    statement = bengali(grown, marked=True)

    assert figure(statement, grown, before).fell == THIRD.timestamp
    assert figure(statement, grown, {}).fell is None


def test_a_fall_without_a_new_version_is_not_put_down_to_one() -> None:
    before = {KEY: figure(STATEMENT, BENGALI, {})}

    assert figure(STATEMENT, replace(BENGALI, translated=1), before).fell is None


def test_progress_has_no_cause() -> None:
    before = {KEY: figure(STATEMENT, BENGALI, {})}

    assert figure(bengali(COMPLETE, marked=True), COMPLETE, before).fell is None


def test_outdated_units_say_since_the_oldest_version_that_they_are_behind() -> None:
    now = replace(BENGALI, fuzzy=3, outdated=(("1", SECOND.revision), ("2", FIRST.revision), ("3", None)))

    assert figure(STATEMENT, now, {}).outdated_since == FIRST.timestamp
