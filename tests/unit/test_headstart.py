"""The stream is asked for before the rest is loaded, if that is easy; else it isn't, and the rest does it."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from oabot import headstart
from oabot.clock import SystemClock
from oabot.ledger import Ledger
from oabot.listener import POSITION
from tests.fakes.stream import Reply, StreamServer, position

pytestmark = pytest.mark.loopback

HERE = position(round(time.time() * 1000))


@pytest.fixture
def server() -> Iterator[StreamServer]:
    one = StreamServer()
    one.replies.append(Reply(stays=True))
    yield one
    one.close()


@pytest.fixture
def clock() -> Iterator[SystemClock]:
    one = SystemClock()
    yield one
    one.end()


@pytest.fixture
def settings(tmp_path: Path, server: StreamServer, clock: SystemClock) -> Path:
    """An operator's settings, and a ledger with a position."""
    Ledger(f"sqlite:///{tmp_path}/ledger of mine.sqlite", clock).state.put(POSITION, HERE)
    file = tmp_path / "oabot.toml"
    file.write_text(
        'contact = "https://meta.example/wiki/User:Example"\n'
        f'database = "sqlite:///{tmp_path}/ledger of mine.sqlite"\nstream = "{server.url}"\n'
        '[wikis.metawiki]\nlanguage = "en"\n'
    )
    return file


def test_the_stream_is_asked_for_from_where_the_ledger_says(
    settings: Path, server: StreamServer, clock: SystemClock
) -> None:
    listener = headstart.begin(settings, clock, {})
    assert listener is not None
    while not listener.pulse.connected:
        pass

    assert listener.position == HERE
    assert server.asked[0].headers["last-event-id"] == HERE
    assert "https://meta.example/wiki/User:Example" in server.asked[0].headers["user-agent"]


def test_the_environment_says_more_than_the_file(settings: Path, clock: SystemClock) -> None:
    begun = headstart.begin(None, clock, {"OABOT_SETTINGS": str(settings), "OABOT_DATABASE": "sqlite:///nowhere"})

    assert begun is None


@pytest.mark.parametrize(
    "told",
    [
        "",
        'database = "sqlite:////nowhere/ledger.sqlite"\ncontact = "a@example.org"\n',
        'database = "mysql://tools.example/ledger"\ncontact = "a@example.org"\n',
        "database = 7\n",
        "not = toml = at all\n",
    ],
)
def test_what_is_not_easy_is_left_to_the_rest(told: str, tmp_path: Path, clock: SystemClock) -> None:
    (tmp_path / "oabot.toml").write_text(told)

    assert headstart.begin(tmp_path / "oabot.toml", clock, {}) is None
    assert headstart.begin(tmp_path / "missing.toml", clock, {}) is None


def test_a_ledger_without_a_position_is_left_to_the_rest(settings: Path, tmp_path: Path, clock: SystemClock) -> None:
    Ledger(f"sqlite:///{tmp_path}/ledger of mine.sqlite", clock).state.drop(POSITION)

    assert headstart.begin(settings, clock, {}) is None
