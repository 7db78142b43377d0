"""The bot that listens while people steer it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.control_farm import Controlled
from tests.local_farm import Farm


@pytest.fixture(scope="module")
def bot(farm: Farm, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Controlled]:
    """A bot that listens and has nothing to do."""
    farm.reset()
    with Controlled(farm, tmp_path_factory.mktemp("bot")) as one:
        yield one


@pytest.fixture
def nobody_asks(bot: Controlled) -> None:
    """The test begins without requests."""
    bot.begin()
