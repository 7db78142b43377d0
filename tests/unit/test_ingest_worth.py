from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from oabot.errors import SourceError
from oabot.ingest import Ingest
from oabot.model import EntryId
from oabot.sources.api import Api
from oabot.sources.logevents import LogEvents
from tests.world import World

pytestmark = pytest.mark.loopback


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with World(tmp_path, {"metawiki": "en", "ruwiki": "ru", "fawiki": "fa"}) as world:
        yield world


def ingest(world: World, worth: object) -> Ingest:
    sources = {
        dbname: LogEvents(Api(logs.url, dbname, "oabot/test (test@example.org)", world.clock))
        for dbname, logs in world.logs.items()
    }
    return Ingest(sources, world.ledger, world.rules, world.clock, worth=worth)  # type: ignore[arg-type]  # a lambda


def performers_logs(world: World) -> dict[str, int]:
    return {dbname: sum("leuser" in asked for asked in logs.asked) for dbname, logs in world.logs.items()}


def test_a_performers_log_is_read_only_where_it_is_worth_reading(world: World) -> None:
    ingest(world, lambda _, wikis: [wiki for wiki in wikis if wiki != "fawiki"]).run()

    assert performers_logs(world) == {"metawiki": 1, "ruwiki": 1, "fawiki": 0}


def test_where_it_cant_be_told_what_is_worth_reading_everything_is_read(world: World) -> None:
    def unknown(_performer: str, _wikis: Iterable[str]) -> Iterable[str]:
        raise SourceError("metawiki: no answer")

    report = ingest(world, unknown).run()

    assert performers_logs(world) == {"metawiki": 1, "ruwiki": 1, "fawiki": 1}
    assert not report.failed


class Slow(LogEvents):
    """Gives a log only when somebody else asks for another one at the same time."""

    def __init__(self, world: World, dbname: str, together: threading.Barrier) -> None:
        super().__init__(Api(world.logs[dbname].url, dbname, "oabot/test (test@example.org)", world.clock))
        self._together = together

    def by_performer(self, performer: str, since: datetime | None) -> Iterator[dict[str, Any]]:
        if self.dbname != "metawiki":
            self._together.wait()
        return super().by_performer(performer, since)

    def by_target(self, title: str, since: datetime | None = None) -> Iterator[dict[str, Any]]:
        self._together.wait()
        return super().by_target(title, since)


class BreaksOff(LogEvents):
    """Gives the first row of a performer's log and no more."""

    def by_performer(self, performer: str, since: datetime | None) -> Iterator[dict[str, Any]]:
        yield next(super().by_performer(performer, since))
        raise SourceError(f"{self.dbname}: no answer")


def test_the_two_logs_of_an_account_are_read_at_the_same_time(world: World) -> None:
    world.lock(1, "示例甲")
    source = Slow(world, "metawiki", threading.Barrier(2, timeout=10))

    report = Ingest({"metawiki": source}, world.ledger, world.rules, world.clock).run()

    assert report.stored == {EntryId("metawiki", 1)}
    assert {asked["letitle"] for asked in world.logs["metawiki"].asked if "letitle" in asked} == {
        "User:示例甲@global",
        "User:示例甲",
    }


def test_the_logs_of_two_wikis_are_read_at_the_same_time(world: World) -> None:
    together = threading.Barrier(2, timeout=10)
    sources = {dbname: Slow(world, dbname, together) for dbname in world.logs}

    report = Ingest(sources, world.ledger, world.rules, world.clock).run()

    assert not report.failed
    assert performers_logs(world) == {"metawiki": 1, "ruwiki": 1, "fawiki": 1}


def test_what_a_wiki_gave_before_it_broke_off_is_kept_and_its_log_is_read_from_there_again(world: World) -> None:
    world.lock(1, "示例甲")
    world.lock(2, "示例乙")
    api = Api(world.logs["metawiki"].url, "metawiki", "oabot/test (test@example.org)", world.clock)

    broken = Ingest({"metawiki": BreaksOff(api)}, world.ledger, world.rules, world.clock).run()
    mended = Ingest({"metawiki": LogEvents(api)}, world.ledger, world.rules, world.clock).run()

    assert broken.failed == {"metawiki": "metawiki: no answer"}
    assert broken.stored == {EntryId("metawiki", 1)}
    assert mended.stored == {EntryId("metawiki", 2)}
