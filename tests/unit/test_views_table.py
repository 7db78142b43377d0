"""Groups of rows: what their members share stands once, what is a member's own stands with it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from oabot import logentry, rules
from oabot.cases import cases
from oabot.classify import judge
from oabot.i18n import language
from oabot.model import Annotation, EntryId
from oabot.views import Material, Place, render
from oabot.wikitext import regions

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def row(logid: int, what: str, title: str, params: object = None, **more: object) -> dict[str, Any]:
    """A row of the English Wikipedia's log, all in one minute."""
    log_type, action = what.split("/")
    plain = {"user": "WMFOffice", "comment": "", "timestamp": "2025-06-10T12:00:00Z"}
    return {"logid": logid, "type": log_type, "action": action, "title": title, "params": params or {}, **plain, **more}


def block(logid: int, expiry: str) -> dict[str, Any]:
    return row(logid, "block/block", f"User:Example {logid}", {"duration": expiry, "flags": [], "sitewide": True})


def page(rows: Iterable[dict[str, Any]], notes: Iterable[Annotation] = (), now: datetime = NOW) -> str:
    """The table that these rows and notes make."""
    entries = [logentry.parse("enwiki", one) for one in rows]
    made = cases(entries, judge(entries, rules.load()), now, notes)
    material = Material(made, {"enwiki": "https://en.example"}, "ExampleBot", "metawiki")
    [region] = regions("{{Office actions|table}}\n{{Office actions end}}")
    return render(region, material, Place("metawiki", "User:ExampleBot/Table", language("en"))).body


def members(text: str) -> list[str]:
    """The items of the one group on a page."""
    return (
        text.split("<ul>")[1]
        .split("</ul>", maxsplit=1)[0]
        .removeprefix("<li>")
        .removesuffix("</li>")
        .split("</li><li>")
    )


def test_what_people_wrote_about_one_member_of_a_group_stands_with_it() -> None:
    note = Annotation(EntryId("enwiki", 2), discussion=("Talk:Example",), note="a remark", claimed_date="2025-06-09")
    text = page([block(1, "infinity"), block(2, "infinity"), block(3, "infinity")], [note])

    assert [("a remark" in one, "Talk&#58;Example" in one, "2025&#45;06&#45;09" in one) for one in members(text)] == [
        (False, False, False),
        (True, True, True),
        (False, False, False),
    ]
    assert text.count("2025&#45;06&#45;09") == 1


def test_members_of_a_group_that_end_on_different_days_each_say_when() -> None:
    text = page([block(1, "infinity"), block(2, "2026-03-04T00:00:00Z"), block(3, "infinity")])

    assert [item.rpartition(" · ")[2] for item in members(text)] == [
        "Expires: no end",
        "Expires: <bdi>4 {{#time:F|2026-03|en}} 2026, 00:00</bdi>",
        "Expires: no end",
    ]


def test_a_group_whose_members_expired_on_different_days_names_no_day_for_all() -> None:
    text = page([block(1, "2025-07-01T00:00:00Z"), block(2, "2025-08-01T00:00:00Z"), block(3, "2025-09-01T00:00:00Z")])

    assert "expired: {{formatnum:3}}" in text
    assert ["expired on" in item for item in members(text)] == [True, True, True]


def test_who_hid_revisions_is_not_named_by_a_deletion_of_the_same_minute() -> None:
    hidden = {"type": "revision", "ids": [5], "new": {"bitmask": 1}}
    rows = [row(1, "delete/delete", "A"), row(2, "delete/revision", "B", hidden), row(3, "delete/delete", "C")]
    only = [row(logid, "delete/revision", f"Page {logid}", hidden) for logid in (11, 12, 13)]

    assert page(rows).count("WMFOffice") == 2
    assert "WMFOffice" not in page(only)


def test_a_group_is_of_one_minute() -> None:
    later = (datetime(2025, 6, 10, 12, tzinfo=UTC) + timedelta(minutes=1)).strftime("%Y-%m-%dT%H:%M:%SZ")

    assert "oabot-batch" in page([block(1, "infinity"), block(2, "infinity"), block(3, "infinity")])
    assert "oabot-batch" not in page(
        [block(1, "infinity"), block(2, "infinity"), {**block(3, "infinity"), "timestamp": later}]
    )


@pytest.mark.parametrize(("performer", "said"), [("ExampleSysop", True), ("Example Person (WMF)", False)])
def test_only_who_is_no_staff_is_called_somebody_outside_the_office(performer: str, said: bool) -> None:
    later = "2025-06-11T12:00:00Z"
    text = page([block(1, "infinity"), row(2, "block/unblock", "User:Example 1", user=performer, timestamp=later)])

    assert "reversed on" in text
    assert ("outside the Office" in text) == said
    assert performer not in text
