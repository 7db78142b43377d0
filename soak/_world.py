"""The world of a bot that is killed: one wiki, whose logs are lists and whose pages outlive whoever saves them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from oabot.model import EntryId, User

if TYPE_CHECKING:
    from tests.fakes.wiki import FakeWiki

ACCOUNT, ADMIN, WIKI = "OATransparencyBot", "FarmAdmin", "metawiki"
CANARY = "Kanarienvogel"
PHASES = ("new entries", "a reversal", "a hiding")

Row = dict[str, Any]
At = Callable[[str], None]
"""Called at each step, with its name."""


def nothing(_: str) -> None:
    """Go on."""


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


def rows(phase: int) -> list[Row]:
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


def clock() -> Any:  # noqa: ANN401 - a fake of the tests
    """One that stands."""
    from tests.fakes.clock import StillClock

    return StillClock(datetime(2023, 1, 1, tzinfo=UTC))


def kept_wiki(file: Path, at: At = nothing) -> FakeWiki:
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

    wiki = KeptWiki(clock=clock())
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
