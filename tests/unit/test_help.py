from __future__ import annotations

import os
import subprocess
from pathlib import Path

SCRIPTS = Path(__file__).parents[2] / "scripts"


def test_every_program_is_listed_with_what_it_says_of_itself() -> None:
    printed = subprocess.run([SCRIPTS / "help"], capture_output=True, text=True, check=True).stdout
    listed = dict(line.removeprefix("scripts/").split(maxsplit=1) for line in printed.splitlines())

    assert set(listed) == {path.name for path in SCRIPTS.iterdir() if path.is_file() and os.access(path, os.X_OK)}
    assert all(len(sentence) > 20 for sentence in listed.values()), listed
