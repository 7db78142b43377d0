"""Tables that are too big for one page: by year, the newest on the page itself, and nothing ever lost."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oabot import rules
from oabot.cases import cases
from oabot.classify import judge
from oabot.i18n import language
from oabot.logentry import parse
from oabot.model import Case, EntryId
from oabot.split import PAGE, SUBPAGE, TIME_BUDGET, Room, Table, parent, parts, room_of, subpage
from oabot.views import VIEWS, Draft, Material, Place
from oabot.views.parameters import Filters
from oabot.wikitext import Wikitext, link

TITLE = "User:OATransparencyBot/Office actions"
RULES = rules.load({})


def locks(number: int, *, first: datetime = datetime(2019, 1, 1, tzinfo=UTC), days: float = 1.0) -> tuple[Case, ...]:
    """So many Office locks of invented accounts, one after the other."""
    rows = [
        {
            "logid": 1000 + index, "ns": 2, "title": f"User:{'উদাহরণ ' * 8}{index}@global", "type": "globalauth",
            "action": "setstatus", "params": {"added": ["locked"], "removed": []}, "user": "WMFOffice", "comment": "",
            "timestamp": f"{first + timedelta(days=days * index):%Y-%m-%dT%H:%M:%SZ}", "tags": [],
        }
        for index in range(number)
    ]  # fmt: skip
    entries = sorted((parse("metawiki", row) for row in rows), key=lambda entry: entry.order)
    return cases(entries, judge(entries, RULES), datetime(2030, 1, 1, tzinfo=UTC))


def table(found: Sequence[Case], code: str = "en", filters: Filters | None = None) -> Table:
    material = Material(tuple(found), {"metawiki": "https://meta.example"}, "OATransparencyBot", "metawiki")
    return Table(VIEWS["table"], filters or Filters(), material, Place("metawiki", TITLE, language(code, {code})))


@functools.cache
def five_years() -> Mapping[str, Draft]:
    return table(locks(1500)).split(PAGE)


def links(title: str) -> str:
    """How a link to a page begins."""
    return link(title, Wikitext("x")).removesuffix("x]]")


def shown(drafts: Mapping[str, Draft]) -> list[EntryId]:
    return [case for draft in drafts.values() for case in draft.cases]


def test_a_table_that_has_room_stays_as_it_is_to_the_byte() -> None:
    small = table(locks(40))

    assert small.split(PAGE) == {"": small.view.render(small.filters, small.material, small.place)}


@pytest.mark.slow
def test_a_table_that_is_too_big_stands_on_subpages_by_year_and_shows_every_case_once() -> None:
    drafts = five_years()

    assert list(drafts) == ["", "2020", "2019"]
    assert sorted(shown(drafts)) == sorted(case.id for case in locks(1500))
    assert all(PAGE.holds(draft.body) for draft in drafts.values())


def test_the_page_keeps_the_newest_years_and_links_the_others() -> None:
    drafts = five_years()

    years = {case.opening.timestamp.year for case in locks(1500) if case.id in drafts[""].cases}
    assert years == {2021, 2022, 2023}
    assert [links(f"{TITLE}/{year}") in drafts[""].body for year in (2019, 2020, 2021)] == [True, True, False]
    assert links(TITLE) in drafts["2019"].body
    assert links(f"{TITLE}/2020") in drafts["2019"].body
    assert links(f"{TITLE}/2021") not in drafts["2020"].body


def test_a_new_case_changes_no_older_part() -> None:
    before, after = five_years(), table(locks(1501)).split(PAGE)

    assert {name: draft.body for name, draft in before.items() if name} == {
        name: draft.body for name, draft in after.items() if name
    }


def test_a_year_that_outgrows_its_page_goes_on_in_another_one_and_what_is_full_stays() -> None:
    before = parts(locks(250), lambda cases: len(cases) / 100)
    after = parts(locks(320), lambda cases: len(cases) / 100)

    assert [part.name for part in before] == ["2019", "2019-2", "2019-3"]
    assert [part.name for part in after] == ["2019", "2019-2", "2019-3", "2019-4"]
    assert after[:2] == before[:2]


def test_a_page_without_any_room_shows_only_where_the_table_is() -> None:
    drafts = table(locks(30)).split(Room(0))

    assert drafts[""].cases == ()
    assert "oabot-parts" in drafts[""].body
    assert len(shown(drafts)) == 30


def test_a_limit_that_somebody_asked_for_still_holds() -> None:
    drafts = table(locks(1500), filters=Filters(limit=1200)).split(PAGE)

    assert len(shown(drafts)) == 1200


@pytest.mark.slow
@pytest.mark.parametrize("code", ["fa", "bn"])
def test_a_language_with_digits_of_its_own_splits_before_the_wiki_stops_making_dates(code: str) -> None:
    drafts = table(locks(900, days=0.7), code).split(PAGE)

    assert all(room_of(draft.body).time <= TIME_BUDGET for draft in drafts.values())
    assert len(shown(drafts)) == 900


def test_every_different_call_of_time_counts_once() -> None:
    assert room_of("{{#time:H:i|16:13|fa}} {{#time:H:i|16:13|fa}} {{#time:j|2021-09-13|fa}}").time == 4


@given(st.lists(st.integers(1, 400), min_size=1, max_size=40), st.integers(1, 12))
def test_whatever_has_room_for_how_many_every_case_is_in_one_part_in_its_order(days: list[int], most: int) -> None:
    found = [
        locks(1, first=datetime(2019, 1, 1, tzinfo=UTC) + timedelta(days=sum(days[:at])))[0] for at in range(len(days))
    ]

    made = parts(found, lambda cases: len(cases) / most)

    assert [case.opening.timestamp for part in made for case in part.cases] == sorted(
        case.opening.timestamp for case in found
    )
    assert all(len(part.cases) <= most for part in made)
    assert len({part.name for part in made}) == len(made)
    assert all(part.name[:4] == str(case.opening.timestamp.year) for part in made for case in part.cases)


@pytest.mark.parametrize(
    ("title", "name", "head"),
    [
        (f"{TITLE}/2021", "2021", TITLE),
        (f"{TITLE}/2021-2", "2021-2", TITLE),
        (f"{TITLE}/2/2021", "2/2021", TITLE),
        (f"{TITLE}/2021", "2020", None),
        (f"{TITLE}/2021", "", None),
        (f"{TITLE}/Notes", "Notes", None),
        ("2021", "2021", None),
    ],
)
def test_only_a_subpage_that_is_called_after_a_part_goes_on_with_a_table(
    title: str, name: str, head: str | None
) -> None:
    assert parent(title, name) == head
    assert head is None or subpage(head, name) == title


def test_a_subpage_leaves_room_for_what_people_write_there() -> None:
    assert SUBPAGE.size < PAGE.size
