"""Accounts that aren't there under their name any more: their cases are not shown."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from oabot.contents import Contents
from oabot.errors import IncompleteReply
from oabot.ingest import Ingest
from oabot.ledger import Ledger
from oabot.model import EntryId
from oabot.pipeline import Pipeline
from oabot.presence import Presence
from oabot.publish import Result
from oabot.sources.accounts import Accounts
from oabot.sources.api import Api
from oabot.sources.logevents import LogEvents
from tests.fakes.mediawiki import FakeMediaWiki, Params, Reply
from tests.world import REGION, TABLE, World

pytestmark = pytest.mark.loopback


class Central:
    """CentralAuth on a wiki: the accounts that it has."""

    def __init__(self, wiki: FakeMediaWiki, *, bulk: bool = False) -> None:
        self.wiki = wiki
        self.names: set[str] = set()
        self.answers = True
        wiki.modules["globaluserinfo"] = self._one
        if bulk:
            wiki.modules["globalusers"] = self._many

    def _one(self, params: Params) -> Reply:
        name = params["guiuser"]
        known = {"name": name, "home": "zhwiki"} if name in self.names else {"missing": True}
        return {"query": {"globaluserinfo": known if self.answers else None}}

    def _many(self, params: Params) -> Reply:
        asked = params["gususers"].split("|")
        rows = [{"name": name, **({"centralid": 1} if name in self.names else {"missing": True})} for name in asked]
        return {"query": {"globalusers": rows if self.answers else rows[1:]}}

    @property
    def questions(self) -> int:
        """How often it was asked for accounts."""
        return sum("guiuser" in params or "gususers" in params for params in self.wiki.asked)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with World(tmp_path, {"metawiki": "en"}) as world:
        world.wikis["metawiki"].put(TABLE, REGION)
        yield world


@pytest.fixture
def central(world: World) -> Central:
    central = Central(world.logs["metawiki"])
    use(world)
    return central


def api(world: World) -> Api:
    return Api(world.logs["metawiki"].url, "metawiki", "oabot/test (test@example.org)", world.clock)


def use(world: World) -> None:
    """A new process that looks for accounts."""
    presence = Presence(api(world), world.ledger)
    ingest = Ingest({"metawiki": LogEvents(api(world))}, world.ledger, world.rules, world.clock)
    contents = Contents(
        world.settings, world.rules, world.ledger, ingest, world.clock,
        absent=lambda cases, anew: presence.absent(cases, anew=anew),
    )  # fmt: skip
    world.pipeline = Pipeline(contents, world.ledger, ingest, world.wikis, world.clock)


def nightly(world: World, run: str) -> None:
    world.pipeline.recheck_all(world.pipeline.read())
    world.publish(run, reading=False)


def test_many_accounts_are_asked_for_in_one_request_where_the_wiki_can(world: World) -> None:
    central = Central(world.logs["metawiki"], bulk=True)
    central.names = {f"示例{number}" for number in range(0, 60, 2)}

    found = Accounts(api(world)).existing([f"示例{number}" for number in range(60)])

    assert found == frozenset(central.names)
    assert central.questions == 2


def test_accounts_are_asked_for_one_by_one_where_it_cannot(world: World, central: Central) -> None:
    central.names = {"示例甲"}

    assert Accounts(api(world)).existing(["示例甲", "示例乙"]) == frozenset({"示例甲"})


def test_a_wiki_without_central_accounts_says_nothing_of_any(world: World) -> None:
    assert Accounts(api(world)).existing(["示例甲"]) is None


@pytest.mark.parametrize("bulk", [False, True])
def test_an_account_of_which_nothing_is_said_makes_the_answer_worthless(world: World, bulk: bool) -> None:
    Central(world.logs["metawiki"], bulk=bulk).answers = False

    with pytest.raises(IncompleteReply):
        Accounts(api(world)).existing(["示例甲", "示例乙"])


def test_a_case_of_an_account_that_is_not_there_is_not_published(world: World, central: Central) -> None:
    central.names = {"示例甲"}
    world.lock(1, "示例甲")
    world.lock(2, "示例乙")

    world.publish()

    assert "示例甲" in world.text()
    assert "示例乙" not in world.text()


def test_a_case_is_published_once_its_account_is_there_again(world: World, central: Central) -> None:
    world.lock(1, "示例甲")
    world.publish()
    assert "示例甲" not in world.text()
    central.names = {"示例甲"}

    world.publish("run-2")

    assert "示例甲" in world.text()


def test_a_case_that_cannot_be_looked_up_is_not_published_and_one_that_was_stays(
    world: World, central: Central
) -> None:
    central.names = {"示例甲", "示例乙"}
    world.lock(1, "示例甲")
    world.publish()
    world.lock(2, "示例乙")
    central.answers = False

    nightly(world, "run-2")

    assert "示例甲" in world.text()
    assert "示例乙" not in world.text()


def test_an_account_that_vanished_leaves_the_page_at_night_though_no_log_says_so(
    world: World, central: Central
) -> None:
    central.names = {f"示例{number}" for number in range(8)}
    for number in range(8):
        world.lock(number + 1, f"示例{number}")
    world.publish()
    central.names.remove("示例3")

    nightly(world, "run-2")

    assert "示例3" not in world.text()
    assert "示例4" in world.text()


def test_a_renamed_account_goes_by_its_new_name_once_the_rename_is_read(world: World, central: Central) -> None:
    central.names = {"示例甲"}
    world.lock(1, "示例甲")
    world.publish()
    central.names = {"示例新"}
    world.add(
        "metawiki", 2, "2021-09-20T00:00:00Z", "renameuser/renameuser", "Example Renamer", "User:示例甲",
        params={"olduser": "示例甲", "newuser": "示例新", "edits": 3},
    )  # fmt: skip
    world.add(
        "metawiki", 3, "2021-09-20T00:00:00Z", "gblrename/rename", "Example Renamer", "Special:CentralAuth/示例新",
        params={"olduser": "示例甲", "newuser": "示例新"},
    )  # fmt: skip

    nightly(world, "run-2")

    assert "示例甲" not in world.text()
    assert "示例新" in world.text()


def test_a_vanishing_takes_the_old_name_off_our_pages_and_out_of_the_ledger(world: World, central: Central) -> None:
    central.names = {"示例甲", "示例乙"}
    world.lock(1, "示例甲")
    world.lock(2, "示例乙")
    world.publish()
    assert "示例甲" in world.text()
    central.names = {"示例乙", "Renamed user 8f3a"}
    world.add(
        "metawiki", 3, "2021-09-20T00:00:00Z", "renameuser/renameuser", "AccountVanishRequests", "User:示例甲",
        params={"olduser": "示例甲", "newuser": "Renamed user 8f3a", "edits": 3},
    )  # fmt: skip

    nightly(world, "run-2")

    assert "示例甲" not in world.text()
    assert "示例甲" not in world.wikis["metawiki"].saves[-1].summary
    assert "示例甲" not in str(world.ledger.observations.entries())
    world.ledger.cursors.forget_all()
    nightly(world, "run-3")
    assert "示例甲" not in str(world.ledger.observations.entries())

    world.clock.time += timedelta(days=2)
    erased = world.ledger.erasures.tombstones()
    world.pipeline.read(overlap=timedelta(days=10_000))
    world.pipeline.rebuild()
    assert world.ledger.erasures.tombstones() == erased  # it wasn't stored for a moment, to be erased again


def test_a_wiki_that_knows_nobody_any_more_is_not_believed(world: World, central: Central) -> None:
    central.names = {f"示例{number}" for number in range(8)}
    for number in range(8):
        world.lock(number + 1, f"示例{number}")
    world.publish()
    before = world.text()
    central.names = set()
    world.pipeline.recheck_all(world.pipeline.read())

    (outcome,) = world.publish("run-2", reading=False)

    assert outcome.result is Result.UNCHANGED
    assert world.text() == before


def test_accounts_that_are_there_are_asked_for_once_and_then_at_night(world: World, central: Central) -> None:
    central.names = {"示例甲"}
    world.lock(1, "示例甲")
    world.publish()
    use(world)
    world.publish("run-2")
    assert central.questions == 1

    nightly(world, "run-3")

    assert central.questions == 2


def test_no_name_is_kept_of_accounts_that_were_looked_for(world: World, central: Central, tmp_path: Path) -> None:
    world.add("metawiki", 1, "2021-09-13T00:00:00Z", "globalauth/setstatus", "WMFOffice", "User:Canary Name@global",
              params={"added": ["locked"], "removed": []})  # fmt: skip
    world.publish()
    world.ledger.erasures.erase([EntryId("metawiki", 1)], "hidden", world.clock.now())

    assert "Canary Name" not in str(Ledger(f"sqlite:///{tmp_path}/ledger.sqlite", world.clock).state.starting(""))
    assert b"Canary Name" not in (tmp_path / "ledger.sqlite").read_bytes()
