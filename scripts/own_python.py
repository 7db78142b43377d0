"""Which Python runs the programs here: whichever started them, if it has what they need, else that of scripts/venv."""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path

_OURS = Path(__file__).resolve().parents[1] / ".venv"
_NEEDED = ("babel", "mwparserfromhell", "pydantic", "requests", "sqlalchemy")


def enter() -> None:
    """Go on if this Python has what is needed, else start the program again with ours; exit 2 when there is none."""
    missing = [name for name in _NEEDED if importlib.util.find_spec(name) is None]
    if not missing:
        return
    python = _OURS / "bin/python"
    if not python.exists() or Path(sys.prefix) == _OURS:
        program = Path(sys.argv[0]).name
        print(f"{program}: {', '.join(missing)} is missing here: run scripts/venv first", file=sys.stderr)
        sys.exit(2)
    os.execv(python, [str(python), *sys.argv])  # noqa: S606 - ourselves
