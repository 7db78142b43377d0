"""The heartbeat that ``scripts/healthcheck.py`` reads, and who is told when runs fail in a row."""

from __future__ import annotations

import json
import logging
import tempfile
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from oabot import files
from oabot.model import EntryId
from oabot.seams import Clock

log = logging.getLogger(__name__)

IN_A_ROW: Final = 3
"""So many failures in a row are told of."""

NOT_BEFORE: Final = timedelta(hours=6)
"""How long after one such mail the next may come."""


class Heartbeat:
    """Written from inside the work and from the idle loop, never by a thread of its own: a hung bot must not beat."""

    def __init__(self, path: str, clock: Clock) -> None:
        """An empty path stands for the one that the health check looks at by itself."""
        self._path = Path(path or Path(tempfile.gettempdir()) / "oabot-heartbeat.json")
        self._clock = clock

    def beat(self, phase: str, seconds: float) -> None:
        """Say which phase (``idle``, ``waiting``, ``reading``, ``saving``) begins, and how long it may last."""
        text = json.dumps({"beat": self._clock.now().timestamp(), "phase": phase, "deadline": seconds})
        try:
            files.write({self._path: text})
        except OSError as fault:
            log.warning("the heartbeat can't be written: %s", fault.strerror)


class Alarm:
    """Counts failures; tells the operator of three in a row, and of the recovery."""

    def __init__(self, tell: Callable[[str, str], object], clock: Clock) -> None:
        """`tell` takes a subject and a text."""
        self._tell = tell
        self._clock = clock
        self._failures = 0
        self._told: datetime | None = None
        self._raised = False

    @property
    def failures(self) -> int:
        """How many in a row."""
        return self._failures

    def failed(self, why: str) -> None:
        """A run failed; `why` names no person."""
        self._failures += 1
        now = self._clock.now()
        if self._failures < IN_A_ROW or (self._told is not None and now - self._told < NOT_BEFORE):
            return
        self._told, self._raised = now, True
        self._tell(f"{self._failures} failures in a row", f"The newest: {why}\nSee: bot.py doctor")

    def succeeded(self) -> None:
        """A run went well."""
        if self._raised:
            self._tell("recovered", f"A run went well again after {self._failures} failures.")
        self._failures, self._raised = 0, False

    def hangs(self, name: str) -> None:
        """A job takes longer than it may."""
        self._tell(f"{name} hangs", "The process has ended itself to be started anew.\nSee: bot.py status")

    def erased(self, entries: Mapping[EntryId, Sequence[tuple[str, str]]]) -> bool:
        """Entries were erased: people have to look, for the history of our pages still holds them. Whether they know.

        `entries` with those of our (wiki, title) that showed them then, as far as that is known.
        """
        shown = {entry: f": on {len(pages)} of our pages" if pages else "" for entry, pages in entries.items()}
        lines = [f"{entry}{shown[entry]}" for entry in sorted(entries)]
        text = "\n".join([*lines, "", "The pages' histories still hold them."])
        told = self._tell(f"{len(entries)} entries erased", text)
        return told is not False
