"""What the program is wired of: the parts that only work when they are joined."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from oabot import communityconfig
from oabot.app import App
from oabot.config import Settings
from oabot.model import Page
from tests.fakes.mediawiki import FakeMediaWiki

pytestmark = pytest.mark.loopback


@pytest.fixture
def logs() -> Iterator[dict[str, FakeMediaWiki]]:
    made = {dbname: FakeMediaWiki(dbname) for dbname in ("metawiki", "ruwiki", "fawiki")}
    yield made
    for one in made.values():
        one.close()


def test_a_performers_log_is_read_only_where_centralauth_says_that_there_is_an_account(
    logs: dict[str, FakeMediaWiki], tmp_path: Path
) -> None:
    info = {"name": "WMFOffice", "merged": [{"wiki": "metawiki"}, {"wiki": "ruwiki"}], "unattached": []}
    logs["metawiki"].modules["globaluserinfo"] = lambda _: {"query": {"globaluserinfo": info}}
    wikis = {dbname: {"url": one.url.removesuffix("/w/api.php"), "language": "en"} for dbname, one in logs.items()}
    given = {"contact": "test@example.org", "database": f"sqlite:///{tmp_path}/ledger.sqlite", "wikis": wikis}
    app = App(Settings.model_validate(given))
    app.pipeline({}).read()
    read = {dbname: {asked["leuser"] for asked in one.asked if "leuser" in asked} for dbname, one in logs.items()}

    assert "WMFOffice" in read["metawiki"]
    assert read["ruwiki"] == read["metawiki"]
    assert read["fawiki"] == set()


def test_the_actors_of_the_communitys_config_take_the_place_of_the_operators(tmp_path: Path) -> None:
    app = App(Settings.model_validate({"database": f"sqlite:///{tmp_path}/ledger.sqlite"}))
    assert app.rules_in_force.actors == app.rules.actors
    text = json.dumps({"actors": {"office": ["Office Example"]}})
    communityconfig.read(Page("User:Bot/Config.json", text, 5, 2, content_model="json"), app.ledger)

    assert [actor.name for actor in app.rules_in_force.actors.office] == ["Office Example"]
    assert [actor.name for actor in app.rules.actors.office] == ["WMFOffice"]
