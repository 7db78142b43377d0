"""What the ledger is as a whole, on a SQLite file and on MariaDB alike."""

from __future__ import annotations

import pytest

from oabot.errors import LeaseLost
from oabot.ledger import Held, Ledger
from tests.contract.ledger_rows import MINUTE, T0, at_once
from tests.fakes.clock import StillClock

# Opening


def test_a_new_database_wants_the_logs_read_and_says_so_until_they_are(database_url: str, clock: StillClock) -> None:
    opening = Ledger(database_url, clock).open()
    before = Ledger(database_url, clock).needs_backfill()
    Ledger(database_url, clock).set_backfilled()

    assert opening.made_new
    assert opening.set_aside is None
    assert before
    assert not Ledger(database_url, clock).needs_backfill()
    assert not Ledger(database_url, clock).open().made_new


def test_processes_that_open_a_new_database_at_once_agree_on_it(database_url: str, clock: StillClock) -> None:
    ledgers = [Ledger(database_url, clock) for _ in range(8)]

    made = at_once([lambda ledger=ledger: ledger.open().made_new for ledger in ledgers])  # type: ignore[misc]  # a lambda's default has no type

    assert sorted(map(bool, made)) == [False] * 7 + [True]


# State


def test_state_is_kept_replaced_and_dropped(ledger: Ledger) -> None:
    ledger.state.put_all({"rest:dewiki": {"reason": "talk"}, "rest:metawiki": [1], "stream": None})
    ledger.state.put("rest:metawiki", [2])
    ledger.state.drop("rest:frwiki")

    assert ledger.state.starting("rest:") == {"rest:dewiki": {"reason": "talk"}, "rest:metawiki": [2]}
    assert ledger.state.get("stream", "default") is None
    assert ledger.state.get("nothing", "default") == "default"

    ledger.state.drop("rest:metawiki")

    assert ledger.state.get("rest:metawiki") is None


def test_what_is_put_soon_is_given_at_once_and_written_with_the_next_write(
    database_url: str, clock: StillClock, ledger: Ledger
) -> None:
    ledger.state.put_soon("homes", {"metawiki:1": "ruwiki"})
    ledger.state.put_soon("homes", {"metawiki:1": "dewiki"})
    given, written = ledger.state.get("homes"), Ledger(database_url, clock).state.get("homes")
    ledger.state.put("stream", 1)

    assert given == ledger.state.get("homes") == {"metawiki:1": "dewiki"}
    assert written is None
    assert Ledger(database_url, clock).state.get("homes") == given


def test_what_is_put_soon_outlives_a_write_that_fails(database_url: str, clock: StillClock, ledger: Ledger) -> None:
    ledger.state.put_soon("homes", ["kept"])
    with pytest.raises(LeaseLost):
        ledger.lease.renew(Held("nobody", 1), MINUTE)
    ledger.state.put("stream", 1)

    assert Ledger(database_url, clock).state.get("homes") == ["kept"]


def test_what_is_put_soon_is_written_once(ledger: Ledger, database_url: str, clock: StillClock) -> None:
    ledger.state.put_soon("homes", 1)
    ledger.state.put("stream", 1)
    Ledger(database_url, clock).state.put("homes", 2)
    ledger.state.put("stream", 2)

    assert ledger.state.get("homes") == 2


# Runs


def test_a_run_is_known_from_its_beginning_to_its_end(ledger: Ledger, clock: StillClock) -> None:
    ledger.runs.start("r1", "metawiki:123", "tables")
    left = ledger.runs.unfinished()
    clock.sleep(60)
    ledger.runs.end("r1", "done", {"saved": 2})

    run = ledger.runs.get("r1")
    assert [run.id for run in left] == ["r1"]
    assert run is not None
    assert (run.asked_by, run.started, run.ended, run.outcome) == ("metawiki:123", T0, T0 + MINUTE, "done")
    assert run.counts == {"saved": 2}
    assert ledger.runs.unfinished() == []
    assert ledger.runs.recent(5) == [run]
