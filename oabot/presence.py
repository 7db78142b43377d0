"""Cases of accounts that aren't there under their name any more: renamed, vanished or hidden, so nothing to show.

Asked before a case is shown for the first time, and for all cases once a day. Kept are ids of log entries, no names.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable

from oabot.errors import SourceError
from oabot.ledger import Ledger
from oabot.model import Case, EntryId, TargetKind
from oabot.sources.accounts import Accounts
from oabot.sources.api import Api
from oabot.sources.early import asking_early

log = logging.getLogger(__name__)

FEW = 3
"""So many accounts may be gone at once, or a tenth of them; if it is more, the wiki isn't believed."""

Absent = Callable[[tuple[Case, ...], bool], frozenset[EntryId]]
"""The ids of those cases whose account isn't there any more; whether to ask again for all."""

_KEY = "accounts there"


class Presence:
    """Asks the central wiki's CentralAuth; where there is none, every account counts as there."""

    def __init__(self, api: Api, ledger: Ledger) -> None:
        self._accounts, self._ledger = Accounts(api), ledger
        self._central = True

    def absent(self, cases: Iterable[Case], *, anew: bool = False) -> frozenset[EntryId]:
        """The ids of cases that mustn't be shown; `anew` asks for those again that were there before.

        What can't be asked stays as it was: a case that was never looked up isn't shown. Raises: `LedgerError`.
        """
        if not self._central:
            return frozenset()
        accounts = {case.id: case.target.name for case in cases if case.target.kind is TargetKind.ACCOUNT}
        kept = set(self._ledger.state.get(_KEY, ()))
        before = {entry for entry in accounts if str(entry) in kept}
        there = self._look(before, set(accounts) if anew else set(accounts) - before, accounts)
        if there is None:
            self._central = False
            return frozenset()
        if there != before:
            self._ledger.state.put_soon(_KEY, sorted(map(str, there)))
        return frozenset(set(accounts) - there)

    def ask_early(self, name: str) -> None:
        """Ask about one account, for a run that wants to know soon whether and where it is. Raises: `SourceError`."""
        with asking_early(times=2):  # here, and by `oabot.homes`, which asks the same
            self._accounts.existing([name])

    def _look(
        self, before: set[EntryId], wanted: Collection[EntryId], accounts: dict[EntryId, str]
    ) -> set[EntryId] | None:
        try:
            found = self._accounts.existing(accounts[entry] for entry in wanted) if wanted else frozenset()
        except SourceError as problem:
            log.warning("it can't be told which accounts are there: %s", problem)
            return before
        if found is None:
            return None
        there = {entry for entry in wanted if accounts[entry] in found}
        if len(before & set(wanted) - there) > max(FEW, len(before) // 10):
            log.warning("so many accounts can't be gone at once; they stay for now")
            return before
        if gone := before & set(wanted) - there:
            log.warning("accounts that aren't there any more, of %s", " ".join(map(str, sorted(gone))))
        return (before - set(wanted)) | there
