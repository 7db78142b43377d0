"""What the ledger keeps of the logs, and erases, on both databases."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from oabot.errors import InputError, LedgerError
from oabot.ledger import Asked, Cursor, Door, Held, JobState, Ledger, Quarantined
from tests.contract.ledger_rows import MINUTE, T0, entry, page, row, saved
from tests.fakes.clock import StillClock

ALIKE = ("Foo", "foo", "Foó", "Foo ", "FOO", "Foo\u200b", "Ｆoo")

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

    assert [seen["title"] for _, seen in ledger.observations.entries()] == list(ALIKE)
    for number, name in enumerate(ALIKE):
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


# What must always hold


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.tuples(st.sampled_from("re"), st.integers(1, 4), st.integers(0, 2)), max_size=12))
@pytest.mark.slow
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
