"""A thousand cycles in which nothing happens: the logs are read and the pages looked at, and nothing is saved.

A cycle is an hour by the clock of a small world; once a day everything is read again, as the schedule has it.
"""

from __future__ import annotations

import random
import tempfile
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from oabot.ledger import Asked
from tests.lane import Stage
from tests.world import REGION, TABLE, World

CYCLES: Final = 1000
WIKIS: Final = {"metawiki": "en", "ruwiki": "ru", "zhwiki": "zh"}
STATUS: Final = "User:OATransparencyBot/Status"


def run(*, quick: bool, seed: int) -> dict[str, Any]:
    """A thousand; quick: fifty."""
    cycles = 50 if quick else CYCLES
    with tempfile.TemporaryDirectory(prefix="oabot-soak-") as folder, World(Path(folder), WIKIS) as world:
        _fill(world, random.Random(seed))  # noqa: S311 - not for secrets
        stage = Stage(world, Path(folder))
        stage.turn.take()
        _cycle(stage, -1, "reconcile")
        before = {dbname: len(wiki.saves) for dbname, wiki in world.wikis.items()}
        asked = _asked(world)
        for number in range(cycles):
            world.clock.time += timedelta(hours=1)
            _cycle(stage, number, "tables" if number % 24 else "reconcile")
        idle = _asked(world)
        for _ in range(cycles):  # nothing is due
            stage.lane.tick()
        idle_requests = _asked(world) - idle
        stage.turn.end()
        saved = Counter(
            f"{dbname}: {edit.title}" for dbname, wiki in world.wikis.items() for edit in wiki.saves[before[dbname] :]
        )
        runs = world.ledger.runs.recent(cycles + 1)
    status = saved.pop(f"metawiki: {STATUS}", 0)
    broken = [f"{page} was saved {times} times" for page, times in saved.items()]
    broken += [f"{status} edits of Status"] if status > cycles / 24 + 1 else []
    broken += [f"{len(runs)} runs"] if len(runs) != cycles + 1 or any(one.outcome != "done" for one in runs) else []
    broken += [f"{idle_requests} requests while nothing was due"] if idle_requests else []
    requests = {"requests_a_cycle": round((idle - asked) / cycles, 1), "requests_while_idle": idle_requests}
    return {"cycles": cycles, "edits": saved.total(), "edits_of_status": status, **requests, "broken": broken}


def _fill(world: World, rng: random.Random) -> None:
    """Some cases, and a table on each wiki."""
    for wiki in world.wikis.values():
        wiki.put(TABLE, REGION)
    for number in range(6):
        when = f"2022-{rng.randrange(1, 12):02}-{rng.randrange(1, 28):02}T{rng.randrange(24):02}:00:00Z"
        world.lock(2 * number + 1, f"Пример {number}", when)
        if number % 3 == 0:
            world.unlock(2 * number + 2, f"Пример {number}", when.replace("2022", "2023"), "Steward Example")
        if number % 2:
            world.add("ruwiki", 1000 + number, when, "delete/delete", "WMFOffice", f"Страница {number}", comment="DMCA")


def _cycle(stage: Stage, number: int, job: str) -> None:
    key = f"cycle:{number}"
    stage.world.ledger.inbox.enqueue(Asked(key, job, "schedule", wanted_at=stage.world.clock.now()))
    stage.lane.tick()


def _asked(world: World) -> int:
    logs = sum(len(one.asked) for one in world.logs.values())
    return logs + sum(wiki.asked for wiki in world.wikis.values())
