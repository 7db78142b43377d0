"""The pictures that the documents name are those that are made."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def test_every_picture_that_a_document_names_is_made_and_every_step_is_named() -> None:
    made = set(re.findall(r'yield "([\w-]+)"', (ROOT / "scripts/control_pages.py").read_text(encoding="utf-8")))
    made |= {"status", "review", "journal"}
    said = "".join((ROOT / "docs" / name).read_text(encoding="utf-8") for name in ("editors.md", "admins.md"))
    named = set(re.findall(r"\((?:picture )?`([\w-]+)`\)|\(picture\n`([\w-]+)`\)", said))

    assert {one or other for one, other in named} == made


@pytest.mark.slow
def test_whatever_python_it_is_started_by_it_says_how_it_is_used() -> None:
    done = subprocess.run([ROOT / "scripts/screenshots"], capture_output=True, text=True, check=False)

    assert done.returncode == 2
    assert done.stderr.startswith("Pictures of every view")
