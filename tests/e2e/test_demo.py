"""The demo says in a sentence what a machine lacks, and then has made nothing."""

import shutil
import socket
import subprocess
import sys
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
