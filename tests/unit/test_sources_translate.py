from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from oabot.errors import IncompleteReply, SourceRefused
from oabot.sources.api import Api
from oabot.sources.translate import Group, Marking, Translate, Unit
from oabot.statements import Counts, GroupState, Mark, UnitStatus
from tests.fakes.clock import StillClock
from tests.fakes.mediawiki import ApiFault, FakeMediaWiki, Params
from tests.fakes.translate import TITLE, TranslatedPage

pytestmark = pytest.mark.loopback

CAPTURED = json.loads((Path(__file__).parents[1] / "data/translate/captured.json").read_text(encoding="utf-8"))
DONE, NOT, FUZZY = UnitStatus.TRANSLATED, UnitStatus.UNTRANSLATED, UnitStatus.FUZZY
MARK = Mark(100, 26, datetime(2021, 9, 14, 10, tzinfo=UTC))


@pytest.fixture
def wiki() -> Iterator[FakeMediaWiki]:
    fake = FakeMediaWiki()
    yield fake
    fake.close()


@pytest.fixture
def page(wiki: FakeMediaWiki) -> TranslatedPage:
    return TranslatedPage(wiki, "text", ["Page display title", "1", "2"])


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture
def translate(wiki: FakeMediaWiki, clock: StillClock) -> Iterator[Translate]:
    api = Api(wiki.url, "metawiki", "oabot-tests (nobody@example.org)", clock)
    yield Translate(api, clock)
    api.close()


def serve(wiki: FakeMediaWiki, name: str, rows: Any) -> None:  # noqa: ANN401  (rows in every wrong shape)
    wiki.modules[name] = lambda params: {"query": {name: rows}}


@pytest.mark.parametrize(
    ("state", "bn"),
    [("0_untranslated", None), ("1_partial", Counts("bn", 6, 2, 0)), ("2_outdated", Counts("bn", 7, 1, 1))],
)
def test_counts_are_read_as_the_real_extension_sends_them(
    wiki: FakeMediaWiki, translate: Translate, state: str, bn: Counts | None
) -> None:
    serve(wiki, "messagegroupstats", CAPTURED[state]["messagegroupstats"])

    counts = {each.language: each for each in translate.group_stats(TITLE) or ()}

    assert counts.get("bn") == bn
    assert counts["en"].translated == counts["en"].total


@pytest.mark.parametrize(
    ("state", "statuses"),
    [
        ("0_untranslated", {"Page display title": NOT, "1": NOT, "2": NOT, "3": NOT, "4": NOT, "5": NOT}),
        ("1_partial", {"Page display title": DONE, "1": DONE, "2": NOT, "3": NOT, "4": NOT, "5": NOT}),
        ("2_outdated", {"Page display title": DONE, "1": FUZZY, "2": NOT, "3": NOT, "4": NOT, "5": NOT, "6": NOT}),
    ],
)
def test_units_are_read_as_the_real_extension_sends_them(
    wiki: FakeMediaWiki, translate: Translate, state: str, statuses: dict[str, UnitStatus]
) -> None:
    serve(wiki, "messagecollection", CAPTURED[state]["messagecollection"])

    units = translate.collection(TITLE, "bn")

    assert units is not None
    assert {unit.key: unit.status for unit in units} == statuses


def test_groups_are_read_as_the_real_extension_sends_them(wiki: FakeMediaWiki, translate: Translate) -> None:
    serve(wiki, "messagegroups", CAPTURED["2_outdated"]["messagegroups"])

    assert translate.groups([TITLE, "Another"]) == {TITLE: Group("en", ("zh", "ru", "bn"))}


def test_every_language_is_asked_for_the_barely_begun_too(
    wiki: FakeMediaWiki, page: TranslatedPage, translate: Translate
) -> None:
    page.translate("bn", "1")

    assert translate.group_stats(TITLE) == (
        Counts("bn", 3, 1),
        Counts("de", 3, 0),
        Counts("en", 3, 3),
        Counts("fr", 3, 0),
        Counts("zh", 3, 0),
    )
    assert "mgssuppressempty" not in wiki.asked[-1]


def test_counts_that_are_still_being_made_are_waited_for(
    page: TranslatedPage, translate: Translate, clock: StillClock
) -> None:
    page.stuck = 2

    assert len(translate.group_stats(TITLE) or ()) == 4
    assert sum(clock.slept) > 0


