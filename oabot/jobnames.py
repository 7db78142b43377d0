"""The names of all that can be asked for, by the schedule, on the command line and on-wiki."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

JOBS: Final = ("tables", "statements", "letters", "reconcile", "all")

VIEWS: Final[Mapping[str, frozenset[str]]] = {
    "statements": frozenset({"statements", "notice"}),
    "letters": frozenset({"letters"}),
}
"""Jobs that look only at pages with a region of one of these views; the others look at all pages."""
