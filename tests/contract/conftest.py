"""Servers that contract suites run against beside the small fakes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from oabot.ledger import Held, Ledger
from tests.contract.mariadb import MariaDbServer, Unavailable
from tests.fakes.clock import StillClock


@pytest.fixture(scope="session")
def mariadb(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MariaDbServer]:
    """A running MariaDB server, one for the session; skipped where there is none, with CI=true a failure."""
    try:
        with MariaDbServer(tmp_path_factory.mktemp("mariadb")) as server:
            yield server
    except Unavailable as error:
        if os.environ.get("CI") == "true":
            pytest.fail(str(error), pytrace=False)
        pytest.skip(str(error))


@pytest.fixture(params=["sqlite", pytest.param("mariadb", marks=pytest.mark.mariadb)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database that doesn't exist yet, of each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/ledger.sqlite"
        return
    server: MariaDbServer = request.getfixturevalue("mariadb")
    yield server.url("ledger")
    server.sql("DROP DATABASE ledger")


@pytest.fixture
def clock() -> StillClock:
    """A clock that stands at the beginning of 2022."""
    return StillClock()


@pytest.fixture
def ledger(database_url: str, clock: StillClock) -> Ledger:
    """A ledger on a new database."""
    return Ledger(database_url, clock)


@pytest.fixture
def held(ledger: Ledger) -> Held:
    """The lease of that ledger."""
    held = ledger.lease.acquire("first", timedelta(minutes=1))
    assert held is not None
    return held
