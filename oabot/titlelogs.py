"""The logs of targets: which of them are to be read, and from where on."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from oabot.ledger import Door, Ledger
from oabot.seams import Source


@dataclass(frozen=True, slots=True)
class TitleLog:
    """The log of a target, to be read."""

    dbname: str
    title: str
    first: bool
    """Whether it was never read before."""
    read: Callable[[], Iterable[Mapping[str, Any]]]
    """Gives its rows. Raises: `SourceError`."""


class TitleLogs:
    """By the ledger's cursors; `overlap` is how much of a log is read again."""

    def __init__(self, sources: Mapping[str, Source], ledger: Ledger, overlap: timedelta) -> None:
        self._sources, self._ledger, self._overlap = sources, ledger, overlap

    def of(self, wanted: Iterable[tuple[str, str]], also: Collection[tuple[str, str]] | None) -> list[TitleLog]:
        """Of these (dbname, log title) those never read, and those in `also` (None: all), on wikis that can be read.

        Raises: `LedgerError`.
        """
        logs = [self._log(*one) for one in wanted if one[0] in self._sources]
        return [one for one in logs if one.first or also is None or (one.dbname, one.title) in also]

    def _log(self, dbname: str, title: str) -> TitleLog:
        cursor = self._ledger.cursors.get(dbname, Door.TARGET, title)
        source, since = self._sources[dbname], cursor.timestamp - self._overlap if cursor else None
        return TitleLog(dbname, title, cursor is None, lambda: source.by_target(title, since))