def test_counts_that_never_come_are_an_error_after_a_bounded_wait_and_never_a_partial_list(
    page: TranslatedPage, translate: Translate, clock: StillClock
) -> None:
    page.stuck = 1000

    with pytest.raises(IncompleteReply):
        translate.group_stats(TITLE)

    assert sum(clock.slept) <= 60


@pytest.mark.parametrize(
    "rows",
    [
        [],
        None,
        {},
        ["bn"],
        [{"code": "bn", "total": 7, "translated": 1}],
        [{"code": "bn", "total": "7", "translated": 1, "fuzzy": 0}],
        [{"code": "bn", "total": 7, "translated": -1, "fuzzy": 0}],
        [{"code": None, "total": 7, "translated": 1, "fuzzy": 0}],
    ],
)
def test_counts_in_another_shape_are_not_counts(wiki: FakeMediaWiki, translate: Translate, rows: object) -> None:
    serve(wiki, "messagegroupstats", rows)

    with pytest.raises(IncompleteReply):
        translate.group_stats(TITLE)


def test_a_unit_in_an_unknown_state_is_not_guessed(wiki: FakeMediaWiki, translate: Translate) -> None:
    serve(wiki, "messagecollection", [{"key": "A/1", "properties": {"status": "blessed"}}])

    with pytest.raises(IncompleteReply):
        translate.collection(TITLE, "bn")


def test_units_come_in_page_order(page: TranslatedPage, translate: Translate) -> None:
    page.translate("bn", "2", status="fuzzy")

    assert translate.collection(TITLE, "bn") == (Unit("Page display title", NOT), Unit("1", NOT), Unit("2", FUZZY))


def test_a_page_without_a_group_has_no_counts(page: TranslatedPage, translate: Translate) -> None:
    page.known = False

    assert translate.group_stats(TITLE) is None
    assert translate.collection(TITLE, "bn") is None


def test_another_refusal_is_not_taken_for_a_page_without_a_group(wiki: FakeMediaWiki, translate: Translate) -> None:
    def refuse(params: Params) -> dict[str, Any]:
        raise ApiFault("readapidenied")

    wiki.modules["messagegroupstats"] = refuse

    with pytest.raises(SourceRefused):
        translate.group_stats(TITLE)


def test_a_wiki_without_the_extension_says_so_with_one_request(wiki: FakeMediaWiki, translate: Translate) -> None:
    assert not translate.is_there()
    assert not translate.is_there()
    assert len(wiki.asked) == 1
    assert translate.group_state(None, Marking(())) is GroupState.NO_TRANSLATE


@pytest.mark.parametrize(
    ("counts", "marking", "state"),
    [
        ((Counts("en", 3, 3),), Marking((MARK,)), GroupState.MARKED),
        (None, Marking(()), GroupState.NOT_MARKED),
        (None, Marking((MARK,), unmarked=True), GroupState.UNMARKED),
        (None, Marking((MARK,)), GroupState.UNKNOWN),
    ],
)
def test_why_a_page_has_no_group_is_told_by_its_log(
    page: TranslatedPage,
    translate: Translate,
    counts: tuple[Counts, ...] | None,
    marking: Marking,
    state: GroupState,
) -> None:
    assert translate.group_state(counts, marking) is state


def test_marked_versions_come_from_the_log_oldest_first(page: TranslatedPage, translate: Translate) -> None:
    page.mark(2, "2021-09-17T09:11:56Z", 4)
    page.mark(1, "2021-09-14T10:00:31Z", 12)
    page.mark(3, "2021-09-18T00:00:00Z", 0, action="prioritylanguages", languages="bn,zh")

    marking = translate.marking(TITLE)

    assert [mark.changed for mark in marking.marks] == [12, 4]
    assert not marking.unmarked


def test_a_page_that_was_unmarked_and_marked_again_is_marked(page: TranslatedPage, translate: Translate) -> None:
    page.mark(1, "2021-09-14T10:00:31Z", 12)
    page.mark(2, "2021-09-15T10:00:31Z", 0, action="unmark")
    assert translate.marking(TITLE).unmarked
    page.mark(3, "2021-09-16T10:00:31Z", 0)

    assert not translate.marking(TITLE).unmarked


def test_a_marking_whose_revision_is_hidden_or_missing_is_left_out(page: TranslatedPage, translate: Translate) -> None:
    page.mark(1, "2021-09-14T10:00:31Z", 12, revision="18")

    assert translate.marking(TITLE).marks == ()
