"""Accounts that are gone, on a real MediaWiki with CentralAuth's answers."""

from __future__ import annotations

import json

import pytest

from oabot.sources.accounts import Accounts
from oabot.sources.api import Api
from tests.fakes.clock import StillClock
from tests.local_farm import Farm

pytestmark = pytest.mark.farm


def test_accounts_that_vanished_are_told_from_those_that_are_there(fresh_farm: Farm) -> None:
    api = Api(fresh_farm.api("metawiki"), "metawiki", "oabot/test (test@example.org)", StillClock())
    asked = ["示例甲", "Пример Борис", "Nobody Example"]
    assert Accounts(api).existing(asked) == frozenset({"示例甲", "Пример Борис"})

    fresh_farm.control("metawiki", "globalusers.json", json.dumps({"示例甲": None}))

    assert Accounts(api).existing(asked) == frozenset({"Пример Борис"})
