"""The stream as it is held for months: over cuts, refusals, errors, silence and lost positions."""

import itertools
import socket
import ssl
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oabot import rules
from oabot.errors import ConfigError
from oabot.interest import Interest, Topic
from oabot.model import EntryId
from oabot.sources.eventstream import EventStream, Gap, Heard, Timing
from oabot.sources.sse import Chunks, Coalesced, Cut
from tests.fakes.clock import StillClock
from tests.fakes.stream import HEAD, Reply, StreamServer, chunked, event, lines, position, refusal

pytestmark = pytest.mark.loopback

AGENT = "oabot-tests/1 (https://meta.example/wiki/User:Example)"
NOW = datetime(2022, 1, 1, tzinfo=UTC)
MS = int(NOW.timestamp() * 1000)


@pytest.fixture
def server() -> Iterator[StreamServer]:
    one = StreamServer()
    yield one
    one.close()


def interest(**more: object) -> Interest:
    pages = {("metawiki", "Office actions/List"): Topic.REGION}
    return Interest("Bot", frozenset({"metawiki"}), rules.load().actors, pages=pages, **more)  # type: ignore[arg-type]  # any of its fields


def stream(server: StreamServer, clock: StillClock | None = None, wanted: Interest | None = None) -> EventStream:
    return EventStream(
        server.url, AGENT, clock or StillClock(NOW), lambda: wanted or interest(), Timing(stall=2.0, nap=0.001)
    )


def sent(*events: list[bytes]) -> Reply:
    return Reply(chunked([b":ok\n\n", *itertools.chain(*events)]))


def wakes(listening: Iterator[Heard], number: int) -> list[Heard]:
    """The next batches that hold wake-ups, until there are so many."""
    found: list[Heard] = []
    while sum(len(one.wakes) for one in found) < number:
        heard = next(listening)
        if heard.wakes:
            found.append(heard)
    return found


def test_an_event_of_interest_wakes_us_with_the_position_after_it(server: StreamServer) -> None:
    server.replies.append(sent(lines(event(user="Somebody", title="User:Other"), MS), lines(event(), MS + 1)))
    (heard,) = wakes(stream(server).listen(position(MS - 1000)), 1)

    assert heard.wakes[0].entries == (EntryId("metawiki", 109),)
    assert heard.position == position(MS + 1)
    assert heard.gap is None


def test_the_position_is_sent_back_byte_by_byte(server: StreamServer) -> None:
    given = f'[ {{"topic":"eqiad.mediawiki.recentchange","partition":0,"timestamp":{MS}}} ]'
    server.replies.append(sent(lines(event(), MS)))
    wakes(stream(server).listen(given), 1)

    assert server.asked[0].headers["last-event-id"] == given
    assert server.asked[0].headers["user-agent"] == AGENT
    assert server.asked[0].params == {}


def test_a_cut_is_followed_by_a_connection_from_where_it_ended(server: StreamServer) -> None:
    server.replies.extend(sent(lines(event(), MS + number)) for number in range(5))
    wakes(stream(server).listen(position(MS - 1)), 5)
    asked = [one.headers["last-event-id"] for one in server.asked]

    assert asked == [position(MS + number) for number in range(-1, 4)]


def test_a_cut_after_a_long_connection_is_no_reason_to_wait(server: StreamServer) -> None:
    clock = StillClock(NOW)
    server.replies.extend([sent(lines(event(), MS)), sent(lines(event(), MS + 1))])
    listening = stream(server, clock).listen(position(MS - 1))
    wakes(listening, 1)
    clock.time += timedelta(minutes=15)
    before = clock.now()
    wakes(listening, 1)

    assert clock.now() - before < timedelta(seconds=1)


def test_any_number_of_refusals_does_not_end_it(server: StreamServer) -> None:
    clock = StillClock(NOW)
    server.replies.extend(
        [*(refusal(status) for status in (500, 502, 503, 504, 404, 302) * 5), sent(lines(event(), MS))]
    )
    wakes(stream(server, clock).listen(), 1)

    assert len(server.asked) == 31
    assert max(clock.slept) <= 120
    assert min(one for one in clock.slept[-10:-1] if one > 1) >= 60  # it does become slower


def test_retry_after_is_waited_for(server: StreamServer) -> None:
    clock = StillClock(NOW)
    server.replies.extend([refusal(429, Retry_After="300"), sent(lines(event(), MS))])
    wakes(stream(server, clock).listen(), 1)

    assert 300 in clock.slept


