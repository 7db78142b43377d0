"""The rule table and the actors, as frozen data: what `classify` goes by.

The table is ``rules.toml`` beside this module; the actors come from the config, with the defaults below.
"""

from __future__ import annotations

import fnmatch
import functools
import re
import tomllib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import resources
from typing import Any

from oabot import names
from oabot.errors import ConfigError
from oabot.model import ActionClass, Judgement, Verdict
from oabot.timestamps import parse_timestamp

_SPACES = re.compile(r"[\s_\u00a0]+")
_LISTS = ("office", "trust_and_safety", "office_it", "vanish")
_DEFAULTS: dict[str, Any] = {
    "office": ["WMFOffice"],
    "trust_and_safety": [],
    "office_it": [],
    "staff_suffix": True,
    "vanish": ["AccountVanishRequests"],
}


@dataclass(frozen=True, slots=True)
class Actor:
    """An account that acts for the Office, and from when to when."""

    name: str
    since: datetime | None = None
    until: datetime | None = None

    def acted(self, name: str, at: datetime) -> bool:
        """Whether it was this account, in its time; both ends count."""
        if name != self.name:
            return False
        return (self.since is None or self.since <= at) and (self.until is None or at <= self.until)


@dataclass(frozen=True, slots=True)
class Actors:
    """Who acts for the Office, by role."""

    office: tuple[Actor, ...]
    trust_and_safety: tuple[Actor, ...]
    office_it: tuple[Actor, ...]
    vanish: tuple[Actor, ...]
    staff_suffix: bool

    def has_suffix(self, name: str) -> bool:
        """Whether the name bears the suffix that Wikimedia reserves for staff."""
        return self.staff_suffix and names.has_staff_suffix(name)

    @property
    def watched(self) -> tuple[str, ...]:
        """The names whose log entries are read, once each, in the config's order."""
        everyone = (*self.office, *self.trust_and_safety, *self.office_it)
        return tuple(dict.fromkeys(actor.name for actor in everyone))


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of the table."""

    id: str
    when: Mapping[str, tuple[str, ...]]
    judgement: Judgement
    reason: str
    source: str


@dataclass(frozen=True, slots=True)
class Rules:
    """Everything that a verdict goes by."""

    table: tuple[Rule, ...]
    actors: Actors
    groups: Mapping[str, tuple[str, ...]]
    marks: Mapping[str, re.Pattern[str]]
    words: Mapping[str, Mapping[str, str]]
    """What the words of ``does``, ``by``, ``to`` and ``undoes`` mean."""

    def says(self, comment: str) -> frozenset[str]:
        """The marks in a comment; the marks that it denies don't count."""
        text = _SPACES.sub(" ", comment)
        if "denied" in self.marks:
            text = self.marks["denied"].sub(" ", text)
        return frozenset(name for name, mark in self.marks.items() if name != "denied" and mark.search(text))

    def in_group(self, group: str, kind: str) -> bool:
        """Whether a user group is among those of a kind (``advanced``, ``staff``, ``trust_and_safety`` …)."""
        return any(fnmatch.fnmatchcase(group, pattern) for pattern in self.groups[kind])

    def rule(self, rule_id: str) -> Rule:
        """A rule by its id. Raises: `KeyError`."""
        for rule in self.table:
            if rule.id == rule_id:
                return rule
        raise KeyError(rule_id)


def load(actors: Mapping[str, Any] | None = None, table: Mapping[str, Any] | None = None) -> Rules:
    """The bundled rules (or another `table` of the same shape) with these actors.

    Raises: `ConfigError` naming the key that can't be used.
    """
    data = bundled() if table is None else table
    return Rules(
        table=tuple(_rule(row, {**data["words"], "says": data["marks"]}) for row in data["rule"]),
        actors=_actors(actors or {}),
        groups={kind: tuple(groups) for kind, groups in data["groups"].items()},
        marks={name: re.compile(mark) for name, mark in data["marks"].items()},
        words=data["words"],
    )


@functools.cache
def bundled() -> Mapping[str, Any]:
    """``rules.toml`` as it was read."""
    return tomllib.loads(resources.files("oabot").joinpath("rules.toml").read_text(encoding="utf-8"))


def _rule(row: Mapping[str, Any], words: Mapping[str, Collection[str]]) -> Rule:
    verdict = Verdict(row["verdict"])
    label = ActionClass(row["class"]).value if verdict is Verdict.YES else row["label"]
    would_be = ActionClass(row["would_be"]) if "would_be" in row else None
    if unknown := set(row["when"]) - {"log", *words}:
        raise ConfigError(f"rule {row['id']}: unknown conditions {', '.join(sorted(unknown))}")
    for key, known in words.items():
        if odd := set(row["when"].get(key, ())) - set(known):
            raise ConfigError(f"rule {row['id']}: nothing is ever '{key} {', '.join(sorted(odd))}'")
    when = {key: tuple(values) for key, values in row["when"].items()}
    return Rule(row["id"], when, Judgement(verdict, label, row["id"], would_be), row["reason"], row["source"])


def _actors(given: Mapping[str, Any]) -> Actors:
    unknown = set(given) - set(_DEFAULTS)
    if unknown:
        raise ConfigError(f"actors: unknown keys {', '.join(sorted(unknown))}; allowed are {', '.join(_DEFAULTS)}")
    suffix = given.get("staff_suffix", _DEFAULTS["staff_suffix"])
    if not isinstance(suffix, bool):
        raise ConfigError("actors.staff_suffix: true or false")
    lists = {key: _list(key, given.get(key, _DEFAULTS[key])) for key in _LISTS}
    return Actors(staff_suffix=suffix, **lists)


def _list(key: str, values: object) -> tuple[Actor, ...]:
    if not isinstance(values, Sequence) or isinstance(values, str):
        raise ConfigError(f"actors.{key}: a list of names")
    return tuple(_actor(f"actors.{key}[{index}]", value) for index, value in enumerate(values))


def _actor(where: str, value: object) -> Actor:
    if isinstance(value, str):
        value = {"name": value}
    if not isinstance(value, Mapping) or not isinstance(value.get("name"), str) or set(value) - {"name", "from", "to"}:
        raise ConfigError(f'{where}: a name, or {{"name", "from", "to"}}')
    if not names.account(value["name"]):
        raise ConfigError(f"{where}: the name is empty")
    since, until = _moment(where, value, "from"), _moment(where, value, "to")
    if since and until and since > until:
        raise ConfigError(f'{where}: "to" is before "from"')
    return Actor(names.account(value["name"]), since, until)


def _moment(where: str, value: Mapping[str, Any], key: str) -> datetime | None:
    given = value.get(key)
    if given is None:
        return None
    if isinstance(given, str):
        day = f"{given}T{'00:00:00' if key == 'from' else '23:59:59'}Z"
        time = parse_timestamp(given) or parse_timestamp(day)
        if time is not None:
            return time.astimezone(UTC)
    raise ConfigError(f"{where}.{key}: a day such as 2021-09-13 or a time such as 2021-09-13T16:13:00Z")
