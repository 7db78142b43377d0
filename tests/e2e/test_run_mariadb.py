"""The continuous job on MariaDB: the server goes away, comes back, and takes no writes for a while."""

import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contract.mariadb import MariaDbServer, Unavailable
from tests.e2e.test_run import lock, shows
from tests.local_bot import Bot
from tests.local_farm import Farm
from tests.running import Running, until

pytestmark = [pytest.mark.slow, pytest.mark.long, pytest.mark.mariadb]

PASSWORD = "loopback0database0password"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[MariaDbServer]:
    folder = tmp_path / "mariadb"
    folder.mkdir()
    try:
        with MariaDbServer(folder) as one:
            yield one
    except Unavailable as missing:
        pytest.skip(str(missing))


@pytest.fixture
def bot(fresh_farm: Farm, server: MariaDbServer, tmp_path: Path) -> Bot:
    """A bot with a database account of its own: root may write though the server is read-only."""
    address = server.url("ledger").replace("root@", f"bot:{PASSWORD}@")
    server.sql(f"CREATE USER bot@localhost IDENTIFIED BY '{PASSWORD}'")
    server.sql("GRANT ALL ON ledger.* TO bot@localhost")
    one = Bot(fresh_farm, tmp_path / "bot")
    text = one.settings.read_text(encoding="utf-8")
    one.settings.write_text(re.sub(r"(?m)^database = .*$", lambda _: f'database = "{address}"', text), encoding="utf-8")
    one.run("once", "reconcile", "--save")
    return one


def test_without_its_database_it_listens_on_saves_nothing_and_goes_on_by_itself(
    fresh_farm: Farm, bot: Bot, server: MariaDbServer
) -> None:
    with Running(bot) as run:
        run.await_message("stream: connected")
        server.stop()
        fresh_farm.add_log("metawiki", lock("Пример Остановка"))
        run.await_message("wait for the database")
        server.start()
        until(lambda: shows(fresh_farm, "Пример Остановка"), "the row of what came while the database was down")
        server.sql("SET GLOBAL read_only = 1")
        fresh_farm.add_log("metawiki", lock("Пример Чтение"))
        run.await_message("read-only")
        time.sleep(3)  # what shouldn't happen can't be awaited
        meanwhile = (shows(fresh_farm, "Пример Чтение"), run.process.poll())
        server.sql("SET GLOBAL read_only = 0")
        until(lambda: shows(fresh_farm, "Пример Чтение"), "the row of what came while it was read-only")
        code, _ = run.end()

        assert meanwhile == (False, None)
        assert code == 0
        assert PASSWORD not in run.text
        assert not run.says("a run failed")
