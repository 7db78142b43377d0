"""Who may do what, and once: the lease and the inbox, on both databases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from oabot.errors import LeaseLost
from oabot.ledger import Asked, Held, JobState, Ledger
from tests.contract.ledger_rows import MINUTE, T0, at_once, page, saved
from tests.fakes.clock import StillClock

# The lease


def test_fifteen_that_want_the_lease_at_once_have_one_winner(database_url: str, clock: StillClock) -> None:
    Ledger(database_url, clock).open()
    ledgers = [Ledger(database_url, clock) for _ in range(15)]

    won = at_once([lambda n=n, one=one: one.lease.acquire(f"p{n}", MINUTE) for n, one in enumerate(ledgers)])  # type: ignore[misc]  # a lambda's default has no type

    assert len([held for held in won if isinstance(held, Held)]) == 1
    assert [held for held in won if not isinstance(held, Held)] == [None] * 14


def test_an_expired_lease_goes_to_the_next_with_the_next_fence(ledger: Ledger) -> None:
    first = ledger.lease.acquire("first", timedelta(milliseconds=50))
    assert first is not None
    second = None
    while second is None:
        second = ledger.lease.acquire("second", MINUTE)

    assert second == Held("second", first.fence + 1)
    with pytest.raises(LeaseLost):
        ledger.lease.renew(first, MINUTE)
    ledger.lease.release(first)
    ledger.lease.renew(second, MINUTE)


def test_a_lease_that_ended_is_lost_even_if_nobody_took_it(ledger: Ledger) -> None:
    held = ledger.lease.acquire("first", timedelta(milliseconds=1))
    assert held is not None
    turn = ledger.lease.turn()
    while turn is not None and turn.valid:
        turn = ledger.lease.turn()

    with pytest.raises(LeaseLost):
        ledger.lease.renew(held, MINUTE)


def test_a_renewed_lease_lasts_and_a_released_one_is_free(ledger: Ledger) -> None:
    held = ledger.lease.acquire("first", timedelta(seconds=5))
    assert held is not None
    ledger.lease.renew(held, timedelta(hours=1))
    turn = ledger.lease.turn()
    assert turn is not None
    left = turn.expires - datetime.now(UTC)
    ledger.lease.release(held)

    assert timedelta(minutes=59) < left < timedelta(minutes=61)
    assert ledger.lease.acquire("second", MINUTE) == Held("second", 2)


def test_a_lease_from_a_clock_that_was_ahead_blocks_nobody(ledger: Ledger) -> None:
    ahead = ledger.lease.acquire("dead", timedelta(days=400))

    assert ahead is not None
    assert ledger.lease.acquire("alive", MINUTE) == Held("alive", 2)


# The inbox


def test_a_wish_is_taken_in_once(ledger: Ledger, held: Held) -> None:
    asked = Asked("metawiki:1:2:0", "tables", "wiki", scope="page:metawiki:7", mode="preview", arguments={"of": 3})
    first, second = ledger.inbox.enqueue(asked), ledger.inbox.enqueue(asked)
    job = ledger.inbox.take(held)
    assert job is not None
    ledger.inbox.finish(held, job.number, JobState.DONE, {"saved": 1})
    third = ledger.inbox.enqueue(asked)

    done = ledger.inbox.get("metawiki:1:2:0")
    assert (first, second, third) == (True, False, False)
    assert (job.name, job.scope, job.mode, job.arguments) == ("tables", "page:metawiki:7", "preview", {"of": 3})
    assert done is not None
    assert (done.state, done.finished_at, done.result) == (JobState.DONE, T0, {"saved": 1})
    assert ledger.inbox.take(held) is None


def test_pollers_that_find_one_wish_at_once_take_it_in_once(database_url: str, clock: StillClock) -> None:
    Ledger(database_url, clock).open()
    ledgers = [Ledger(database_url, clock) for _ in range(6)]

    taken = at_once([lambda one=one: one.inbox.enqueue(Asked("key", "tables", "wiki")) for one in ledgers])  # type: ignore[misc]  # a lambda's default has no type

    assert sorted(map(str, taken)) == ["False"] * 5 + ["True"]


def test_jobs_are_taken_when_they_are_due_and_in_that_order(ledger: Ledger, held: Held, clock: StillClock) -> None:
    ledger.inbox.enqueue(Asked("later", "tables", "schedule", wanted_at=T0 + 2 * MINUTE))
    ledger.inbox.enqueue(Asked("soon", "tables", "schedule", wanted_at=T0 + MINUTE))
    ledger.inbox.enqueue(Asked("now", "tables", "cli"))
    taken = []
    for _ in range(3):
        while (job := ledger.inbox.take(held)) is not None:
            taken.append((job.key, clock.now() - T0))
        clock.sleep(60)

    assert taken == [("now", timedelta(0)), ("soon", MINUTE), ("later", 2 * MINUTE)]


def test_a_dead_process_s_job_waits_again_but_not_for_ever(ledger: Ledger, held: Held) -> None:
    ledger.inbox.enqueue(Asked("key", "tables", "cli"))
    turn: Held | None = held
    states = []
    for _ in range(4):
        assert turn is not None
        ledger.inbox.requeue(turn)
        ledger.inbox.take(turn)
        job = ledger.inbox.get("key")
        states.append(job and (job.state.value, job.attempts))
        ledger.lease.release(turn)
        turn = ledger.lease.acquire("next", MINUTE)

    assert states == [("running", 1), ("running", 2), ("running", 3), ("failed", 3)]


def test_a_holder_s_own_running_job_is_not_requeued(ledger: Ledger, held: Held) -> None:
    ledger.inbox.enqueue(Asked("key", "tables", "cli"))
    ledger.inbox.take(held)

    assert ledger.inbox.requeue(held) == []


def test_wishes_are_counted_by_person_without_keeping_the_name(ledger: Ledger, clock: StillClock) -> None:
    for number in range(3):
        ledger.inbox.enqueue(Asked(f"a{number}", "tables", "wiki", asker="Foo"))
        clock.sleep(60)
    ledger.inbox.enqueue(Asked("b", "tables", "wiki", asker="foo"))
    ledger.inbox.enqueue(Asked("c", "tables", "wiki", asker="Foo"), JobState.REFUSED, {"why": "rate"})
    ledger.inbox.enqueue(Asked("d", "tables", "cli", asker="Foo"))

    assert ledger.inbox.asked_since(T0, "Foo") == 3
    assert ledger.inbox.asked_since(T0 + MINUTE, "Foo") == 2
    assert ledger.inbox.asked_since(T0) == 4


def test_old_jobs_and_runs_are_dropped_but_not_what_can_be_undone(
    ledger: Ledger, held: Held, clock: StillClock
) -> None:
    for name in ("quiet", "saved"):
        ledger.runs.start(name, "schedule", "tables")
        ledger.runs.end(name, "done", {})
    saved(ledger, held, page("saved", 1), 11)
    ledger.inbox.enqueue(Asked("done", "tables", "cli"))
    job = ledger.inbox.take(held)
    assert job is not None
    ledger.inbox.finish(held, job.number, JobState.DONE)
    ledger.inbox.enqueue(Asked("waiting", "tables", "cli"))
    clock.sleep(60)
    ledger.forget_before(clock.now())

    assert [run.id for run in ledger.runs.recent(9)] == ["saved"]
    assert ledger.inbox.get("done") is None
    assert ledger.inbox.get("waiting") is not None
