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
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from sqlalchemy import Engine, event

from oabot import rules
from oabot.config import Settings
from oabot.ingest import Ingest
from oabot.ledger import Held, Ledger
from oabot.model import EntryId, User
from oabot.pipeline import Pipeline
from oabot.publish import TURN, Terms

if TYPE_CHECKING:
    from tests.contract.mariadb import MariaDbServer
    from tests.fakes.wiki import FakeWiki

ACCOUNT, ADMIN, WIKI = "OATransparencyBot", "FarmAdmin", "metawiki"
TABLE = f"User:{ACCOUNT}/Office actions"
CANARY = "Kanarienvogel"
PHASES = ("new entries", "a reversal", "a hiding")

Row = dict[str, Any]
At = Callable[[str], None]
"""Called at each step, with its name."""


def run(*, quick: bool, seed: int) -> dict[str, Any]:  # noqa: ARG001 - every step is tried; there is nothing to choose
    """Kill at every step (quick: at every thirtieth, on SQLite)."""
    kills: Counter[str] = Counter()
    broken: list[str] = []
    with tempfile.TemporaryDirectory(prefix="oabot-soak-") as folder:
        for place in _places(Path(folder), quick=quick):
            _prepare(place, "first", 0)
            _bot(place, "first", 0, _nothing)  # here, so that the processes below have all loaded that they need
            for phase in range(len(PHASES)):
                broken += _every_step(place, phase, 30 if quick else 1, kills)
    return {"kills": sum(kills.values()), "kills_per_step": dict(sorted(kills.items())), "broken": broken[:20]}


class Place(Protocol):
    """Where bots live: a folder with their wikis' pages, and their databases."""

    name: str
    folder: Path

    def url(self, bot: str) -> str:
        """The address of a bot's database."""

    def copy(self, bot: str, other: str) -> None:
        """Give `other` the same database as `bot`."""

    def remove(self, bot: str) -> None:
        """Let a bot's database go."""


class Files:
    """Databases in files."""

    name = "sqlite"

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def url(self, bot: str) -> str:
        """As `Place.url`."""
        return f"sqlite:///{self.folder}/{bot}.sqlite"

    def copy(self, bot: str, other: str) -> None:
        """As `Place.copy`."""
        for file in self.folder.glob(f"{bot}.sqlite*"):
            shutil.copyfile(file, file.with_name(f"{other}{file.name.removeprefix(bot)}"))

    def remove(self, bot: str) -> None:
        """As `Place.remove`."""
        for file in self.folder.glob(f"{bot}.sqlite*"):
            file.unlink()


class Server:
    """Databases on a server."""

    name = "mariadb"

    def __init__(self, folder: Path, server: MariaDbServer) -> None:
        self.folder, self._server = folder, server

    def url(self, bot: str) -> str:
        """As `Place.url`."""
        return self._server.url(bot)

    def copy(self, bot: str, other: str) -> None:
        """As `Place.copy`."""
        self._server.url(other)
        for (table,) in self._server.sql("SHOW TABLES", bot):
            self._server.sql(f"CREATE TABLE `{other}`.`{table}` LIKE `{bot}`.`{table}`")
            self._server.sql(f"INSERT INTO `{other}`.`{table}` SELECT * FROM `{bot}`.`{table}`")  # noqa: S608 - our own names

    def remove(self, bot: str) -> None:
        """As `Place.remove`."""
        self._server.sql(f"DROP DATABASE IF EXISTS `{bot}`")


def _places(folder: Path, *, quick: bool) -> Iterator[Place]:
    files = folder / "sqlite"
    files.mkdir()
    yield Files(files)
    if quick:
        return
    from tests.contract.mariadb import MariaDbServer

    home = folder / "mariadb"
    home.mkdir()
    with MariaDbServer(home) as running:
        yield Server(home, running)


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
        ended = _child(partial(_bot, place, victim, phase, _nothing))
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
    wiki = _wiki(_pages(place, name))
    wiki.put(TABLE, "Before.\n\n{{Office actions|table}}\n{{Office actions end}}\n\nAfter.")
    wiki.put(f"User:{ACCOUNT}/Run", "run", user=ADMIN)
    for before in range(phase):
        _child(partial(_bot, place, name, before, _nothing))


def _copy(place: Place, name: str, other: str) -> None:
    place.url(name)  # one that hasn't lived yet has a database too
    place.copy(name, other)
    shutil.copyfile(_pages(place, name), _pages(place, other))


def _pages(place: Place, name: str) -> Path:
    return place.folder / f"{name}.pages"


def _ledger(place: Place, name: str) -> Ledger:
    return Ledger(place.url(name), _clock())


