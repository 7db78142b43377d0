"""What a pass over the logs did."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field

from oabot.errors import SourceError
from oabot.model import EntryId

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Report:
    """What a pass over the logs did, in counts and ids."""

    read: dict[str, int] = field(default_factory=dict)
    """dbname -> rows read."""
    stored: set[EntryId] = field(default_factory=set)
    erased: dict[EntryId, list[tuple[str, str]]] = field(default_factory=dict)
    """Entry -> the (wiki, title) of our pages that still show it."""
    quarantined: set[EntryId] = field(default_factory=set)
    malformed: int = 0
    failed: dict[str, str] = field(default_factory=dict)
    """dbname -> why its logs couldn't be read."""
    held: set[EntryId] = field(default_factory=set)
    """Entries that weren't there."""
    awaited: set[EntryId] = field(default_factory=set)
    """Entries that we were told of and that the wiki doesn't show yet."""

    @property
    def changed(self) -> bool:
        """Whether what is known is other than before."""
        return bool(self.stored or self.erased or self.held)

    def with_(self, other: Report) -> Report:
        """Both in one."""
        return Report(
            read={
                dbname: self.read.get(dbname, 0) + other.read.get(dbname, 0) for dbname in {**self.read, **other.read}
            },
            stored=self.stored | other.stored,
            erased=self.erased | other.erased,
            quarantined=self.quarantined | other.quarantined,
            malformed=self.malformed + other.malformed,
            failed=self.failed | other.failed,
            held=self.held | other.held,
            awaited=self.awaited | other.awaited,
        )

    def attempt(self, dbname: str, read: Callable[[], object]) -> None:
        """Do what reads that wiki; if it can't be read, it is in `failed`."""
        try:
            read()
        except SourceError as problem:
            if self.failed.get(dbname) != str(problem):  # it may be so for many targets
                log.warning("%s: can't be read: %s", dbname, problem)
            self.failed[dbname] = str(problem)

    def count(self, dbname: str, rows: int = 1) -> None:
        """Put down that so many rows of that wiki were read."""
        self.read[dbname] = self.read.get(dbname, 0) + rows
