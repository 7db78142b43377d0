"""The programs run under whichever Python they are started by, or say what is missing."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BARE = [sys.executable, "-I", "-S"]
"""A Python without any package."""


def test_without_its_packages_the_bot_says_how_to_start_it() -> None:
    started = f"import runpy, sys; sys.path.insert(0, {str(ROOT)!r}); sys.argv = ['bot.py', 'doctor']"
    command = [*BARE, "-c", f"{started}; runpy.run_path('bot.py', run_name='__main__')"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.endswith("is missing in this Python: run scripts/venv, then .venv/bin/python bot.py\n")


def test_a_program_that_a_bare_python_starts_goes_on_with_ours() -> None:
    done = subprocess.run([*BARE, ROOT / "scripts/check_i18n"], capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("0 faults\n")


@pytest.mark.parametrize(
    "program", ["approval_request", "check_i18n", "install_templates.py", "method.py", "mutate_rules", "screenshots"]
)
def test_where_there_is_no_python_of_ours_a_program_says_how_to_make_it(tmp_path: Path, program: str) -> None:
    shutil.copytree(ROOT / "scripts", tmp_path / "scripts")
    done = subprocess.run([*BARE, tmp_path / "scripts" / program], capture_output=True, text=True, check=False)

    assert done.returncode == 2
    assert done.stderr.startswith(f"{program}: babel, ")
    assert done.stderr.endswith("is missing here: run scripts/venv first\n")
