"""What every `oabot.seams.Source` keeps: the small wiki of the unit tests, and MediaWiki itself."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from oabot.errors import IncompleteReply, SourceRefused, WrongWiki
from oabot.model import EntryId
from oabot.seams import Source
from oabot.sources.api import Api
from oabot.sources.logevents import LogEvents
from tests.fakes.clock import StillClock
from tests.fakes.mediawiki import FakeMediaWiki
from tests.local_farm import ROOT, Farm

Row = dict[str, Any]
KEYS = {"logid", "ns", "title", "params", "type", "action", "user", "userid", "anon", "timestamp", "comment", "tags"}
FLAGS = {"actionhidden", "userhidden", "commenthidden", "suppressed"}
HIDDEN_ALL, HIDDEN_ACTION, HIDDEN_COMMENT, HIDDEN_USER = 46411021, 46411000, 46411007, 46411014


@dataclass(frozen=True, slots=True)
class Served:
    """A wiki and all rows that its log shows to anybody, oldest first."""

    url: str
    rows: tuple[Row, ...]

    def api(self, dbname: str = "metawiki") -> Api:
        return Api(self.url, dbname, "oabot-tests (nobody@example.org)", StillClock())

    @property
    def source(self) -> Source:
        return LogEvents(self.api())

    def where(self, keep: Callable[[Row], bool]) -> list[Row]:
        return [row for row in self.rows if keep(row)]


def seeded() -> list[Row]:
    lines = (ROOT / "farm/rows.jsonl").read_text(encoding="utf-8").splitlines()
    return [line["entry"] for line in map(json.loads, lines) if line["wiki"] == "metawiki"]


@pytest.fixture
def fake() -> Iterator[FakeMediaWiki]:
    wiki = FakeMediaWiki()
    wiki.rows = seeded()
    wiki.types |= {"gblblock", "gblrename", "gblrights", "massmessage", "futurelog"}
    yield wiki
    wiki.close()


@pytest.fixture(params=["fake", pytest.param("farm", marks=pytest.mark.farm)])
def served(request: pytest.FixtureRequest) -> Served:
    if request.param == "fake":
        url, rows = request.getfixturevalue("fake").url, seeded()
    else:
        farm: Farm = request.getfixturevalue("fresh_farm")
        url, rows = farm.api("metawiki"), farm.log("metawiki")
    kept = [{key: value for key, value in row.items() if key in KEYS | FLAGS} for row in rows]
    return Served(url, tuple(sorted(kept, key=lambda row: (row["timestamp"], row["logid"]))))


def moment(row: Row) -> datetime:
    return datetime.strptime(row["timestamp"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)


def known(row: Row) -> tuple[EntryId, str, datetime]:
    return EntryId("metawiki", row["logid"]), row["type"], moment(row)


def test_rows_of_a_performer_come_whole_and_oldest_first(served: Served) -> None:
    rows = list(served.source.by_performer("WMFOffice", None))

    assert len(rows) > 40
    assert rows == served.where(lambda row: row.get("user") == "WMFOffice")


def test_the_first_letter_and_underscores_of_a_performer_are_not_significant(served: Served) -> None:
    rows = list(served.source.by_performer("steward_Example", None))

    assert rows == served.where(lambda row: row.get("user") == "Steward Example")
    assert rows


def test_a_performer_who_never_acted_has_no_rows(served: Served) -> None:
    assert list(served.source.by_performer("Example Nobody", None)) == []


def test_since_is_inclusive(served: Served) -> None:
    all_rows = served.where(lambda row: row.get("user") == "WMFOffice")
    middle = moment(all_rows[20])

    rows = list(served.source.by_performer("WMFOffice", middle))

    assert rows == [row for row in all_rows if moment(row) >= middle]
    assert rows != list(served.source.by_performer("WMFOffice", middle + timedelta(seconds=1)))


def test_rows_on_a_target_come_whoever_acted(served: Served) -> None:
    titles = {row["title"] for row in served.rows if row.get("type") == "globalauth" and "title" in row}
    for title in titles:
        rows = list(served.source.by_target(title))

        assert rows == [row for row in served.rows if row.get("title") == title]
        assert rows


def test_rows_on_a_target_can_be_asked_for_from_a_time_on(served: Served) -> None:
    title = "User:示例甲@global"
    [only] = served.where(lambda row: row.get("title") == title)

    assert list(served.source.by_target(title, moment(only))) == [only]
    assert list(served.source.by_target(title, moment(only) + timedelta(seconds=1))) == []


def test_the_oldest_entry_tells_since_when_the_log_says_anything(served: Served) -> None:
    oldest = served.source.oldest()

    assert oldest is not None
    assert oldest <= min(moment(row) for row in served.rows)


def test_known_entries_come_as_they_are_shown_now_the_hidden_ones_too(served: Served) -> None:
    found = served.source.by_ids([known(row) for row in served.rows])

    assert found == {EntryId("metawiki", row["logid"]): row for row in served.rows}
    assert {key.logid for key, row in found.items() if row and FLAGS & row.keys()} >= {
        HIDDEN_ALL,
        HIDDEN_ACTION,
        HIDDEN_COMMENT,
        HIDDEN_USER,
    }


@pytest.mark.parametrize(
    ("logid", "flags", "gone"),
    [
        (HIDDEN_ALL, FLAGS, {"title", "ns", "params", "user", "userid", "comment"}),
        (HIDDEN_ACTION, {"actionhidden"}, {"title", "ns", "params"}),
        (HIDDEN_COMMENT, {"commenthidden"}, {"comment"}),
        (HIDDEN_USER, {"userhidden"}, {"user", "userid"}),
    ],
)
def test_a_hidden_part_has_a_flag_and_no_value(served: Served, logid: int, flags: set[str], gone: set[str]) -> None:
    [shown] = served.where(lambda row: row["logid"] == logid)

    row = served.source.by_ids([known(shown)])[EntryId("metawiki", logid)]

    assert row is not None
    assert FLAGS & row.keys() == flags
    assert not gone & row.keys()


def test_a_logid_that_is_not_there_is_none_and_its_neighbours_are_found(served: Served) -> None:
    there = known(served.rows[10])
    missing = (EntryId("metawiki", 999_999_999), there[1], there[2])

    found = served.source.by_ids([there, missing])

    assert found == {there[0]: served.rows[10], missing[0]: None}


def test_an_entry_whose_type_the_wiki_no_longer_knows_is_found_by_its_time(served: Served) -> None:
    row = served.rows[10]

    found = served.source.by_ids([(EntryId("metawiki", row["logid"]), "nosuchtype", moment(row))])

    assert list(found.values()) == [row]


def test_pages_of_a_list_join_without_a_gap_or_a_double(served: Served) -> None:
    api = served.api()

    rows = [row for reply in api.query(list="logevents", lelimit=7, ledir="newer") for row in reply["logevents"]]

    assert [row["logid"] for row in rows] == [row["logid"] for row in served.rows]
    assert api.requests == len(served.rows) // 7 + 1


def test_another_wiki_than_the_one_asked_is_noticed(served: Served) -> None:
    with pytest.raises(WrongWiki):
        list(LogEvents(served.api("zhwiki")).by_performer("WMFOffice", None))


def test_a_log_type_that_no_wiki_has_is_refused(served: Served) -> None:
    with pytest.raises(SourceRefused, match="badvalue"):
        list(served.api().query(list="logevents", letype="nosuchtype"))


def test_a_parameter_that_the_wiki_does_not_know_is_noticed(served: Served) -> None:
    with pytest.raises(IncompleteReply):
        list(served.api().query(list="logevents", leids=[1, 2]))
