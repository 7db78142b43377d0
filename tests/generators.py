"""Log rows in number, with labels: small stories about invented accounts, told in the proportions that logs have.

The same number and seed give the same rows. Rows of one story are each other's only history.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.labelled import Row

OFFICE, VANISH, STEWARD, SYSOP, STAFF = (
    "WMFOffice",
    "AccountVanishRequests",
    "ExampleSteward",
    "ExampleSysop",
    "TSExample (WMF)",
)
CANARY = "Kanarienvogel"
"""In every name and comment that no output may hold."""

_SCRIPTS = ("Example {}", "Пример {}", "示例{}", "کاربر نمونه {}", "উদাহরণ {}", "Foo@bar {}", "दाहरण: {}")
_WIKIS = ("enwiki", "ruwiki", "zhwiki", "fawiki", "commonswiki")
_BEGIN = datetime(2022, 1, 1, tzinfo=UTC)


class Teller:
    """Makes rows; every story gets a name of its own, every row a time and a logid of its own."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self._time = _BEGIN
        self._number = 0

    def name(self) -> str:
        """A new invented name, in any script."""
        return self.random.choice(_SCRIPTS).format(self._number)

    def wiki(self) -> str:
        """A wiki other than Meta."""
        return self.random.choice(_WIKIS)

    def row(
        self,
        wiki: str,
        what: str,
        performer: str,
        title: str,
        verdict: str,
        *,
        label: str = "",
        params: Mapping[str, Any] | None = None,
        comment: str = "",
        ns: int = 2,
        flags: Sequence[str] = (),
    ) -> Row:
        """One row a little later than the one before."""
        self._number += 1
        self._time += timedelta(seconds=self.random.randint(11, 120))
        log_type, action = what.split("/")
        entry = {
            "logid": self._number,
            "ns": ns,
            "title": title,
            "params": dict(params or {}),
            "type": log_type,
            "action": action,
            "user": performer,
            "timestamp": self._time.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "comment": comment,
            "tags": [],
            **dict.fromkeys(flags, True),
        }
        return Row(wiki, entry, (verdict,), (label,) if label else ())

    def status(
        self,
        performer: str,
        name: str,
        verdict: str,
        *,
        label: str = "",
        locks: bool = True,
        comment: str = "",
        flags: Sequence[str] = (),
    ) -> Row:
        """A lock or an unlock, in the shape of before or after November 2021."""
        if self.random.random() < 0.3:
            params: dict[str, Any] = {"0": "locked", "1": "(none)"} if locks else {"0": "(none)", "1": "locked"}
        else:
            params = {"added": ["locked"] if locks else [], "removed": [] if locks else ["locked"]}
        return self.row(
            "metawiki",
            "globalauth/setstatus",
            performer,
            f"User:{name}@global",
            verdict,
            label=label,
            params=params,
            comment=comment,
            flags=flags,
        )


def rows(number: int, seed: int = 0) -> list[Row]:
    """At least `number` rows, in no order."""
    teller = Teller(seed)
    told: list[Row] = []
    stories, weights = zip(*_STORIES.items(), strict=True)
    while len(told) < number:
        told.extend(teller.random.choices(stories, weights)[0](teller))
    teller.random.shuffle(told)
    return told


def _steward_lock(teller: Teller) -> Iterator[Row]:
    comments = ("spam-only account", "cross-wiki abuse", "Long-term abuse", "кросс-вики вандализм", "破坏")
    yield teller.status(STEWARD, teller.name(), "no", comment=teller.random.choice(comments))


def _office_lock(teller: Teller) -> Iterator[Row]:
    yield teller.status(OFFICE, teller.name(), "yes", label="global_lock")


def _lifted_lock(teller: Teller) -> Iterator[Row]:
    name = teller.name()
    yield teller.status(OFFICE, name, "yes", label="global_lock")
    yield teller.status(OFFICE, name, "yes", label="global_unlock", locks=False)


def _lock_lifted_by_a_steward(teller: Teller) -> Iterator[Row]:
    name = teller.name()
    yield teller.status(OFFICE, name, "yes", label="global_lock")
    yield teller.status(STEWARD, name, "review", locks=False)


def _orphan_unlock(teller: Teller) -> Iterator[Row]:
    yield teller.status(teller.random.choice((STEWARD, OFFICE)), f"{CANARY} {teller.name()}", "private", locks=False)


def _hidden_lock(teller: Teller) -> Iterator[Row]:
    flags = teller.random.sample(
        ("actionhidden", "userhidden", "commenthidden", "suppressed"), teller.random.randint(1, 4)
    )
    yield teller.status(OFFICE, f"{CANARY} {teller.name()}", "private", comment=CANARY, flags=flags)


