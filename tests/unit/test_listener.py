"""Who listens before anybody knows what is of interest loses nothing, and decides nothing."""

import itertools
import queue
import threading
import time
from collections.abc import Iterator

import pytest

from oabot import rules
from oabot.clock import SystemClock
from oabot.interest import Interest
from oabot.listener import Listener
from oabot.model import EntryId
from oabot.sources.eventstream import Heard
from tests.fakes.stream import Reply, StreamServer, chunked, event, lines, position

pytestmark = pytest.mark.loopback

AGENT = "oabot-tests/1 (https://meta.example/wiki/User:Example)"
MS = round(time.time() * 1000)


@pytest.fixture
def server() -> Iterator[StreamServer]:
    one = StreamServer()
    yield one
    one.close()


@pytest.fixture
def clock() -> Iterator[SystemClock]:
    one = SystemClock()
    yield one
    one.end()


def interest() -> Interest:
    return Interest("Bot", frozenset({"metawiki"}), rules.load().actors)


def sent(*events: list[bytes]) -> Reply:
    return Reply(chunked([b":ok\n\n", *itertools.chain(*events)]), stays=True)


def test_what_came_before_anybody_knew_what_is_of_interest_is_told_then(
    server: StreamServer, clock: SystemClock
) -> None:
    server.replies.append(sent(lines(event(), MS)))
    told: queue.Queue[Heard] = queue.Queue()
    listener = Listener(server.url, AGENT, clock, position(MS - 1))
    listener.start()
    while not listener.pulse.connected:
        pass
    listener.serve(interest, told.put)
    heard = told.get(timeout=10)
    while not heard.wakes:
        heard = told.get(timeout=10)

    assert heard.wakes[0].entries == (EntryId("metawiki", 109),)
    assert [one.headers["last-event-id"] for one in server.asked] == [position(MS - 1)]


def test_who_is_ended_before_tells_nothing(server: StreamServer, clock: SystemClock) -> None:
    server.replies.append(sent(lines(event(), MS)))
    told: list[Heard] = []
    listener = Listener(server.url, AGENT, clock, position(MS - 1))
    listener.end()
    listener.serve(interest, told.append)
    listener.start()
    for thread in threading.enumerate():
        if thread.name == "stream":
            thread.join(10)

    assert told == []
