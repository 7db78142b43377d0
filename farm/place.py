"""What a farm is made of and where it lives: the wikis of wikis.json, a folder, ports on loopback."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent


class FarmError(Exception):
    """Something failed; the message says what. Exit 1."""


class Unfit(FarmError):
    """This machine, or this user on it, can't; the message says what to do instead. Exit 2."""


@dataclass(frozen=True, slots=True)
class Wiki:
    """One line of wikis.json."""

    dbname: str
    offset: int
    lang: str
    code: str
    name: str
    group: str


def wikis() -> list[Wiki]:
    """The farm's wikis, in the table's order."""
    return [Wiki(**row) for row in json.loads((HERE / "wikis.json").read_text(encoding="utf-8"))]


STREAM = Wiki("stream", 16, "", "", "", "")  # no wiki, but started and ended like one: stream.py, their changes


def served() -> list[Wiki]:
    """All that has a server."""
    return [*wikis(), STREAM]


@dataclass(frozen=True, slots=True)
class Place:
    """Where one farm lives: its folder, and the port after which its wikis answer."""

    state: Path
    port: int

    def address(self, wiki: Wiki) -> str:
        """Host and port of a wiki."""
        return f"127.0.0.1:{self.port + wiki.offset}"

    def environment(self, wiki: Wiki, **more: str) -> dict[str, str]:
        """What LocalSettings.php and MediaWiki read."""
        own = {"OABOT_FARM_STATE": str(self.state), "OABOT_FARM_PORT": str(self.port), "OABOT_FARM_WIKI": wiki.dbname}
        return {**os.environ, **own, "MW_CONFIG_FILE": str(HERE / "LocalSettings.php"), **more}


def place() -> Place:
    """The farm that the environment names."""
    default = Path(tempfile.gettempdir()) / f"oabot-farm-{os.getuid()}"
    return Place(Path(os.environ.get("OABOT_FARM_STATE") or default), int(os.environ.get("OABOT_FARM_PORT") or 8100))


def run(command: list[str], environment: dict[str, str]) -> str:
    """Run a program to its end and return what it printed. Raises: `FarmError` with the end of that."""
    none, pipe, join = subprocess.DEVNULL, subprocess.PIPE, subprocess.STDOUT
    done = subprocess.run(command, env=environment, stdin=none, stdout=pipe, stderr=join, text=True, check=False)
    if done.returncode:
        raise FarmError(f"{' '.join(command[:3])} ended with {done.returncode}:\n{done.stdout[-2000:]}")
    return done.stdout
