"""Our reader of the stream against the farm's relay, and against what MediaWiki itself sends."""

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from oabot import rules
from oabot.clock import SystemClock
from oabot.interest import Interest, Topic, Wake
from oabot.sources.eventstream import EventStream, Heard, Timing
from tests.fakes.stream import event
from tests.local_farm import ROOT, Farm

BOT = "OATransparencyBot"


class Relay:
    """The farm's stream.py alone; `send` is what MediaWiki does."""

    def __init__(self, folder: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.folder = folder
        command = [sys.executable, str(ROOT / "farm/stream.py"), f"127.0.0.1:{self.port}", str(folder)]
        self.process = subprocess.Popen(command)
        self.url = f"http://127.0.0.1:{self.port}/v2/stream/recentchange"
        self._feed = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        until = time.monotonic() + 20
        while not self._answers() and time.monotonic() < until:
            time.sleep(0.02)

    def _answers(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def send(self, **more: object) -> None:
        data = {key: value for key, value in event(**more).items() if key not in ("$schema", "meta")}
        self._feed.sendto(json.dumps({**data, "server_name": "meta.example"}).encode(), ("127.0.0.1", self.port))

    def control(self, name: str, text: str | None) -> None:
        file = self.folder / f"stream.{name}"
        if text is None:
            file.unlink()
        else:
            file.write_text(text)

    def close(self) -> None:
        self._feed.close()
        self.process.terminate()
        self.process.wait(10)


@pytest.fixture
def relay(tmp_path: Path) -> Iterator[Relay]:
    one = Relay(tmp_path)
    yield one
    one.close()


def listening(url: str, position: str | None = None) -> Iterator[Heard]:
    """A reader that is connected."""
    wanted = Interest(
        BOT,
        frozenset({"metawiki", "ruwiki", "zhwiki"}),
        rules.load().actors,
        targets=frozenset({("metawiki", "User:样例五@zhwiki")}),
    )
    stream = EventStream(url, "oabot-tests/1", SystemClock(), lambda: wanted, Timing(stall=20.0, nap=0.01))
    return stream.listen(position)


def heard(reader: Iterator[Heard], *logids: int) -> tuple[list[int], str | None]:
    """Listen until these log entries were heard of; all that were, and the position then."""
    found: list[int] = []
    position = None
    while not set(logids) <= set(found):
        one = next(reader)
        position = one.position
        found += [entry.logid for wake in one.wakes for entry in wake.entries]
    return found, position


def test_events_come_as_they_happen(relay: Relay) -> None:
    reader = listening(relay.url)
    next(reader)
    for logid in range(1, 6):
        relay.send(log_id=logid)

    assert heard(reader, 5)[0] == [1, 2, 3, 4, 5]


def test_a_restart_goes_on_where_it_ended(relay: Relay) -> None:
    reader = listening(relay.url)
    next(reader)
    relay.send(log_id=1)
    _, position = heard(reader, 1)
    reader.close()  # type: ignore[attr-defined]  # a generator
    time.sleep(0.01)  # the id tells milliseconds apart, no less
    for logid in range(2, 5):
        relay.send(log_id=logid)

    assert heard(listening(relay.url, position), 4)[0] == [2, 3, 4]


@pytest.mark.slow
def test_nothing_is_lost_over_cuts(relay: Relay) -> None:
    reader = listening(relay.url)
    next(reader)
    found: set[int] = set()
    for number in range(1, 5):
        relay.send(log_id=number)
        found |= set(heard(reader, number)[0])
        relay.control("cut", str(number))
        time.sleep(0.01)
        relay.send(log_id=100 + number)
        found |= set(heard(reader, 100 + number)[0])

    assert found == {*range(1, 5), *range(101, 105)}


@pytest.mark.parametrize("refusal", ["429 1", "503", "500"])
def test_refusals_are_sat_out(relay: Relay, refusal: str) -> None:
    reader = listening(relay.url)
    next(reader)
    relay.send(log_id=1)
    heard(reader, 1)
    relay.control("refuse", refusal)
    relay.control("cut", "1")
    assert requests.get(relay.url, timeout=5).status_code == int(refusal[:3])
    relay.control("refuse", None)
    relay.send(log_id=2)

    assert heard(reader, 2)[0] == [2]


def test_an_error_event_ends_a_connection_only(relay: Relay) -> None:
    reader = listening(relay.url)
    next(reader)
    relay.control("error", "")
    relay.send(log_id=1)
    heard(reader, 1)
    relay.control("error", None)
    relay.send(log_id=2)

    assert heard(reader, 2)[0] == [2]


def test_it_is_framed_as_the_service_frames_it(relay: Relay) -> None:
    with requests.get(relay.url, stream=True, timeout=20) as response:
        chunks = response.raw.read_chunked()
        first = next(chunks)
        relay.send()
        lines = [next(chunks) for _ in range(3)]
    position = json.loads(lines[1].removeprefix(b"id: "))

    assert response.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert first == b":ok\n\n"
    assert lines[0] == b"event: message\n"
    assert [sorted(topic) for topic in position] == [
        ["partition", "timestamp", "topic"],
        ["offset", "partition", "topic"],
    ]
    assert json.loads(lines[2].removeprefix(b"data: "))["meta"]["stream"] == "mediawiki.recentchange"
    assert lines[2].endswith(b"}\n\n")


@pytest.mark.parametrize(
    ("headers", "query"),
    [
        ({"Last-Event-ID": "nonsense"}, ""),
        ({"Last-Event-ID": '[{"topic":"other","timestamp":1}]'}, ""),
        ({}, "?since=x"),
    ],
)
def test_a_position_that_is_none_is_refused(relay: Relay, headers: dict[str, str], query: str) -> None:
    assert requests.get(relay.url + query, headers=headers, timeout=5).status_code == 400


def test_since_gives_what_was_before(relay: Relay) -> None:
    relay.send(log_id=7)
    with requests.get(f"{relay.url}?since=2020-01-01T00:00:00Z", stream=True, timeout=20) as response:
        datas = (line for line in response.iter_lines() if line.startswith(b"data: "))
        found: dict[str, Any] = next(one for one in map(json.loads, (line[6:] for line in datas)) if "log_id" in one)

    assert found["log_id"] == 7


def stream_url(farm: Farm) -> str:
    return f"http://127.0.0.1:{farm.port + 16}/v2/stream/recentchange"


def test_what_people_do_on_real_wikis_wakes_us(farm: Farm) -> None:
    reader = listening(stream_url(farm))
    next(reader)
    farm.person("steward", "metawiki").rights("样例五@zhwiki", add="rollbacker", reason="asked for again")
    farm.person("user", "ruwiki").edit(f"User talk:{BOT}", "A word to the bot.")
    found: list[Wake] = []
    while len(found) < 2:
        found += next(reader).wakes

    assert [(wake.topic, wake.wiki, wake.log_type) for wake in found] == [
        (Topic.LOG, "metawiki", "rights"),
        (Topic.TALK, "ruwiki", ""),
    ]


def test_a_log_row_of_an_extension_wakes_us_once_it_can_be_read(farm: Farm) -> None:
    reader = listening(stream_url(farm))
    next(reader)
    row = {"type": "globalauth", "action": "setstatus", "user": "WMFOffice", "title": "User:示例乙@global"}
    (logid,) = farm.add_log("metawiki", {**row, "params": {"added": ["locked"], "removed": []}})
    found, _ = heard(reader, logid)

    assert found == [logid]
    assert farm.log("metawiki", letype="globalauth")[0]["logid"] == logid
