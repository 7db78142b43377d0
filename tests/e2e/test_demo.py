"""The demo says in a sentence what a machine lacks, and then has made nothing."""

import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.local_farm import ROOT, Farm

TOOLS = ("bash", "dirname", "env", "id", "mktemp", "rm", "sed")


def demo(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [str(ROOT / "scripts/demo"), *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)


@pytest.fixture
def bare(tmp_path: Path) -> dict[str, str]:
    """The environment of a machine that has Python and no package manager."""
    programs = tmp_path / "bin"
    programs.mkdir()
    for tool in TOOLS:
        (programs / tool).symlink_to(shutil.which(tool) or tool)
    return {"PATH": str(programs), "PYTHON": sys.executable, "OABOT_FARM_STATE": str(tmp_path / "state")}


def test_without_apt_it_names_the_way_that_needs_no_wiki(bare: dict[str, str], tmp_path: Path) -> None:
    done = demo(bare)

    assert done.returncode == 2
    assert "no apt-get" in done.stderr
    assert "bot.py replay farm/rows.jsonl" in done.stderr
    assert not (tmp_path / "state").exists()


def test_an_old_python_is_told_which_one_to_use(bare: dict[str, str], tmp_path: Path) -> None:
    old = tmp_path / "bin/python3.9"
    old.write_text("#!/bin/sh\nexit 1\n")  # what any Python before 3.11 answers to the question
    old.chmod(0o755)
    done = demo({**bare, "PYTHON": str(old)})

    assert done.returncode == 2
    assert "Python 3.11 or newer" in done.stderr
    assert not (tmp_path / "state").exists()


def test_a_taken_port_is_named_before_anything_is_made(farm: Farm, tmp_path: Path) -> None:
    elsewhere = Farm(tmp_path / "state", farm.port)
    done = demo(elsewhere.environment)

    assert done.returncode == 2
    assert f"Port {farm.port + 1} is taken" in done.stderr
    assert not elsewhere.state.exists()


def test_an_unknown_verb_is_answered_with_the_known_ones(bare: dict[str, str]) -> None:
    done = demo(bare, "destroy")

    assert done.returncode == 2
    assert "scripts/demo stop" in done.stderr


def test_stopping_ends_only_its_own_servers(farm: Farm, tmp_path: Path) -> None:
    done = demo(Farm(tmp_path / "state", farm.port).environment, "stop")

    assert done.returncode == 0
    with socket.create_connection(("127.0.0.1", farm.port + 1), timeout=5):
        assert farm.do("status").count("answers") == len(farm.wikis) + 1  # and the stream


@pytest.fixture
def first_run(fresh_farm: Farm, tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """The demo's own part on wikis as they were seeded, by the farm's settings less some words of them."""
    bot = fresh_farm.accounts["bot"]
    file = tmp_path / "oabot.toml"
    environment = fresh_farm.environment | {
        "OABOT_SETTINGS": str(file),
        "OABOT_BOT_PASSWORD": f"{bot.bot_login}:{bot.bot_secret}",
    }

    def run(without: str = "\0") -> subprocess.CompletedProcess[str]:
        command = [sys.executable, str(ROOT / "farm/settings.py"), str(tmp_path)]
        made = subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout
        file.write_text(made.replace(without, ""), encoding="utf-8")
        command = [sys.executable, str(ROOT / "scripts/first_run.py")]
        return subprocess.run(
            command, env=environment, input="go\n", capture_output=True, text=True, timeout=120, check=False
        )

    return run


def test_the_first_run_installs_templates_and_makes_the_pages_and_the_next_one_edits_nothing(
    fresh_farm: Farm, first_run: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    first, second = first_run(), first_run()

    assert (first.returncode, second.returncode) == (0, 0), first.stderr + second.stderr
    assert re.match(r"templates +\.+ \d+\.\d s\n\n +0\.\d s  run ", first.stdout)
    assert " s  10 edits\n\nbot  " in first.stdout
    assert " s  0 edits\n" in second.stdout
    assert fresh_farm.text("bnwiki", "Template:Office actions") is not None


def test_where_templates_may_not_be_saved_the_bot_does_not_run(
    first_run: Callable[..., subprocess.CompletedProcess[str]],
) -> None:
    done = first_run(without='approval = "the farm is ours"')

    assert done.returncode == 2
    assert "no approval" in done.stderr
    assert done.stdout.split() == ["templates", "failed"]
