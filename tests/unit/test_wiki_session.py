from __future__ import annotations

import importlib
import logging
import os
import stat
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from oabot.errors import AccountRefused, ConfigError
from oabot.wiki import Access, BotPassword, OAuth, configure
from oabot.wiki.session import at_work

ROOT = Path(__file__).parents[2]
AGENT = "oabot/1 (operator@example.org)"
SECRET = BotPassword("oabot", "canary'); import os  # \"")


def pywikibot(access: Access) -> ModuleType:
    configure(access)
    return importlib.import_module("pywikibot")


def run(code: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", code]
    whole = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
    return subprocess.run(command, cwd=folder, env=whole, capture_output=True, text=True, check=False)


def test_importing_the_wiki_does_not_load_pywikibot(tmp_path: Path) -> None:
    found = run("import oabot.wiki, oabot.dryrun, sys; print('pywikibot' in sys.modules)", tmp_path)

    assert found.stdout.strip() == "False", found.stderr


def test_pywikibot_gets_our_values_and_no_others() -> None:
    config = pywikibot(Access("OATransparencyBot", SECRET, AGENT)).config

    assert config.usernames["*"]["*"] == "OATransparencyBot"
    assert (config.put_throttle, config.minthrottle, config.max_retries) == (0, 0, 0)
    assert (config.solve_captcha, config.cosmetic_changes, config.simulate, config.ignore_bot_templates) == (False,) * 4
    assert config.user_agent_format == AGENT


def test_a_user_config_that_lies_about_is_never_run(tmp_path: Path) -> None:
    trap = "import pathlib; pathlib.Path('sprung').touch()\nfamily = 'wikipedia'\nmylang = 'en'\nsimulate = True\n"
    for folder in (tmp_path, tmp_path / "home"):
        folder.mkdir(exist_ok=True)
        (folder / "user-config.py").write_text(trap)
        (folder / "user-config.py").chmod(0o600)
    code = (
        "from oabot.wiki import *\n"
        f"configure(Access('OATransparencyBot', None, {AGENT!r}))\n"
        "import pywikibot; print(pywikibot.config.simulate, pywikibot.config.mylang)\n"
    )
    found = run(code, tmp_path, PYWIKIBOT_DIR=str(tmp_path / "home"), HOME=str(tmp_path / "home"))

    assert found.stdout.strip() == "False test", found.stderr
    assert not list(tmp_path.rglob("sprung"))
    assert not list(tmp_path.rglob(".pywikibot"))


def test_what_pywikibot_keeps_is_private() -> None:
    config = pywikibot(Access("OATransparencyBot", SECRET, AGENT)).config
    folder = Path(config.base_dir)

    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert all(stat.S_IMODE(file.stat().st_mode) & 0o077 == 0 for file in folder.iterdir())


def test_pywikibot_reads_the_password_that_we_gave() -> None:
    library = pywikibot(Access("OATransparencyBot", SECRET, AGENT))

    class Site:
        code = "meta"
        family = type("Family", (), {"name": "meta"})

    from pywikibot.login import LoginManager

    manager = LoginManager(site=Site(), user="OATransparencyBot")
    assert (manager.login_name, manager.password) == ("OATransparencyBot@oabot", SECRET.password)
    assert library.config.password_file


def test_a_folder_that_others_can_read_is_refused(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    with pytest.raises(ConfigError, match="mode 700"):
        configure(Access("OATransparencyBot", None, AGENT, tmp_path))


def test_a_folder_of_ours_is_used(tmp_path: Path) -> None:
    folder = tmp_path / "pywikibot"

    assert pywikibot(Access("OATransparencyBot", None, AGENT, folder)).config.base_dir == str(folder)


def test_nobody_is_asked_anything_on_a_terminal() -> None:
    library = pywikibot(Access("OATransparencyBot", None, AGENT))
    with pytest.raises(AccountRefused):
        library.input("Password?", password=True)
    with pytest.raises(AccountRefused):
        library.input_yn("Sure?")


@pytest.mark.parametrize("name", ["pywiki", "urllib3", "oauthlib", "requests_oauthlib", "requests"])
def test_no_logger_that_writes_secrets_goes_below_info(name: str) -> None:
    logging.getLogger(name).setLevel(logging.DEBUG)
    pywikibot(Access("OATransparencyBot", None, AGENT))

    assert logging.getLogger(name).getEffectiveLevel() >= logging.INFO


def test_secrets_are_not_in_what_python_shows_of_them() -> None:
    shown = repr(Access("X", SECRET, AGENT)) + repr(OAuth("canary1", "canary2", "canary3", "canary4"))

    assert "canary" not in shown


def test_templates_of_work_in_progress_are_known_for_wikipedias_only() -> None:
    pywikibot(Access("OATransparencyBot", None, AGENT))

    assert "Редактирую" in at_work("https://ru.wikipedia.org/w/api.php")
    assert at_work("https://meta.wikimedia.org/w/api.php") == frozenset()
    assert at_work("http://127.0.0.1:8102/w/api.php") == frozenset()
