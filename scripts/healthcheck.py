#!/usr/bin/env python3
"""Says whether the continuous job is well: exit 0, or 1 with why; one line either way.

Standard library only: Toolforge runs it every ten seconds and gives it five. The bot writes its heartbeat from
inside the work, with the phase that it is in and how long that phase may last, so that a bot which waits for a
quiet wiki is well and one which hangs is not. The file is `OABOT_HEARTBEAT`, or `oabot-heartbeat.json` in the
temporary directory: ``{"beat": unix seconds, "phase": "idle|reading|saving|waiting", "deadline": seconds}``.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from pathlib import Path


def heartbeat_path() -> Path:
    """Where the bot leaves its heartbeat."""
    return Path(os.environ.get("OABOT_HEARTBEAT") or Path(tempfile.gettempdir()) / "oabot-heartbeat.json")


def health(text: str, now: float) -> tuple[bool, str]:
    """Whether the heartbeat `text` is good at `now` (unix seconds), and a line that says so."""
    try:
        heartbeat = json.loads(text)
        beat, deadline, phase = float(heartbeat["beat"]), float(heartbeat["deadline"]), str(heartbeat["phase"])
    except (ValueError, TypeError, KeyError, RecursionError):
        return False, "stuck: the heartbeat can't be read"
    # A beat from the future is as bad as an old one: it would hide a bot that hangs.
    if abs(now - beat) <= deadline:
        return True, f"well: {phase!r} for {now - beat:.0f} s of {deadline:.0f} s"
    return False, f"stuck: {phase!r} for {now - beat:.0f} s, allowed are {deadline:.0f} s"


def main() -> int:
    """Read the heartbeat and print what it says."""
    try:
        text = heartbeat_path().read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        print(f"stuck: no heartbeat ({type(error).__name__})")
        return 1
    well, line = health(text, time.time())
    print(line)
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main())
