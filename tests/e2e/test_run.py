"""The continuous job on real wikis: woken by their stream, alone at the pen, and ended in time."""

import random
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.killing import Killer, proxy
from tests.local_bot import Bot
from tests.local_farm import Farm
from tests.running import Running, expire_lease, pause, sql, until

TABLE = "User:OATransparencyBot/Office actions"
STEER = "<?php if ( PHP_SAPI !== 'cli' && %s ) { touch( \"$farmState/ctl/reached\" ); %s; }"

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def published(farm: Farm, tmp_path_factory: pytest.TempPathFactory) -> Bot:
    """A bot that has published once, so that a run has little to do."""
    farm.reset()
    one = Bot(farm, tmp_path_factory.mktemp("bot"))
    one.run("once", "reconcile", "--save")
    return one


@pytest.fixture
def bot(farm: Farm, published: Bot) -> Iterator[Bot]:
    """The same, as the test before left it, while no other copy runs; what the test steers ends with it."""
    expire_lease(published)
    before = dict(published.environment)
    yield published
    published.environment = before
    for control in (farm.state / "ctl").iterdir():
        control.unlink()


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


def test_a_lock_on_the_wire_becomes_a_row_on_the_page(farm: Farm, bot: Bot) -> None:
    with Running(bot) as run:
        run.await_quiet()
        farm.add_log("metawiki", lock("Пример Замок"))
        until(lambda: shows(farm, "Пример Замок"), "the row")
        code, _ = run.end()

    assert code == 0


@pytest.mark.long
def test_a_desysop_that_only_metas_log_shows_comes_to_the_wiki_that_it_concerns(farm: Farm, bot: Bot) -> None:
    with Running(bot) as run:
        run.await_quiet()
        farm.person("office", "metawiki").rights("示例现任@zhwiki", remove="sysop|bureaucrat", reason="Office action")
        until(lambda: shows(farm, "示例现任", "zhwiki"), "the row on zhwiki")
        until(lambda: shows(farm, "示例现任"), "the row on Meta")
        farm.person("steward", "metawiki").rights("示例现任@zhwiki", add="sysop", reason="asked for again")
        before = farm.text("zhwiki", TABLE)
        until(lambda: farm.text("zhwiki", TABLE) != before, "the change of status on zhwiki")


@pytest.mark.long
def test_what_happens_while_it_is_down_is_there_after_its_start(farm: Farm, bot: Bot) -> None:
    with Running(bot) as run:
        run.await_quiet()
        farm.add_log("metawiki", lock("Пример Первый"))
        until(lambda: shows(farm, "Пример Первый"), "the first row")
        run.end()
    farm.add_log("metawiki", lock("Пример Второй"))
    with Running(bot) as run:
        until(lambda: shows(farm, "Пример Второй"), "the row of what was missed")

        assert not run.says("a gap")


@pytest.mark.long
def test_a_nightly_run_that_was_missed_is_made_up_for_at_the_start(farm: Farm, bot: Bot) -> None:
    asked = "SELECT count(*) FROM oabot_runs WHERE woken_by = 'reconcile' AND outcome = 'done'"
    before = sql(bot, asked)[0][0]
    sql(bot, "UPDATE oabot_state SET value = '\"2026-01-01T00:00:00Z\"' WHERE key = 'good:reconcile'")
    with Running(bot) as run:
        until(lambda: sql(bot, asked)[0][0] > before, "a reconciliation")
        run.end()
    with Running(bot) as run:
        run.await_quiet()
        run.end()

    assert sql(bot, asked)[0][0] == before + 1


@pytest.mark.long
def test_pywikibot_is_loaded_when_there_is_something_to_save_and_not_before(farm: Farm, bot: Bot) -> None:
    with Running(bot) as run:
        run.await_quiet()
        run.end()
    bot.environment["PYTHONPROFILEIMPORTTIME"] = "1"  # Python then writes a line for each import
    with Running(bot) as run:
        run.await_message("stream: connected")
        farm.person("admin", "metawiki").block("Ordinary Example", reason="not ours")
        time.sleep(1)  # what shouldn't happen can't be awaited
        quiet = run.text
        farm.add_log("metawiki", lock("Пример Загрузка"))
        until(lambda: shows(farm, "Пример Загрузка"), "the row")

        assert "oabot.scheduler" in quiet
        assert "pywikibot" not in quiet
        assert "pywikibot" in run.text


