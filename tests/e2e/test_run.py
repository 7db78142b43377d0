"""The continuous job on real wikis: woken by their stream, alone at the pen, and ended in time."""

import shutil
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from tests.local_bot import Bot
from tests.local_farm import Farm
from tests.running import Running, expire_lease, sql, until

TABLE = "User:OATransparencyBot/Office actions"
SLOW = "<?php if ( ( $_REQUEST['action'] ?? '' ) === '%s' && ( $_REQUEST['%s'] ?? '' ) %s ) { sleep( 15 ); }"

pytestmark = pytest.mark.long


@pytest.fixture
def bot(fresh_farm: Farm, tmp_path: Path) -> Bot:
    """A bot that has published once, so that a run has little to do."""
    one = Bot(fresh_farm, tmp_path / "bot")
    one.run("once", "reconcile", "--save")
    return one


def lock(name: str) -> dict[str, Any]:
    params = {"added": ["locked"], "removed": []}
    office = {"type": "globalauth", "action": "setstatus", "user": "WMFOffice", "comment": "Office action"}
    return {**office, "title": f"User:{name}@global", "params": params}


def shows(farm: Farm, name: str, dbname: str = "metawiki") -> bool:
    return name in (farm.text(dbname, TABLE) or "")


def texts(farm: Farm, dbname: str = "metawiki") -> list[str]:
    """Every text that our account ever saved on the table's page."""
    asked = {"prop": "revisions", "rvprop": "content|user", "rvslots": "main", "rvlimit": "max", "titles": TABLE}
    revisions = farm.ask(dbname, action="query", **asked)["query"]["pages"][0]["revisions"]
    ours = farm.accounts["bot"].name
    return [one["slots"]["main"]["content"] for one in revisions if one["user"] == ours]


def test_a_lock_on_the_wire_becomes_a_row_on_the_page(fresh_farm: Farm, bot: Bot) -> None:
    with Running(bot) as run:
        run.await_quiet()
        fresh_farm.add_log("metawiki", lock("Пример Замок"))
        until(lambda: shows(fresh_farm, "Пример Замок"), "the row")
        code, _ = run.end()

    assert code == 0


def test_a_desysop_that_only_metas_log_shows_comes_to_the_wiki_that_it_concerns(fresh_farm: Farm, bot: Bot) -> None:
    with Running(bot) as run:
        run.await_quiet()
        fresh_farm.person("office", "metawiki").rights(
            "示例现任@zhwiki", remove="sysop|bureaucrat", reason="Office action"
        )
        until(lambda: shows(fresh_farm, "示例现任", "zhwiki"), "the row on zhwiki")
        until(lambda: shows(fresh_farm, "示例现任"), "the row on Meta")
        fresh_farm.person("steward", "metawiki").rights("示例现任@zhwiki", add="sysop", reason="asked for again")
        before = fresh_farm.text("zhwiki", TABLE)
        until(lambda: fresh_farm.text("zhwiki", TABLE) != before, "the change of status on zhwiki")


def test_what_happens_while_it_is_down_is_there_after_its_start(fresh_farm: Farm, bot: Bot) -> None:
    with Running(bot) as run:
        run.await_quiet()
        fresh_farm.add_log("metawiki", lock("Пример Первый"))
        until(lambda: shows(fresh_farm, "Пример Первый"), "the first row")
        run.end()
    fresh_farm.add_log("metawiki", lock("Пример Второй"))
    with Running(bot) as run:
        until(lambda: shows(fresh_farm, "Пример Второй"), "the row of what was missed")

        assert not run.says("a gap")


def test_pywikibot_is_loaded_when_there_is_something_to_save_and_not_before(fresh_farm: Farm, bot: Bot) -> None:
    with Running(bot) as run:
        run.await_quiet()
        run.end()
    bot.environment["PYTHONPROFILEIMPORTTIME"] = "1"  # Python then writes a line for each import
    with Running(bot) as run:
        run.await_message("stream: connected")
        fresh_farm.person("steward", "metawiki").block("Ordinary Example", reason="not ours")
        time.sleep(1)  # what shouldn't happen can't be awaited
        quiet = run.text
        fresh_farm.add_log("metawiki", lock("Пример Замок"))
        until(lambda: shows(fresh_farm, "Пример Замок"), "the row")

        assert "oabot.scheduler" in quiet
        assert "pywikibot" not in quiet
        assert "pywikibot" in run.text


