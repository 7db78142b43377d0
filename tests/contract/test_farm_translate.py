"""The farm's Translate and CentralAuth answer in the shape of the real extensions, as it was captured."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from oabot.errors import IncompleteReply
from oabot.sources import facts
from oabot.sources.api import Api
from oabot.sources.attached import attached
from oabot.sources.translate import Translate
from oabot.statements import CorrectionState, GroupState, State
from tests.fakes.clock import StillClock
from tests.local_farm import ROOT, Farm, Refused

TITLE = "Office actions/September 2021 statement"
GROUP = f"page-{TITLE}"
CAPTURED: dict[str, dict[str, list[dict[str, Any]]]] = json.loads(
    (ROOT / "tests/data/translate/captured.json").read_text(encoding="utf-8")
)
DEFAULT = json.loads((ROOT / "farm/translate/metawiki.json").read_text(encoding="utf-8"))
GLOBAL_USER = {
    "home": {"str", "NoneType"},
    "id": {"int"},
    "registration": {"str"},
    "name": {"str"},
    "locked": {"bool"},
    "merged": {"list"},
    "unattached": {"list"},
}
"""Keys and types of meta=globaluserinfo for a locked account, formatversion 2."""


def shape(rows: list[dict[str, Any]], status: str = "") -> dict[str, set[str]]:
    """Every key of the rows with the types that it has."""
    found: dict[str, set[str]] = {}
    for row in rows:
        for key, value in row.items():
            if not status or row["properties"]["status"] == status:
                found.setdefault(key, set()).add(type(value).__name__)
    return found


def captured(module: str, status: str = "") -> dict[str, set[str]]:
    return shape([row for state in CAPTURED.values() for row in state.get(module, [])], status)


@pytest.fixture
def api(fresh_farm: Farm) -> Iterator[Api]:
    reader = Api(fresh_farm.api("metawiki"), "metawiki", "oabot-tests (nobody@example.org)", StillClock())
    yield reader
    reader.close()


def steer(farm: Farm, **changes: object) -> None:
    """Say something else of the statement than the seed does."""
    farm.control("metawiki", "translate.json", json.dumps({TITLE: {**DEFAULT[TITLE], **changes}}))


def test_counts_have_the_captured_shape(fresh_farm: Farm) -> None:
    asked = {"action": "query", "meta": "messagegroupstats", "mgsgroup": GROUP, "mgssuppressempty": "1"}
    rows = fresh_farm.ask("metawiki", **asked)["query"]["messagegroupstats"]

    assert shape(rows) == captured("messagegroupstats")
    assert {row["code"]: (row["translated"], row["total"]) for row in rows} == {
        "bn": (5, 26),
        "en": (26, 26),
        "ru": (22, 26),
        "zh": (26, 26),
    }


def test_groups_have_the_captured_shape(fresh_farm: Farm) -> None:
    props = "id|label|description|class|namespace|exists|workflowstates|sourcelanguage|priority|priorityforce"
    asked = {"action": "query", "meta": "messagegroups", "mgformat": "flat", "mgfilter": "page-*"}
    rows = fresh_farm.ask("metawiki", **asked, mgprop=f"{props}|prioritylangs")["query"]["messagegroups"]

    assert shape(rows) == captured("messagegroups")


@pytest.mark.parametrize("status", ["translated", "fuzzy", "untranslated"])
def test_units_have_the_captured_shape(fresh_farm: Farm, status: str) -> None:
    steer(fresh_farm, translations={"bn": {"translated": ["1"], "fuzzy": ["2"]}})
    asked = {"action": "query", "list": "messagecollection", "mcgroup": GROUP, "mclanguage": "bn"}
    reply = fresh_farm.ask("metawiki", **asked, mcprop="definition|translation|tags|properties")["query"]
    rows = reply["messagecollection"]
    real = captured("messagecollection", status)
    real.pop("revision", None)  # of a deprecated mcprop

    assert shape(rows, status) == real
    assert reply["metadata"] == {"state": None, "resultsize": 26, "remaining": 0}
    keys = {key for row in rows if row["properties"]["status"] == status for key in row["properties"]}
    assert keys == {
        key
        for state in CAPTURED.values()
        for row in state["messagecollection"]
        if row["properties"]["status"] == status
        for key in row["properties"]
    }


def test_units_are_served_in_portions(fresh_farm: Farm) -> None:
    asked = {"action": "query", "list": "messagecollection", "mcgroup": GROUP, "mclanguage": "bn", "mclimit": "20"}
    first = fresh_farm.ask("metawiki", **asked)
    second = fresh_farm.ask("metawiki", **asked, **{key: str(value) for key, value in first["continue"].items()})

    keys = [row["key"] for reply in (first, second) for row in reply["query"]["messagecollection"]]

    assert len(set(keys)) == len(keys) == 26
    assert "continue" not in second


def test_only_outdated_units_are_served_when_they_are_asked_for(fresh_farm: Farm) -> None:
    steer(fresh_farm, translations={"bn": {"translated": ["1"], "fuzzy": ["2"]}})
    asked = {"action": "query", "list": "messagecollection", "mcgroup": GROUP, "mclanguage": "bn", "mcfilter": "fuzzy"}
    rows = fresh_farm.ask("metawiki", **asked)["query"]["messagecollection"]

    assert [row["title"] for row in rows] == [f"Translations:{TITLE}/2/bn"]


@pytest.mark.parametrize(
    "asked",
    [{"meta": "messagegroupstats", "mgsgroup": "page-X"}, {"list": "messagecollection", "mcgroup": "page-X"}],
)
def test_a_page_that_is_not_marked_has_no_group(fresh_farm: Farm, asked: dict[str, str]) -> None:
    with pytest.raises(Refused) as refused:
        fresh_farm.ask("metawiki", action="query", **asked)

    assert refused.value.code == "badparameter"


def test_counts_that_are_not_ready_are_not_published(fresh_farm: Farm, api: Api) -> None:
    steer(fresh_farm, incomplete="ru")

    with pytest.raises(IncompleteReply):
        Translate(api, StillClock()).group_stats(TITLE)


def test_the_seed_is_the_bengali_case(api: Api) -> None:
    found = facts.statement(api, Translate(api, StillClock()), "OA2021", {"bn", "zh", "ru", "fa"})

    assert found is not None
    states = {each.language: (each.percent, each.state, each.correction) for each in found.translations}
    assert (found.id, found.group, found.source_is_newer) == ("OA2021", GroupState.MARKED, False)
    assert states == {
        "bn": (19, State.CORRECTION_NOT_TRANSLATED, CorrectionState.MISSING),
        "fa": (0, State.NOT_STARTED, CorrectionState.MISSING),
        "ru": (85, State.PARTIAL, CorrectionState.DONE),
        "zh": (100, State.COMPLETE, CorrectionState.DONE),
    }
    assert set(dict(found.titles)) == {"bn", "ru", "zh"}


def test_marking_a_page_says_how_many_units_it_changed(fresh_farm: Farm) -> None:
    admin = fresh_farm.person("admin", "metawiki")
    text = str(fresh_farm.text("metawiki", TITLE))
    revid = admin.edit(TITLE, text.replace("Dear all,", "Dear everybody,"))
    admin.post(action="markfortranslation", title=TITLE)

    newest = fresh_farm.log("metawiki", leaction="pagetranslation/mark")[0]

    assert (newest["title"], newest["params"]) == (TITLE, {"revision": revid, "changed": 1})


def test_a_global_account_has_the_captured_shape(fresh_farm: Farm, api: Api) -> None:
    asked = {"action": "query", "meta": "globaluserinfo", "guiprop": "merged|unattached"}
    known = fresh_farm.ask("metawiki", **asked, guiuser="示例甲")["query"]["globaluserinfo"]
    unknown = fresh_farm.ask("metawiki", **asked, guiuser="Nobody Example")["query"]["globaluserinfo"]

    assert set(known) == set(GLOBAL_USER)
    assert all(type(value).__name__ in GLOBAL_USER[key] for key, value in known.items())
    assert unknown == {"missing": True, "unattached": []}
    assert attached(api, "示例甲") == frozenset({"metawiki", "zhwiki"})


def test_many_accounts_are_told_apart_in_one_request(fresh_farm: Farm) -> None:
    asked = {"action": "query", "list": "globalusers", "gususers": "示例甲|Nobody Example"}
    known, unknown = fresh_farm.ask("metawiki", **asked)["query"]["globalusers"]

    assert known["name"] == "示例甲"
    assert isinstance(known["centralid"], int)
    assert unknown == {"name": "Nobody Example", "missing": True}