def phases() -> list[Any]:
    action = "( $_REQUEST['action'] ?? '' ) === "
    reading = STEER % (f"{action}'query' && ( $_REQUEST['list'] ?? '' ) === 'logevents'", "sleep( 15 )")
    saving = STEER % (f"{action}'edit'", "sleep( 15 )")
    failing = STEER % ("true", "http_response_code( 503 ); exit")
    return [
        pytest.param(None, signal.SIGTERM, "Пример Ожидание", id="waiting"),
        pytest.param(None, signal.SIGINT, "Пример Прерванный", id="waiting, SIGINT"),
        pytest.param(reading, signal.SIGTERM, "Пример Чтение", id="reading"),
        pytest.param(saving, signal.SIGTERM, "Пример Запись", id="saving"),
        pytest.param(failing, signal.SIGTERM, "Пример Отказ", id="backing off"),
    ]


@pytest.mark.long
@pytest.mark.parametrize(("steered", "how", "name"), phases())
def test_it_ends_within_ten_seconds_in_every_phase_and_loses_nothing(
    farm: Farm, bot: Bot, steered: str | None, how: signal.Signals, name: str
) -> None:
    with Running(bot) as run:
        run.await_quiet()
        farm.control("metawiki", "php", steered)
        farm.add_log("metawiki", lock(name))
        if steered is not None:
            until((farm.state / "ctl/reached").exists, "the request in which it is ended")
            time.sleep(0.2)  # into its wait for the answer, or for the next try
        code, seconds = run.end(how)
    farm.control("metawiki", "php", None)
    expire_lease(bot)

    assert seconds < 10
    assert code == 0
    with Running(bot, "after") as after:
        until(lambda: shows(farm, name), "the row after the next start")
        after.await_quiet()
    saved = texts(farm)
    assert len(saved) == len(set(saved))


@pytest.mark.parametrize(
    "shell", [["sh", "-c", 'exec "$0" "$@"'], ["bash", "-c", '"$0" "$@"']], ids=["sh and exec", "bash"]
)
def test_under_a_shell_it_ends_too(farm: Farm, bot: Bot, shell: list[str]) -> None:
    with Running(bot, wrapper=shell) as run:
        run.await_quiet()
        code, seconds = run.end()

    assert code == 0
    assert seconds < 10


@pytest.fixture
def process_one() -> list[str]:
    """What starts a program as process 1."""
    wrapper = ["unshare", "--pid", "--fork", "--kill-child"]
    if (
        shutil.which("unshare") is None
        or subprocess.run([*wrapper, "true"], check=False, capture_output=True).returncode
    ):
        pytest.skip("needs the right to make a process namespace")
    return wrapper


def terminate(run: Running) -> tuple[int, float]:
    """Send SIGTERM to the process inside; the exit code and the seconds until it ended."""
    children = Path(f"/proc/{run.process.pid}/task/{run.process.pid}/children").read_text().split()
    began = time.monotonic()
    subprocess.run(["kill", "-TERM", *children], check=True)
    return run.process.wait(20), time.monotonic() - began


def test_as_process_one_it_ends_too(farm: Farm, bot: Bot, process_one: list[str]) -> None:
    with Running(bot, wrapper=process_one) as run:
        run.await_quiet()
        code, seconds = terminate(run)

    assert code == 0
    assert seconds < 10


def test_as_process_one_it_ends_while_it_is_still_loading(farm: Farm, bot: Bot, process_one: list[str]) -> None:
    bot.environment["PYTHONPROFILEIMPORTTIME"] = "1"
    with Running(bot, wrapper=process_one) as run:
        until(lambda: "oabot.headstart" in run.text, "the first of what it loads")
        code, seconds = terminate(run)

    assert code == 0
    assert seconds < 10


