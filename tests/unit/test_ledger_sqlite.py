"""What the ledger does when its file is not as it should be, and what it leaves in it."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from oabot.begun import Begun
from oabot.errors import LedgerError
from oabot.ledger import Asked, Cursor, Door, JobState, Ledger, Publication, Quarantined, ShownRegion
from oabot.ledger import sqlite as sqlite_file
from oabot.model import EntryId
from tests.fakes.clock import StillClock

T0 = datetime(2022, 1, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
CANARY = "Zanzibarquokka"
ROOT = Path(__file__).resolve().parents[2]
PYTHON = (sys.executable, "-uc")

# No file may grow beyond a limit, as on a full disk; then an attempt to record rows and move a cursor.
FILL = """
import resource, signal, sys
from pathlib import Path
from oabot.clock import SystemClock
from oabot.errors import LedgerError
from oabot.ledger import Cursor, Door, Ledger
from oabot.model import EntryId
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
size = Path(sys.argv[1]).stat().st_size + 100_000
resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
clock = SystemClock()
ledger = Ledger(f"sqlite:///{sys.argv[1]}", clock)
row = {"type": "block", "timestamp": "2020-01-01T00:00:00Z", "pad": "x" * 10_000}
cursor = Cursor("metawiki", Door.PERFORMER, "WMFOffice", clock.now(), 9)
try:
    ledger.observations.record([(EntryId("metawiki", n), row) for n in range(2, 40)], [cursor])
except LedgerError:
    print("refused")
print(ledger.cursors.get("metawiki", Door.PERFORMER, "WMFOffice"), len(ledger.observations.entries()))
"""
RACE = """
import os, sys
from datetime import timedelta
from oabot.clock import SystemClock
from oabot.ledger import Ledger
ledger = Ledger(f"sqlite:///{sys.argv[1]}", SystemClock())
print("ready")
input()
held = ledger.lease.acquire(str(os.getpid()), timedelta(minutes=1))
print(held and f"won {held.fence}")
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "ledger.sqlite"


def ledger_at(path: Path) -> Ledger:
    return Ledger(f"sqlite:///{path}", StillClock(T0))


@pytest.fixture
def ledger(path: Path) -> Ledger:
    return ledger_at(path)


def entry(logid: int) -> EntryId:
    return EntryId("metawiki", logid)


def row(logid: int, title: str = "User:示例甲", **more: object) -> dict[str, object]:
    return {"logid": logid, "type": "globalauth", "timestamp": "2020-01-01T00:00:00Z", "title": title, **more}


def filled(path: Path) -> None:
    """A database with one of everything that outlives it, and with what doesn't."""
    ledger = ledger_at(path)
    ledger.observations.record([(entry(1), row(1))])
    ledger.erasures.erase([entry(2)], "hidden", T0)
    ledger.erasures.told([entry(2)])
    ledger.state.put("rest:dewiki", {"reason": "talk"})
    held = ledger.lease.acquire("old", MINUTE)
    assert held is not None
    for key in ("executed", "interrupted", "waiting"):
        ledger.inbox.enqueue(Asked(key, "tables", "wiki", asker="示例甲"))
    job = ledger.inbox.take(held)
    assert job is not None
    ledger.inbox.finish(held, job.number, JobState.DONE, {"saved": 1})
    ledger.inbox.take(held)
    ledger.lease.release(held)
    ledger.set_backfilled()


