"""What scripts/demo does on its wikis: installs the templates and lets the bot run once, as their commands would.

In one process, as each of them would load the same program and log in to the same wikis; and after a line on standard
input, as all of it can be loaded while the wikis are started.
"""

from __future__ import annotations

import contextlib
import gc
import io
import sys
from pathlib import Path
from time import monotonic
from typing import TextIO

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from oabot import cli
from scripts import install_templates

PAGES_A_DOT = 10


class Dots(io.StringIO):
    """Keeps what is printed, and shows a dot for some lines of it."""

    def __init__(self, shown: TextIO) -> None:
        super().__init__()
        self._shown, self._lines = shown, 0

    def write(self, text: str) -> int:
        """Take in what somebody prints."""
        before, self._lines = self._lines, self._lines + text.count("\n")
        if self._lines // PAGES_A_DOT > before // PAGES_A_DOT:
            print(".", end="", file=self._shown, flush=True)
        return super().write(text)


def templates() -> int:
    """Install them; a line for all of it."""
    began = monotonic()
    print(f"{'templates':26} ", end="", flush=True)
    with contextlib.redirect_stdout(Dots(sys.stdout)) as said:
        code = install_templates.main(["--docs", "--save"])
    print(" failed" if code else f" {monotonic() - began:.1f} s", flush=True)
    if code:
        print(said.getvalue(), end="", file=sys.stderr)
    return code


def bot() -> int:
    """One run of the bot, and how long it took."""
    began = monotonic()
    print(flush=True)
    code = cli.main(["once", "tables", "--save"])
    print(f"\n{'bot':26} {monotonic() - began:.1f} s", flush=True)
    return code


if __name__ == "__main__":
    gc.freeze()  # what was loaded stays
    if not sys.stdin.readline():
        sys.exit(1)  # there will be no wikis
    code = templates() or bot()
    gc.freeze()  # nobody has to look through it all before it goes
    sys.exit(code)
