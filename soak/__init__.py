"""Long trials with a seed: each public module here has ``run(quick, seed)``, which gives a dict of what was tried.

``broken`` in it is the list of what didn't hold; empty is what is wanted.
"""

from __future__ import annotations

import importlib
import pkgutil
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

ROOT = Path(__file__).resolve().parent.parent

Trial = Callable[..., dict[str, Any]]


def trials() -> dict[str, Trial]:
    """Name -> ``run(quick: bool, seed: int)`` of every module here."""
    _find_tests()
    names = sorted(found.name for found in pkgutil.iter_modules([str(ROOT / "soak")]) if found.name[0] != "_")
    return {name: importlib.import_module(f"soak.{name}").run for name in names}


def _find_tests() -> None:
    """Let ``tests`` be our folder: other projects install a package of that name."""
    if "tests" not in sys.modules or Path(next(iter(sys.modules["tests"].__path__), "")) != ROOT / "tests":
        package = ModuleType("tests")
        package.__path__ = [str(ROOT / "tests")]
        sys.modules["tests"] = package
