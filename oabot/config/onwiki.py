"""The community's config, ``User:BOT/Config.json``: a schema that only narrows what the operator allows."""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from oabot import rules
from oabot.errors import ConfigError

SIZE_LIMIT = 65536
"""Bytes of JSON that are read at all."""

_DEPTH_LIMIT = 8

Dbname = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{1,62}$")]
Title = Annotated[str, Field(min_length=1, max_length=255)]
Group = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,62}$")]

AnnotationField = Literal["statement", "discussion", "local_notice", "note", "claimed_date", "verdict"]


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, use_attribute_docstrings=True)


class WikiApproval(_Section):
    """A wiki that has approved the bot, and how it wants it."""

    approval: Annotated[str, Field(min_length=1, max_length=500)]
    """Link to the decision."""
    flagged: bool = False
    news_marked_bot: bool = False
    """Whether saves that bring news bear the bot mark too."""
    drafts: tuple[str, ...] = ()
    """Languages whose unreviewed translation this wiki accepts."""
    groups: tuple[Group, ...] = ()
    """Further local groups that may ask for runs and annotate."""


class ExpectedCounts(_Section):
    """What a statement says happened, for the review page."""

    locks: Annotated[int, Field(ge=0, le=10000)] | None = None
    users: Annotated[int, Field(ge=0, le=10000)] | None = None
    rights_removed: Annotated[int, Field(ge=0, le=10000)] | None = None


class StatementConfig(_Section):
    """A statement that isn't found by its title, or what is known about one."""

    page: Title
    id: Annotated[str, Field(max_length=100)] | None = None
    entries: tuple[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]+:[0-9]+$")], ...] = ()
    since: Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")] | None = None
    until: Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")] | None = None
    """Office actions from `since` to `until` are explained by it."""
    expected: ExpectedCounts | None = None
    kind: Literal["statement", "policy", "appeal"] = "statement"


class Committee(_Section):
    """What the Case Review Committee published, as totals of a period."""

    period: Annotated[str, Field(min_length=1, max_length=60)]
    source: Annotated[str, Field(min_length=1, max_length=500)]
    ratified: Annotated[int, Field(ge=0)]
    overturned: Annotated[int, Field(ge=0)]
    remanded: Annotated[int, Field(ge=0)]
    ineligible: Annotated[int, Field(ge=0)]


class Limits(_Section):
    """How much may be asked for."""

    requests_per_person_hour: Annotated[int, Field(ge=0, le=20)] = 3
    requests_per_day: Annotated[int, Field(ge=0, le=100)] = 10


class OnWikiConfig(_Section):
    """All of ``Config.json``; every section may be left out."""

    comment: str = ""
    """For people; not used."""
    wikis: dict[Dbname, WikiApproval] = {}
    """By database name, the wikis that approved the bot; without this section those of the operator."""
    actors: dict[str, Any] = {}
    """Whose actions count: office, trust_and_safety, office_it and vanish are lists of names, each a text or an object
    with name, from and to (dates); staff_suffix says whether the suffix (WMF) makes somebody staff."""
    statements: tuple[StatementConfig, ...] = ()
    committee: tuple[Committee, ...] = ()
    settle_hours: Annotated[float, Field(ge=0, le=720)] | None = None
    """How long an action rests before it is first shown, if longer than the operator has it."""
    limits: Limits = Limits()
    annotation_groups: dict[AnnotationField, tuple[Group, ...]] = {}
    """Which groups may set a field of a note, instead of administrators of Meta and stewards."""
    request_groups: tuple[Group, ...] = ()
    """Global or Meta groups that may ask for runs everywhere; stewards always may."""
    contact: Annotated[str, Field(max_length=500)] = ""
    """Whom readers may ask to correct or remove a row: a page title."""

    @model_validator(mode="after")
    def _actors_can_be_used(self) -> OnWikiConfig:
        try:
            rules.load(self.actors)
        except ConfigError as problem:
            raise ValueError(str(problem)) from problem
        return self


def read_onwiki(text: str) -> OnWikiConfig:
    """The config in a page's text.

    Raises: `ConfigError` with the line or the key, what is wrong and what is allowed.
    """
    if len(text.encode("utf-8", "surrogatepass")) > SIZE_LIMIT:
        raise ConfigError(f"the config is larger than {SIZE_LIMIT} bytes")
    try:
        data = json.loads(text, object_pairs_hook=_no_doubles, parse_constant=_no_constant)
    except json.JSONDecodeError as problem:
        raise ConfigError(f"line {problem.lineno}, column {problem.colno}: {problem.msg}") from None
    except ValueError:
        raise ConfigError("a number in it is too long") from None
    except RecursionError:
        raise ConfigError(f"nested deeper than {_DEPTH_LIMIT} levels") from None
    if _depth(data) > _DEPTH_LIMIT:
        raise ConfigError(f"nested deeper than {_DEPTH_LIMIT} levels")
    try:
        # Strict types, but JSON's arrays are our tuples.
        return OnWikiConfig.model_validate_json(json.dumps(data))
    except ValidationError as problem:
        raise ConfigError("; ".join(_lines(text, problem))) from None


def _no_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        double = next(key for index, (key, _) in enumerate(pairs) if key in dict(pairs[:index]))
        raise ConfigError(f"the key {double[:60]!r} stands twice")
    return found


def _no_constant(name: str) -> Any:  # noqa: ANN401 - json's hook
    raise ConfigError(f"{name} isn't JSON")


def _depth(data: Any) -> int:  # noqa: ANN401 - any JSON
    if isinstance(data, dict):
        return 1 + max(map(_depth, data.values()), default=0)
    if isinstance(data, list):
        return 1 + max(map(_depth, data), default=0)
    return 0


def _lines(text: str, problem: ValidationError) -> list[str]:
    found = []
    for error in problem.errors(include_url=False, include_input=False)[:5]:
        where = ".".join(str(part) for part in error["loc"]) or "the config"
        line = _line_of(text, [str(part) for part in error["loc"] if isinstance(part, str)])
        found.append(f"{where}{f' (line {line})' if line else ''}: {error['msg'].removeprefix('Value error, ')}")
    return found


def _line_of(text: str, path: list[str]) -> int:
    """The line on which the innermost key of the path stands; 0 when it doesn't."""
    position = line = 0
    for key in path:
        found = text.find(json.dumps(key), position)
        if found < 0:
            break
        position, line = found, text.count("\n", 0, found) + 1
    return line
