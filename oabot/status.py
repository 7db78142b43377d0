"""How the continuous job is, as the database tells: from anywhere, also while the job doesn't run."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from oabot.ledger import JobState, Ledger
from oabot.seams import Clock


def status(ledger: Ledger, clock: Clock) -> dict[str, Any]:
    """Everything as JSON; ids and counts, no names. Raises: `LedgerError`."""
    turn = ledger.lease.turn()
    running = turn is not None and turn.valid
    waiting = ledger.inbox.in_state(JobState.WAITING)
    due = sum(job.wanted_at <= clock.now() for job in waiting)
    return {
        "running": running,
        "holder": turn.holder if turn is not None and running else None,
        "fence": turn.fence if turn is not None else None,
        "reconciled": ledger.state.get("good:reconcile"),
        "stream_position": ledger.state.get("stream:position"),
        "waiting": {"due": due, "later": len(waiting) - due},
        "entries": len(ledger.observations.known()),
        "held": len(ledger.erasures.held()),
        "quarantined": ledger.quarantine.count(),
        "unresolved_saves": len(ledger.publications.open_intents()),
        "runs": [
            {
                "id": run.id,
                "job": run.woken_by,
                "started": _iso(run.started),
                "ended": _iso(run.ended),
                "outcome": run.outcome,
                **run.counts,
            }
            for run in ledger.runs.recent(5)
        ],
    }


def lines(found: dict[str, Any]) -> list[str]:
    """The same for a person."""
    holder = f"running ({found['holder']}, turn {found['fence']})" if found["running"] else "not running"
    due, later = found["waiting"]["due"], found["waiting"]["later"]
    told = [
        f"bot          {holder}",
        f"reconciled   {found['reconciled'] or 'never'}",
        f"inbox        {due} due, {later} for later",
        f"ledger       {found['entries']} entries, {found['held']} held, {found['quarantined']} in quarantine",
    ]
    if found["unresolved_saves"]:
        told.append(f"saves        {found['unresolved_saves']} of which it isn't known whether they happened")
    for run in found["runs"]:
        saved = run.get("saved", 0)
        told.append(f"run          {run['id']} {run['job']}: {run['outcome'] or 'goes on'}, {saved} saved")
    return told


def _iso(time: datetime | None) -> str | None:
    return None if time is None else time.isoformat(timespec="seconds")
