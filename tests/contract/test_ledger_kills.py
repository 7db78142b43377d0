"""A killed process loses and doubles nothing in the ledger, whatever it was doing."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.contract.ledger_kills import kill
from tests.contract.mariadb import MariaDbServer

KILLS = int(os.environ.get("OABOT_KILLS", "8"))
SEED = int(os.environ.get("OABOT_SEED", "1"))


@pytest.mark.slow
def test_a_writer_killed_at_any_moment_leaves_a_file_whole(tmp_path: Path) -> None:
    seen = kill(f"sqlite:///{tmp_path}/ledger.sqlite", KILLS, SEED)

    assert seen.broken == ()
    assert seen.rounds > 0
    assert seen.cut_short > 0


@pytest.mark.mariadb
def test_a_writer_killed_at_any_moment_leaves_a_server_s_tables_whole(mariadb: MariaDbServer) -> None:
    seen = kill(mariadb.url("kills"), KILLS, SEED)
    mariadb.sql("DROP DATABASE kills")

    assert seen.broken == ()
    assert seen.rounds > 0
    assert seen.cut_short > 0