def test_a_page_that_says_200_is_no_stream(server: StreamServer) -> None:
    page = Reply([b"<html>"], b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n")
    server.replies.extend([page, sent(lines(event(), MS))])

    assert wakes(stream(server).listen(), 1)


def test_a_stream_without_a_byte_is_left(server: StreamServer) -> None:
    silent = Reply(chunked([b":ok\n\n", *lines(event(), MS)]), stays=True)
    server.replies.extend([silent, sent(lines(event(), MS + 1))])
    listening = EventStream(server.url, AGENT, StillClock(NOW), interest, Timing(stall=0.3, nap=0.001)).listen()

    assert len(wakes(listening, 2)) == 2


def test_an_error_event_ends_the_connection_and_wakes_nobody(server: StreamServer) -> None:
    error = lines('{"message":"example","log_type":"x","user":"WMFOffice"}', MS + 1, name="error")
    first = Reply(chunked([b":ok\n\n", *lines(event(), MS), *error]), stays=True)
    server.replies.extend([first, sent(lines(event(), MS + 2))])
    found = wakes(stream(server).listen(), 2)

    assert sum(len(one.wakes) for one in found) == 2
    assert len(server.asked) == 2


def test_without_a_position_what_came_before_is_a_gap(server: StreamServer) -> None:
    server.replies.append(sent(lines(event(), MS)))
    first = next(stream(server).listen())

    assert first.gap == Gap("new", None)
    assert server.asked[0].params == {}


def test_a_position_that_is_too_old_is_a_gap_and_not_asked_for(server: StreamServer) -> None:
    then = NOW - timedelta(days=7, minutes=1)
    server.replies.append(sent(lines(event(), MS)))
    first = next(stream(server).listen(position(int(then.timestamp() * 1000))))

    assert first.gap == Gap("old", then)
    assert "last-event-id" not in server.asked[0].headers


def test_a_refused_position_is_tried_by_its_time_and_then_given_up_as_a_gap(server: StreamServer) -> None:
    server.replies.extend([refusal(400), refusal(400), sent(lines(event(), MS))])
    first = next(stream(server).listen(position(MS - 5000)))

    assert server.asked[1].params == {"since": "2021-12-31T23:59:55Z"}
    assert "last-event-id" not in server.asked[1].headers
    assert first.gap == Gap("lost", NOW - timedelta(seconds=5))
    assert server.asked[2].params == {}


@pytest.mark.parametrize(
    "broken", ["", "[]", "{}", "null", "[1]", '[{"timestamp":"x"}]', '[{"topic":"é"}]', "[" * 9999]
)
def test_a_position_that_is_none_is_a_gap(server: StreamServer, broken: str) -> None:
    server.replies.append(sent(lines(event(), MS)))
    first = next(stream(server).listen(broken))

    assert first.gap == Gap("old", None)


def test_the_gap_is_told_of_once_connected_and_not_before(server: StreamServer) -> None:
    server.replies.extend([refusal(503), refusal(503), sent(lines(event(), MS))])
    listening = stream(server).listen()
    next(listening)

    assert len(server.asked) == 3


def test_a_silence_longer_than_between_canaries_is_a_gap(server: StreamServer) -> None:
    server.replies.append(sent(lines(event(), MS + 66 * 60_000)))
    (heard,) = wakes(stream(server).listen(position(MS)), 1)

    assert heard.gap == Gap("silence", NOW)


def test_a_canary_is_a_sign_of_life_and_no_event(server: StreamServer) -> None:
    canary = event(meta={"domain": "canary", "id": "0"}, type="edit", title="canary")
    server.replies.append(sent(lines(canary, MS + 50 * 60_000), lines(event(), MS + 100 * 60_000)))
    one = stream(server)
    found = wakes(one.listen(position(MS)), 1)

    assert [len(heard.wakes) for heard in found] == [1]
    assert found[0].gap is None
    assert one.pulse.heard is not None


def test_positions_come_though_nothing_wakes_us(server: StreamServer) -> None:
    clock = StillClock(NOW)
    boring = [lines(event(user="Somebody", title="User:Other"), MS + number) for number in range(40)]
    server.replies.append(sent(*boring))
    server.replies.append(Reply(stays=True))
    one = EventStream(server.url, AGENT, clock, interest, Timing(stall=2.0, nap=11.0))
    heard = next(one.listen(position(MS - 1)))

    assert heard.wakes == ()
    assert heard.position is not None
    assert heard.position > position(MS - 1)


def test_what_is_of_interest_can_change_while_it_runs(server: StreamServer) -> None:
    target = event(user="Steward Example", title="User:示例乙@global")
    server.replies.extend([sent(lines(target, MS), lines(event(), MS + 1)), sent(lines(target, MS + 2))])
    wanted = [interest()]
    one = EventStream(server.url, AGENT, StillClock(NOW), lambda: wanted[0], Timing(stall=2.0, nap=0.001))
    listening = one.listen()
    wakes(listening, 1)
    wanted[0] = interest(targets=frozenset({("metawiki", "User:示例乙@global")}))
    (second,) = wakes(listening, 1)

    assert len(second.wakes) == 1


def test_line_separators_inside_json_do_not_end_a_line(server: StreamServer) -> None:
    odd = event(comment="a\u2028b\u2029c\u0085d\u000be", title="User:X\u2028Y")
    server.replies.append(sent(lines(odd, MS)))

    assert wakes(stream(server).listen(), 1)


def test_data_that_is_no_json_is_passed_over(server: StreamServer) -> None:
    server.replies.append(sent(lines('{"log_type": "x", "user": "WMFOffice", ', MS), lines(event(), MS + 1)))

    assert len(wakes(stream(server).listen(), 1)) == 1


def test_an_event_cut_in_the_middle_comes_whole_with_the_next_connection(server: StreamServer) -> None:
    whole = lines(event(), MS)
    server.replies.append(Reply(chunked([b":ok\n\n", *whole[:2], whole[2][:100]])))
    server.replies.append(sent(whole))
    found = wakes(stream(server).listen(position(MS - 1)), 1)

    assert server.asked[1].headers["last-event-id"] == position(MS - 1)
    assert len(found[0].wakes) == 1


def test_a_stream_without_chunks_is_read_too(server: StreamServer) -> None:
    head = b"HTTP/1.0 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"
    server.replies.append(Reply([b":ok\n\n", *lines(event(), MS)], head))

    assert wakes(stream(server).listen(), 1)


@pytest.mark.parametrize(
    "url", ["http://stream.wikimedia.org/v2", "https://user:word@stream.example/", "ftp://127.0.0.1/"]
)
def test_only_https_or_this_machine_is_asked(url: str) -> None:
    with pytest.raises(ConfigError):
        next(EventStream(url, AGENT, StillClock(NOW), interest).listen())


@given(
    st.lists(st.binary(min_size=1, max_size=60), min_size=1, max_size=8),
    st.lists(st.integers(min_value=1, max_value=40), min_size=1),
)
def test_chunks_come_out_as_they_went_in_wherever_they_are_cut(parts: list[bytes], cuts: list[int]) -> None:
    raw = b"".join([*chunked(parts), b"0\r\n\r\n"])
    chunks, out, at = Chunks(), b"", 0
    for size in itertools.cycle(cuts):
        out += chunks.feed(raw[at : at + size])
        at += size
        if at >= len(raw):
            break

    assert out == b"".join(parts)
    assert chunks.ended


@pytest.mark.parametrize(
    "raw", [b"xyz\r\nabc\r\n", b"3\r\nabcdef\r\n", b"-1\r\n\r\n", b"3\r\nabc\r0\r\n\r\n", b"3\rabc\r\n0\r\n\r\n"]
)
def test_what_is_not_chunked_is_a_cut(raw: bytes) -> None:
    with pytest.raises(Cut):
        Chunks().feed(raw)


def test_what_came_in_many_tls_records_is_read_at_once_and_no_more_is_waited_for() -> None:
    parts = [part for number in range(50) for part in lines(event(), MS + number)]
    with encrypted([HEAD, *chunked(parts)]) as ours:
        response = Coalesced(ours)
        response.begin()

        assert response.read1(1 << 20) == b"".join(parts)


@contextmanager
def encrypted(records: list[bytes]) -> Iterator[ssl.SSLSocket]:
    """A connection on which these came; its other end stays open. Neither end has a certificate."""
    contexts = [ssl.SSLContext(kind) for kind in (ssl.PROTOCOL_TLS_CLIENT, ssl.PROTOCOL_TLS_SERVER)]
    for context in contexts:
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        context.set_ciphers("aNULL:@SECLEVEL=0")
    ours, theirs = socket.socketpair()
    ours.settimeout(10)

    def send() -> ssl.SSLSocket:
        other_end = contexts[1].wrap_socket(theirs, server_side=True)
        for record in records:
            other_end.sendall(record)
        return other_end

    with ThreadPoolExecutor(1) as thread:
        sending = thread.submit(send)
        with contexts[0].wrap_socket(ours) as connection, sending.result():
            yield connection


@pytest.mark.parametrize("size", [97, 1009])
def test_every_planted_event_is_found_however_the_bytes_are_cut(server: StreamServer, size: int) -> None:
    noise = [lines(event(user="Somebody", title=f"User:Other {number}"), MS + number) for number in range(20)]
    planted = [lines(event(log_id=1000 + number), MS + 100 + number) for number in range(20)]
    raw = b"".join(chunked(itertools.chain(*(one + other for one, other in zip(noise, planted, strict=True)))))
    server.replies.append(Reply([raw[at : at + size] for at in range(0, len(raw), size)]))
    found = wakes(stream(server).listen(), 20)

    assert {entry.logid for one in found for wake in one.wakes for entry in wake.entries} == set(range(1000, 1020))
    assert found[-1].position == position(MS + 119)
