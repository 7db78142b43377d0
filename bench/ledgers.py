"""Log rows of stories about invented accounts, and what they make: a ledger's content of any size."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from oabot import rules
from oabot.cases import cases
from oabot.classify import judge
from oabot.logentry import parse
from oabot.model import EntryId, LogEntry
from oabot.views import Material

LogRow = dict[str, Any]
NOW = datetime(2026, 1, 1, tzinfo=UTC)
_BEGIN = datetime(2005, 1, 1, tzinfo=UTC)
_SCRIPTS = ("Example {}", "Пример {}", "示例{}", "کاربر نمونه {}", "উদাহরণ {}", "Foo@bar {}")
_WIKIS = ("enwiki", "ruwiki", "zhwiki", "fawiki", "commonswiki")
_EXPECTED = {"lock": "in force", "lifted": "reversed", "rights": "in force", "given": "changed", "block": "in force",
             "unblocked": "reversed", "restored": "reversed"}  # fmt: skip
"""Story -> the status of the one case that it makes."""


class Teller:
    """Tells stories one after the other; `expected` holds what their cases have to be."""

    def __init__(self, seed: int = 8) -> None:
        self.expected: dict[EntryId, str] = {}
        self._chance = random.Random(seed)  # noqa: S311 - it has to repeat itself, not to be secret
        self._time = _BEGIN
        self._logid = 0

    def rows(self, number: int) -> list[tuple[EntryId, LogRow]]:
        """At least that many rows."""
        told: list[tuple[EntryId, LogRow]] = []
        while len(told) < number:
            story = self._chance.choice(tuple(_EXPECTED))
            rows = list(self._story(story))
            self.expected[rows[0][0]] = _EXPECTED[story]
            told += rows
        return told

    def _story(self, story: str) -> Iterator[tuple[EntryId, LogRow]]:
        name = self._chance.choice(_SCRIPTS).format(self._logid)
        wiki = self._chance.choice(_WIKIS)
        rights = {"oldgroups": ["sysop", "bureaucrat"], "newgroups": []}
        block = {"duration": "infinity", "flags": ["nocreate"], "sitewide": True}
        match story:
            case "lock" | "lifted":
                yield self._row("metawiki", "globalauth/setstatus", f"User:{name}@global", _status(locks=True))
                if story == "lifted":
                    yield self._row(
                        "metawiki", "globalauth/setstatus", f"User:{name}@global", _status(locks=False), "A Steward"
                    )
            case "rights" | "given":
                yield self._row("metawiki", "rights/rights", f"User:{name}@{wiki}", rights)
                if story == "given":
                    back = {"oldgroups": [], "newgroups": ["sysop"]}
                    yield self._row(wiki, "rights/rights", f"User:{name}", back, "A Bureaucrat")
            case "block" | "unblocked":
                yield self._row(wiki, "block/block", f"User:{name}", block)
                if story == "unblocked":
                    yield self._row(wiki, "block/unblock", f"User:{name}", {}, "A Sysop")
            case _:
                title = f"File:{name}.jpg".replace("@", "")
                yield self._row("commonswiki", "delete/delete", title, {}, comment="DMCA takedown")
                yield self._row("commonswiki", "delete/restore", title, {}, comment="DMCA counter-notice")

    def _row(
        self, wiki: str, what: str, title: str, params: Mapping[str, Any], user: str = "WMFOffice", comment: str = ""
    ) -> tuple[EntryId, LogRow]:
        self._logid += 1
        self._time += timedelta(seconds=self._chance.randint(11, 120))
        log_type, action = what.split("/")
        row: LogRow = {
            "logid": self._logid, "ns": 6 if title.startswith("File:") else 2, "title": title, "params": dict(params),
            "type": log_type, "action": action, "user": user, "comment": comment, "tags": [],
            "timestamp": self._time.strftime("%Y-%m-%dT%H:%M:%SZ"),
        }  # fmt: skip
        return EntryId(wiki, self._logid), row


def _status(*, locks: bool) -> dict[str, list[str]]:
    return {"added": ["locked"], "removed": []} if locks else {"added": [], "removed": ["locked"]}


def entries(rows: list[tuple[EntryId, LogRow]]) -> list[LogEntry]:
    """The rows, read."""
    return [parse(entry.wiki, row) for entry, row in rows]


def material(number: int) -> Material:
    """That many cases, and the wikis to link to."""
    known = entries(Teller().rows(number * 2))
    made = cases(known, judge(known, rules.load()), NOW)[:number]
    addresses = {wiki: f"https://{wiki}.example" for wiki in ("metawiki", *_WIKIS)}
    return Material(made, addresses, "OATransparencyBot", "metawiki")
