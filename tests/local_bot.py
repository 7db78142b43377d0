"""The bot as an operator runs it: ``bot.py`` in a process of its own, on the farm."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

from tests.local_farm import ROOT, Farm


class Bot:
    """A bot with settings for the farm and a ledger of its own in `folder`."""

    def __init__(
        self, farm: Farm, folder: Path, *, docs: bool = False, wikis: Sequence[str] = (), fresh: bool = False
    ) -> None:
        """Installs the templates on the farm's wikis.

        `docs`: with the pages that tables link to, such as the form in which people ask; `wikis`: only these;
        `fresh`: on wikis as they were seeded, whatever is on them now.
        """
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.settings = folder / "oabot.toml"
        self.environment = {**os.environ, **farm.environment, "OABOT_SETTINGS": str(self.settings)}
        account = farm.accounts["bot"]
        self.environment["OABOT_BOT_PASSWORD"] = f"{account.bot_login}:{account.bot_secret}"
        self.secret = account.bot_secret
        made = self._python(str(ROOT / "farm/settings.py"), str(folder), *wikis)
        self.settings.write_text(made.stdout, encoding="utf-8")
        script, more = str(ROOT / "scripts/install_templates.py"), ["--docs"] if docs else []
        install = partial(self._python, script, "--save", *more)
        if fresh:
            farm.reset_to("-".join(["templates", *more, *wikis]), install)
        else:
            install()

    @property
    def ledger(self) -> Path:
        """The ledger's file."""
        return self.folder / "oabot.sqlite"

    def run(
        self, *arguments: str, code: int = 0, environment: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run ``bot.py`` to its end; the test fails unless it ends with `code`."""
        return self._python(str(ROOT / "bot.py"), *arguments, code=code, environment=environment)

    def _python(
        self, *arguments: str, code: int = 0, environment: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [sys.executable, *arguments],
            env=environment or self.environment,
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == code, f"exit {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done
