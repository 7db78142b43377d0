"""A linked discussion is found where it is now: through a redirect, or in an archive by its section's title."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from oabot.discussions import Discussions
from oabot.links import LinkState, Resolved
from oabot.sources.api import Api
from tests.fakes.clock import StillClock
from tests.fakes.mediawiki import FakeMediaWiki, Params, Reply

pytestmark = pytest.mark.loopback

OLD, NEW = "Talk:Trust and Safety", "Talk:Wikimedia Foundation/Trust and Safety"
TEXTS = {
    NEW: "== Something else ==",
    f"{NEW}/Archives/2021": "text\n== About a lock ==\ntext",
    f"{NEW}/Archives/2020": "== Older ==",
    "Talk:Here": "== Still here ==",
}


class Pages:
    """Pages of a wiki, as its API tells them."""

    def __init__(self) -> None:
        self.texts = dict(TEXTS)
        self.asked = 0

    def pages(self, params: Params) -> Reply:
        self.asked += 1
        found = []
        for title in params["titles"].split("|"):
            now = NEW if title == OLD and "redirects" in params else title
            page: Reply = {"title": now, "ns": 1}
            if now in self.texts:
                page["revisions"] = [{"slots": {"main": {"content": self.texts[now]}}}]
            else:
                page["missing"] = True
            found.append(page)
        return {"query": {"pages": found}}

    def subpages(self, params: Params) -> Reply:
        prefix = f"Talk:{params['apprefix']}"
        return {"query": {"allpages": [{"title": title} for title in self.texts if title.startswith(prefix)]}}


@pytest.fixture
def pages() -> Pages:
    return Pages()


@pytest.fixture
def clock() -> StillClock:
    return StillClock(datetime(2023, 1, 1, tzinfo=UTC))


@pytest.fixture
def discussions(pages: Pages, clock: StillClock) -> Iterator[Discussions]:
    wiki = FakeMediaWiki("metawiki")
    wiki.modules |= {"pages": pages.pages, "allpages": pages.subpages}
    api = Api(wiki.url, "metawiki", "oabot/test (test@example.org)", clock)
    yield Discussions({"metawiki": api}, {"metawiki": "https://meta.example"}, "metawiki", clock)
    wiki.close()


@pytest.mark.parametrize(
    ("written", "title", "section", "state"),
    [
        ("Talk:Here#Still here", "Talk:Here", "Still here", LinkState.THERE),
        ("m:Talk:Trust_and_Safety", NEW, "", LinkState.THERE),
        ("Talk:Trust and Safety#Something_else", NEW, "Something else", LinkState.THERE),
        ("Talk:Trust and Safety#About a lock", f"{NEW}/Archives/2021", "About a lock", LinkState.THERE),
        ("Talk:Trust and Safety#Never was", NEW, "Never was", LinkState.LOST),
        ("Talk:Gone#X", "Talk:Gone", "X", LinkState.MISSING),
    ],
)
def test_a_discussion_is_followed_to_where_it_is(
    discussions: Discussions, written: str, title: str, section: str, state: LinkState
) -> None:
    assert discussions.resolve([written]) == {written: Resolved("metawiki", title, section, state)}


def test_each_is_asked_for_once_a_day(discussions: Discussions, pages: Pages, clock: StillClock) -> None:
    discussions.resolve(["Talk:Here"])
    discussions.resolve(["Talk:Here"])
    assert pages.asked == 1

    clock.time += timedelta(days=1)
    del pages.texts["Talk:Here"]
    assert discussions.resolve(["Talk:Here"])["Talk:Here"].state is LinkState.MISSING


def test_a_link_to_a_wiki_that_we_do_not_read_is_left_as_it_is(discussions: Discussions, pages: Pages) -> None:
    assert discussions.resolve(["https://elsewhere.example/wiki/X", ""]) == {}
    assert pages.asked == 0
