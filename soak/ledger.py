"""The bot killed at each step of reading, folding, saving and recording: nothing is lost, doubled or kept too long.

A child process reads logs, saves a page and is killed (SIGKILL) at its n-th step, for every n; the next one starts as
the bot starts. Then the wiki and the database must be as if nobody had been killed. On SQLite and on MariaDB.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event

from oabot import rules
from oabot.config import Settings
from oabot.contents import Contents
from oabot.ingest import Ingest
from oabot.ledger import Held, Ledger
from oabot.model import EntryId
from oabot.pipeline import Pipeline
from oabot.publish import TURN, Terms
from soak._places import Place, places
from soak._world import ACCOUNT, ADMIN, CANARY, PHASES, WIKI, At, Logs, clock, kept_wiki, nothing, rows

TABLE = f"User:{ACCOUNT}/Office actions"


def run(*, quick: bool, seed: int) -> dict[str, Any]:  # noqa: ARG001 - every step is tried; there is nothing to choose
    """Kill at every step (quick: at every thirtieth, on SQLite)."""
    kills: Counter[str] = Counter()
    broken: list[str] = []
    with tempfile.TemporaryDirectory(prefix="oabot-soak-") as folder:
        for place in places(Path(folder), quick=quick):
            _prepare(place, "first", 0)
            _bot(place, "first", 0, nothing)  # here, so that the processes below have all loaded that they need
            for phase in range(len(PHASES)):
                broken += _every_step(place, phase, 30 if quick else 1, kills)
    return {"kills": sum(kills.values()), "kills_per_step": dict(sorted(kills.items())), "broken": broken[:20]}


def _every_step(place: Place, phase: int, stride: int, kills: Counter[str]) -> list[str]:
    """Kill at each step of one phase, and see what is left; what doesn't hold."""
    born, clean = f"born{phase}", f"clean{phase}"
    _prepare(place, born, phase)
    _copy(place, born, clean)
    steps = place.folder / f"{clean}.steps"
    _child(partial(_bot, place, clean, phase, _noting(steps)))
    names = steps.read_text(encoding="utf-8").splitlines()
    wanted = _state(place, clean)
    broken = []
    for number in range(0, len(names), stride):
        victim = f"p{phase}k{number}"
        _copy(place, born, victim)
        killed = _child(partial(_bot, place, victim, phase, _killing(number)))
        _release(_ledger(place, victim))
        ended = _child(partial(_bot, place, victim, phase, nothing))
        where = f"{place.name}, {PHASES[phase]}, step {number} ({names[number]})"
        kills[names[number]] += killed
        if not killed or ended:
            broken.append(f"{where}: the first wasn't killed, or the second was")
        broken += [f"{where}: {fault}" for fault in _differences(_state(place, victim), wanted)]
        place.remove(victim)
        _pages(place, victim).unlink()
    return broken


def _prepare(place: Place, name: str, phase: int) -> None:
    """A bot that has lived through the phases before this one."""
    wiki = kept_wiki(_pages(place, name))
    wiki.put(TABLE, "Before.\n\n{{Office actions|table}}\n{{Office actions end}}\n\nAfter.")
    wiki.put(f"User:{ACCOUNT}/Run", "run", user=ADMIN)
    for before in range(phase):
        _child(partial(_bot, place, name, before, nothing))


def _copy(place: Place, name: str, other: str) -> None:
    place.url(name)  # one that hasn't lived yet has a database too
    place.copy(name, other)
    shutil.copyfile(_pages(place, name), _pages(place, other))


def _pages(place: Place, name: str) -> Path:
    return place.folder / f"{name}.pages"


def _ledger(place: Place, name: str) -> Ledger:
    return Ledger(place.url(name), clock())


