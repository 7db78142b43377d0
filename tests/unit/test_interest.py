"""Which events wake us: everything that can concern a listed action, and next to nothing else."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oabot import rules
from oabot.interest import Interest, Topic
from oabot.model import EntryId
from tests.fakes.stream import event

BOT = "ОткрытыйBot"
ACTORS = rules.load({"office": ["WMFOffice"], "trust_and_safety": ["Пример Алексей"]}).actors
INTEREST = Interest(
    account=BOT,
    wikis=frozenset({"metawiki", "ruwiki", "zhwiki"}),
    actors=ACTORS,
    targets=frozenset(
        {
            ("metawiki", "User:示例甲@global"),
            ("metawiki", "User:示例乙@zhwiki"),
            ("ruwiki", "User:Пример Вера"),
            ("ruwiki", 'Страница "в кавычках"'),
        }
    ),
    entries=frozenset({EntryId("metawiki", 109)}),
    pages={("metawiki", "Office actions/List"): Topic.REGION, ("metawiki", "OA2021"): Topic.STATEMENT},
)


def edit(**more: object) -> dict[str, Any]:
    return event(type="edit", namespace=4, title="Project:Somewhere", user="Ordinary Example", **more)


def change(log_type: str, title: str, target: str = "", **more: object) -> dict[str, Any]:
    """A log entry about a page by somebody who isn't listed."""
    params = {"target": target, "noredir": "0"} if target else {}
    user = "Ordinary Example"
    return event(log_type=log_type, namespace=2, title=title, user=user, **{"log_params": params, **more})


WAKES: list[tuple[str, dict[str, Any], Topic]] = [
    ("an act of the office account", event(title="User:Unknown", user="WMFOffice"), Topic.LOG),
    ("an act of a listed person", event(title="User:Unknown", user="Пример Алексей"), Topic.LOG),
    ("an act from another wiki", event(wiki="zhwiki", title="User:X", user="metawiki>WMFOffice"), Topic.LOG),
    ("an act of unlisted staff", event(title="User:Unknown", user="Example Person (WMF)"), Topic.LOG),
    ("a steward's unlock of a case's target", event(user="Steward Example"), Topic.LOG),
    ("an unlock by nobody who is named", {**event(), "user": None}, Topic.LOG),
    ("a re-grant on the wiki behind the @", event(title="User:示例乙@zhwiki", user="Steward Example"), Topic.LOG),
    (
        "a re-grant on a wiki with another word for user",
        event(wiki="ruwiki", title="Участник:Пример Вера", log_type="rights", user="Пример Арбитр"),
        Topic.LOG,
    ),
    (
        "an unprotection of a case's page",
        event(wiki="ruwiki", namespace=0, title='Страница "в кавычках"', log_type="protect", user="Пример Арбитр"),
        Topic.LOG,
    ),
    (
        "a hiding of an entry that we hold",
        event(log_type="delete", log_action="event", title="Special:Log/globalauth", namespace=-1, user="Oversighter",
              log_params={"type": "logging", "ids": ["108", "109"]}),
        Topic.HIDING,
    ),
    (
        "a hiding that doesn't say of what",
        event(log_type="delete", log_action="event", title="Special:Log", namespace=-1, user="Oversighter"),
        Topic.HIDING,
    ),
    ("the stop page", edit() | {"namespace": 2, "title": f"User:{BOT}/Run"}, Topic.STOP),
    ("a job's stop page", edit() | {"namespace": 2, "title": f"User:{BOT}/Run/tables"}, Topic.STOP),
    ("the stop page in Russian", edit(wiki="ruwiki") | {"namespace": 2, "title": f"Участник:{BOT}/Run"}, Topic.STOP),
    ("the config", edit() | {"namespace": 2, "title": f"User:{BOT}/Config.json"}, Topic.CONFIG),
    ("annotations", edit() | {"namespace": 2, "title": f"User:{BOT}/Annotations"}, Topic.ANNOTATIONS),
    ("requests", edit() | {"namespace": 2, "title": f"User:{BOT}/Requests"}, Topic.REQUESTS),
    ("the talk page", edit() | {"namespace": 3, "title": f"Обсуждение участника:{BOT}"}, Topic.TALK),
    ("a page with a region", edit() | {"title": "Office actions/List"}, Topic.REGION),
    ("a statement", edit() | {"title": "OA2021"}, Topic.STATEMENT),
    ("requests that are moved away", change("move", f"User:{BOT}/Requests", "User:X"), Topic.REQUESTS),
    ("a page that is moved to the requests", change("move", "User:X", f"User:{BOT}/Requests"), Topic.REQUESTS),
    (
        "a page that is moved to the requests in Russian",
        change("move", "Участник:X", f"Участник:{BOT}/Requests", wiki="ruwiki"),
        Topic.REQUESTS,
    ),
    ("a page with a region that is moved", change("move", "Office actions/List", "Project:List"), Topic.REGION),
    ("a stop page that is deleted", change("delete", f"User:{BOT}/Run"), Topic.STOP),
    ("a config that is unprotected", change("protect", f"User:{BOT}/Config.json"), Topic.CONFIG),
    (
        "a hidden revision of the annotations",
        change("delete", f"User:{BOT}/Annotations", log_action="revision",
               log_params={"type": "revision", "ids": ["7"]}),
        Topic.ANNOTATIONS,
    ),
]  # fmt: skip

