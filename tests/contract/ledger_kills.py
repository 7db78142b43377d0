"""A process that writes to a ledger and is killed at any moment; what must hold whenever that happens.

PYTHONPATH=. python tests/contract/ledger_kills.py write URL            ends when it is killed; a line for each round
PYTHONPATH=. python tests/contract/ledger_kills.py kill URL TIMES SEED  prints what was seen, as JSON
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path

from oabot.clock import SystemClock
from oabot.ledger import Asked, Cursor, Door, Held, JobState, Ledger, Publication, ShownRegion
from oabot.model import EntryId

ROOT = Path(__file__).resolve().parents[2]
WIKI, PERFORMER, BATCH = "metawiki", "WMFOffice", 5
TTL = timedelta(minutes=10)
CLOCK = SystemClock()


@dataclass(frozen=True, slots=True)
class Killed:
    """What was seen after all kills."""

    rounds: int
    """Rounds that the killed processes had reported as done."""
    cut_short: int
    """Kills that left a round half done, as a whole number of its units of work."""
    broken: tuple[str, ...]
    """Promises that did not hold; empty is what is wanted."""


def canary(logid: int) -> str:
    """A name that can be looked for in the bytes of a file."""
    return f"Canary{logid}Name"


def write(ledger: Ledger) -> None:
    """Go on where the last process ended: record, save, do the job, erase; again and again."""
    held = ledger.lease.acquire("writer", TTL)
    assert held is not None
    ledger.inbox.requeue(held)
    for intent in ledger.publications.open_intents():
        # As if the wiki had been asked: it says of each second save that it happened.
        if intent.number % 2:
            ledger.publications.record(held, intent.number, intent.number)
        else:
            ledger.publications.drop_intent(held, intent.number)
    cursor = ledger.cursors.get(WIKI, Door.PERFORMER, PERFORMER)
    # The last round is done again: it may have been cut short.
    done = 1 if cursor is None else cursor.logid // BATCH
    while True:
        _round(ledger, held, done)
        print(done, flush=True)
        done += 1


def _round(ledger: Ledger, held: Held, done: int) -> None:
    ids = [EntryId(WIKI, done * BATCH - place) for place in range(BATCH)]
    rows = [(entry, _row(entry.logid)) for entry in ids]
    ledger.observations.record(rows, [Cursor(WIKI, Door.PERFORMER, PERFORMER, CLOCK.now(), done * BATCH)])
    ledger.inbox.enqueue(Asked(f"round:{done}", "tables", "schedule"))
    job = ledger.inbox.take(held)
    gone = {tomb.id for tomb in ledger.erasures.tombstones()}
    region = ShownRegion("0", "b" * 64, tuple(entry for entry in ids if entry not in gone))
    page = Publication(WIKI, f"Page {done % 3}", done, "a" * 64, f"run {done}", (region,))
    number = ledger.publications.intend(held, page)
    ledger.publications.record(held, number, number)
    if job is not None:
        ledger.inbox.finish(held, job.number, JobState.DONE)
    ledger.erasures.erase(ids[:1], "hidden", CLOCK.now())


def _row(logid: int) -> dict[str, object]:
    return {"logid": logid, "type": "block", "timestamp": "2020-01-01T00:00:00Z", "title": canary(logid)}


def broken_promises(ledger: Ledger, reported: int) -> list[str]:
    """What doesn't hold of a ledger whose writer was killed after it had reported so many rounds."""
    cursor = ledger.cursors.get(WIKI, Door.PERFORMER, PERFORMER)
    read = 0 if cursor is None else cursor.logid
    there = {entry.logid for entry, _ in ledger.observations.entries()}
    erased = {tomb.id.logid for tomb in ledger.erasures.tombstones()}
    saves = [*ledger.publications.all_latest(), *ledger.publications.open_intents()]
    shown = {entry.logid for save in saves for entry in save.entries}
    reached = read // BATCH
    ended = ledger.inbox.in_state(JobState.DONE, JobState.FAILED)  # failed: its process died three times
    latest = {save.run for save in ledger.publications.all_latest()}
    checks = {
        "a cursor moved without its rows, or rows are lost": there | erased == set(range(1, read + 1)),
        "an entry is erased and there": not there & erased,
        "an erased entry is shown": not shown & erased,
        "a reported round is lost": reached >= reported,
        "more than the last round is unfinished": reached - reported <= 1,
        "a reported erasure is lost": erased >= {n * BATCH for n in range(1, reported + 1)},
        "two saves are open": len(ledger.publications.open_intents()) <= 1,
        "a save holds half its entries": all(len(save.entries) >= BATCH - 1 for save in saves),
        "a reported save is lost": reported == 0 or bool(latest & {f"run {reported}", f"run {reported + 3}"}),
        "two jobs run": len(ledger.inbox.in_state(JobState.RUNNING)) <= 1,
        "a reported job is lost": len(ended) >= reported,
    }
    return [promise for promise, holds in checks.items() if not holds]


def kill(url: str, times: int, seed: int) -> Killed:
    """Start a writer and kill it, so many times; look at the ledger after each."""
    moments = random.Random(seed)
    ledger = Ledger(url, CLOCK)
    broken: list[str] = []
    reported = cut_short = 0
    for number in range(times):
        reported = _reported_before_its_death(url, reported, moments)
        broken += [f"kill {number}: {promise}" for promise in broken_promises(ledger, reported)]
        if url.startswith("sqlite:///"):
            broken += [f"kill {number}: bytes of an erased entry" for _ in _bytes_left(ledger, url)]
        turn = ledger.lease.turn()
        if turn is not None:
            ledger.lease.release(Held(turn.holder, turn.fence))
        cursor = ledger.cursors.get(WIKI, Door.PERFORMER, PERFORMER)
        cut_short += cursor is not None and cursor.logid // BATCH > reported
    return Killed(reported, cut_short, tuple(broken))


def _reported_before_its_death(url: str, before: int, moments: random.Random) -> int:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, __file__, "write", url]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as writer:
        assert writer.stdout is not None
        reported = int(writer.stdout.readline() or before)
        time.sleep(moments.uniform(0, 0.15))
        writer.kill()
        lines = writer.stdout.read().splitlines()
    if writer.returncode != -signal.SIGKILL:
        raise RuntimeError(f"the writer ended by itself, with {writer.returncode}")
    return max([reported, *map(int, lines)])


def _bytes_left(ledger: Ledger, url: str) -> list[int]:
    Ledger(url, CLOCK).open()  # what a restart does first
    path = Path(url.removeprefix("sqlite:///"))
    everything = b"".join(file.read_bytes() for file in path.parent.glob(f"{path.name}*"))
    erased = [tomb.id.logid for tomb in ledger.erasures.tombstones()]
    return [logid for logid in erased if canary(logid).encode() in everything]


def main(arguments: list[str]) -> int:
    """Write or kill; 1 if a promise was broken."""
    if arguments[0] == "write":
        write(Ledger(arguments[1], CLOCK))
    seen = kill(arguments[1], int(arguments[2]), int(arguments[3]))
    print(json.dumps(asdict(seen)))
    return 1 if seen.broken else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
