"""What only a server does to the ledger: kills connections, restarts, refuses to write, compares names loosely."""

from __future__ import annotations

import gc
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pymysql
import pytest

from oabot.errors import LedgerError
from oabot.ledger import Asked, Held, JobState, Ledger
from oabot.model import EntryId
from tests.contract.mariadb import MariaDbServer
from tests.fakes.clock import StillClock

pytestmark = pytest.mark.mariadb
T0 = datetime(2022, 1, 1, tzinfo=UTC)
ROW = {"logid": 1, "type": "globalauth", "timestamp": "2020-01-01T00:00:00Z", "title": "User:示例甲"}
ENTRY = EntryId("metawiki", 1)
OURS = "FROM information_schema.processlist WHERE db = 'server_tests'"


@pytest.fixture
def url(mariadb: MariaDbServer) -> Iterator[str]:
    yield mariadb.url("server_tests")
    mariadb.sql("DROP DATABASE server_tests")


def ledger_at(url: str) -> Ledger:
    return Ledger(url, StillClock(T0))


def until(condition: Callable[[], object]) -> None:
    for _ in range(200):
        if condition():
            return
        time.sleep(0.05)
    raise AssertionError("it never came about")


def test_no_connection_is_kept_so_none_can_be_idle_too_long(mariadb: MariaDbServer, url: str) -> None:
    mariadb.sql("SET GLOBAL wait_timeout = 1")
    try:
        ledger = ledger_at(url)
        ledger.state.put("key", 1)
        after_a_unit = mariadb.sql(f"SELECT COUNT(*) {OURS}")
        idle = pymysql.connect(unix_socket=url.partition("unix_socket=")[2], user="root", database="server_tests")
        until(lambda: mariadb.sql(f"SELECT COUNT(*) {OURS}") == [(0,)])
        with pytest.raises(pymysql.err.OperationalError):
            idle.ping(reconnect=False)

        assert after_a_unit == [(0,)]
        assert ledger.state.get("key") == 1
    finally:
        mariadb.sql("SET GLOBAL wait_timeout = 600")


