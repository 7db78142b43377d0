"""The stream is asked for before the rest of the program is loaded; what it says meanwhile waits in the connection.

For that two things are peeked at, and left to the parts that know how wherever they are in any way unusual: the lines
before the first section of the settings, and the stream's position in a ledger that is a file.
"""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from oabot import __version__
from oabot.errors import ConfigError
from oabot.listener import POSITION, Listener
from oabot.seams import Clock
from oabot.useragent import user_agent
from oabot.wikimedia import STREAM

_SQLITE = "sqlite:///"
_ASKED = "SELECT value FROM oabot_state WHERE key = ?"


def begin(settings: Path | None, clock: Clock, environment: Mapping[str, str] = os.environ) -> Listener | None:
    """Listen from where the ledger says that we stopped; None when that can't be told this easily.

    Whoever takes it over has to see that the position still is the ledger's.
    """
    try:
        told = _peek(settings, environment)
        position = _position(told["database"])
        if position is None:
            return None
        listener = Listener(told.get("stream", STREAM), user_agent(told["contact"], __version__), clock, position)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, sqlite3.Error, ConfigError):
        return None
    listener.start()
    return listener


def _peek(settings: Path | None, environment: Mapping[str, str]) -> dict[str, Any]:
    file = Path(settings or environment.get("OABOT_SETTINGS") or "oabot.toml")
    told = tomllib.loads(file.read_text(encoding="utf-8").partition("\n[")[0])
    over = {key: environment.get(f"OABOT_{key.upper()}") for key in ("contact", "database")}
    return told | {key: value for key, value in over.items() if value}


def _position(database: str) -> str | None:
    if not database.startswith(_SQLITE):
        return None
    address = f"file:{quote(database.removeprefix(_SQLITE))}?mode=ro"
    with contextlib.closing(sqlite3.connect(address, uri=True, timeout=0.1)) as connection:
        row = connection.execute(_ASKED, (POSITION,)).fetchone()
    position = json.loads(row[0]) if row else None
    return position if isinstance(position, str) else None