def _bot(place: Place, name: str, phase: int, at: At) -> None:
    """One run of the bot, from its start to its end."""
    wiki = _wiki(_pages(place, name), at)
    ledger = _ledger(place, name)
    event.listen(Engine, "before_cursor_execute", _before_statement(at))
    event.listen(Engine, "commit", lambda _: at("database: commit"))
    settings = Settings.model_validate({"wikis": {WIKI: {
        "url": "https://meta.example", "language": "en", "approval": "https://meta.example/a", "pace": 0,
    }}, "settle_hours": 0})  # fmt: skip
    known = rules.load({})
    ingest = Ingest({WIKI: Logs(_rows(phase), at)}, ledger, known, _clock())
    pipeline = Pipeline(settings, known, ledger, ingest, {WIKI: wiki}, _clock())
    setattr(pipeline, "known", _stepped("fold", pipeline.known, at))  # noqa: B010 - a method, for this one only
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


def _nothing(_: str) -> None:
    """Go on."""


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
    wiki, ledger = _wiki(_pages(place, name)), _ledger(place, name)
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


class Logs:
    """A wiki's logs in a list; see `oabot.seams.Source`."""

    dbname = WIKI

    def __init__(self, rows: list[Row], at: At) -> None:
        self._rows, self._at = rows, at

    def by_performer(self, performer: str, since: datetime | None) -> Iterator[Row]:
        """As `Source.by_performer`."""
        self._at("ingest: by performer")
        shown = (row for row in self._rows if row.get("user") == performer and not row.get("actionhidden"))
        yield from (row for row in shown if since is None or _time(row) >= since)

    def by_target(self, title: str, since: datetime | None = None) -> Iterator[Row]:
        """As `Source.by_target`."""
        self._at("ingest: by target")
        yield from (row for row in self._rows if row.get("title") == title and (since is None or _time(row) >= since))

    def by_ids(self, known: Iterable[tuple[EntryId, str, datetime]]) -> dict[EntryId, Row | None]:
        """As `Source.by_ids`."""
        self._at("ingest: by ids")
        rows = {row["logid"]: row for row in self._rows}
        return {entry: rows.get(entry.logid) for entry, _, _ in known}

    def oldest(self) -> datetime | None:
        """As `Source.oldest`."""
        return min(map(_time, self._rows))


def _rows(phase: int) -> list[Row]:
    """The log as it is in a phase."""
    rows = [_status(number, f"{CANARY if number == 2 else '示例'} {number}", locks=True) for number in range(1, 7)]
    if phase >= 1:
        rows.append(_status(7, "示例 3", locks=False))
    if phase >= 2:
        hidden: Row = {"actionhidden": True, "userhidden": True, "commenthidden": True}
        rows[1] = {key: rows[1][key] for key in ("logid", "type", "action", "timestamp")} | hidden
    return rows


def _status(number: int, name: str, *, locks: bool) -> Row:
    params = {"added": ["locked"] if locks else [], "removed": [] if locks else ["locked"]}
    return {
        "logid": number, "ns": 2, "title": f"User:{name}@global", "type": "globalauth", "action": "setstatus",
        "params": params, "user": "WMFOffice", "comment": "", "tags": [], "timestamp": f"2022-01-{number:02}T00:00:00Z",
    }  # fmt: skip


def _time(row: Row) -> datetime:
    return datetime.fromisoformat(row["timestamp"])


def _clock() -> Any:  # noqa: ANN401 - a fake of the tests
    from tests.fakes.clock import StillClock

    return StillClock(datetime(2023, 1, 1, tzinfo=UTC))


def _wiki(file: Path, at: At = _nothing) -> FakeWiki:
    """A wiki whose revisions are lines of a file, so that they outlive whoever saves."""
    from oabot.model import Edit, Saved
    from tests.fakes.wiki import FakeWiki

    class KeptWiki(FakeWiki):
        keeps = False

        def put(self, title: str, text: str, *, user: str = ADMIN, comment: str = "") -> int:
            if self.keeps:
                line = json.dumps({"title": title, "text": text, "user": user, "comment": comment})
                with file.open("a", encoding="utf-8") as lines:
                    lines.write(f"{line}\n")
            return super().put(title, text, user=user, comment=comment)

        def save(self, edit: Edit) -> Saved:
            at("save: before")
            saved = super().save(edit)
            at("save: done, not yet known")
            return saved

    wiki = KeptWiki(clock=_clock())
    wiki.accounts[ADMIN] = User(ADMIN, frozenset({"sysop"}))
    with contextmanager(_opened)(file) as lines:
        for line in lines:
            wiki.put(**json.loads(line))
    wiki.keeps = True
    return wiki


def _opened(file: Path) -> Iterator[Iterable[str]]:
    file.touch()
    with file.open(encoding="utf-8") as lines:
        yield lines