def test_the_systems_certificates_are_read_once_and_not_for_each_connection(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[ssl.SSLContext] = []
    create = ssl.create_default_context

    def counted(*args: Any, **options: Any) -> ssl.SSLContext:  # noqa: ANN401 - as the standard library's
        made.append(create(*args, **options))
        return made[-1]

    monkeypatch.setattr(ssl, "create_default_context", counted)
    ledger = ledger_at(url)
    for number in range(5):
        ledger.state.put("key", number)

    assert ledger.state.get("key") == 4
    assert len(made) <= 1


def test_a_connection_killed_within_a_unit_leaves_nothing_half_done(mariadb: MariaDbServer, url: str) -> None:
    ledger = ledger_at(url)
    ledger.open()
    errors: list[LedgerError] = []

    def record() -> None:
        try:
            ledger.observations.record([(ENTRY, ROW)])
        except LedgerError as error:
            errors.append(error)

    # Another writer keeps the unit waiting in its middle.
    other = pymysql.connect(unix_socket=url.partition("unix_socket=")[2], user="root", database="server_tests")
    other.cursor().execute("SELECT * FROM oabot_meta FOR UPDATE")
    unit = threading.Thread(target=record)
    unit.start()
    waiting = f"SELECT id {OURS} AND info LIKE '%FOR UPDATE'"
    until(lambda: mariadb.sql(waiting))
    mariadb.sql(f"KILL {mariadb.sql(waiting)[0][0]}")
    unit.join()
    other.close()

    assert len(errors) == 1
    assert ledger.observations.entries() == []
    assert ledger.observations.record([(ENTRY, ROW)]).added == {ENTRY}


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_server_that_went_away_is_an_error_until_it_is_back(mariadb: MariaDbServer, url: str) -> None:
    ledger = ledger_at(url)
    ledger.observations.record([(ENTRY, ROW)])
    ledger.set_backfilled()
    mariadb.stop()
    with pytest.raises(LedgerError) as error:
        ledger.observations.entries()
    said = str(error.value)
    del error
    gc.collect()  # pymysql forgets its socket when it is refused; what is left of it must not trouble other tests
    mariadb.start()

    assert "root" not in said
    assert ledger.observations.entries() == [(ENTRY, ROW)]
    assert not ledger.needs_backfill()


def test_a_read_only_server_still_tells_what_is_there(mariadb: MariaDbServer, url: str) -> None:
    mariadb.sql("CREATE OR REPLACE USER tool@localhost IDENTIFIED BY 'hunter2'")
    mariadb.sql("GRANT ALL ON server_tests.* TO tool@localhost")
    ledger = ledger_at(url.replace("root@", "tool:hunter2@"))
    ledger.observations.record([(ENTRY, ROW)])
    mariadb.sql("SET GLOBAL read_only = 1")
    try:
        with pytest.raises(LedgerError, match="read-only"):
            ledger.state.put("key", 1)
        with pytest.raises(LedgerError):
            ledger.lease.acquire("p", timedelta(minutes=1))
        entries = ledger.observations.entries()
    finally:
        mariadb.sql("SET GLOBAL read_only = 0")
    ledger.state.put("key", 1)

    assert entries == [(ENTRY, ROW)]


def test_a_refused_password_is_not_told(url: str, mariadb: MariaDbServer) -> None:
    mariadb.sql("CREATE OR REPLACE USER tool@localhost IDENTIFIED BY 'right'")
    with pytest.raises(LedgerError) as error:
        ledger_at(url.replace("root@", "tool:hunter2@")).open()

    assert "hunter2" not in str(error.value)
    assert "tool" not in str(error.value)


@pytest.mark.parametrize(
    "harm",
    [
        "UPDATE oabot_meta SET value = '0' WHERE name = 'version'",
        "UPDATE oabot_meta SET value = '999' WHERE name = 'version'",
        "DROP TABLE oabot_shown",
        "ALTER TABLE oabot_runs DROP COLUMN counts",
        "ALTER TABLE oabot_publications MODIFY title VARCHAR(255) CHARACTER SET utf8mb4",
    ],
)
def test_another_or_broken_schema_is_set_aside_and_what_no_log_tells_is_carried_over(
    mariadb: MariaDbServer, url: str, harm: str
) -> None:
    mariadb.sql("CREATE TABLE server_tests.somebody_else_s (x INT)")
    old = ledger_at(url)
    old.observations.record([(ENTRY, ROW)])
    old.erasures.erase([EntryId("metawiki", 2)], "hidden", T0)
    old.state.put("rest:dewiki", "talk")
    held = old.lease.acquire("old", timedelta(minutes=1))
    assert held is not None
    old.inbox.enqueue(Asked("executed", "tables", "wiki"))
    job = old.inbox.take(held)
    assert job is not None
    old.inbox.finish(held, job.number, JobState.DONE)
    old.lease.release(held)
    mariadb.sql(harm, "server_tests")
    ledger = ledger_at(url)
    opening = ledger.open()

    assert opening.made_new
    assert opening.set_aside is not None
    assert ledger.needs_backfill()
    assert ledger.observations.entries() == []
    assert not ledger.inbox.enqueue(Asked("executed", "tables", "wiki"))
    assert [tomb.id.logid for tomb in ledger.erasures.tombstones()] == [2]
    assert ledger.state.get("rest:dewiki") == "talk"
    assert ledger.lease.acquire("new", timedelta(minutes=1)) == Held("new", 2)

    ledger.erasures.erase([ENTRY], "hidden", T0)

    tables = {str(name) for (name,) in mariadb.sql("SHOW TABLES IN server_tests")}
    assert {name for name in tables if "set_aside" in name} == set()
    assert "somebody_else_s" in tables
