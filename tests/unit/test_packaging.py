"""What Toolforge, pip and a newcomer's machine need of the files at the root."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path
from typing import Any

import jobs_cli.cli
import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.version import Version
from pytest_socket import SocketBlockedError

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]

# Fields of a continuous component in Toolforge's components-api (openapi/tool-config-schema.json, v1beta1).
COMPONENT = {"build", "run", "component_type"}
BUILD = {"repository", "ref", "use_latest_versions"}
RUN = {
    "command", "cpu", "emails", "filelog", "filelog_stderr", "filelog_stdout", "memory", "mount", "port", "publish",
    "replicas", "health_check_script", "health_check_http",
}  # fmt: skip


def jobs() -> list[dict[str, Any]]:
    loaded: list[dict[str, Any]] = yaml.safe_load((ROOT / "jobs.yaml").read_text())
    return loaded


def component() -> dict[str, Any]:
    loaded = yaml.safe_load((ROOT / "toolforge.yaml.sample").read_text())
    bot: dict[str, Any] = loaded["components"]["bot"]
    return bot


def processes() -> dict[str, str]:
    lines = (ROOT / "Procfile").read_text().splitlines()
    return {name: command.strip() for name, _, command in (line.partition(":") for line in lines)}


def pins(lock: str) -> dict[str, str]:
    return dict(re.findall(r"^([a-z0-9._-]+)==(\S+) \\$", (ROOT / lock).read_text(), re.MULTILINE))


def payload(job: dict[str, Any]) -> dict[str, Any]:
    """The request that `toolforge jobs load` would send for the job; exits or raises on a key it doesn't know."""
    arguments = jobs_cli.cli.arg_parser(["run", *jobs_cli.cli._job_to_arg_parser_args(job=dict(job))])
    sent: dict[str, Any] = jobs_cli.cli.get_api_payload(arguments)
    return sent


def test_toolforge_reads_jobs_yaml_as_one_continuous_job_that_sees_its_signals() -> None:
    (sent,) = [payload(job) for job in jobs()]

    assert sent["job_type"] == "continuous"
    assert sent["replicas"] == 1
    assert sent["mount"] == "none"
    assert sent["health_check"] == {"type": "script", "script": "healthcheck"}
    assert not sent.get("filelog")


@pytest.mark.parametrize(
    "mistake",
    [
        {"health_check_script": "healthcheck"},
        {"env": "A=1"},
        {"retry": 3},
        {"schedule": "@daily"},
        {"timeout": 60},
        {"mount": "some"},
    ],
)
def test_toolforge_would_tell_us_of_a_mistake_in_jobs_yaml(mistake: dict[str, Any]) -> None:
    with pytest.raises((SystemExit, jobs_cli.cli.ToolforgeUserError)):
        payload({**jobs()[0], **mistake})


def test_the_components_file_has_only_keys_that_toolforge_knows() -> None:
    bot = component()

    assert set(bot) <= COMPONENT
    assert set(bot["build"]) <= BUILD
    assert set(bot["run"]) <= RUN


def test_both_toolforge_files_ask_for_the_same_job() -> None:
    job, run = jobs()[0], component()["run"]

    renamed = {"memory": "mem", "health_check_script": "health-check-script"}
    assert {renamed.get(key, key): value for key, value in run.items()} == {
        key: value for key, value in job.items() if key not in ("name", "image", "continuous")
    }


def test_every_command_that_toolforge_starts_is_a_process_of_the_procfile() -> None:
    job = jobs()[0]

    assert {job["command"], job["health-check-script"]} <= set(processes())


def test_every_process_replaces_its_shell_so_that_sigterm_arrives() -> None:
    commands = [command for name, command in processes().items() if name != "web"]

    assert commands
    assert all(re.fullmatch(r"exec python [\w./ ]+", command) for command in commands)
    assert all((ROOT / command.split()[2]).is_file() for command in commands)


def test_the_buildpack_finds_one_lock_and_the_python_to_use() -> None:
    locks = [name for name in ("requirements.txt", "poetry.lock", "uv.lock", "runtime.txt") if (ROOT / name).exists()]
    python = (ROOT / ".python-version").read_text().strip()

    assert locks == ["requirements.txt"]
    assert Version(python) in SpecifierSet(PROJECT["requires-python"])


@pytest.mark.parametrize("lock", ["requirements.txt", "requirements-dev.txt"])
def test_a_lock_holds_pins_with_hashes_and_nothing_else(lock: str) -> None:
    text = (ROOT / lock).read_text().replace("\\\n", "")
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]

    assert lines
    assert [line for line in lines if not re.fullmatch(r"\S+==\S+(\s+--hash=sha256:[0-9a-f]{64})+", line)] == []


def test_the_lock_pins_every_dependency_within_its_range() -> None:
    pinned = pins("requirements.txt")
    wanted = [Requirement(text) for text in PROJECT["dependencies"]]

    assert [str(need) for need in wanted if Version(pinned[need.name]) not in need.specifier] == []


def test_what_is_tested_is_what_runs() -> None:
    assert pins("requirements.txt").items() <= pins("requirements-dev.txt").items()


@pytest.mark.slow
def test_the_wheel_holds_every_file_of_the_package(tmp_path: Path) -> None:
    source = tmp_path / "source"
    shutil.copytree(ROOT / "oabot", source / "oabot", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(tmp_path), str(source)]
    done = subprocess.run(build, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr
    with zipfile.ZipFile(next(tmp_path.glob("*.whl"))) as wheel:
        packed = set(wheel.namelist())
    files = {path.relative_to(ROOT).as_posix() for path in (ROOT / "oabot").rglob("*") if path.is_file()}
    assert {name for name in files if "__pycache__" not in name} <= packed


def test_an_old_python_gets_a_sentence_and_nothing_is_made(tmp_path: Path) -> None:
    (tmp_path / "scripts").mkdir()
    shutil.copy(ROOT / "scripts" / "venv", tmp_path / "scripts")
    old = tmp_path / "python3.9"
    old.write_text('#!/bin/sh\n[ "$1" = --version ] && echo Python 3.9.2 && exit 0\nexit 1\n')
    old.chmod(0o755)
    done = subprocess.run(
        ["scripts/venv"],
        cwd=tmp_path,
        env={**os.environ, "PYTHON": str(old)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 2
    assert "Python 3.9.2 is too old: oabot needs 3.11 or newer" in done.stderr
    assert not (tmp_path / ".venv").exists()


def test_a_unit_test_reaches_no_network() -> None:
    with pytest.raises(SocketBlockedError):
        socket.socket(socket.AF_INET)


@pytest.mark.loopback
def test_a_unit_test_may_ask_for_this_machine_itself() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname(), timeout=5) as client,
        server.accept()[0] as accepted,
    ):
        accepted.sendall(b"hello")
        received = client.recv(5)

    assert received == b"hello"
