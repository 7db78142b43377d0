"""What is read again beside a page is as if it had been read again after it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from oabot.errors import LedgerError
from oabot.model import EntryId
from oabot.rechecks import Rechecks
from tests.world import World

pytestmark = pytest.mark.loopback

ONE, TWO = EntryId("metawiki", 10), EntryId("metawiki", 11)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with World(tmp_path, {"metawiki": "en"}) as one:
        for entry in (ONE, TWO):
            one.lock(entry.logid, f"Пример {entry.logid}")
        yield one


@pytest.fixture
def rechecks(world: World) -> Rechecks:
    world.pipeline.read()
    return Rechecks(world.pipeline.ingest)


def test_what_was_begun_tells_of_what_was_hidden_meanwhile(rechecks: Rechecks, world: World) -> None:
    world.row("metawiki", ONE.logid)["actionhidden"] = True
    rechecks.begin([ONE, TWO])

    assert set(rechecks.report([ONE, TWO]).erased) == {ONE}


def test_what_was_not_begun_is_read_then(rechecks: Rechecks, world: World) -> None:
    rechecks.begin([ONE])
    world.row("metawiki", TWO.logid)["actionhidden"] = True

    assert set(rechecks.report([ONE, TWO]).erased) == {TWO}


def test_what_was_begun_for_another_page_does_not_count(rechecks: Rechecks, world: World) -> None:
    rechecks.begin([ONE])
    rechecks.begin([])
    world.row("metawiki", ONE.logid)["actionhidden"] = True

    assert set(rechecks.report([ONE]).erased) == {ONE}


def test_a_database_that_fails_beside_the_page_fails_the_draft(rechecks: Rechecks, tmp_path: Path) -> None:
    (tmp_path / "ledger.sqlite").unlink()
    (tmp_path / "ledger.sqlite").mkdir()
    rechecks.begin([ONE])

    with pytest.raises(LedgerError):
        rechecks.report([ONE])
