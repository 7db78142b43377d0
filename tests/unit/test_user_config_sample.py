from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

SAMPLE = Path(__file__).parents[2] / "user-config.py.sample"
CODE = """
import json, pywikibot
from pywikibot import config
from pywikibot.login import LoginManager
class Site:
    code = "meta"
    family = type("Family", (), {"name": "meta"})
manager = LoginManager(site=Site(), user="OATransparencyBot") if config.password_file else None
print(json.dumps([config.family, config.mylang, config.usernames["*"]["*"], config.user_agent_description,
                  config.put_throttle, config.authenticate, manager and [manager.login_name, manager.password]]))
"""


def configured(folder: Path, **secrets: str) -> list[Any]:
    shutil.copy(SAMPLE, folder / "user-config.py")
    (folder / "user-config.py").chmod(0o600)
    known = {name: value for name, value in os.environ.items() if not name.startswith(("PYWIKIBOT", "OABOT"))}
    environment = {**known, "OABOT_ACCOUNT": "OATransparencyBot", "OABOT_CONTACT": "operator@example.org", **secrets}
    command = [sys.executable, "-W", "error::UserWarning", "-c", CODE]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found: list[Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def test_the_sample_works_when_copied_with_a_bot_password(tmp_path: Path) -> None:
    found = configured(tmp_path, OABOT_BOT_PASSWORD="oabot:secret'with:quotes")

    assert found[:5] == ["meta", "meta", "OATransparencyBot", "operator@example.org", 10]
    assert found[6] == ["OATransparencyBot@oabot", "secret'with:quotes"]
    assert stat.S_IMODE((tmp_path / "user-password.py").stat().st_mode) & 0o077 == 0


def test_the_sample_works_when_copied_with_oauth(tmp_path: Path) -> None:
    parts = ("CONSUMER_KEY", "CONSUMER_SECRET", "ACCESS_KEY", "ACCESS_SECRET")
    found = configured(tmp_path, **{f"OABOT_OAUTH_{part}": part.lower() for part in parts})

    assert found[5]["*.wikimedia.org"] == [part.lower() for part in parts]
    assert found[6] is None
