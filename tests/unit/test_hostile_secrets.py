"""Secrets stay where they are given, and nothing is run or unpacked that somebody else may have put there."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from oabot import rules
from oabot.classify import judge
from oabot.config import read_onwiki
from oabot.logentry import parse
from oabot.model import Verdict

ROOT = Path(__file__).parents[2]
SECRETS = {
    "OABOT_OAUTH_CONSUMER_KEY": "canary-consumer-key",
    "OABOT_OAUTH_CONSUMER_SECRET": "canary-consumer-secret",
    "OABOT_OAUTH_ACCESS_KEY": "canary-access-key",
    "OABOT_OAUTH_ACCESS_SECRET": "canary-access-secret",
    "OABOT_BOT_PASSWORD": "OATransparencyBot@oabot:canary-bot-password",
    "OABOT_DATABASE": "mysql+pymysql://s1:canary-database-password@127.0.0.1:9/s1__oabot",
}
SETTINGS = """
contact = "https://example.org/contact"
request_deadline = 1.0
[wikis.metawiki]
url = "http://127.0.0.1:9"
language = "en"
approval = "https://example.org/approval"
"""
VERBS = [("once", "--save"), ("status",), ("doctor",), ("explain", "metawiki", "1"), ("undo", "run-1")]


@pytest.mark.slow
@pytest.mark.parametrize("verb", VERBS, ids=" ".join)
def test_no_verb_that_fails_tells_a_secret(verb: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "oabot.toml").write_text(SETTINGS, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, ROOT / "bot.py", *verb],
        cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False,
        env={**os.environ, **SECRETS, "HOME": str(tmp_path), "TMPDIR": str(tmp_path)}, stdin=subprocess.DEVNULL,
    )  # fmt: skip

    left = "".join(path.read_text(errors="replace") for path in tmp_path.rglob("*") if path.is_file())
    assert done.returncode != 0
    assert "canary" not in done.stdout + done.stderr
    assert "canary" not in left


@pytest.mark.slow
@pytest.mark.parametrize(
    "text", ['account = "canary-secret', 'database = ["canary-secret"]', 'mail_host = 3\nx = "canary-secret"']
)
def test_a_mistake_in_the_settings_repeats_no_value(text: str, tmp_path: Path) -> None:
    (tmp_path / "oabot.toml").write_text(text, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, ROOT / "bot.py", "status"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.returncode == 2
    assert "canary" not in done.stdout + done.stderr


def used() -> Iterator[tuple[str, str]]:
    """(file, name) of each module that the package imports, and of each function and method that it calls."""
    for file in sorted((ROOT / "oabot").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            match node:
                case ast.Import(names=names):
                    yield from ((file.name, one.name) for one in names)
                case ast.ImportFrom(module=str(name)) | ast.Call(func=ast.Name(id=name)):
                    yield file.name, name
                case ast.Call(func=ast.Attribute(attr=name)):
                    yield file.name, f".{name}"


def test_nothing_is_unpickled_and_nothing_is_run_that_is_made_of_data() -> None:
    forbidden = {"pickle", "shelve", "marshal", "dill", "yaml", "subprocess", "eval", "exec", "compile"}

    assert [(file, name) for file, name in used() if name.partition(".")[0] in forbidden] == []


def test_nothing_listens_and_nothing_speaks_to_a_service_that_tools_share() -> None:
    forbidden = {"http.server", "socketserver", "xmlrpc", "redis", "memcache", ".bind", ".create_server"}

    assert [(file, name) for file, name in used() if name in forbidden] == []


def test_a_package_with_another_hash_is_not_installed(tmp_path: Path) -> None:
    (tmp_path / "thing-1.0.tar.gz").write_bytes(b"not what was locked")
    (tmp_path / "lock.txt").write_text(f"thing==1.0 --hash=sha256:{'0' * 64}\n", encoding="utf-8")
    installs = re.search(
        r"pip install (.*?)\s-r\s", (ROOT / "scripts/venv").read_text(encoding="utf-8").replace("\\\n", "")
    )
    assert installs is not None
    options = installs[1].replace("--only-binary :all:", "").split()

    done = subprocess.run(
        [sys.executable, "-m", "pip", "install", *options, "--no-index", "--find-links", str(tmp_path), "--target",
         str(tmp_path / "target"), "-r", str(tmp_path / "lock.txt")],
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip

    assert done.returncode != 0
    assert "DO NOT MATCH THE HASHES" in done.stderr
    assert not (tmp_path / "target").exists()


@pytest.mark.parametrize("name", ["WMF.ffice", "WMF(Office|Nobody)", "(a+)+$", ".*", "WMFOffice|X"])
def test_names_in_the_config_are_names_and_no_patterns(name: str) -> None:
    config = read_onwiki(f'{{"actors": {{"office": ["{name}"]}}}}')
    row = {
        "logid": 1, "ns": 2, "title": "User:Example@global", "type": "globalauth", "action": "setstatus", "comment": "",
        "params": {"added": ["locked"], "removed": []}, "timestamp": "2022-01-01T00:00:00Z",
        "user": f"WMFOffice {'a' * 60}!",
    }  # fmt: skip
    began = time.monotonic()

    judgements = judge([parse("metawiki", row)], rules.load(config.actors))

    assert {one.verdict for one in judgements.values()} == {Verdict.NO}
    assert time.monotonic() - began < 1
