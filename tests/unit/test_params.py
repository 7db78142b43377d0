"""Log params of every shape since 2004, from ``tests/data/params``: row -> what it says, or that it can't be read."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oabot import logentry, rules
from oabot.cases import cases
from oabot.classify import judge
from oabot.errors import InputError
from oabot.model import NEVER, LogEntry, Unread
from tests.labelled import DATA

CASES = {
    f"{path.stem}-{number}": case
    for path in sorted((DATA / "params").glob("*.json"))
    for number, case in enumerate(json.loads(path.read_text(encoding="utf-8"))["cases"])
}
RULES = rules.load()
READ = [case["entry"] for case in CASES.values() if "reads" in case]


def _words(value: object) -> object:
    if isinstance(value, datetime):
        return "never" if value == NEVER else value.strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, tuple):
        return [_words(part) for part in value]
    if dataclasses.is_dataclass(value):
        return {part.name: _words(getattr(value, part.name)) for part in dataclasses.fields(value)}
    return value


def _told(entry: LogEntry, wanted: Mapping[str, Any]) -> dict[str, object]:
    """What was read, as far as the case asks for it."""
    target = entry.target
    params = {} if isinstance(entry.params, Unread) else _words(entry.params)
    everything = {
        "hidden": entry.hidden,
        "performer": entry.performer,
        "copy_of": entry.copy_of,
        "target": None if target is None else [target.kind.value, target.name, target.scope],
        "params": {type(entry.params).__name__: params},
    }
    return {key: everything[key] for key in wanted}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_row_is_read_for_what_it_says_or_refused_with_a_reason(case: dict[str, Any]) -> None:
    if "refused" in case:
        with pytest.raises(InputError, match=case["refused"]):
            logentry.parse(case["wiki"], case["entry"])
        return
    entry = logentry.parse(case["wiki"], case["entry"])

    assert _told(entry, case["reads"]) == case["reads"]


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_what_cannot_be_read_is_described_without_any_value(case: dict[str, Any]) -> None:
    try:
        entry = logentry.parse(case["wiki"], case["entry"])
    except InputError as refusal:
        described = str(refusal)
    else:
        described = entry.params.shape if isinstance(entry.params, Unread) else ""
    row = case["entry"] if isinstance(case["entry"], dict) else {}
    values = {*_texts(row.get("user")), *_texts(row.get("title")), *_texts(row.get("params"))}
    values -= {row.get("type"), row.get("action")}

    assert [value for value in values if len(value) > 6 and value in described] == []


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from _texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from _texts(part)


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda parts: st.lists(parts, max_size=4) | st.dictionaries(st.text(max_size=10), parts, max_size=4),
    max_leaves=10,
)
_pairs = sorted({(entry["type"], entry["action"]) for entry in READ})
_keys = st.sampled_from(
    ["0", "1", "added", "removed", "oldgroups", "newgroups", "newmetadata", "oldGroups", "newGroups", "duration",
     "expiry", "flags", "restrictions", "blockId", "details", "ids", "type", "new", "olduser", "newuser", "revision"]
)  # fmt: skip


@given(pair=st.sampled_from(_pairs), params=st.dictionaries(_keys, _json, max_size=4) | _json)
def test_no_params_stop_a_run(pair: tuple[str, str], params: object) -> None:
    row = {
        "logid": 1,
        "ns": 2,
        "title": "User:Example@global",
        "type": pair[0],
        "action": pair[1],
        "user": "WMFOffice",
        "timestamp": "2022-01-01T00:00:00Z",
        "comment": "",
        "params": params,
    }
    if pair[0] == "rights":
        row["title"] = "User:Example@zhwiki"

    entry = logentry.parse("metawiki", row)

    assert entry.id == ("metawiki", 1)


_fields = st.sampled_from(
    ["logid", "ns", "title", "params", "type", "action", "user", "timestamp", "comment", "userhidden"]
)


@given(row=st.dictionaries(_fields, _json) | _json)
def test_a_malformed_row_is_refused_and_never_crashes(row: object) -> None:
    with pytest.raises(InputError):
        logentry.parse("metawiki", row)


@st.composite
def _spoilt(draw: st.DrawFn) -> dict[str, Any]:
    """A row that can be read, with one value in it replaced by any other, however deep it stands."""
    row: Any = json.loads(json.dumps(draw(st.sampled_from(READ))))
    place: Any = row
    key: Any = draw(st.sampled_from(sorted(row)))
    while isinstance(place[key], dict | list) and place[key] and draw(st.integers(0, 3)):
        place = place[key]
        key = draw(st.sampled_from(sorted(place) if isinstance(place, dict) else range(len(place))))
    place[key] = draw(_json)
    return cast(dict[str, Any], row)


@given(row=_spoilt(), wiki=st.sampled_from(["metawiki", "enwiki"]))
def test_no_value_in_a_row_stops_a_run(row: dict[str, Any], wiki: str) -> None:
    try:
        entry = logentry.parse(wiki, row)
    except InputError:
        return

    judgements = judge([logentry.merge([entry, entry])], RULES)
    assert len(cases([entry], judgements, now=datetime(2026, 11, 21, tzinfo=UTC))) <= 1
