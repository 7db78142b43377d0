"""What was observed, published and asked for, in one database; the only SQL of the project.

The log is the truth and this is a cache: the database can be deleted, and is then read again from the logs. It knows
SQLite files and MariaDB, and each call is one transaction on a connection of its own. Whatever goes wrong in it is a
`LedgerError`; nothing is half done then, and the call may be repeated.

    ledger = Ledger("sqlite:////var/lib/bot/ledger.sqlite", clock)       touches nothing yet
    ledger.open()                  -> Opening(made_new, set_aside)       also done by whatever comes first
    ledger.needs_backfill(), ledger.set_backfilled()                     kept over restarts

    ledger.observations   record(rows, moved=cursors, odd=quarantined) -> Recorded(added, refused)    one transaction
                          entries() -> [(EntryId, row)], known() -> [(EntryId, log type, time)]
                          history(id) -> [Observation(seen_at, row)]
    ledger.cursors        get(wiki, door, key) -> Cursor | None, forget_all()
    ledger.quarantine     entries() -> [Quarantined], count(), release(ids)
    ledger.erasures       erase(ids, reason, when) -> {id: [(wiki, title)]}, forgive(id), tombstones(), told(ids)
                          hold(ids) -> {id: Hold(first_missing_at, last_missing_at, times)}, held(), release(ids)
    ledger.publications   intend(held, Publication(...)) -> number, then record(held, number, revid)
                          or drop_intent(held, number); open_intents() at the start; latest(wiki, title),
                          all_latest(), of_run(run), before_run(run) for undo, pages_showing(id)
    ledger.runs           start(id, asked_by, woken_by), end(id, outcome, counts), get, unfinished(), recent(n)
    ledger.inbox          enqueue(Asked(key, name, source, ...)) -> bool, take(held) -> Job | None,
                          finish(held, number, state, result), requeue(held), get(key), in_state(...), asked_since(...)
    ledger.lease          acquire(holder, ttl) -> Held | None, renew(held, ttl), release(held), turn()
    ledger.state          get(key, default), put(key, value), put_all({...}), drop(key), starting(prefix)

What takes a `Held` raises `LeaseLost` in the same transaction if that turn is over. People's names are in the rows of
observations (and may be in a page's title or in what the caller keeps as state) and nowhere else.
"""

from oabot.ledger.cursors import Cursor, Door
from oabot.ledger.erasures import Hold, Tombstone
from oabot.ledger.inbox import Asked, Job, JobState
from oabot.ledger.lease import Held, Turn
from oabot.ledger.observations import Observation, Recorded
from oabot.ledger.opening import Opening
from oabot.ledger.publications import Publication, ShownRegion
from oabot.ledger.quarantine import Quarantined
from oabot.ledger.runs import Run
from oabot.ledger.state import State
from oabot.ledger.store import Ledger

__all__ = [
    "Asked",
    "Cursor",
    "Door",
    "Held",
    "Hold",
    "Job",
    "JobState",
    "Ledger",
    "Observation",
    "Opening",
    "Publication",
    "Quarantined",
    "Recorded",
    "Run",
    "ShownRegion",
    "State",
    "Tombstone",
    "Turn",
]