SLEEPS: list[tuple[str, dict[str, Any]]] = [
    ("an act of somebody on somebody", event(title="User:Unknown", user="Steward Example")),
    ("a look-alike of the office", event(title="User:Unknown", user="NotWMFOffice")),
    ("a canary", event(meta={"domain": "canary", "id": "1"})),
    ("another wiki", event(wiki="enwiki")),
    ("a log entry without its id", event(log_id=None)),
    ("an edit of another page", edit()),
    ("an edit of ours", edit(wiki="metawiki") | {"title": "Office actions/List", "user": BOT}),
    ("a page whose name only begins like ours", edit() | {"namespace": 2, "title": f"User:{BOT}2/Run"}),
    ("the account's name in another namespace", edit() | {"namespace": 4, "title": f"Project:{BOT}/Run"}),
    ("a category", event(type="categorize", title="Category:WMFOffice")),
    (
        "a hiding of entries that we don't hold",
        event(log_type="delete", log_action="event", title="Special:Log", log_params={"type": "logging", "ids": [7]}),
    ),
    (
        "a hiding of a revision",
        event(log_type="delete", log_action="event", title="X", log_params={"type": "revision", "ids": ["109"]}),
    ),
    ("a page of others that is moved", change("move", "User:X", "User:Y")),
    ("a look at our page that changes nothing", change("patrol", f"User:{BOT}/Requests")),
    ("a move of ours", change("move", "User:X", f"User:{BOT}/Requests") | {"user": BOT}),
    ("no title", {**event(), "title": None}),
    ("no meta", {**event(), "meta": None}),
]


def seen(data: bytes) -> bool:
    """Whether the cheap look at bytes lets an event through."""
    return INTEREST.titles.search(data) is not None or (INTEREST.LOG in data and INTEREST.may_wake(data))


def spellings(data: dict[str, Any]) -> list[bytes]:
    """An event's JSON as different encoders write it."""
    escaped = json.dumps(data)
    return [
        json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode(),
        escaped.encode(),
        escaped.replace("/", "\\/").encode(),
        json.dumps(data, separators=(",", ":"), sort_keys=True).encode(),
    ]


@pytest.mark.parametrize(("name", "data", "topic"), WAKES, ids=[name for name, _, _ in WAKES])
def test_what_concerns_us_wakes_us_however_its_json_is_written(name: str, data: dict[str, Any], topic: Topic) -> None:
    for text in spellings({key: value for key, value in data.items() if value is not None}):
        wake = INTEREST.wake(json.loads(text))

        assert seen(text)
        assert wake is not None
        assert wake.topic is topic


@pytest.mark.parametrize(("name", "data"), SLEEPS, ids=[name for name, _ in SLEEPS])
def test_what_does_not_concern_us_lets_us_sleep(name: str, data: dict[str, Any]) -> None:
    assert INTEREST.wake(data) is None


def test_a_wake_up_says_where_to_look_and_no_name() -> None:
    wake = INTEREST.wake(event(title="User:Unknown", meta={"id": "6b7a"}))

    assert wake is not None
    assert (wake.wiki, wake.event, wake.entries) == ("metawiki", "6b7a", (EntryId("metawiki", 109),))


def test_a_page_of_requests_stays_one_when_we_have_answered_there() -> None:
    title = f"Участник:{BOT}/Requests"
    kept = replace(INTEREST, pages={("ruwiki", title): Topic.REGION})

    wake = kept.wake(edit(wiki="ruwiki") | {"namespace": 2, "title": title})

    assert wake is not None
    assert wake.topic is Topic.REQUESTS


def test_names_quoted_in_a_comment_do_not_wake_us() -> None:
    text = json.dumps(edit(comment='"log_type":"x" "user":"WMFOffice" "title":"OA2021"'), ensure_ascii=False).encode()

    assert not seen(text)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["ids", "type", "id"]), inner),
    max_leaves=5,
)


@given(st.dictionaries(st.sampled_from(sorted(event())), json_values), st.sampled_from([data for _, data, _ in WAKES]))
def test_no_event_of_any_shape_makes_it_fail(parts: dict[str, Any], base: dict[str, Any]) -> None:
    wake = INTEREST.wake({**base, **parts})

    assert wake is None or wake.wiki in INTEREST.wikis


@given(st.text(min_size=1, max_size=20), st.sampled_from(["user", "title"]))
def test_whatever_name_is_of_interest_the_cheap_look_finds_it(name: str, key: str) -> None:
    interest = Interest(
        "Bot",
        frozenset({"metawiki"}),
        ACTORS,
        frozenset({("metawiki", name)}),
        pages={("metawiki", name): Topic.REGION},
    )
    logged = event(title=name, namespace=0, user="Somebody")
    edited = event(type="edit", title=name, namespace=0, user="Somebody")
    for text in spellings(logged):
        assert (interest.wake(logged) is None) or interest.may_wake(text)
    for text in spellings(edited):
        assert interest.titles.search(text)
