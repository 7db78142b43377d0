"""Labelled log rows, read from ``tests/data``: what a person who knows the field says of them, apart from the code.

A label may be a list where the specification leaves a choice.
"""

from __future__ import annotations

import functools
import itertools
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from oabot import logentry
from oabot.cases import cases
from oabot.classify import judge
from oabot.model import Case, EntryId, Judgement, LogEntry, Verdict
from oabot.rules import Rules

DATA = Path(__file__).resolve().parent / "data"


@dataclass(frozen=True, slots=True)
class Row:
    """A log row of a wiki with the verdicts and classes that are right for it; no classes: any.

    `rule` is the rule that has to decide, where several could give the same verdict.
    """

    wiki: str
    entry: Mapping[str, Any]
    verdicts: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    rule: str | None = None

    @property
    def id(self) -> EntryId:
        """The entry's key."""
        return EntryId(self.wiki, self.entry["logid"])

    @property
    def line(self) -> str:
        """As the command line reads it."""
        return json.dumps({"wiki": self.wiki, "entry": self.entry}, ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class History:
    """Rows that are each other's history, and the actors that they are judged with."""

    name: str
    rows: tuple[Row, ...]
    actors: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Chain:
    """A history and the cases that it makes at a time; `nowhere` are strings that no output may hold."""

    history: History
    now: datetime
    cases: tuple[Mapping[str, Any], ...]
    nowhere: tuple[str, ...]


@functools.cache
def histories() -> tuple[History, ...]:
    """The files of ``tests/data/verdicts``."""
    return tuple(_history(path) for path in sorted((DATA / "verdicts").glob("*.json")))


@functools.cache
def chains() -> tuple[Chain, ...]:
    """The files of ``tests/data/chains``."""
    return tuple(_chain(path) for path in sorted((DATA / "chains").glob("*.json")))


def parsed(rows: Iterable[Row]) -> list[LogEntry]:
    """The entries as the pipeline sees them: one an id, from all that was recorded of it."""
    copies: dict[EntryId, list[LogEntry]] = defaultdict(list)
    for row in rows:
        entry = logentry.parse(row.wiki, row.entry)
        copies[entry.id].append(entry)
    return [logentry.merge(seen) for seen in copies.values()]


@dataclass(slots=True)
class Score:
    """How judgements compare with the labels."""

    rows: int = 0
    right: int = 0
    missed: list[str] = field(default_factory=list)
    """Rows that have to be ``yes`` and aren't."""
    false: list[str] = field(default_factory=list)
    """Rows that are ``yes`` and mustn't be."""
    leaked: list[str] = field(default_factory=list)
    """Rows that have to be private and aren't."""
    other: list[str] = field(default_factory=list)
    """Rows that are wrong in a way that harms nobody."""

    def add(self, where: str, row: Row, judgement: Judgement) -> None:
        """Count one judgement."""
        self.rows += 1
        verdict = judgement.verdict.value
        said = f"{where} {row.wiki}:{row.entry['logid']}: {verdict} {judgement.label} by {judgement.rule}"
        wanted = f"{' or '.join(row.verdicts)} {' or '.join(row.classes)}".rstrip()
        told = f"{said}, not {wanted}{f' by {row.rule}' if row.rule else ''}"
        is_class = verdict != Verdict.YES or not row.classes or judgement.label in row.classes
        if verdict in row.verdicts and is_class and row.rule in (None, judgement.rule):
            self.right += 1
        elif row.verdicts == ("private",) and verdict != Verdict.PRIVATE:
            self.leaked.append(told)
        elif verdict == Verdict.YES and "yes" not in row.verdicts:
            self.false.append(told)
        elif row.verdicts == ("yes",) and verdict != Verdict.YES:
            self.missed.append(told)
        else:
            self.other.append(told)

    def __str__(self) -> str:
        share = self.right / self.rows if self.rows else 1
        head = f"{self.rows} rows, {share:.1%} right; {len(self.missed)} missed, {len(self.false)} false yes"
        wrong = [*self.leaked, *self.false, *self.missed, *self.other]
        return "\n".join([f"{head}, {len(self.leaked)} private rows leaked", *wrong])


def score(history: History, rules: Rules) -> Score:
    """Judge a history by the rules and compare."""
    judgements, found = judge(parsed(history.rows), rules), Score()
    for row in history.rows:
        found.add(history.name, row, judgements[row.id])
    return found


def told(chain: Chain, rules: Rules) -> list[dict[str, Any]]:
    """The chain's cases as the command line tells them."""
    entries = parsed(chain.history.rows)
    return plain(cases(entries, judge(entries, rules), now=chain.now))


def plain(made: Iterable[Case]) -> list[dict[str, Any]]:
    """Cases as the command line tells them."""
    return [
        {
            "target": case.target.name,
            "scope": case.target.scope,
            "class": case.action_class.value,
            "status": case.status.value,
            "entries": [str(entry.id) for entry in case.entries],
        }
        for case in made
    ]


def differences(expected: Iterable[Mapping[str, Any]], found: Iterable[Mapping[str, Any]]) -> list[str]:
    """What is missing, unexpected or different; nothing when the cases are the expected ones."""
    rest = list(found)
    lines = []
    for wanted in expected:
        match = next((case for case in rest if _is_case(wanted, case)), None)
        if match is None:
            lines.append(f"missing: {json.dumps(wanted, ensure_ascii=False)}")
        else:
            rest.remove(match)
    return lines + [f"unexpected: {json.dumps(case, ensure_ascii=False)}" for case in rest]


def orders(rows: Sequence[Row]) -> list[tuple[Row, ...]]:
    """The rows in several orders: backwards, rotated, odd before even."""
    halves = itertools.chain(rows[1::2], rows[::2])
    return [tuple(reversed(rows)), (*rows[len(rows) // 2 :], *rows[: len(rows) // 2]), tuple(halves)]


def _is_case(wanted: Mapping[str, Any], case: Mapping[str, Any]) -> bool:
    optional = set(wanted.get("optional", ()))
    entries = [entry for entry in case["entries"] if entry not in optional]
    plain = all(case[key] in _choices(wanted[key]) for key in ("target", "scope", "class", "status"))
    return plain and entries == list(wanted["entries"])


def _choices(value: object) -> tuple[Any, ...]:
    if value is None:
        return ()
    return tuple(value) if isinstance(value, list) else (value,)


def _rows(data: Mapping[str, Any]) -> tuple[Row, ...]:
    return tuple(
        Row(row["wiki"], row["entry"], _choices(row.get("verdict")), _choices(row.get("class")), row.get("rule"))
        for row in data["rows"]
    )


def _history(path: Path) -> History:
    data = json.loads(path.read_text(encoding="utf-8"))
    return History(path.stem, _rows(data), data.get("config", {}).get("actors"))


def _chain(path: Path) -> Chain:
    data = json.loads(path.read_text(encoding="utf-8"))
    now = datetime.fromisoformat(data["now"])
    return Chain(_history(path), now, tuple(data["cases"]), tuple(data.get("nowhere", ())))
