"""Rows and saves for tests of the ledger."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from oabot.errors import LedgerError
from oabot.ledger import Held, Ledger, Publication, ShownRegion
from oabot.model import EntryId

MINUTE = timedelta(minutes=1)
T0 = datetime(2022, 1, 1, tzinfo=UTC)


def entry(logid: int, wiki: str = "metawiki") -> EntryId:
    """A log entry's key."""
    return EntryId(wiki, logid)


def row(logid: int, title: str = "User:示例甲", **more: object) -> dict[str, object]:
    """A logevents row."""
    return {"logid": logid, "type": "globalauth", "timestamp": "2020-01-01T00:00:00Z", "title": title, **more}


def page(run: str, *logids: int, title: str = "Office actions") -> Publication:
    """A save of one page with one region."""
    region = ShownRegion("0", "b" * 64, tuple(entry(logid) for logid in logids))
    return Publication("metawiki", title, 10, "a" * 64, run, (region,))


def saved(ledger: Ledger, held: Held, publication: Publication, revid: int) -> None:
    """Intend and record a save."""
    ledger.publications.record(held, ledger.publications.intend(held, publication), revid)


def at_once(calls: list[Callable[[], object]]) -> list[object]:
    """Call them in as many threads; what each returned, or the error of the ledger that it raised."""
    start = threading.Barrier(len(calls))
    results: list[object] = []

    def run(call: Callable[[], object]) -> None:
        start.wait()
        try:
            results.append(call())
        except LedgerError as error:
            results.append(error)

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results
