"""Home wikis of accounts that were acted on globally: the community that a global action concerns."""

from __future__ import annotations

import functools
import logging
from collections.abc import Iterable

from oabot.begun import ahead
from oabot.errors import SourceError
from oabot.ledger import Ledger
from oabot.model import GLOBAL, Case, TargetKind
from oabot.seams import Clock
from oabot.sources.api import Api
from oabot.sources.attached import home

log = logging.getLogger(__name__)

_KEY = "homes"

FEWER = 2
"""So many accounts are asked for at the same time, as others are asking that wiki too."""


class Homes:
    """Asks CentralAuth once for each case; what it doesn't know is asked again the next day.

    Kept are ids of log entries and dbnames, no account names, and only for cases that there are.
    """

    def __init__(self, api: Api, ledger: Ledger, clock: Clock) -> None:
        self._api, self._ledger, self._clock = api, ledger, clock

    def read(self, cases: Iterable[Case]) -> dict[str, str]:
        """Account -> dbname of its home wiki, for those that have one and can be asked. Raises: `LedgerError`."""
        wanted = {
            str(case.id): case.target.name
            for case in cases
            if case.target.scope == GLOBAL and case.target.kind is TargetKind.ACCOUNT
        }
        before = self._kept()
        known = {entry: wiki for entry, wiki in before.items() if entry in wanted}
        asked = [entry for entry in wanted if entry not in known]
        reads = (functools.partial(self._home, wanted[entry]) for entry in asked)
        try:
            for entry, found in zip(asked, ahead(reads, FEWER), strict=True):
                known[entry] = next(found)
        except SourceError as problem:
            log.warning("home wikis can't be read: %s", problem)
        if known != before:
            self._ledger.state.put_soon(_KEY, {"day": self._day(), "homes": known})
        return {wanted[entry]: wiki for entry, wiki in known.items() if wiki}

    def _home(self, name: str) -> tuple[str, ...]:
        return (home(self._api, name) or "",)

    def _kept(self) -> dict[str, str]:
        kept = self._ledger.state.get(_KEY)
        if not isinstance(kept, dict) or not isinstance(homes := kept.get("homes"), dict):
            return {}
        today = kept.get("day") == self._day()
        return {entry: str(wiki) for entry, wiki in homes.items() if wiki or today}

    def _day(self) -> str:
        return f"{self._clock.now():%Y-%m-%d}"
