"""Requests for runs: read, authorise, answer."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oabot.attribution import attribute
from oabot.i18n import language
from oabot.model import EntryId, User
from oabot.runrequests import (
    Refusal,
    Rules,
    RunRequest,
    case_of,
    covers,
    page_of,
    reader,
    refusal,
    requests,
    said,
    splice_answers,
)
from oabot.wikitext import Wikitext
from tests.histories import History

TEMPLATE, TITLE, BOT = "Office action request", "User:Bot/Requests", "Bot"
NOW = datetime(2023, 1, 1, 1, tzinfo=UTC)
USERS = {
    "Admin": User("Admin", frozenset({"sysop"})),
    "Steward": User("Steward", frozenset({"steward"})),
    "Ordinary": User("Ordinary", frozenset({"user"})),
    "Blocked": User("Blocked", frozenset({"sysop"}), blocked=True),
    "Locked": User("Locked", frozenset({"sysop"}), locked=True),
}


def call(**params: str) -> str:
    return "{{Office action request|" + "|".join(f"{name}={value}" for name, value in params.items()) + "}}"


def found(history: History, wiki: str = "ruwiki") -> list[RunRequest]:
    credits_ = attribute(history.revisions, reader(TEMPLATE, TITLE, BOT))
    return requests(wiki, history.text, TEMPLATE, credits_)


def one(author: str, **params: str) -> RunRequest:
    history = History()
    history.edit("Founder", "Requests:")
    history.add(author, call(**params))
    (asked,) = found(history)
    return asked


def refused(asked: RunRequest, now: datetime = NOW, rules: Rules | None = None) -> str:
    why = refusal(asked, USERS, rules or Rules(), now)
    return why.code if why else ""


def test_an_admin_may_ask_for_a_page_or_the_wiki_and_a_steward_for_all() -> None:
    assert refused(one("Admin", job="tables", scope="wiki", mode="save")) == ""
    assert refused(one("Admin", job="tables", scope="page", of="Project:X", mode="save")) == ""
    assert refused(one("Steward", job="all", scope="all", mode="save")) == ""
    assert refused(one("Admin", job="all", scope="all", mode="save")) == "refused-groups"


def test_only_the_author_of_the_revision_counts_not_what_the_request_says() -> None:
    assert (
        refused(one("Ordinary", job="tables", mode="save", user="Admin", reason="[[User:Admin]]")) == "refused-groups"
    )


@pytest.mark.parametrize("author", ["Blocked", "Locked"])
def test_the_blocked_and_the_locked_cannot_ask(author: str) -> None:
    assert refused(one(author, job="tables")) == "refused-blocked"


def test_somebody_the_wiki_does_not_know_cannot_ask() -> None:
    assert refused(one("Importer>Admin", job="tables")) == "refused-groups"


def test_further_groups_may_be_named() -> None:
    rules = Rules(local=frozenset({"sysop", "user"}), everywhere=frozenset({"steward", "user"}))

    assert refused(one("Ordinary", job="all", scope="all", mode="save"), rules=rules) == ""


def test_after_a_day_a_request_is_too_old() -> None:
    asked = one("Admin", job="tables")

    assert refused(asked, asked.timestamp + timedelta(hours=24)) == ""
    assert refused(asked, asked.timestamp + timedelta(hours=24, seconds=1)) == "refused-too-old"


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"job": "delete"}, "bad-value"),
        ({}, "bad-value"),
        ({"job": "tables", "mode": "force"}, "bad-value"),
        ({"job": "tables", "scope": "everything"}, "bad-value"),
        ({"job": "tables", "scope": "page"}, "setup-missing-parameter"),
        ({"job": "tables", "scope": "case", "of": "the lock"}, "bad-value"),
        ({"mode": "approve"}, "setup-missing-parameter"),
        ({"mode": "undo"}, "setup-missing-parameter"),
        ({"mode": "undo", "of": "run-1"}, ""),
    ],
)
def test_what_cannot_be_asked_is_named(params: dict[str, str], code: str) -> None:
    assert refused(one("Admin", **params)) == code


def test_without_a_mode_it_is_a_preview_of_this_wiki() -> None:
    asked = one("Admin", job="tables")

    assert (asked.mode, asked.scope) == ("preview", "wiki")


def test_a_request_that_bears_an_answer_is_no_new_one() -> None:
    history = History()
    history.edit("Admin", call(job="tables", state="done", answer="…"))

    assert found(history) == []


@pytest.mark.parametrize("state", ["waiting", "running"])
def test_a_request_that_waits_or_runs_is_not_answered_yet(state: str) -> None:
    history = History()
    history.edit("Admin", call(job="tables"))
    history.edit(BOT, call(job="tables", state=state, answer="…"))

    assert [refused(asked) for asked in found(history)] == [""]


def test_an_answer_that_was_taken_away_doesn_t_make_it_new() -> None:
    history = History()
    history.edit("Admin", call(job="tables"))
    history.edit(BOT, call(job="tables", state="done", answer="…"))
    history.edit("Vandal", call(job="tables"))

    assert refused(found(history)[0]) == "refused-already-done"


def test_a_request_that_somebody_restores_is_not_theirs() -> None:
    history = History()
    history.edit("Founder", "Requests:")
    history.add("Ordinary", call(job="tables"))
    history.edit("Admin", "Requests:", "mw-undo")
    history.edit("Admin", f"Requests:\n{call(job='tables')}", "mw-rollback")

    assert refused(found(history)[0]) == "refused-groups"


def test_a_request_that_was_moved_here_is_nobodys() -> None:
    history = History()
    history.edit("Admin", f"An example: {call(job='tables')}")
    history.move("Vandal", "User talk:Admin", TITLE)

    assert refused(found(history)[0]) == "refused-author"


def test_a_key_stays_whatever_is_moved_on_the_page() -> None:
    history = History()
    history.edit("Admin", call(job="tables") + call(job="all"))
    before = [asked.key for asked in found(history)]
    history.edit("Ordinary", call(job="all") + call(job="tables"))

    assert before == ["ruwiki:10:0", "ruwiki:10:1"]
    assert sorted(asked.key for asked in found(history)) == before


def test_what_a_request_is_about_is_read() -> None:
    wikis = {"ruwiki", "zhwiki"}

    assert page_of(one("Admin", of="zhwiki:Project:X"), wikis) == ("zhwiki", "Project:X")
    assert page_of(one("Admin", of="Project:X"), wikis) == ("ruwiki", "Project:X")
    assert case_of(one("Admin", of="metawiki:12")) == EntryId("metawiki", 12)
    assert case_of(one("Admin", of="metawiki:²")) is None


def test_from_one_wiki_only_that_wiki_can_be_asked_for_unless_by_a_steward() -> None:
    assert covers(one("Admin", job="tables"), USERS, Rules(), {"ruwiki"})
    assert not covers(one("Admin", job="tables"), USERS, Rules(), {"ruwiki", "zhwiki"})
    assert covers(one("Steward", job="tables"), USERS, Rules(), {"zhwiki"})


def test_an_answer_is_spliced_into_its_request_and_every_other_byte_stays() -> None:
    text = f"Hello  {call(job='tables', reason=' why? ')} ~ [[x]]\n\n{call(job='all')}<!-- end -->"
    first = text.index("{{"), text.index("}}") + 2

    answered = splice_answers(text, {first: {"state": Wikitext("done"), "answer": Wikitext("[https://x.example y]")}})

    assert answered == text.replace(" why? }}", " why? |state=done|answer=[https://x.example y]}}", 1)


def test_a_later_answer_takes_the_place_of_an_earlier_one() -> None:
    text = call(job="tables", state="running", answer="since")
    whole = (0, len(text))

    assert splice_answers(text, {whole: {"state": Wikitext("done"), "answer": Wikitext("well")}}) == call(
        job="tables", state="done", answer="well"
    )


@given(st.text(), st.text())
def test_whatever_people_wrote_around_requests_survives_an_answer(before: str, after: str) -> None:
    request = call(job="tables", reason="x")
    text = f"{before}{request}{after}"
    spans = {(len(before), len(before) + len(request)): {"state": Wikitext("done"), "answer": Wikitext("y")}}

    assert splice_answers(text, spans) == f"{before}{request[:-2]}|state=done|answer=y}}}}{after}"


def test_what_people_wrote_is_inert_in_a_refusal() -> None:
    why = Refusal("bad-value", ("job", "$job", "all"))

    words = said(why, language("en"), {"job": "{{delete}}[[User:X]]~~~~"})

    assert "{{" not in words
    assert "[[" not in words
    assert "~~~" not in words


@pytest.mark.parametrize(
    "why",
    [
        Refusal("refused-too-old", (24,)),
        Refusal("refused-author"),
        Refusal("refused-blocked"),
        Refusal("refused-groups", ("sysop",)),
        Refusal("refused-already-done"),
        Refusal("refused-limit-person", (3,)),
        Refusal("refused-limit-day", (10,)),
        Refusal("refused-this-wiki"),
        Refusal("refused-preview-old"),
        Refusal("refused-run-unknown", ("x",)),
        Refusal("refused-page-missing", ("x",)),
        Refusal("refused-changed", ("x",)),
        Refusal("setup-missing-parameter", ("of",)),
    ],
)
@pytest.mark.parametrize("code", ["en", "ru", "fa"])
def test_every_refusal_can_be_said(why: Refusal, code: str) -> None:
    assert said(why, language(code, {code}), {})
