"""Unit tests reach no network; one that needs a server of its own on this machine asks by the marker `loopback`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import pytest_socket

from tests.control_world import ControlWorld


@pytest.fixture(autouse=True)
def _no_network(request: pytest.FixtureRequest) -> None:
    # pytest-socket itself lifts this after each test.
    if request.node.get_closest_marker("loopback"):
        pytest_socket.socket_allow_hosts(["127.0.0.1", "::1"], allow_unix_socket=True)
    else:
        pytest_socket.disable_socket(allow_unix_socket=True)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[ControlWorld]:
    """Wikis on which people steer the bot, and a lock by the Office; modules that need another world make their own."""
    with ControlWorld(tmp_path) as world:
        world.lock(1, "示例甲")
        yield world