def phases() -> list[Any]:
    reading = SLOW % ("query", "list", "=== 'logevents'")
    return [
        pytest.param(None, "our turn", id="waiting"),
        pytest.param(reading, "stream: connected", id="reading"),
        pytest.param(SLOW % ("edit", "title", "!== ''"), "stream: connected", id="saving"),
        pytest.param("<?php http_response_code( 503 ); exit;", "try 1", id="backing off"),
    ]


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize(("steered", "message"), phases())
def test_it_ends_within_ten_seconds_in_every_phase_and_loses_nothing(
    fresh_farm: Farm, bot: Bot, steered: str | None, message: str, how: signal.Signals
) -> None:
    with Running(bot) as run:
        run.await_quiet()
        fresh_farm.control("metawiki", "php", steered)
        began = len(sql(bot, "SELECT id FROM oabot_runs"))
        fresh_farm.control("metawiki", "php", None)
        fresh_farm.add_log("metawiki", lock("Пример Прерванный"))
        fresh_farm.control("metawiki", "php", steered)
        if steered is not None:
            until(lambda: len(sql(bot, "SELECT id FROM oabot_runs")) > began, "the run")
        run.await_message(message)
        time.sleep(0.5)  # into the request
        code, seconds = run.end(how)
    fresh_farm.control("metawiki", "php", None)
    expire_lease(bot)

    assert seconds < 10
    assert code == 0
    with Running(bot, "after") as after:
        until(lambda: shows(fresh_farm, "Пример Прерванный"), "the row after the next start")
        after.await_quiet()
    saved = texts(fresh_farm)
    assert len(saved) == len(set(saved))


@pytest.mark.parametrize(
    "shell", [["sh", "-c", 'exec "$0" "$@"'], ["bash", "-c", '"$0" "$@"']], ids=["sh and exec", "bash"]
)
def test_under_a_shell_it_ends_too(fresh_farm: Farm, bot: Bot, shell: list[str]) -> None:
    with Running(bot, wrapper=shell) as run:
        run.await_quiet()
        code, seconds = run.end()

    assert code == 0
    assert seconds < 10


def test_as_process_one_it_ends_too(fresh_farm: Farm, bot: Bot) -> None:
    wrapper = ["unshare", "--pid", "--fork", "--kill-child"]
    if (
        shutil.which("unshare") is None
        or subprocess.run([*wrapper, "true"], check=False, capture_output=True).returncode
    ):
        pytest.skip("needs the right to make a process namespace")
    with Running(bot, wrapper=wrapper) as run:
        run.await_quiet()
        children = Path(f"/proc/{run.process.pid}/task/{run.process.pid}/children").read_text().split()
        began = time.monotonic()
        subprocess.run(["kill", "-TERM", *children], check=True)
        code = run.process.wait(20)

        assert code == 0
        assert time.monotonic() - began < 10


def test_a_second_copy_waits_and_takes_over(fresh_farm: Farm, bot: Bot) -> None:
    with Running(bot, "first") as first:
        first.await_quiet()
        with Running(bot, "second") as second:
            until((bot.folder / "second.heartbeat").exists, "the second's heartbeat")
            assert not second.says("our turn")
            first.end()
            second.await_message("our turn")
            fresh_farm.add_log("metawiki", lock("Пример Второй"))
            until(lambda: shows(fresh_farm, "Пример Второй"), "the row by the second copy")


def test_a_paused_copy_that_wakes_up_after_its_turn_saves_nothing(fresh_farm: Farm, bot: Bot) -> None:
    with Running(bot, "first") as first, Running(bot, "second") as second:
        until(lambda: first.says("our turn") or second.says("our turn"), "a first turn")
        leader, other = (first, second) if first.says("our turn") else (second, first)
        leader.await_quiet()
        leader.process.send_signal(signal.SIGSTOP)
        expire_lease(bot)
        other.await_message("our turn")
        fresh_farm.add_log("metawiki", lock("Пример Пауза"))
        leader.process.send_signal(signal.SIGCONT)
        leader.await_message("another process took over")
        until(lambda: shows(fresh_farm, "Пример Пауза"), "the row by the copy whose turn it is")
        other.await_quiet()
        fences = sql(bot, "SELECT DISTINCT taken_by FROM oabot_jobs WHERE key LIKE 'stream:%'")

    assert len(fences) == 1
    saved = texts(fresh_farm)
    assert len(saved) == len(set(saved))
