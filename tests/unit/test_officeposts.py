"""Posts of the Office on talk pages are asked for once a day, its newest, and never by what people can't see."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from oabot.officeposts import MOST, OfficePosts
from oabot.sources.api import Api
from tests.fakes.clock import StillClock
from tests.fakes.mediawiki import ApiFault, FakeMediaWiki, Params, Reply

pytestmark = pytest.mark.loopback

NOW = datetime(2023, 1, 1, tzinfo=UTC)
ACCOUNTS = ["WMFOffice", "Office Example", "WMFOffice"]


class Contributions:
    """What accounts wrote, as the API tells it."""

    def __init__(self) -> None:
        self.by_account = {"WMFOffice": [5, 3], "Office Example": [4]}
        self.asked: list[Params] = []
        self.broken = False

    def __call__(self, params: Params) -> Reply:
        self.asked.append(params)
        if self.broken:
            raise ApiFault("internal_api_error_DBQueryError")
        rows = [
            {
                "revid": revid,
                "ns": 1,
                "title": "Talk:Office actions",
                "comment": f"/* Section {revid} */ new section",
                "timestamp": f"2022-12-{revid % 28 + 1:02}T00:00:00Z",
            }
            for revid in self.by_account[params["ucuser"]]
        ]
        return {"query": {"usercontribs": rows}}


@pytest.fixture
def written() -> Contributions:
    return Contributions()


@pytest.fixture
def clock() -> StillClock:
    return StillClock(NOW)


@pytest.fixture
def posts(written: Contributions, clock: StillClock) -> Iterator[OfficePosts]:
    wiki = FakeMediaWiki()
    wiki.modules["usercontribs"] = written
    api = Api(wiki.url, "metawiki", "oabot/test (test@example.org)", clock)
    yield OfficePosts(api, clock)
    wiki.close()


def test_the_newest_of_all_role_accounts_come_first(posts: OfficePosts) -> None:
    assert [post.revid for post in posts.read(ACCOUNTS)] == [5, 4, 3]


def test_they_are_asked_for_once_a_day(posts: OfficePosts, written: Contributions, clock: StillClock) -> None:
    posts.read(ACCOUNTS)
    posts.read(ACCOUNTS)
    assert len(written.asked) == 2

    clock.time += timedelta(days=1)
    written.by_account["WMFOffice"].insert(0, 6)
    assert [post.revid for post in posts.read(ACCOUNTS)] == [6, 5, 4, 3]


def test_when_they_cannot_be_read_they_stay_as_they_were(
    posts: OfficePosts, written: Contributions, clock: StillClock
) -> None:
    before = posts.read(ACCOUNTS)
    clock.time += timedelta(days=1)
    written.broken = True
    assert posts.read(ACCOUNTS) == before

    written.broken = False
    written.by_account["Office Example"] = []
    assert [post.revid for post in posts.read(ACCOUNTS)] == [5, 3]


def test_of_very_many_only_the_newest_are_offered(posts: OfficePosts, written: Contributions) -> None:
    written.by_account = {"WMFOffice": list(range(1000, 900, -1)), "Office Example": []}

    assert [post.revid for post in posts.read(ACCOUNTS)] == list(range(1000, 1000 - MOST, -1))
