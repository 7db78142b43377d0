"""What is read again beside a page is as if it had been read again after it."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from oabot.begun import LASTS
from oabot.errors import LedgerError
from oabot.model import EntryId
from oabot.rechecks import Rechecks
from tests.fakes.mediawiki import ApiFault, Params, Reply
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
    return Rechecks(world.pipeline.ingest, world.clock)


def test_what_was_begun_tells_of_what_was_hidden_meanwhile(rechecks: Rechecks, world: World) -> None:
    world.row("metawiki", ONE.logid)["actionhidden"] = True
    rechecks.begin([ONE, TWO])

    assert set(rechecks.report([ONE, TWO]).erased) == {ONE}


def test_what_was_not_begun_is_read_then(rechecks: Rechecks, world: World) -> None:
    rechecks.begin([ONE])
    world.row("metawiki", TWO.logid)["actionhidden"] = True

    assert set(rechecks.report([ONE, TWO]).erased) == {TWO}


def asked(world: World) -> int:
    return len(world.logs["metawiki"].asked)


def test_what_was_asked_within_a_second_is_not_asked_again(rechecks: Rechecks, world: World) -> None:
    rechecks.begin([ONE, TWO])
    rechecks.report([ONE, TWO])
    before = asked(world)
    world.clock.time += LASTS
    rechecks.begin([ONE])

    assert not rechecks.report([ONE]).failed
    assert asked(world) == before


def test_what_was_asked_longer_ago_is_asked_again(rechecks: Rechecks, world: World) -> None:
    rechecks.begin([ONE])
    rechecks.report([ONE])
    world.clock.time += LASTS + timedelta(milliseconds=1)
    world.row("metawiki", ONE.logid)["actionhidden"] = True
    rechecks.begin([ONE])

    assert set(rechecks.report([ONE]).erased) == {ONE}


def test_what_expired_is_asked_again(rechecks: Rechecks, world: World) -> None:
    rechecks.begin([ONE])
    rechecks.read([TWO])
    rechecks.expire()
    for entry in (ONE, TWO):
        world.row("metawiki", entry.logid)["actionhidden"] = True
    rechecks.begin([ONE, TWO])

    assert set(rechecks.report([ONE, TWO]).erased) == {ONE, TWO}


def test_what_takes_long_counts_for_the_page_that_it_was_begun_for(rechecks: Rechecks, world: World) -> None:
    rechecks.begin([ONE])
    rechecks.report([])
    before = asked(world)
    rechecks.begin([ONE])
    world.clock.time += 60 * LASTS

    assert not rechecks.report([ONE]).failed
    assert asked(world) == before


def test_a_draft_for_which_nothing_was_begun_reads_all_that_it_shows(rechecks: Rechecks, world: World) -> None:
    rechecks.begin([ONE])
    rechecks.report([ONE])
    world.row("metawiki", ONE.logid)["actionhidden"] = True

    assert set(rechecks.report([ONE]).erased) == {ONE}


def test_what_the_run_read_for_itself_is_not_asked_again(rechecks: Rechecks, world: World) -> None:
    before = asked(world)
    rechecks.read([ONE, TWO])
    rechecks.begin([ONE])

    assert not rechecks.report([ONE, TWO]).changed
    assert asked(world) == before


def test_a_wiki_that_could_not_be_read_for_others_is_asked_for_what_this_draft_shows(
    rechecks: Rechecks, world: World
) -> None:
    def fault(_: Params) -> Reply:
        raise ApiFault("permissiondenied")

    modules = world.logs["metawiki"].modules
    before, modules["logevents"] = modules["logevents"], fault
    rechecks.begin([ONE])
    assert rechecks.report([ONE]).failed
    modules["logevents"] = before
    rechecks.begin([ONE])

    assert not rechecks.report([ONE]).failed


def test_what_was_erased_is_told_once(rechecks: Rechecks, world: World) -> None:
    world.row("metawiki", ONE.logid)["actionhidden"] = True
    rechecks.begin([ONE])
    rechecks.report([ONE])
    world.row("metawiki", TWO.logid)["actionhidden"] = True
    rechecks.report([TWO])

    assert set(rechecks.erased()) == {ONE, TWO}
    assert not rechecks.erased()


def test_what_was_erased_for_a_draft_that_was_not_made_is_news_for_the_next(rechecks: Rechecks, world: World) -> None:
    world.row("metawiki", ONE.logid)["actionhidden"] = True
    rechecks.begin([ONE])
    rechecks.expire()
    rechecks.begin([TWO])

    assert rechecks.report([TWO]).changed
    assert set(rechecks.erased()) == {ONE}


def test_what_was_erased_for_a_draft_that_was_never_made_is_told(rechecks: Rechecks, world: World) -> None:
    world.row("metawiki", ONE.logid)["actionhidden"] = True
    rechecks.begin([ONE])

    assert set(rechecks.erased()) == {ONE}


def test_a_database_that_fails_beside_the_page_fails_the_draft(rechecks: Rechecks, tmp_path: Path) -> None:
    (tmp_path / "ledger.sqlite").unlink()
    (tmp_path / "ledger.sqlite").mkdir()
    rechecks.begin([ONE])

    with pytest.raises(LedgerError):
        rechecks.report([ONE])
