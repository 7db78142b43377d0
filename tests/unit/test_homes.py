from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from oabot.homes import Homes
from oabot.ledger import Ledger
from oabot.model import GLOBAL
from oabot.sources.api import Api
from tests.fakes.clock import StillClock
from tests.fakes.mediawiki import FakeMediaWiki, Params, Reply
from tests.unit.test_explained import case

pytestmark = pytest.mark.loopback

CASES = [
    case(1, "2021-09-13", GLOBAL, "示例甲"),
    case(2, "2021-09-13", GLOBAL, "Пример Алексей"),
    case(3, "2021-09-13", "zhwiki", "样例一"),
]


class Central(FakeMediaWiki):
    """A wiki with CentralAuth: accounts and their home wikis."""

    def __init__(self) -> None:
        super().__init__()
        self.homes: dict[str, str | None] = {"示例甲": "zhwiki"}
        self.modules["globaluserinfo"] = self._user

    def _user(self, params: Params) -> Reply:
        name = params["guiuser"]
        known = {"name": name, "home": self.homes.get(name)}
        return {"query": {"globaluserinfo": known if name in self.homes else {"missing": True}}}

    @property
    def asked_for(self) -> list[str]:
        return [params["guiuser"] for params in self.asked if "guiuser" in params]


@pytest.fixture
def wiki() -> Iterator[Central]:
    fake = Central()
    yield fake
    fake.close()


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture
def ledger(tmp_path: Path, clock: StillClock) -> Ledger:
    return Ledger(f"sqlite:///{tmp_path}/ledger.sqlite", clock)


@pytest.fixture
def homes(wiki: Central, ledger: Ledger, clock: StillClock) -> Iterator[Homes]:
    api = Api(wiki.url, "metawiki", "oabot-tests (nobody@example.org)", clock)
    yield Homes(api, ledger, clock)
    api.close()


def test_only_accounts_that_were_acted_on_globally_are_asked_for_and_each_once(wiki: Central, homes: Homes) -> None:
    first, second = homes.read(CASES), homes.read(CASES)

    assert first == second == {"示例甲": "zhwiki"}
    assert sorted(wiki.asked_for) == sorted(["示例甲", "Пример Алексей"])


def test_what_is_not_known_is_asked_again_the_next_day(wiki: Central, homes: Homes, clock: StillClock) -> None:
    homes.read(CASES)
    wiki.homes["Пример Алексей"] = "ruwiki"
    same_day = homes.read(CASES)
    clock.sleep(timedelta(days=1).total_seconds())

    assert same_day == {"示例甲": "zhwiki"}
    assert homes.read(CASES) == {"示例甲": "zhwiki", "Пример Алексей": "ruwiki"}
    assert wiki.asked_for.count("示例甲") == 1


def test_no_name_is_kept_and_nothing_of_a_case_that_is_gone(ledger: Ledger, homes: Homes) -> None:
    homes.read(CASES)
    ledger.state.put("stream", 1)  # what is written next takes it along
    kept = json.dumps(ledger.state.starting(""), ensure_ascii=False)
    homes.read([])
    ledger.state.put("stream", 2)

    assert "示例甲" not in kept
    assert "metawiki:1" in kept
    assert "metawiki:1" not in json.dumps(ledger.state.starting(""))


def test_a_wiki_that_does_not_tell_leaves_what_is_known(wiki: Central, homes: Homes) -> None:
    homes.read(CASES[:1])
    del wiki.modules["globaluserinfo"]

    assert homes.read(CASES) == {"示例甲": "zhwiki"}