def _bot(place: Place, name: str, phase: int, at: At) -> None:
    """One run of the bot, from its start to its end."""
    wiki = kept_wiki(_pages(place, name), at)
    ledger = _ledger(place, name)
    event.listen(Engine, "before_cursor_execute", _before_statement(at))
    event.listen(Engine, "commit", lambda _: at("database: commit"))
    settings = Settings.model_validate({"wikis": {WIKI: {
        "url": "https://meta.example", "language": "en", "approval": "https://meta.example/a", "pace": 0,
    }}, "settle_hours": 0})  # fmt: skip
    known = rules.load({})
    ingest = Ingest({WIKI: Logs(rows(phase), at)}, ledger, known, clock())
    pipeline = Pipeline(Contents(settings, known, ledger, ingest, clock()), ledger, ingest, {WIKI: wiki}, clock())
    setattr(pipeline.contents, "known", _stepped("fold", pipeline.contents.known, at))  # noqa: B010 - a method, for this one only
    held = ledger.lease.acquire(f"child {os.getpid()}", TURN)
    if held is None:
        raise SystemExit("the lease is taken")
    pipeline.recheck_all(pipeline.read())
    list(pipeline.refresh(Terms(ACCOUNT, WIKI, f"run {os.getpid()}"), held))
    ledger.lease.release(held)


def _before_statement(at: At) -> Callable[..., None]:
    def before(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        words = statement.replace("`", "").replace('"', "").split()
        if words[0] in ("INSERT", "UPDATE", "DELETE"):
            table = words[1] if words[0] == "UPDATE" else words[2]
            at(f"database: {words[0].lower()} {table}")

    return before


def _stepped(name: str, act: Callable[..., Any], at: At) -> Callable[..., Any]:
    def stepped(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - whatever the method takes
        at(f"{name}: before")
        done = act(*args, **kwargs)
        at(f"{name}: after")
        return done

    return stepped


def _noting(file: Path) -> At:
    def note(name: str) -> None:
        with file.open("a", encoding="utf-8") as lines:
            lines.write(f"{name}\n")

    return note


def _killing(number: int) -> At:
    passed = iter(range(number, -1, -1))

    def count(_: str) -> None:
        if next(passed, 1) == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    return count


def _child(act: Callable[[], None]) -> bool:
    """Do it in a process of its own; whether that was killed. Anything else than an end in peace is an error here."""
    child = os.fork()
    if child == 0:
        try:
            act()
            os._exit(0)
        finally:
            os._exit(1)
    _, status = os.waitpid(child, 0)
    if os.WIFEXITED(status) and os.WEXITSTATUS(status):
        raise RuntimeError("a child failed")
    return os.WIFSIGNALED(status)


def _release(ledger: Ledger) -> None:
    """As if the time of the dead one's lease were over."""
    turn = ledger.lease.turn()
    if turn is not None:
        ledger.lease.release(Held(turn.holder, turn.fence))


@dataclass(frozen=True, slots=True)
class State:
    """What is left when all is over."""

    text: str
    saves: int
    recorded: bool
    """Whether our newest save is the one that the wiki shows, and none is open."""
    entries: frozenset[tuple[EntryId, str]]
    tombstones: frozenset[EntryId]
    left: bool = field(default=False)
    """Whether bytes of what was hidden are left."""


def _state(place: Place, name: str) -> State:
    wiki, ledger = kept_wiki(_pages(place, name)), _ledger(place, name)
    ours = [one for one in wiki.revisions(TABLE) if one.user == ACCOUNT]
    latest = ledger.publications.latest(WIKI, TABLE)
    tombstones = frozenset(stone.id for stone in ledger.erasures.tombstones())
    file = place.folder / f"{name}.sqlite"
    return State(
        text=wiki.pages([TABLE])[TABLE].text,
        saves=len(ours),
        recorded=not ledger.publications.open_intents() and latest is not None and latest.revid == ours[-1].revid,
        entries=frozenset((entry, json.dumps(row, sort_keys=True)) for entry, row in ledger.observations.entries()),
        tombstones=tombstones,
        left=bool(tombstones) and file.exists() and CANARY.encode() in file.read_bytes(),
    )


def _differences(state: State, wanted: State) -> list[str]:
    checks = {
        "the page says something else": state.text == wanted.text,
        "saved more or less often": state.saves == wanted.saves,
        "the save isn't recorded": state.recorded,
        "entries are lost or doubled": state.entries == wanted.entries,
        "an erasure is lost": state.tombstones == wanted.tombstones,
        "bytes of what was hidden are left": not state.left,
    }
    return [fault for fault, holds in checks.items() if not holds]
