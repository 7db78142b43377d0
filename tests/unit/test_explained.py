from __future__ import annotations

from datetime import UTC, date, datetime

from oabot.explained import Followed, Told, communities, tell
from oabot.model import (
    GLOBAL,
    ActionClass,
    Annotation,
    Case,
    EntryId,
    Kind,
    LogEntry,
    NoParams,
    Status,
    Target,
    TargetKind,
)
from oabot.statements import GroupState, Statement

SEPTEMBER = "Office actions/September 2021 statement"
DECEMBER = "Office actions/December 2022 statement"
POLICY = "Policy on something"
LANGUAGES = {"zhwiki": "zh", "ruwiki": "ru", "metawiki": "en"}


def statement(title: str, id_: str = "") -> Statement:
    return Statement(id_ or title, title, "en", 1, GroupState.MARKED)


def case(logid: int, day: str, scope: str = "zhwiki", name: str = "示例甲", said: str | None = None) -> Case:
    target = Target(TargetKind.ACCOUNT, name, scope)
    id_ = EntryId("metawiki", logid)
    time = datetime.fromisoformat(f"{day}T16:13:00").replace(tzinfo=UTC)
    entry = LogEntry(id_, "rights", "rights", time, "WMFOffice", target, "office action", NoParams())
    notes = (Annotation(id_, statement=said),) if said else ()
    actions = frozenset({id_})
    opened = ActionClass.RIGHTS_REMOVED
    return Case(Kind.RIGHTS, target, opened, Status.IN_FORCE, (entry,), actions, "x", annotations=notes)


def told(found: list[tuple[Followed, Statement]], cases: list[Case], **homes: str) -> dict[str, Told]:
    return {one.statement.title: one for one in tell(found, cases, LANGUAGES, homes)}


def explained(followed: Followed, one: Case) -> bool:
    return one.id in told([(followed, statement(SEPTEMBER, "OA2021"))], [one])[SEPTEMBER].cases


def test_a_statement_explains_nothing_by_its_title_alone() -> None:
    assert not explained(Followed(SEPTEMBER), case(1, "2021-09-13"))


def test_the_config_names_the_days_and_both_ends_count() -> None:
    followed = Followed(SEPTEMBER, since=date(2021, 9, 13), until=date(2021, 9, 14))

    assert explained(followed, case(1, "2021-09-13"))
    assert explained(followed, case(1, "2021-09-14"))
    assert not explained(followed, case(1, "2021-09-12"))
    assert not explained(followed, case(1, "2021-09-15"))


def test_a_window_without_an_end_explains_nothing() -> None:
    assert not explained(Followed(SEPTEMBER, since=date(2021, 9, 13)), case(1, "2021-09-13"))


def test_the_config_may_name_entries() -> None:
    followed = Followed(SEPTEMBER, entries=frozenset({EntryId("metawiki", 7)}))

    assert explained(followed, case(7, "2019-06-10"))
    assert not explained(followed, case(8, "2019-06-10"))


def test_people_name_a_statement_by_shortcut_or_title_however_mediawiki_spells_it() -> None:
    for name in ("OA2021", "oA2021", SEPTEMBER, SEPTEMBER.replace(" ", "_"), f" {SEPTEMBER} "):
        assert explained(Followed(SEPTEMBER), case(1, "2019-06-10", said=name))
    assert not explained(Followed(SEPTEMBER), case(1, "2019-06-10", said="OA2019"))


def test_what_people_say_goes_before_the_window() -> None:
    window = Followed(SEPTEMBER, since=date(2021, 9, 13), until=date(2021, 9, 13))
    found = [(window, statement(SEPTEMBER)), (Followed(DECEMBER), statement(DECEMBER))]
    by_title = told(found, [case(1, "2021-09-13", said=DECEMBER)])

    assert by_title[DECEMBER].cases == {EntryId("metawiki", 1)}
    assert by_title[SEPTEMBER].cases == frozenset()


def test_a_page_that_is_asked_for_twice_is_told_once() -> None:
    one = statement(SEPTEMBER, "OA2021")
    found = [(Followed("OA2021", entries=frozenset({EntryId("metawiki", 7)})), one), (Followed(SEPTEMBER), one)]

    assert [each.cases for each in tell(found, [case(7, "2019-06-10")], LANGUAGES, {})] == [{EntryId("metawiki", 7)}]


def test_the_languages_concerned_are_those_of_the_wikis_and_of_home_wikis() -> None:
    window = Followed(SEPTEMBER, since=date(2021, 9, 13), until=date(2021, 9, 13))
    cases = [
        case(1, "2021-09-13"),
        case(2, "2021-09-13", GLOBAL, "Пример Алексей"),
        case(3, "2021-09-13", GLOBAL, "Nobody"),
        case(4, "2021-09-13", "xxwiki"),
    ]
    homes = {"Пример Алексей": "ruwiki"}

    assert tell([(window, statement(SEPTEMBER))], cases, LANGUAGES, homes)[0].affected == ("ru", "zh")
    assert communities(cases, homes) == {"zhwiki", "ruwiki", "xxwiki"}


def test_the_newest_statement_is_first_and_policies_are_last() -> None:
    found = [
        (Followed(POLICY, kind="policy"), statement(POLICY)),
        (Followed(SEPTEMBER), statement(SEPTEMBER)),
        (Followed(DECEMBER), statement(DECEMBER)),
    ]

    assert [one.statement.title for one in tell(found, [], LANGUAGES, {})] == [DECEMBER, SEPTEMBER, POLICY]