def _vanishing(teller: Teller) -> Iterator[Row]:
    old, new = f"{CANARY} {teller.name()}", f"Renamed user {teller.random.getrandbits(64):x}"
    params = {"olduser": old, "newuser": new, "movepages": True, "suppressredirects": False}
    yield teller.row(
        "metawiki", "gblrename/rename", VANISH, f"Special:CentralAuth/{new}", "private", params=params, ns=-1
    )
    yield teller.status(VANISH, new, "private")


def _rights_taken(teller: Teller) -> Iterator[Row]:
    name, wiki = teller.name(), teller.wiki()
    taken = {"oldgroups": ["sysop", "bureaucrat"], "newgroups": []}
    title = f"User:{name}@{wiki}"
    yield teller.row("metawiki", "rights/rights", OFFICE, title, "yes", label="rights_removed", params=taken)
    if teller.random.random() < 0.3:
        given = {"oldgroups": [], "newgroups": ["sysop"]}
        yield teller.row(wiki, "rights/rights", "ExampleBureaucrat", f"User:{name}", "review", params=given)


def _rights_by_a_steward(teller: Teller) -> Iterator[Row]:
    params = {"oldgroups": ["sysop"], "newgroups": []}
    title = f"User:{teller.name()}@{teller.wiki()}"
    yield teller.row("metawiki", "rights/rights", STEWARD, title, "no", params=params, comment="self-request")


def _local_block(teller: Teller) -> Iterator[Row]:
    params = {"duration": "infinity", "flags": ["nocreate"], "sitewide": True}
    comment = teller.random.choice(("spam", "office action", "vandalism"))
    title = f"User:{teller.name()}"
    yield teller.row(teller.wiki(), "block/block", SYSOP, title, "no", params=params, comment=comment)


def _partial_ban(teller: Teller) -> Iterator[Row]:
    name, wiki = teller.name(), teller.wiki()
    params = {"duration": "1 year", "flags": [], "sitewide": True, "expiry": "2096-01-01T00:00:00Z"}
    yield teller.row(wiki, "block/block", OFFICE, f"User:{name}", "yes", label="partial_ban", params=params)
    if teller.random.random() < 0.5:
        yield teller.row(wiki, "block/unblock", SYSOP, f"User:{name}", "review")


def _ip_block(teller: Teller) -> Iterator[Row]:
    title = f"User:198.51.100.{teller.random.randrange(256)}"
    params = {"expiry": "20960101000000", "flags": []}
    yield teller.row(
        "metawiki", "gblblock/gblock", teller.random.choice((OFFICE, STEWARD)), title, "private", params=params
    )


def _dmca(teller: Teller) -> Iterator[Row]:
    title = f"File:{teller.name()}.jpg".replace("@", "")
    yield teller.row(
        "commonswiki", "delete/delete", STAFF, title, "yes", label="dmca_removal", comment="DMCA takedown", ns=6
    )
    if teller.random.random() < 0.3:
        comment = "DMCA counter-notice"
        yield teller.row("commonswiki", "delete/restore", STAFF, title, "yes", label="reversal", comment=comment, ns=6)


def _deletion(teller: Teller) -> Iterator[Row]:
    yield teller.row(teller.wiki(), "delete/delete", SYSOP, f"Page {teller.name()}", "no", comment="A7", ns=0)


def _ordinary(teller: Teller) -> Iterator[Row]:
    what = teller.random.choice(("massmessage/send", "create/create", "upload/upload", "move/move", "thanks/thank"))
    yield teller.row("metawiki", what, OFFICE, f"Page {teller.name()}", "no", ns=0)


def _look_alike(teller: Teller) -> Iterator[Row]:
    name = teller.random.choice(("WMF0ffice", "WMFОffice", "WMFoffice", "NotWMFOffice", "WMFOffice\u200b"))
    yield teller.status(name, teller.name(), "no", comment="Office action")


_STORIES: dict[Callable[[Teller], Iterator[Row]], int] = {
    _steward_lock: 40,
    _local_block: 12,
    _vanishing: 10,
    _ordinary: 8,
    _rights_by_a_steward: 6,
    _deletion: 6,
    _ip_block: 5,
    _office_lock: 5,
    _rights_taken: 3,
    _dmca: 3,
    _hidden_lock: 3,
    _partial_ban: 2,
    _lifted_lock: 2,
    _lock_lifted_by_a_steward: 1,
    _orphan_unlock: 1,
    _look_alike: 1,
}
