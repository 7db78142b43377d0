"""What the ledger keeps of saves, on both databases."""

from __future__ import annotations

import pytest

from oabot.errors import LeaseLost, LedgerError
from oabot.ledger import Asked, Held, JobState, Ledger
from tests.contract.ledger_rows import MINUTE, T0, entry, page, saved
from tests.fakes.clock import StillClock


def test_an_intent_stays_open_until_it_is_recorded_or_dropped(ledger: Ledger, held: Held, database_url: str) -> None:
    number = ledger.publications.intend(held, page("run", 1, 2))
    after_a_crash = Ledger(database_url, StillClock(T0)).publications.open_intents()

    assert [(intent.number, intent.base_revid, intent.revid) for intent in after_a_crash] == [(number, 10, None)]
    assert after_a_crash[0].regions == page("run", 1, 2).regions
    assert ledger.publications.all_latest() == []

    ledger.publications.record(held, number, 11)
    other = ledger.publications.intend(held, page("run", 3))
    ledger.publications.drop_intent(held, other)

    latest = ledger.publications.latest("metawiki", "Office actions")
    assert latest is not None
    assert (latest.revid, latest.at) == (11, T0)
    assert ledger.publications.open_intents() == []


def test_an_intent_gives_way_to_the_next_try_of_its_run_but_not_to_another_run(ledger: Ledger, held: Held) -> None:
    ledger.publications.intend(held, page("run", 1))
    ledger.publications.intend(held, page("run", 2))

    assert [intent.entries for intent in ledger.publications.open_intents()] == [{entry(2)}]
    with pytest.raises(LedgerError):
        ledger.publications.intend(held, page("later", 3))
    assert [intent.entries for intent in ledger.publications.open_intents()] == [{entry(2)}]


def test_a_save_that_would_show_an_erased_entry_is_refused(ledger: Ledger, held: Held) -> None:
    ledger.erasures.erase([entry(2)], "hidden", T0)

    with pytest.raises(LedgerError, match="erased"):
        ledger.publications.intend(held, page("run", 1, 2))
    assert ledger.publications.open_intents() == []


def test_dropping_a_recorded_save_changes_nothing(ledger: Ledger, held: Held) -> None:
    number = ledger.publications.intend(held, page("run", 1))
    ledger.publications.record(held, number, 11)
    ledger.publications.drop_intent(held, number)

    assert len(ledger.publications.all_latest()) == 1


def test_what_pages_held_before_a_run_is_known(ledger: Ledger, held: Held) -> None:
    saved(ledger, held, page("one", 1, 2), 11)
    saved(ledger, held, page("two", 2, 1, 3), 12)
    saved(ledger, held, page("two", 4), 13)
    saved(ledger, held, page("two", 5, title="New"), 14)
    saved(ledger, held, page("three", 6), 15)

    before = ledger.publications.before_run("two")

    old = before["metawiki", "Office actions"]
    assert old is not None
    assert (old.revid, old.regions[0].entries) == (11, (entry(1), entry(2)))
    assert before["metawiki", "New"] is None
    assert [publication.revid for publication in ledger.publications.of_run("two")] == [12, 13, 14]
    assert ledger.publications.pages_showing(entry(6)) == [("metawiki", "Office actions")]
    assert ledger.publications.pages_showing(entry(1)) == []


def test_who_lost_the_lease_can_write_nothing_about_saves_or_jobs(ledger: Ledger, held: Held) -> None:
    number = ledger.publications.intend(held, page("run", 1))
    ledger.inbox.enqueue(Asked("key", "tables", "cli"))
    job = ledger.inbox.take(held)
    assert job is not None
    ledger.lease.release(held)
    successor = ledger.lease.acquire("second", MINUTE)
    assert successor is not None

    for attempt in (
        lambda: ledger.publications.intend(held, page("run", 2)),
        lambda: ledger.publications.record(held, number, 11),
        lambda: ledger.publications.drop_intent(held, number),
        lambda: ledger.inbox.take(held),
        lambda: ledger.inbox.finish(held, job.number, JobState.DONE),
        lambda: ledger.inbox.requeue(held),
        lambda: ledger.lease.renew(held, MINUTE),
    ):
        with pytest.raises(LeaseLost):
            attempt()
    assert [intent.entries for intent in ledger.publications.open_intents()] == [{entry(1)}]
    ledger.lease.renew(successor, MINUTE)
