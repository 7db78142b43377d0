"""What a run leads to later: a case that has settled by then, an end that has come; and what the stream didn't tell."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final

from oabot.config import Settings
from oabot.known import Known
from oabot.ledger import Asked, Ledger
from oabot.model import NEVER, EntryId
from oabot.timestamps import iso

AHEAD: Final = timedelta(hours=30)
"""How far ahead ends are looked for; the nightly run looks again."""

_LATE: Final = timedelta(minutes=5)
"""An entry this young may be on its way through the stream."""

DAY: Final = timedelta(hours=25)
"""A reconciliation that is older than this was missed."""

AWAY: Final = timedelta(minutes=15)
"""Of a longer absence the logs tell in seconds what the stream repeats for an hour."""


def owed(good: datetime | None, left: datetime | None, now: datetime, *, undone: bool) -> str | None:
    """The job that a turn begins with, if any: by the last good reconciliation, when the stream was left and whether
    a run was left undone.
    """
    if good is None or now - good > DAY:
        return "reconcile"
    return "tables" if undone or (left is not None and now - left > AWAY) else None


def follow_up(known: Known, settings: Settings, ledger: Ledger, now: datetime) -> None:
    """Ask for a run at each moment at which a page has to say something else, each once. Raises: `LedgerError`."""
    settle = timedelta(hours=settings.settle_hours)
    for case in known.cases:
        settled = case.opening.timestamp + settle
        if now < settled <= now + settle:
            _ask(ledger, f"settled:{case.id}", settled)
        if case.expires not in (None, NEVER) and now < case.expires <= now + AHEAD:
            _ask(ledger, f"expired:{case.id}:{case.expires.isoformat()}", case.expires)


def missed(ledger: Ledger, stored: Collection[EntryId], heard_of: Collection[EntryId], now: datetime) -> set[EntryId]:
    """Those of the entries that a poll found which are new, and which the stream should have told of.

    Only what is younger than what the stream ever told us can be judged. Raises: `LedgerError`.
    """
    times = {entry: time for entry, _, time in ledger.observations.known()}
    oldest = min((times[entry] for entry in heard_of if entry in times), default=None)
    if oldest is None:
        return set()
    return {
        entry for entry in stored if entry not in heard_of and entry in times and oldest <= times[entry] < now - _LATE
    }


def count_missed(ledger: Ledger, missed: Collection[EntryId], now: datetime) -> None:
    """Add them to those that the status page tells of. Raises: `LedgerError`."""
    before = ledger.state.get("missed", {}).get("count", 0)
    ledger.state.put("missed", {"count": before + len(missed), "last": iso(now)})


def _ask(ledger: Ledger, key: str, when: datetime) -> None:
    # A moment later: a case has settled, or ended, only when its time has passed.
    asked = Asked(key, "tables", "schedule", wanted_at=when + timedelta(seconds=1), arguments={"news": True})
    ledger.inbox.enqueue(asked)
