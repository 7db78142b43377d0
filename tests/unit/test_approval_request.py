from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import mwparserfromhell
import pytest

ROOT = Path(__file__).parents[2]
SETTINGS = """
account = "Example Bot"
operator = "Operator"
settle_hours = 12
[wikis.metawiki]
flagged = true
[wikis.ruwiki]
[wikis.zhwiki]
pace = 30
[wikis.dewiki]
"""


def form(folder: Path, *arguments: str, settings: str = SETTINGS) -> subprocess.CompletedProcess[str]:
    (folder / "oabot.toml").write_text(settings, encoding="utf-8")
    command = [sys.executable, str(ROOT / "scripts/approval_request"), *arguments]
    environment = {"PATH": "", "OABOT_SETTINGS": str(folder / "oabot.toml")}
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("wiki", "words"),
    [
        ("metawiki", "How to stop it"),
        ("ruwiki", "Как остановить"),
        ("zhwiki", "如何停止"),
        ("dewiki", "How to stop it"),
    ],
)
def test_a_request_says_who_where_how_often_and_how_to_stop_in_the_nearest_language(
    tmp_path: Path, wiki: str, words: str
) -> None:
    done = form(tmp_path, "--wiki", wiki, "--code", "https://example.org/code")

    assert done.returncode == 0, done.stderr
    assert words in done.stdout
    for needed in (
        "{{user|Operator}}",
        "[[User:Example Bot/Run]]",
        "12",
        "{{Office actions}}",
        "https://example.org/code",
    ):
        assert needed in done.stdout
    assert done.stdout.rstrip().endswith("~~~~")
    assert not re.search(r"\$\w|^\?", done.stdout, re.MULTILINE)
    assert {str(one.name) for one in mwparserfromhell.parse(done.stdout).filter_templates()} == {"user"}


@pytest.mark.slow
def test_the_pace_and_the_flag_are_those_of_the_settings(tmp_path: Path) -> None:
    flagged, plain = (form(tmp_path, "--wiki", wiki).stdout for wiki in ("metawiki", "dewiki"))

    assert "At least 10 seconds" in flagged
    assert "At least 60 seconds" in plain
    assert "asked for, for routine refreshes" in flagged
    assert "flag:''' not asked for" in plain


@pytest.mark.slow
def test_only_the_central_wiki_is_asked_for_the_pages_that_are_kept_there(tmp_path: Path) -> None:
    central, local = (form(tmp_path, "--wiki", wiki).stdout for wiki in ("metawiki", "dewiki"))

    assert "[[Special:PrefixIndex/User:Example Bot/Journal/|" in central
    assert "User:Example Bot/Journal" not in local


def test_nobody_can_ask_without_saying_who_they_are(tmp_path: Path) -> None:
    done = form(tmp_path, "--wiki", "metawiki", settings="[wikis.metawiki]\n")

    assert done.returncode == 2
    assert "who runs the bot" in done.stderr


def test_a_wiki_that_is_not_in_the_settings_is_a_usage_error(tmp_path: Path) -> None:
    done = form(tmp_path, "--wiki", "frwiki")

    assert done.returncode == 2
    assert "frwiki isn't among the settings' wikis" in done.stderr
