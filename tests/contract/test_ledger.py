"""What the ledger keeps, on a SQLite file and on MariaDB alike."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from oabot.errors import InputError, LeaseLost, LedgerError
from oabot.ledger import Asked, Cursor, Door, Held, JobState, Ledger, Publication, Quarantined, ShownRegion
from oabot.model import EntryId
from tests.contract.mariadb import MariaDbServer
from tests.fakes.clock import StillClock

MINUTE = timedelta(minutes=1)
T0 = datetime(2022, 1, 1, tzinfo=UTC)
ALIKE = ("Foo", "foo", "Foó", "Foo ", "FOO", "Foo\u200b", "Ｆoo")


@pytest.fixture(params=["sqlite", pytest.param("mariadb", marks=pytest.mark.mariadb)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/ledger.sqlite"
        return
    server: MariaDbServer = request.getfixturevalue("mariadb")
    yield server.url("ledger")
    server.sql("DROP DATABASE ledger")


@pytest.fixture
def clock() -> StillClock:
    return StillClock(T0)


@pytest.fixture
def ledger(url: str, clock: StillClock) -> Ledger:
    return Ledger(url, clock)


@pytest.fixture
def held(ledger: Ledger) -> Held:
    held = ledger.lease.acquire("first", MINUTE)
    assert held is not None
    return held


def entry(logid: int, wiki: str = "metawiki") -> EntryId:
    return EntryId(wiki, logid)


def row(logid: int, title: str = "User:示例甲", **more: object) -> dict[str, object]:
    return {"logid": logid, "type": "globalauth", "timestamp": "2020-01-01T00:00:00Z", "title": title, **more}


def page(run: str, *logids: int, title: str = "Office actions", **more: object) -> Publication:
    region = ShownRegion("0", "b" * 64, tuple(entry(logid) for logid in logids))
    return Publication("metawiki", title, 10, "a" * 64, run, (region,))


def saved(ledger: Ledger, held: Held, publication: Publication, revid: int) -> None:
    ledger.publications.record(held, ledger.publications.intend(held, publication), revid)


# Opening


def test_a_new_database_wants_the_logs_read_and_says_so_until_they_are(url: str, clock: StillClock) -> None:
    opening = Ledger(url, clock).open()
    before = Ledger(url, clock).needs_backfill()
    Ledger(url, clock).set_backfilled()

    assert opening.made_new
    assert opening.set_aside is None
    assert before
    assert not Ledger(url, clock).needs_backfill()
    assert not Ledger(url, clock).open().made_new


def test_processes_that_open_a_new_database_at_once_agree_on_it(url: str, clock: StillClock) -> None:
    ledgers = [Ledger(url, clock) for _ in range(8)]

    made = _at_once([lambda ledger=ledger: ledger.open().made_new for ledger in ledgers])  # type: ignore[misc]  # a lambda's default has no type

    assert sorted(map(bool, made)) == [False] * 7 + [True]


def _at_once(calls: list[Callable[[], object]]) -> list[object]:
    start = threading.Barrier(len(calls))
    results: list[object] = []

    def run(call: Callable[[], object]) -> None:
        start.wait()
        try:
            results.append(call())
        except LedgerError as error:
            results.append(error)

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


# Observations and cursors


def test_rows_come_back_as_they_were_in_the_order_in_which_they_happened(ledger: Ledger) -> None:
    late = row(1, timestamp="2021-01-01T00:00:00Z")
    odd = row(3, comment="\ud800 \x00 é 😀 ' \" \\", params={"a": [None, 1.5, True]})
    ledger.observations.record([(entry(1), late), (entry(3), odd), (entry(2), row(2))])
    ledger.observations.record([(entry(2, "dewiki"), row(2))])

    assert ledger.observations.entries() == [
        (entry(2, "dewiki"), row(2)),
        (entry(2), row(2)),
        (entry(3), odd),
        (entry(1), late),
    ]
    assert ledger.observations.known()[0] == (entry(2, "dewiki"), "globalauth", datetime(2020, 1, 1, tzinfo=UTC))


def test_an_entry_that_looks_otherwise_is_added_and_the_last_look_counts(ledger: Ledger, clock: StillClock) -> None:
    looks = [row(1, comment="a"), row(1, comment="b"), row(1, comment="a")]
    for look in looks:
        ledger.observations.record([(entry(1), look)])
        clock.sleep(60)

    assert ledger.observations.entries() == [(entry(1), looks[2])]
    assert [seen.row for seen in ledger.observations.history(entry(1))] == looks
    assert [seen.seen_at for seen in ledger.observations.history(entry(1))] == [T0, T0 + MINUTE, T0 + 2 * MINUTE]


def test_the_same_look_is_not_stored_twice(ledger: Ledger) -> None:
    first = ledger.observations.record([(entry(1), row(1)), (entry(1), row(1))])
    second = ledger.observations.record([(entry(1), row(1))])

    assert first.added == {entry(1)}
    assert second.added == frozenset()
    assert len(ledger.observations.history(entry(1))) == 1


def test_a_cursor_moves_only_with_the_rows_that_it_led_to(ledger: Ledger) -> None:
    cursor = Cursor("metawiki", Door.PERFORMER, "WMFOffice", T0, 7)
    with pytest.raises(InputError):
        ledger.observations.record([(entry(7), row(7)), (entry(8), {"type": "block"})], [cursor])
    with pytest.raises(LedgerError):
        ledger.observations.record([(entry(7), row(7)), (entry(2**70), row(7))], [cursor])
    before = ledger.observations.entries(), ledger.cursors.get("metawiki", Door.PERFORMER, "WMFOffice")
    ledger.observations.record([(entry(7), row(7))], [cursor], [Quarantined(entry(9), "odd", "new", "{}")])

    assert before == ([], None)
    assert ledger.cursors.get("metawiki", Door.PERFORMER, "WMFOffice") == cursor
    assert ledger.quarantine.count() == 1


def test_names_that_look_alike_are_different_keys(ledger: Ledger, held: Held) -> None:
    for number, name in enumerate(ALIKE):
        ledger.observations.record(
            [(entry(number), row(number, title=name))], [Cursor(name, Door.TARGET, name, T0, number)]
        )
        saved(ledger, held, page("run", number, title=name), number)
        ledger.state.put(name, number)
        ledger.inbox.enqueue(Asked(name, "tables", "cli"))

    for number, name in enumerate(ALIKE):
        assert ledger.observations.entries_on([name]) == [(entry(number), row(number, title=name))]
        assert ledger.cursors.get(name, Door.TARGET, name) == Cursor(name, Door.TARGET, name, T0, number)
        latest = ledger.publications.latest("metawiki", name)
        assert latest is not None
        assert latest.revid == number
        assert ledger.state.get(name) == number
    assert len(ledger.inbox.in_state(JobState.WAITING)) == len(ALIKE)


def test_ids_beyond_32_bits_and_big_rows_are_kept(ledger: Ledger, held: Held) -> None:
    big = row(2**62, comment="x" * 2_000_000)
    ledger.observations.record([(entry(2**62), big)])
    saved(ledger, held, page("run", 2**62), 2**61)

    latest = ledger.publications.latest("metawiki", "Office actions")
    assert ledger.observations.entries() == [(entry(2**62), big)]
    assert latest is not None
    assert (latest.revid, list(latest.entries)) == (2**61, [entry(2**62)])


def test_thousands_of_rows_are_one_unit(ledger: Ledger) -> None:
    rows = [(entry(logid), row(logid)) for logid in range(3000)]
    first = ledger.observations.record(rows)
    second = ledger.observations.record(rows)

    assert (len(first.added), len(second.added)) == (3000, 0)
    assert len(ledger.observations.entries()) == 3000


# Quarantine


def test_quarantine_keeps_the_first_time_and_counts_the_others(ledger: Ledger, clock: StillClock) -> None:
    odd = Quarantined(entry(1), "newlog", "new", '{"params": "list of 3"}')
    ledger.observations.record([], odd=[odd])
    clock.sleep(60)
    ledger.observations.record([], odd=[odd, Quarantined(entry(2), "newlog", "new", "{}")])

    first, second = ledger.quarantine.entries()
    assert (first.id, first.shape, first.first_seen, first.times) == (entry(1), odd.shape, T0, 2)
    assert (second.id, second.times) == (entry(2), 1)

    ledger.quarantine.release([entry(1)])

    assert [waiting.id for waiting in ledger.quarantine.entries()] == [entry(2)]


# Erasing and holding


def test_an_erased_entry_leaves_nothing_but_its_id_and_may_not_come_back(ledger: Ledger, held: Held) -> None:
    cursor = Cursor("metawiki", Door.TARGET, "User:示例甲", T0, 1)
    ledger.observations.record([(entry(1), row(1)), (entry(1), row(1, comment="later"))], [cursor])
    ledger.observations.record([(entry(2), row(2, title="Other"))], odd=[Quarantined(entry(1), "a", "b", "{}")])
    saved(ledger, held, page("old", 1, 2), 11)
    ledger.publications.intend(held, page("new", 1, 2))
    ledger.erasures.hold([entry(1)])

    shown_on = ledger.erasures.erase([entry(1), entry(99)], "hidden", T0)

    assert shown_on == {entry(1): [("metawiki", "Office actions")], entry(99): []}
    assert ledger.observations.entries() == [(entry(2), row(2, title="Other"))]
    assert ledger.observations.history(entry(1)) == []
    assert ledger.cursors.get("metawiki", Door.TARGET, "User:示例甲") is None
    assert ledger.quarantine.count() == 0
    assert ledger.erasures.held() == {}
    assert [publication.entries for publication in ledger.publications.all_latest()] == [{entry(2)}]
    assert [intent.entries for intent in ledger.publications.open_intents()] == [{entry(2)}]
    assert [(tomb.id, tomb.reason, tomb.told) for tomb in ledger.erasures.tombstones()] == [
        (entry(1), "hidden", False),
        (entry(99), "hidden", False),
    ]

    replayed = ledger.observations.record([(entry(1), row(1))], odd=[Quarantined(entry(99), "a", "b", "{}")])

    assert replayed.refused == {entry(1), entry(99)}
    assert ledger.observations.history(entry(1)) == []
    assert ledger.quarantine.count() == 0


def test_an_entry_that_was_forgiven_may_come_back(ledger: Ledger) -> None:
    ledger.erasures.erase([entry(1)], "hidden", T0)
    ledger.erasures.forgive(entry(1))

    assert ledger.observations.record([(entry(1), row(1))]).added == {entry(1)}
    assert ledger.erasures.tombstones() == []


def test_the_cursor_of_a_target_stays_while_another_of_its_entries_does(ledger: Ledger) -> None:
    cursor = Cursor("metawiki", Door.TARGET, "User:示例甲", T0, 2)
    ledger.observations.record([(entry(1), row(1)), (entry(2), row(2))], [cursor])
    ledger.erasures.erase([entry(1)], "hidden", T0)

    assert ledger.cursors.get("metawiki", Door.TARGET, "User:示例甲") == cursor


def test_operators_are_told_of_an_erasure_once(ledger: Ledger) -> None:
    ledger.erasures.erase([entry(1), entry(2)], "hidden", T0)
    ledger.erasures.told([entry(1)])
    ledger.erasures.erase([entry(1)], "hidden", T0 + MINUTE)

    assert [(tomb.id, tomb.told) for tomb in ledger.erasures.tombstones()] == [(entry(1), True), (entry(2), False)]


def test_a_missing_entry_is_counted_from_its_first_absence_until_it_is_seen(ledger: Ledger, clock: StillClock) -> None:
    ledger.observations.record([(entry(1), row(1)), (entry(2), row(2))])
    ledger.erasures.hold([entry(1), entry(2)])
    clock.sleep(600)
    again = ledger.erasures.hold([entry(1), entry(2)])

    assert (again[entry(1)].first_missing_at, again[entry(1)].last_missing_at) == (T0, T0 + 10 * MINUTE)
    assert again[entry(1)].times == 2

    ledger.observations.record([(entry(1), row(1))])
    ledger.erasures.release([entry(2)])

    assert ledger.erasures.held() == {}
    assert len(ledger.observations.entries()) == 2


# Publications


def test_an_intent_stays_open_until_it_is_recorded_or_dropped(ledger: Ledger, held: Held, url: str) -> None:
    number = ledger.publications.intend(held, page("run", 1, 2))
    after_a_crash = Ledger(url, StillClock(T0)).publications.open_intents()

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


def test_a_forgotten_page_shows_nothing(ledger: Ledger, held: Held) -> None:
    saved(ledger, held, page("run", 1), 11)
    ledger.publications.forget(held, "metawiki", "Office actions")

    assert ledger.publications.all_latest() == []
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
        lambda: ledger.publications.forget(held, "metawiki", "Office actions"),
        lambda: ledger.inbox.take(held),
        lambda: ledger.inbox.finish(held, job.number, JobState.DONE),
        lambda: ledger.inbox.requeue(held),
        lambda: ledger.lease.renew(held, MINUTE),
        lambda: ledger.lease.check(held),
    ):
        with pytest.raises(LeaseLost):
            attempt()
    assert [intent.entries for intent in ledger.publications.open_intents()] == [{entry(1)}]
    ledger.lease.check(successor)


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


def test_pollers_that_find_one_wish_at_once_take_it_in_once(url: str, clock: StillClock) -> None:
    Ledger(url, clock).open()
    ledgers = [Ledger(url, clock) for _ in range(6)]

    taken = _at_once([lambda one=one: one.inbox.enqueue(Asked("key", "tables", "wiki")) for one in ledgers])  # type: ignore[misc]  # a lambda's default has no type

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


# The lease


def test_fifteen_that_want_the_lease_at_once_have_one_winner(url: str, clock: StillClock) -> None:
    Ledger(url, clock).open()
    ledgers = [Ledger(url, clock) for _ in range(15)]

    won = _at_once([lambda n=n, one=one: one.lease.acquire(f"p{n}", MINUTE) for n, one in enumerate(ledgers)])  # type: ignore[misc]  # a lambda's default has no type

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
        ledger.lease.check(first)
    with pytest.raises(LeaseLost):
        ledger.lease.renew(first, MINUTE)
    ledger.lease.release(first)
    ledger.lease.check(second)


def test_a_lease_that_ended_is_lost_even_if_nobody_took_it(ledger: Ledger) -> None:
    held = ledger.lease.acquire("first", timedelta(milliseconds=1))
    assert held is not None
    turn = ledger.lease.turn()
    while turn is not None and turn.valid:
        turn = ledger.lease.turn()

    with pytest.raises(LeaseLost):
        ledger.lease.check(held)


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


# What must always hold


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.tuples(st.sampled_from("re"), st.integers(1, 4), st.integers(0, 2)), max_size=12))
def test_the_last_look_of_what_is_not_erased_is_what_is_there(
    ledger: Ledger, steps: list[tuple[str, int, int]]
) -> None:
    wiki = f"w{datetime.now(UTC).timestamp()}"
    expected: dict[int, dict[str, object]] = {}
    erased: set[int] = set()
    for kind, logid, look in steps:
        if kind == "e":
            ledger.erasures.erase([entry(logid, wiki)], "hidden", T0)
            erased.add(logid)
            expected.pop(logid, None)
        else:
            ledger.observations.record([(entry(logid, wiki), row(logid, comment=look))])
            if logid not in erased:
                expected[logid] = row(logid, comment=look)

    found = {key.logid: seen for key, seen in ledger.observations.entries() if key.wiki == wiki}
    assert found == expected