def sql(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()


# What is left in the file


def test_the_file_is_for_its_owner_alone(path: Path, ledger: Ledger) -> None:
    ledger.open()
    made = stat.S_IMODE(path.stat().st_mode)
    path.chmod(0o644)
    ledger_at(path).open()

    assert made == 0o600
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_not_a_byte_of_an_erased_entry_stays_in_any_file(path: Path, ledger: Ledger) -> None:
    held = ledger.lease.acquire("p", MINUTE)
    assert held is not None
    for look in range(3):
        rows = [
            (entry(n), row(n, title=f"User:{CANARY}{n}X", comment="c" * (n * 37 % 4000), look=look)) for n in range(90)
        ]
        cursors = [Cursor("metawiki", Door.TARGET, f"User:{CANARY}{n}X", T0, n) for n in range(90)]
        ledger.observations.record(rows, cursors, [Quarantined(entry(5), "type", "action", "{}")])
    region = ShownRegion("0", "b" * 64, tuple(entry(n) for n in range(90)))
    ledger.publications.intend(held, Publication("metawiki", "P", 1, "a" * 64, "r", (region,)))
    gone = [entry(n) for n in range(0, 90, 3)]
    there_before = all(f"{CANARY}{key.logid}X".encode() in path.read_bytes() for key in gone)
    ledger.erasures.erase(gone, "hidden", T0)

    everything = b"".join(file.read_bytes() for file in path.parent.iterdir())
    left = [key for key in gone if f"{CANARY}{key.logid}X".encode() in everything]
    kept = [n for n in range(90) if f"{CANARY}{n}X".encode() in everything]
    assert there_before
    assert left == []
    assert kept == [n for n in range(90) if n % 3]


def test_a_name_is_nowhere_but_in_its_rows(path: Path, ledger: Ledger) -> None:
    ledger.observations.record(
        [],
        [Cursor("metawiki", Door.PERFORMER, CANARY, T0, 1), Cursor("metawiki", Door.TARGET, f"User:{CANARY}", T0, 1)],
    )
    ledger.inbox.enqueue(Asked("metawiki:1:2:0", "tables", "wiki", asker=CANARY))

    assert CANARY.encode() not in path.read_bytes()


def test_an_erasure_removes_what_was_set_aside_for_it_holds_the_entry_too(path: Path) -> None:
    ledger_at(path).observations.record([(entry(1), row(1, title=CANARY))])
    sql(path, "UPDATE oabot_meta SET value = '0' WHERE name = 'version'")
    ledger = ledger_at(path)
    aside = ledger.open().set_aside
    before = [file.name for file in path.parent.iterdir()]
    ledger.erasures.erase([entry(1)], "hidden", T0)

    assert aside in before
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_an_erasure_cut_short_is_scrubbed_at_the_next_opening(path: Path, ledger: Ledger) -> None:
    ledger.open()
    sql(path, "PRAGMA secure_delete=OFF", "CREATE TABLE spare (x)", "INSERT INTO spare VALUES ('Zanzibarquokka')")
    sql(path, "PRAGMA secure_delete=OFF", "DROP TABLE spare")
    stale = CANARY.encode() in path.read_bytes()
    sql(path, "UPDATE oabot_meta SET value = 'wanted' WHERE name = 'scrub'")
    ledger_at(path).open()

    assert stale
    assert CANARY.encode() not in path.read_bytes()


# A file that isn't usable


def _garbage(path: Path) -> None:
    path.write_bytes(os.urandom(20_000))


def _torn(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[8192:] = bytes(len(data) - 8192)
    path.write_bytes(data)


def _half_written(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


BROKEN = {
    "older": lambda path: sql(path, "UPDATE oabot_meta SET value = '0' WHERE name = 'version'"),
    "newer": lambda path: sql(path, "UPDATE oabot_meta SET value = '999' WHERE name = 'version'"),
    "a column is missing": lambda path: sql(path, "ALTER TABLE oabot_runs RENAME COLUMN counts TO numbers"),
    "a table is missing": lambda path: sql(path, "DROP TABLE oabot_shown"),
    "no version": lambda path: sql(path, "DELETE FROM oabot_meta"),
    "somebody else's": lambda path: sql(path, "DROP TABLE oabot_meta", "CREATE TABLE other (x)"),
}


@pytest.mark.parametrize("how", BROKEN)
def test_another_or_broken_schema_is_set_aside_and_what_no_log_tells_is_carried_over(path: Path, how: str) -> None:
    filled(path)
    BROKEN[how](path)
    ledger = ledger_at(path)
    opening = ledger.open()

    assert opening.made_new
    assert opening.set_aside is not None
    assert (path.parent / opening.set_aside).exists()
    assert stat.S_IMODE((path.parent / opening.set_aside).stat().st_mode) == 0o600
    assert ledger.needs_backfill()
    assert ledger.observations.entries() == []
    assert not ledger.inbox.enqueue(Asked("executed", "tables", "wiki"))
    assert [job.key for job in ledger.inbox.in_state(JobState.DONE)] == ["executed"]
    assert [job.key for job in ledger.inbox.in_state(JobState.RUNNING)] == ["interrupted"]
    assert [job.key for job in ledger.inbox.in_state(JobState.WAITING)] == ["waiting"]
    assert ledger.inbox.asked_since(T0, "示例甲") == 3
    assert [(tomb.id, tomb.told) for tomb in ledger.erasures.tombstones()] == [(entry(2), True)]
    assert ledger.state.get("rest:dewiki") == {"reason": "talk"}
    held = ledger.lease.acquire("new", MINUTE)
    assert held is not None
    assert held.fence == 2


@pytest.mark.parametrize("harm", [_garbage, _torn, _half_written])
def test_a_corrupt_file_is_set_aside(path: Path, harm: object) -> None:
    filled(path)
    assert callable(harm)
    harm(path)
    ledger = ledger_at(path)
    opening = ledger.open()
    ledger.observations.record([(entry(1), row(1))])

    assert opening.made_new
    assert opening.set_aside is not None
    assert len(ledger.observations.entries()) == 1
    assert not ledger_at(path).open().made_new


def test_what_was_set_aside_is_carried_over_even_if_making_the_new_one_was_cut_short(path: Path) -> None:
    filled(path)
    path.rename(path.with_name("ledger.sqlite.set-aside-20220101T000000000000Z"))

    assert not ledger_at(path).inbox.enqueue(Asked("executed", "tables", "wiki"))


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE oabot_observations SET row = '{broken'",
        "UPDATE oabot_observations SET row = CAST(x'22ff22' AS TEXT)",
        "UPDATE oabot_observations SET happened_at = 'noon'",
        "UPDATE oabot_observations SET wiki = x'ff'",
    ],
)
def test_a_row_that_we_cannot_have_written_is_an_error_once_and_then_a_rebuild(path: Path, damage: str) -> None:
    ledger = ledger_at(path)
    ledger.observations.record([(entry(1), row(1))])
    sql(path, damage)
    with pytest.raises(LedgerError, match="corrupt"):
        ledger.observations.known(), ledger.observations.entries()

    assert ledger.observations.entries() == []
    assert ledger.needs_backfill()


def test_a_file_that_was_deleted_under_us_is_made_again(path: Path, ledger: Ledger) -> None:
    ledger.observations.record([(entry(1), row(1))])
    path.unlink()
    with pytest.raises(LedgerError):
        ledger.observations.entries()

    assert ledger.observations.entries() == []
    assert ledger.needs_backfill()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_another_version_s_database_is_left_alone_while_its_process_holds_the_lease(path: Path) -> None:
    held = ledger_at(path).lease.acquire("other version", MINUTE)
    assert held is not None
    sql(path, "UPDATE oabot_meta SET value = '999' WHERE name = 'version'")
    ledger = ledger_at(path)
    with pytest.raises(LedgerError, match="lease"):
        ledger.open()
    untouched = [file.name for file in path.parent.iterdir()]
    sql(path, "UPDATE oabot_lease SET expires = 0")

    assert untouched == [path.name]
    assert ledger.open().made_new


# A file that can't be used now


def test_a_database_locked_by_another_process_is_an_error_and_then_goes_on(
    path: Path, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_file, "BUSY_SECONDS", 0.1)
    ledger = ledger_at(path)
    ledger.open()
    program = "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute('BEGIN EXCLUSIVE'); print(1); input()"
    command = [sys.executable, "-uc", program, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        other.stdout.readline()
        with pytest.raises(LedgerError, match="locked"):
            ledger.state.put("key", 1)
        with pytest.raises(LedgerError, match="locked"):
            ledger.state.get("key")
        other.communicate(b"\n")
    ledger.state.put("key", 2)

    assert ledger.state.get("key") == 2


def test_a_full_disk_loses_nothing_that_was_there(path: Path, ledger: Ledger) -> None:
    ledger.observations.record([(entry(1), row(1))])
    said = subprocess.run([*PYTHON, FILL, str(path)], cwd=ROOT, capture_output=True, text=True, check=True).stdout

    assert said.split() == ["refused", "None", "1"]
    assert ledger.observations.entries() == [(entry(1), row(1))]
    assert ledger.observations.record([(entry(2), row(2))]).added == {entry(2)}


@pytest.mark.slow
def test_of_processes_that_race_for_the_lease_one_wins(path: Path, ledger: Ledger) -> None:
    ledger.open()
    command = [*PYTHON, RACE, str(path)]
    racers = [
        subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(4)
    ]
    for racer in racers:
        assert racer.stdout is not None
        racer.stdout.readline()
    for racer in racers:
        assert racer.stdin is not None
        racer.stdin.write("go\n")
        racer.stdin.flush()
    said = sorted(racer.communicate()[0].strip() for racer in racers)

    assert said == ["None", "None", "None", "won 1"]


def test_what_is_no_file_or_server_is_refused_without_its_password() -> None:
    for url in ("sqlite://", "sqlite:///:memory:", "postgresql://bot:hunter2@db/x", "nonsense hunter2"):
        with pytest.raises(LedgerError) as refused:
            Ledger(url, StillClock(T0))
        assert "hunter2" not in str(refused.value)


def test_a_folder_in_the_file_s_place_is_an_error(path: Path) -> None:
    path.mkdir(parents=True)

    with pytest.raises(LedgerError):
        ledger_at(path).open()


def test_an_error_tells_no_value(path: Path, ledger: Ledger) -> None:
    ledger.runs.start(CANARY, "cli", "tables")
    with pytest.raises(LedgerError) as error:
        ledger.runs.start(CANARY, "cli", "tables")

    assert CANARY not in str(error.value)
    assert error.value.__suppress_context__


def test_making_a_ledger_touches_no_file(path: Path) -> None:
    ledger_at(path)

    assert not path.parent.exists()


def test_a_file_that_takes_the_place_of_another_is_the_one_that_is_asked(tmp_path: Path) -> None:
    ledger, other = (Ledger(f"sqlite:///{tmp_path}/{name}.sqlite", StillClock()) for name in ("ledger", "other"))
    ledger.state.put("which", "the first")
    other.state.put("which", "the second")
    (tmp_path / "other.sqlite").rename(tmp_path / "ledger.sqlite")
    read = ledger.state.get("which")
    ledger.state.put("which", "written later")

    assert read == "the second"
    assert Ledger(f"sqlite:///{tmp_path}/ledger.sqlite", StillClock()).state.get("which") == "written later"


LOCK = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], timeout=0, isolation_level=None)
try:
    connection.execute("BEGIN IMMEDIATE")
except sqlite3.OperationalError:
    print("locked")
"""


def test_while_one_thread_writes_and_another_looks_after_the_file_no_other_process_writes(
    path: Path, ledger: Ledger
) -> None:
    ledger.state.put("a", 1)

    def probe(act: Callable[[], object]) -> str:
        """What another process says of the file after something was done in another thread, while this one writes."""
        with ledger._database.writing("a test"):
            Begun(act).result()
            done = subprocess.run([*PYTHON, LOCK, str(path)], capture_output=True, text=True, check=True)
        return done.stdout.strip()

    assert probe(ledger._database.drop_copies) == "locked"
    assert probe(Ledger(f"sqlite:///{path}", StillClock()).open) == "locked"


def test_after_an_error_no_connection_is_kept_for_it_may_be_to_a_file_that_could_only_be_read(
    path: Path, ledger: Ledger
) -> None:
    def kept() -> bool:
        return path in [one.readlink() for one in Path("/proc/self/fd").iterdir() if one.is_symlink()]

    ledger.runs.start("run", "cli", "tables")
    before = kept()
    with pytest.raises(LedgerError):
        ledger.runs.start("run", "cli", "tables")

    assert before
    assert not kept()
