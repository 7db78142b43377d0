from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from oabot.errors import SourceError
from oabot.ingest import Ingest
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
