from __future__ import annotations

from collections.abc import Iterator

import pytest

from oabot.errors import IncompleteReply
from oabot.sources.api import Api
from oabot.sources.attached import attached, worth_reading
from tests.fakes.clock import StillClock
from tests.fakes.mediawiki import FakeMediaWiki

pytestmark = pytest.mark.loopback

WIKIS = ["zhwiki", "metawiki", "ruwiki", "fawiki"]


@pytest.fixture
def wiki() -> Iterator[FakeMediaWiki]:
    fake = FakeMediaWiki()
    yield fake
    fake.close()


@pytest.fixture
def api(wiki: FakeMediaWiki) -> Iterator[Api]:
    reader = Api(wiki.url, "metawiki", "oabot-tests (nobody@example.org)", StillClock())
    yield reader
    reader.close()


def serve(wiki: FakeMediaWiki, info: object) -> None:
    wiki.modules["globaluserinfo"] = lambda params: {"query": {"globaluserinfo": info}}


def test_an_account_is_where_it_is_merged_and_where_it_is_not(wiki: FakeMediaWiki, api: Api) -> None:
    serve(wiki, {"name": "WMFOffice", "merged": [{"wiki": "ruwiki"}], "unattached": [{"wiki": "fawiki"}]})

    assert attached(api, "WMFOffice") == frozenset({"ruwiki", "fawiki"})
    assert worth_reading(api, "WMFOffice", WIKIS) == ["metawiki", "ruwiki", "fawiki"]


def test_of_a_hidden_or_missing_account_nothing_is_known_and_every_wiki_is_read(wiki: FakeMediaWiki, api: Api) -> None:
    serve(wiki, {"missing": True, "unattached": []})

    assert attached(api, "WMFOffice") is None
    assert worth_reading(api, "WMFOffice", WIKIS) == WIKIS


@pytest.mark.parametrize("info", [None, [], {"name": "WMFOffice"}, {"merged": [], "unattached": None}])
def test_a_reply_in_another_shape_prunes_nothing(wiki: FakeMediaWiki, api: Api, info: object) -> None:
    serve(wiki, info)

    with pytest.raises(IncompleteReply):
        attached(api, "WMFOffice")
    assert worth_reading(api, "WMFOffice", WIKIS) == WIKIS


def test_a_wiki_without_central_accounts_prunes_nothing(api: Api) -> None:
    assert worth_reading(api, "WMFOffice", WIKIS) == WIKIS
