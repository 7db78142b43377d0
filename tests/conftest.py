"""The farm for tests: one for the session, built where no other is, ended with it."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
from collections.abc import Iterator

import pytest

from tests.local_farm import Farm


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whoever asks for the farm needs it, and says so to ``-m``."""
    for item in items:
        if "farm" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.farm)


def _free_ports() -> int:
    """A port after which the next sixteen are free; another process starts to look elsewhere."""
    for base in range(20000 + os.getpid() % 400 * 20, 32000, 20):
        with contextlib.suppress(OSError):
            for port in range(base, base + 17):
                socket.create_server(("127.0.0.1", port)).close()
            return base
    raise RuntimeError("no seventeen free ports in a row between 20000 and 32000")


@pytest.fixture(scope="session")
def farm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Farm]:
    """Six running wikis with the seed's history, as the tests before left them; `fresh_farm` is as seeded.

    Where the packages are missing and can't be installed, the test is skipped; with CI=true it fails.
    """
    wikis = Farm(tmp_path_factory.mktemp("farm") / "state", _free_ports())
    try:
        wikis.do("install")
    except subprocess.CalledProcessError as error:
        if error.returncode != 2 or os.environ.get("CI") == "true":
            pytest.fail(error.stderr, pytrace=False)
        pytest.skip(error.stderr)
    wikis.do("build")
    wikis.do("start")
    yield wikis
    wikis.do("stop")


@pytest.fixture
def fresh_farm(farm: Farm) -> Iterator[Farm]:
    """The farm as it was seeded, steered by nobody; what the test steers ends with it."""
    farm.reset()
    yield farm
    for control in (farm.state / "ctl").iterdir():
        control.unlink()
