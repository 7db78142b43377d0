"""What only a wiki that misbehaves shows; the rest is in the contract suite."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from oabot.errors import IncompleteReply, WrongWiki
from oabot.model import EntryId
from oabot.sources.api import Api
from oabot.sources.logevents import LogEvents
from tests.fakes.clock import StillClock
from tests.fakes.mediawiki import FakeMediaWiki, row, send

pytestmark = pytest.mark.loopback

T1, T2, T3 = "2021-09-13T16:13:01Z", "2021-09-13T16:13:02Z", "2021-09-16T21:47:00Z"


@pytest.fixture
def wiki() -> Iterator[FakeMediaWiki]:
    fake = FakeMediaWiki()
    yield fake
    fake.close()


@pytest.fixture
def source(wiki: FakeMediaWiki) -> Iterator[LogEvents]:
    api = Api(wiki.url, "metawiki", "oabot-tests (nobody@example.org)", StillClock())
    yield LogEvents(api)
    api.close()


def answer_next(wiki: FakeMediaWiki, *rows: object) -> None:
    query = {"general": {"wikiid": wiki.dbname}, "logevents": list(rows)}
    body = json.dumps({"batchcomplete": True, "query": query}).encode()
    wiki.script.append(lambda handler: send(handler, 200, body))


def known(logid: int, time: str, letype: str = "globalauth", wiki: str = "metawiki") -> tuple[EntryId, str, datetime]:
    return EntryId(wiki, logid), letype, datetime.strptime(time, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)


def logids(rows: Iterator[dict[str, Any]]) -> list[Any]:
    return [each["logid"] for each in rows]


@pytest.mark.parametrize(
    "bad",
    [
        row(0, T1),
        row(-5, T1),
        {**row(1, T1), "logid": "9"},
        {**row(1, T1), "logid": True},
        {**row(1, T1), "logid": None},
        {**row(1, T1), "timestamp": "yesterday"},
        {**row(1, T1), "timestamp": 7},
        {**row(1, T1), "type": None},
        {**row(1, T1), "action": ["setstatus"]},
        {"timestamp": T1},
        "row",
        None,
        ["logid", 1],
    ],
)
def test_an_unreadable_row_is_reported_and_left_out_and_nothing_else_is_lost(
    wiki: FakeMediaWiki, source: LogEvents, bad: object, caplog: pytest.LogCaptureFixture
) -> None:
    answer_next(wiki, row(11, T1), bad, row(12, T2))

    assert logids(source.by_performer("WMFOffice", None)) == [11, 12]
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert "ExampleBanned1" not in caplog.text


def test_the_same_row_twice_is_given_once(wiki: FakeMediaWiki, source: LogEvents) -> None:
    answer_next(wiki, row(11, T1), row(11, T1), row(12, T2))

    assert logids(source.by_target("User:ExampleBanned1@global")) == [11, 12]


def test_a_logid_that_comes_twice_with_different_content_is_reported_and_the_second_left_out(
    wiki: FakeMediaWiki, source: LogEvents, caplog: pytest.LogCaptureFixture
) -> None:
    answer_next(wiki, row(11, T1), row(11, T1, comment="something else"), row(12, T2))

    assert logids(source.by_performer("WMFOffice", None)) == [11, 12]
    assert "metawiki:11: came twice" in caplog.text
    assert "something else" not in caplog.text


def test_a_row_that_comes_a_second_time_hidden_is_given_again_so_that_it_can_be_erased(
    wiki: FakeMediaWiki, source: LogEvents
) -> None:
    answer_next(wiki, row(11, T1), {**row(11, T1), "commenthidden": True})

    rows = list(source.by_performer("WMFOffice", None))

    assert [("comment" in each, "commenthidden" in each) for each in rows] == [(True, False), (False, True)]


def test_a_row_out_of_order_is_reported_and_still_given(
    wiki: FakeMediaWiki, source: LogEvents, caplog: pytest.LogCaptureFixture
) -> None:
    answer_next(wiki, row(12, T2), row(11, T1), row(13, T3))

    assert logids(source.by_performer("WMFOffice", None)) == [12, 11, 13]
    assert "metawiki:11: out of order" in caplog.text


def test_a_row_by_another_performer_is_reported_and_left_out(
    wiki: FakeMediaWiki, source: LogEvents, caplog: pytest.LogCaptureFixture
) -> None:
    answer_next(wiki, row(11, T1), row(12, T2, user="Example Steward"), row(13, T3))

    assert logids(source.by_performer("wMFOffice", None)) == [11, 13]
    assert "metawiki:12" in caplog.text
    assert "Steward" not in caplog.text


def test_values_that_an_account_with_rights_sees_in_a_hidden_row_are_dropped(
    wiki: FakeMediaWiki, source: LogEvents
) -> None:
    flags = {"actionhidden": True, "userhidden": True, "commenthidden": True, "suppressed": True}
    answer_next(wiki, {**row(11, T1), **flags})

    [only] = source.by_performer("WMFOffice", None)

    assert only == {
        "logid": 11,
        "type": "globalauth",
        "action": "setstatus",
        "timestamp": T1,
        "tags": [],
        **flags,
    }


def test_a_wiki_that_answers_for_another_is_not_believed(wiki: FakeMediaWiki, source: LogEvents) -> None:
    wiki.rows = [row(11, T1)]
    wiki.dbname = "zhwiki"

    with pytest.raises(WrongWiki):
        list(source.by_performer("WMFOffice", None))
    with pytest.raises(WrongWiki):
        source.by_ids([known(11, T1)])


def test_a_reply_that_breaks_off_between_pages_is_an_error(wiki: FakeMediaWiki, source: LogEvents) -> None:
    wiki.rows = [row(logid, T1) for logid in range(1, 6)]
    wiki.page_size = 2
    wiki.script.extend([None, lambda handler: send(handler, 200, b'{"query": {"logevents": []}}')])

    with pytest.raises(IncompleteReply):
        list(source.by_performer("WMFOffice", None))


@pytest.mark.parametrize("body", [b"{}", b'{"batchcomplete": true}', b'{"batchcomplete": true, "query": {}}'])
def test_an_empty_reply_is_not_an_empty_log(wiki: FakeMediaWiki, source: LogEvents, body: bytes) -> None:
    wiki.script.append(lambda handler: send(handler, 200, body))

    with pytest.raises(IncompleteReply):
        list(source.by_target("User:ExampleBanned1@global"))


def test_a_known_entry_is_not_gone_when_a_row_beside_it_cannot_be_read(wiki: FakeMediaWiki, source: LogEvents) -> None:
    wiki.script.append(None)
    answer_next(wiki, row(12, T1), {**row(11, T1), "logid": "11"})

    with pytest.raises(IncompleteReply):
        source.by_ids([known(11, T1)])


def test_a_known_entry_is_not_gone_when_the_log_around_it_is_empty(wiki: FakeMediaWiki, source: LogEvents) -> None:
    with pytest.raises(IncompleteReply):
        source.by_ids([known(11, T1)])


def test_two_different_rows_of_one_known_entry_decide_nothing(wiki: FakeMediaWiki, source: LogEvents) -> None:
    wiki.script.append(None)
    answer_next(wiki, row(11, T1), row(11, T1, comment="other"))

    with pytest.raises(IncompleteReply):
        source.by_ids([known(11, T1)])


def test_of_two_rows_of_one_known_entry_the_hidden_one_counts(wiki: FakeMediaWiki, source: LogEvents) -> None:
    wiki.script.append(None)
    answer_next(wiki, row(11, T1), {**row(11, T1), "userhidden": True})

    found = source.by_ids([known(11, T1)])[EntryId("metawiki", 11)]

    assert found is not None
    assert "user" not in found
    assert found["userhidden"] is True


def test_a_row_that_leids_did_not_ask_for_makes_the_reply_worthless(wiki: FakeMediaWiki, source: LogEvents) -> None:
    wiki.knows_leids = True
    wiki.script.append(None)
    answer_next(wiki, row(11, T1), row(99, T3))

    with pytest.raises(IncompleteReply):
        source.by_ids([known(11, T1)])


def test_a_wiki_that_ignores_leids_after_all_is_not_believed(wiki: FakeMediaWiki, source: LogEvents) -> None:
    wiki.rows = [row(11, T1)]
    wiki.knows_leids = True
    source.by_ids([known(11, T1)])
    wiki.knows_leids = False

    with pytest.raises(IncompleteReply):
        source.by_ids([known(11, T1)])


def test_known_entries_are_asked_for_fifty_at_a_time(wiki: FakeMediaWiki, source: LogEvents) -> None:
    wiki.rows = [row(logid, T1) for logid in range(1, 122)]
    wiki.knows_leids = True

    found = source.by_ids([known(logid, T1) for logid in range(1, 122)])

    assert len(found) == 121
    assert None not in found.values()
    assert [each["action"] for each in wiki.asked] == ["paraminfo", "query", "query", "query"]


def test_without_leids_entries_of_one_type_and_minute_share_a_request(wiki: FakeMediaWiki, source: LogEvents) -> None:
    wiki.rows = [row(logid, T1) for logid in range(1, 17)] + [row(20, T2), row(21, T2, type="rights"), row(22, T3)]

    found = source.by_ids(
        [known(logid, T1) for logid in range(1, 17)] + [known(20, T2), known(21, T2, "rights"), known(22, T3)]
    )

    assert {key.logid: entry and entry["logid"] for key, entry in found.items()} == {
        logid: logid for logid in (*range(1, 17), 20, 21, 22)
    }
    assert len(wiki.asked) == 1 + 3


def test_other_entries_of_that_minute_are_not_taken_for_known_ones(wiki: FakeMediaWiki, source: LogEvents) -> None:
    wiki.rows = [row(11, T1), row(12, T1), row(13, T2)]

    found = source.by_ids([known(11, T1), known(14, T2)])

    assert [key.logid for key in found] == [11, 14]
    assert found[EntryId("metawiki", 14)] is None


def test_a_row_of_others_that_cannot_be_read_does_not_keep_known_entries_from_being_read(
    wiki: FakeMediaWiki, source: LogEvents
) -> None:
    wiki.rows = [row(11, "2021-09-13T16:13:01Z"), row(13, "2021-09-13T16:13:09Z")]
    wiki.script.append(None)
    answer_next(wiki, row(11, "2021-09-13T16:13:01Z"), {**row(12, "2021-09-13T16:13:05Z"), "logid": "?"})

    found = source.by_ids([known(11, "2021-09-13T16:13:01Z"), known(13, "2021-09-13T16:13:09Z")])

    assert None not in found.values()
    assert len(wiki.asked) == 1 + 3


def test_nothing_known_asks_nothing(wiki: FakeMediaWiki, source: LogEvents) -> None:
    assert source.by_ids([]) == {}
    assert wiki.asked == []


def test_entries_of_another_wiki_are_a_mistake_of_ours(source: LogEvents) -> None:
    with pytest.raises(ValueError, match="another wiki"):
        source.by_ids([known(11, T1, wiki="zhwiki")])


def test_reading_by_performer_costs_one_request_for_all_types(wiki: FakeMediaWiki, source: LogEvents) -> None:
    wiki.rows = [row(11, T1), row(12, T2, type="rights", action="rights"), row(13, T3, type="delete", action="delete")]

    assert logids(source.by_performer("WMFOffice", None)) == [11, 12, 13]
    assert len(wiki.asked) == 1
