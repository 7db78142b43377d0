"""Servers that contract suites run against beside the small fakes."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.contract.mariadb import MariaDbServer, Unavailable


@pytest.fixture(scope="session")
def mariadb(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MariaDbServer]:
    """A running MariaDB server, one for the session; skipped where there is none, with CI=true a failure."""
    try:
        with MariaDbServer(tmp_path_factory.mktemp("mariadb")) as server:
            yield server
    except Unavailable as error:
        if os.environ.get("CI") == "true":
            pytest.fail(str(error), pytrace=False)
        pytest.skip(str(error))
