"""Cases in number: of a year, a class, a wiki, with what is left of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from oabot.model import Case, Status

Key = TypeVar("Key", bound=Hashable)

STATUSES = (Status.IN_FORCE, Status.CHANGED, Status.REVERSED, Status.EXPIRED, Status.UNKNOWN)
"""In the order in which they are counted out."""


@dataclass(frozen=True, slots=True)
class Tally:
    """How many cases there are, by what is left of them."""

    of: Mapping[Status, int]

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.of.values())


def tallies(cases: Iterable[Case], key: Callable[[Case], Key]) -> dict[Key, Tally]:
    """The cases counted by what `key` says of each."""
    counted: dict[Key, Counter[Status]] = {}
    for case in cases:
        counted.setdefault(key(case), Counter())[case.status] += 1
    return {name: Tally(found) for name, found in counted.items()}


def year(case: Case) -> int:
    """The year in which a case was opened, UTC."""
    return case.opening.timestamp.year


def year_and_class(case: Case) -> tuple[int, str]:
    """The year and the class."""
    return year(case), case.action_class.value


def scope(case: Case) -> str:
    """The wiki, or ``global``."""
    return case.target.scope


def seen(found: Mapping[Any, Tally]) -> tuple[Status, ...]:
    """The statuses that occur, of which `Status.UNKNOWN` is only counted out if it does."""
    occurs = {status for tally in found.values() for status in tally.of}
    return tuple(status for status in STATUSES if status is not Status.UNKNOWN or status in occurs)