def test_killed_before_it_hears_that_a_page_was_saved_its_successor_saves_it_no_second_time(
    farm: Farm, bot: Bot
) -> None:
    killer = Killer(lambda _: 0, random.Random(1))
    with proxy(farm, "metawiki", killer) as address:
        settings = bot.folder / "proxied.toml"
        text = bot.settings.read_text(encoding="utf-8").replace(f'"{farm.url("metawiki")}"', f'"{address}"')
        settings.write_text(text, encoding="utf-8")
        bot.environment["OABOT_SETTINGS"] = str(settings)
        with Running(bot, "killed") as run:
            run.await_quiet()
            killer.arm("reply lost", run.process.pid)
            farm.add_log("metawiki", lock("Пример Убитый"))
            until(lambda: run.process.poll() is not None, "its end")
        expire_lease(bot)
        with Running(bot, "successor") as successor:
            successor.await_quiet()
            until(lambda: shows(farm, "Пример Убитый"), "the row")
            successor.end()

    assert run.process.returncode == -signal.SIGKILL
    assert set(killer.sent.values()) == {1}
    saved = texts(farm)
    assert len(saved) == len(set(saved))


@pytest.mark.long
def test_a_wiki_that_hangs_delays_no_other_and_gets_its_rows_when_it_answers_again(farm: Farm, bot: Bot) -> None:
    settings = bot.folder / "hasty.toml"
    settings.write_text(f"request_deadline = 8.0\n{bot.settings.read_text(encoding='utf-8')}", encoding="utf-8")
    bot.environment["OABOT_SETTINGS"] = str(settings)
    with Running(bot) as run:
        run.await_quiet()
        farm.control("zhwiki", "php", STEER % ("true", "sleep( 40 )"))
        for name, dbname in (("示例挂起", "zhwiki"), ("Пример Рядом", "ruwiki")):
            change = {"type": "rights", "action": "rights", "user": "WMFOffice", "comment": "Office action"}
            groups = {"4::oldgroups": ["sysop"], "5::newgroups": []}
            farm.add_log("metawiki", {**change, "title": f"User:{name}@{dbname}", "params": groups})
        until(lambda: shows(farm, "示例挂起"), "the row on Meta")
        until(lambda: shows(farm, "Пример Рядом", "ruwiki"), "the row on ruwiki")
        farm.control("zhwiki", "php", None)
        until(lambda: shows(farm, "示例挂起", "zhwiki"), "the row on the wiki that hung", 180)
        run.end()


def test_a_second_copy_waits_and_takes_over(farm: Farm, bot: Bot) -> None:
    with Running(bot, "first") as first:
        first.await_quiet()
        with Running(bot, "second") as second:
            until((bot.folder / "second.heartbeat").exists, "the second's heartbeat")
            assert not second.says("our turn")
            first.end()
            second.await_message("our turn")
            farm.add_log("metawiki", lock("Пример Сменщик"))
            until(lambda: shows(farm, "Пример Сменщик"), "the row by the second copy")


def test_a_paused_copy_that_wakes_up_after_its_turn_saves_nothing(farm: Farm, bot: Bot) -> None:
    with Running(bot, "first") as first, Running(bot, "second") as second:
        until(lambda: first.says("our turn") or second.says("our turn"), "a first turn")
        leader, other = (first, second) if first.says("our turn") else (second, first)
        leader.await_quiet()
        pause(leader)
        before = sql(bot, "SELECT max(number) FROM oabot_jobs")[0][0]
        expire_lease(bot)
        other.await_message("our turn")
        farm.add_log("metawiki", lock("Пример Пауза"))
        leader.process.send_signal(signal.SIGCONT)
        leader.await_message("another process took over")
        until(lambda: shows(farm, "Пример Пауза"), "the row by the copy whose turn it is")
        other.await_quiet()
        since = f"key LIKE 'stream:%' AND number > {before}"
        fences = sql(bot, f"SELECT DISTINCT taken_by FROM oabot_jobs WHERE {since}")  # noqa: S608 - a number

    assert len(fences) == 1
    saved = texts(farm)
    assert len(saved) == len(set(saved))
