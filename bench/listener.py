"""Our listener in a process of its own, python -m bench.listener STREAM LAST: its cost and its wake-ups, as JSON."""

from __future__ import annotations

import json
import sys
import time

from bench.events import TARGET
from oabot import rules
from oabot.clock import SystemClock
from oabot.interest import Interest, Topic
from oabot.sources.eventstream import EventStream


def main(url: str, last: str) -> None:
    """Listen until the event with the id `last` wakes us."""
    interest = Interest(
        account="OATransparencyBot",
        wikis=frozenset({"metawiki", "wikidatawiki"}),
        actors=rules.load().actors,
        targets=frozenset({("metawiki", f"User:{TARGET}@global")}),
        pages={("metawiki", "User:OATransparencyBot/Office actions"): Topic.REGION},
    )
    stream = EventStream(url, "oabot-bench (nobody@example.org)", SystemClock(), lambda: interest)
    woken: list[str] = []
    cpu = time.process_time()
    for heard in stream.listen(None):
        woken += [wake.event for wake in heard.wakes]
        if last in woken:
            break
    sys.stdout.write(json.dumps({"cpu": time.process_time() - cpu, "woken": woken}))


if __name__ == "__main__":
    main(*sys.argv[1:])
