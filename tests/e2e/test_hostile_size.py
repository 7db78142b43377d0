"""The biggest pages that we make stay far within the limits of a real MediaWiki's parser."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests

from oabot import rules
from oabot.cases import cases
from oabot.classify import judge
from oabot.i18n import language
from oabot.logentry import parse
from oabot.model import Case
from oabot.split import PAGE, Table
from oabot.views import VIEWS, Material, Place
from oabot.views.parameters import Filters
from tests.local_farm import Farm

pytestmark = pytest.mark.farm


def rights_taken(number: int) -> tuple[Case, ...]:
    """Removals of many groups, each at a minute and on a day of its own: what costs the parser most."""
    rules_ = rules.load({})
    begin = datetime(2015, 1, 1, tzinfo=UTC)
    rows = [
        {
            "logid": index + 1, "ns": 2, "title": f"User:نمونه {index}@fawiki", "type": "rights", "action": "rights",
            "params": {"oldgroups": ["sysop", "bureaucrat", "checkuser", "suppress"], "newgroups": []},
            "user": "WMFOffice", "comment": "", "tags": [],
            "timestamp": f"{begin + timedelta(days=2 * index, minutes=index % 1440):%Y-%m-%dT%H:%M:%SZ}",
        }
        for index in range(number)
    ]  # fmt: skip
    entries = sorted((parse("metawiki", row) for row in rows), key=lambda entry: entry.order)
    return cases(entries, judge(entries, rules_), datetime(2040, 1, 1, tzinfo=UTC))


def parsed(farm: Farm, dbname: str, text: str) -> dict[str, Any]:
    asked = {
        "action": "parse", "text": text, "contentmodel": "wikitext", "title": "User:OATransparencyBot/Test",
        "prop": "limitreportdata|text|categories", "format": "json", "formatversion": "2",
    }  # fmt: skip
    reply: dict[str, Any] = requests.post(farm.api(dbname), data=asked, timeout=120).json()["parse"]
    return reply


def limits(reply: dict[str, Any]) -> dict[str, tuple[int, int]]:
    """What was used of each limit, and the limit."""
    return {row["name"]: (row["0"], row["1"]) for row in reply["limitreportdata"] if isinstance(row.get("1"), int)}


@pytest.mark.parametrize(("dbname", "code"), [("metawiki", "en"), ("fawiki", "fa")])
def test_the_biggest_page_uses_little_of_every_limit_of_the_parser(farm: Farm, dbname: str, code: str) -> None:
    material = Material(rights_taken(1500), {"metawiki": "https://meta.example"}, "OATransparencyBot", "metawiki")
    place = Place("metawiki", "User:OATransparencyBot/Office actions", language(code, {code}))

    drafts = Table(VIEWS["table"], Filters(), material, place).split(PAGE)
    biggest = max(drafts.values(), key=lambda draft: len(draft.body.encode()))
    reply = parsed(farm, dbname, biggest.body)

    assert len(drafts) > 1
    assert biggest.rows > 400
    assert 'class="error"' not in reply["text"]
    assert "{{" not in reply["text"]
    assert reply["categories"] == []
    assert {name for name, (used, most) in limits(reply).items() if used > most // 10} == set()


def test_a_page_beyond_our_time_budget_would_show_errors(farm: Farm) -> None:
    calls = "".join(f"{{{{#time:H:i|{minute // 60:02}:{minute % 60:02}|fa}}}}" for minute in range(1440))
    calls += "".join(
        f"{{{{#time:j|{datetime(2015, 1, 1, tzinfo=UTC) + timedelta(days=day):%Y-%m-%d}|fa}}}}" for day in range(1800)
    )

    assert not PAGE.holds(calls)
    assert 'class="error"' in parsed(farm, "fawiki", calls)["text"]
