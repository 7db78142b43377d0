"""Each row of docs/faults.md: the wiki fails so, and we do what the table says, in time."""

from __future__ import annotations

import io
import json
import logging
import re
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from oabot.begun import Begun
from oabot.breaker import SHORTEST
from oabot.errors import AccountRefused, EditConflict, PageRefused, WikiError, WikiRests, WrongWiki
from oabot.model import Edit
from oabot.wiki import Access, LiveWiki, OAuth, configure, refusals
from tests.fakes import faultserver
from tests.fakes.clock import StillClock
from tests.fakes.faultserver import PAGE, TEXT, Behaviour, FaultyWiki, api_error, body, serving, status

BOT = "OATransparencyBot"
SECRET = OAuth("canary-consumer-key", "canary-consumer-secret", "canary-access-key", "canary-access-secret")
MEANS: dict[str, type[WikiError]] = {
    "conflict": EditConflict, "skip": PageRefused, "rest": WikiRests, "stop": AccountRefused,
}  # fmt: skip
EDIT = Edit(PAGE, "as it should be", "a test", 100)


@dataclass(frozen=True)
class Row:
    """One row of the table."""

    code: str
    error: type[WikiError]
    again: int


def _rows() -> dict[str, Row]:
    table = Path(__file__).parents[2].joinpath("docs/faults.md").read_text(encoding="utf-8")
    found = re.findall(r"^\| `([\w*-]+)` \|[^|]+\| (\w+) \| (no|twice, after 1 s and 2 s) \|$", table, re.MULTILINE)
    return {code: Row(code, MEANS[what], 0 if again == "no" else 2) for code, what, again in found}


ROWS = _rows()
OUR_OWN = {"nobots", "summary-too-long", "invalid-text", "secret-in-text", "left-alone", "logged-out", "login-failed"}
ON_THE_WAY: list[tuple[str, Behaviour]] = [
    ("http-429", status(429)),
    ("http-429", status(429, Retry_After="120")),
    ("http-500", status(500)),
    ("http-502", status(502)),
    ("http-503", status(503)),
    ("http-504", status(504)),
    ("http-403", status(403)),
    ("redirect", status(302, Location="/w/api.php")),
    ("redirect", status(307, Location="http://192.0.2.1/w/api.php")),
    ("not-json", body(b"<!DOCTYPE html><title>Sorry</title>", "text/html")),
    ("not-json", body(b"<!DOCTYPE html><title>Sorry</title>")),
    ("not-json", body(b'{"edit": {"result": "Success", "newrevid": 101}}', "text/plain")),
    ("not-json", body(b'{"edit": {"result": "Succ')),
    ("not-json", body(b"[]")),
    ("not-json", body(b"")),
    ("bad-reply", body(b'{"error": "no"}')),
    ("bad-reply", body(b'{"edit": {"result": "Success"}}')),
    ("bad-reply", body(b'{"edit": []}')),
    ("connection", faultserver.reset),
    ("connection", faultserver.cut),
    ("endless-reply", faultserver.endless),
    ("unknownerror", api_error("../../etc or <b>")),
    ("captcha", body(b'{"edit": {"result": "Failure", "captcha": {"type": "simple", "id": "1", "question": "1+1"}}}')),
]
ENDLESS: dict[str, Behaviour] = {
    "a silent server": faultserver.silent,
    "a drip": faultserver.drip,
    "a head that drips": faultserver.drip_head,
}


def row(code: str) -> Row:
    return ROWS.get(code) or next(
        found for name, found in ROWS.items() if name[-1] == "*" and code.startswith(name[:-1])
    )


@pytest.fixture
def server() -> FaultyWiki:
    return FaultyWiki(BOT)


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture
def wiki(server: FaultyWiki, clock: StillClock) -> Iterator[LiveWiki]:
    session = configure(Access(BOT, SECRET, "oabot/0 (https://example.org/contact; test)"))
    with serving(server) as address:
        yield LiveWiki(session, "metawiki", address, clock=clock)


@pytest.fixture
def quiet() -> StillClock:
    return StillClock()


@pytest.fixture
def hasty(server: FaultyWiki, quiet: StillClock) -> Iterator[LiveWiki]:
    session = configure(Access(BOT, SECRET, "oabot/0 (https://example.org/contact; test)"))
    with serving(server) as address:
        yield LiveWiki(session, "metawiki", address, clock=quiet, deadline=1.0)


def fails(wiki: LiveWiki, expected: Row, code: str) -> None:
    wiki.pages([PAGE])
    with pytest.raises(WikiError) as caught:
        wiki.save(EDIT)

    assert type(caught.value) is expected.error
    assert str(caught.value) == code


def test_the_table_says_what_the_code_does() -> None:
    said = {code: found.error for code, found in ROWS.items()}
    done = {**refusals.MEANING, **{f"{start}*": error for start, error in refusals.FAMILIES.items()}}

    assert {code: said.get(code) for code in done} == done
    assert {code for code in said if code not in done} <= {"abusefilter-disallowed", "abusefilter-warning",
        "titleblacklist-forbidden", "http-429", "http-500", "http-502", "http-503", "http-504"}  # fmt: skip


@pytest.mark.parametrize(
    "code", [code.replace("*", "x") for code in ROWS if not code.startswith("http-") and code not in OUR_OWN]
)
def test_each_error_of_the_api_means_what_the_table_says(wiki: LiveWiki, server: FaultyWiki, code: str) -> None:
    server.fail(api_error(code))
    fails(wiki, row(code), code)

    assert server.texts == [TEXT]


def test_an_error_that_nobody_knows_skips_the_page(wiki: LiveWiki, server: FaultyWiki) -> None:
    server.fail(api_error("some-new-thing"))

    fails(wiki, Row("", PageRefused, 0), "some-new-thing")


@pytest.mark.parametrize("code", sorted({"readonly", "maxlag", "ratelimited", "abusefilter-warning", "blocked"}))
def test_an_edit_that_the_wiki_refuses_is_sent_once(
    wiki: LiveWiki, server: FaultyWiki, clock: StillClock, code: str
) -> None:
    server.fail(api_error(code))
    fails(wiki, row(code), code)

    assert (server.edits, clock.slept) == (1, [])


@pytest.mark.parametrize(("code", "behaviour"), ON_THE_WAY)
def test_what_happens_to_an_edit_on_the_way(
    wiki: LiveWiki, server: FaultyWiki, clock: StillClock, code: str, behaviour: Behaviour
) -> None:
    server.fail(behaviour)
    fails(wiki, row(code), code)

    assert server.edits == 1 + row(code).again
    assert clock.slept == [1.0, 2.0][: row(code).again]
    assert server.texts == [TEXT]


@pytest.mark.parametrize(("code", "behaviour"), [pair for pair in ON_THE_WAY if row(pair[0]).error is WikiRests])
def test_what_happens_to_a_reading_on_the_way(
    wiki: LiveWiki, server: FaultyWiki, code: str, behaviour: Behaviour
) -> None:
    server.fail(behaviour, on="read")
    with pytest.raises(WikiRests) as caught:
        wiki.pages([PAGE])

    assert caught.value.code in (code, "incomplete-reply")


def test_a_server_that_says_nothing_is_asked_again_before_the_deadline(server: FaultyWiki) -> None:
    session = configure(Access(BOT, SECRET, "oabot/0 (https://example.org/contact; test)"))
    session.adapter.silence = 0.2
    server.fail(faultserver.silent)
    with serving(server) as address:
        fails(LiveWiki(session, "metawiki", address, clock=StillClock()), row("timeout"), "timeout")

    assert server.edits == 1 + row("timeout").again
    assert server.texts == [TEXT]


@pytest.mark.slow
@pytest.mark.parametrize("how", ["edit", "read"])
@pytest.mark.parametrize("fault", ENDLESS)
def test_a_server_that_never_ends_is_left_at_the_deadline(
    hasty: LiveWiki, server: FaultyWiki, how: str, fault: str
) -> None:
    hasty.pages([PAGE])
    server.fail(ENDLESS[fault], on=how)
    started = time.monotonic()
    with pytest.raises(WikiRests) as caught:
        hasty.save(EDIT) if how == "edit" else hasty.pages([PAGE])

    assert caught.value.code == "deadline"
    assert time.monotonic() - started < 1.5


def test_threads_that_ask_the_same_wiki_wait_for_each_other(wiki: LiveWiki, server: FaultyWiki) -> None:
    before = wiki.pages([PAGE])
    reached, go_on = threading.Event(), threading.Event()
    server.fail(faultserver.held(reached, go_on), on="read", times=1)
    first = Begun(lambda: wiki.pages([PAGE]))
    assert reached.wait(5)
    second = Begun(lambda: wiki.pages([PAGE]))
    go_on.set()

    assert (first.result(), second.result()) == (before, before)


@pytest.mark.slow
def test_a_thread_that_waited_too_long_for_another_gives_up_and_later_all_is_well(
    hasty: LiveWiki, server: FaultyWiki, quiet: StillClock
) -> None:
    hasty.pages([PAGE])
    reached, go_on = threading.Event(), threading.Event()
    server.fail(faultserver.held(reached, go_on), on="read", times=1)
    first = Begun(lambda: hasty.pages([PAGE]))
    assert reached.wait(5)
    with pytest.raises(WikiRests) as second:
        hasty.pages([PAGE])
    with pytest.raises(WikiRests):
        first.result()
    go_on.set()
    quiet.time += SHORTEST

    assert second.value.code in ("deadline", "left-alone")
    assert hasty.pages([PAGE])[PAGE].text == TEXT


def test_a_wiki_that_said_nothing_is_left_alone_for_a_while_and_then_asked_again(
    hasty: LiveWiki, server: FaultyWiki, quiet: StillClock
) -> None:
    server.fail(faultserver.silent, on="read", times=1)
    with pytest.raises(WikiRests) as silent:
        hasty.pages([PAGE])
    started = time.monotonic()
    with pytest.raises(WikiRests) as alone:
        hasty.pages([PAGE])
    took = time.monotonic() - started
    quiet.time += SHORTEST

    assert (silent.value.code, alone.value.code) == ("deadline", "left-alone")
    assert took < 0.1
    assert hasty.pages([PAGE])[PAGE].text == TEXT


def test_an_edit_whose_answer_was_lost_is_found_and_not_made_again(wiki: LiveWiki, server: FaultyWiki) -> None:
    wiki.pages([PAGE])
    server.fail(faultserver.lost, times=1)
    saved = wiki.save(EDIT)

    assert (saved.revid, saved.changed, server.edits) == (101, True, 1)
    assert server.texts == [TEXT, EDIT.text]


def test_an_edit_after_a_passing_fault_is_made_once(wiki: LiveWiki, server: FaultyWiki) -> None:
    wiki.pages([PAGE])
    server.fail(status(503), times=1)

    assert wiki.save(EDIT).revid == 101
    assert server.texts == [TEXT, EDIT.text]


def test_nothing_is_sent_before_the_time_that_a_server_asked_for(wiki: LiveWiki, server: FaultyWiki) -> None:
    server.fail(status(429, Retry_After="120"), times=1)
    fails(wiki, row("http-429"), "http-429")
    sent = len(server.asked)
    with pytest.raises(WikiRests, match="http-429"):
        wiki.pages([PAGE])

    assert len(server.asked) == sent


@pytest.mark.parametrize("after", ["0", "-1", "nan", "1e999", "soon"])
def test_a_strange_time_to_wait_does_no_harm(wiki: LiveWiki, server: FaultyWiki, after: str) -> None:
    server.fail(body(json.dumps({"error": {"code": "maxlag", "info": "", "lag": 1e9}}).encode(), Retry_After=after))

    fails(wiki, row("maxlag"), "maxlag")


@pytest.mark.slow
@pytest.mark.parametrize("behaviour", [faultserver.endless_continue, faultserver.same_continue])
def test_a_reading_that_goes_on_for_ever_ends(wiki: LiveWiki, server: FaultyWiki, behaviour: Behaviour) -> None:
    server.fail(behaviour, on="read")
    with pytest.raises(WikiRests, match="endless-continue"):
        wiki.pages([PAGE])


@pytest.mark.slow
def test_more_text_than_can_be_held_is_not_read_to_its_end(wiki: LiveWiki, server: FaultyWiki) -> None:
    server.texts = ["{{Office actions|table}}" * 500_000]

    server.fail(faultserver.more_pages, on="read")
    with pytest.raises(WikiRests, match="too-much-text"):
        wiki.pages([PAGE])

    assert server.reads < 10


def test_another_wiki_that_answers_is_not_believed(wiki: LiveWiki, server: FaultyWiki) -> None:
    server.fail(faultserver.another_wiki, on="read")
    with pytest.raises(WrongWiki):
        wiki.pages([PAGE])
    with pytest.raises(WrongWiki):
        wiki.save(EDIT)

    assert server.edits == 0


def test_a_name_that_nobody_knows_is_dns(wiki: LiveWiki) -> None:
    lost = LiveWiki(configure(Access(BOT, SECRET, "oabot/0")), "metawiki", "https://wiki.invalid/w/api.php",
        clock=StillClock(), deadline=5.0)  # fmt: skip
    with pytest.raises(WikiRests, match="dns"):
        lost.pages([PAGE])


def test_a_server_without_encryption_where_it_should_be_is_tls(server: FaultyWiki) -> None:
    session = configure(Access(BOT, SECRET, "oabot/0"))
    with serving(server) as address:
        wiki = LiveWiki(session, "metawiki", address.replace("http:", "https:"), clock=StillClock())
        with pytest.raises(WikiRests, match="tls"):
            wiki.pages([PAGE])


def test_a_closed_port_is_a_connection_that_fails() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    wiki = LiveWiki(configure(Access(BOT, SECRET, "oabot/0")), "metawiki", f"http://127.0.0.1:{port}/w/api.php",
        clock=StillClock())  # fmt: skip
    with pytest.raises(WikiRests, match="connection"):
        wiki.pages([PAGE])


def test_another_account_than_ours_stops_before_anything_is_done(wiki: LiveWiki, server: FaultyWiki) -> None:
    server.account = "Somebody else"
    with pytest.raises(AccountRefused, match="login-failed"):
        wiki.save(EDIT)

    assert server.edits == 0


def test_every_edit_says_which_account_it_must_be(wiki: LiveWiki, server: FaultyWiki) -> None:
    wiki.pages([PAGE])
    wiki.save(EDIT)
    sent = server.asked[-1]

    assert (sent["assertuser"], sent["baserevid"], sent["nocreate"], sent["bot"]) == (BOT, "100", "", "")
    assert not {"basetimestamp", "recreate", "minor", "createonly"} & sent.keys()


def test_a_page_that_was_read_is_saved_by_one_request(wiki: LiveWiki, server: FaultyWiki) -> None:
    wiki.save(Edit(PAGE, "first", "a test", wiki.pages([PAGE])[PAGE].revid))
    sent = len(server.asked)
    wiki.save(Edit(PAGE, "second", "a test", 101))

    assert len(server.asked) == sent + 1


def test_no_secret_and_no_name_is_logged_or_raised(
    wiki: LiveWiki, server: FaultyWiki, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    logging.getLogger().addHandler(handler)
    caplog.set_level("DEBUG")
    server.fail(api_error("blocked"))
    fails(wiki, row("blocked"), "blocked")
    logging.getLogger().removeHandler(handler)

    assert any("canary-consumer-key" in headers.get("authorization", "") for headers in server.headers)
    # pytest listens to Pywikibot's own logger too, which leads nowhere else.
    assert "canary" not in caplog.text
    said = out.getvalue() + "".join(capfd.readouterr())
    assert "canary" not in said
    assert "Пример" not in said


@pytest.mark.parametrize("secret", ["canary-consumer-secret", "canary-access-key", "canary-access-secret"])
def test_a_text_or_summary_that_holds_a_secret_is_never_sent(wiki: LiveWiki, server: FaultyWiki, secret: str) -> None:
    for text, summary in ((f"a {secret} b", "a test"), ("a text", f"see {secret}")):
        with pytest.raises(PageRefused, match="secret-in-text"):
            wiki.save(Edit(PAGE, text, summary, 100))

    assert server.edits == 0


def test_the_user_agent_is_ours_alone(wiki: LiveWiki, server: FaultyWiki) -> None:
    wiki.pages([PAGE])

    assert {headers["user-agent"] for headers in server.headers} == {"oabot/0 (https://example.org/contact; test)"}


def test_where_a_wiki_has_central_accounts_their_groups_and_locks_count(wiki: LiveWiki, server: FaultyWiki) -> None:
    server.central = {"groups": ["staff"], "locked": True}
    user = wiki.users(["Example"])["Example"]

    assert (user.groups, user.locked, user.missing) == (frozenset({"*", "user", "staff"}), True, False)


def test_where_a_wiki_has_none_it_is_asked_once(wiki: LiveWiki, server: FaultyWiki) -> None:
    found = wiki.users(["Example 1", "Example 2"])
    wiki.users(["Example 3"])

    assert [user.locked for user in found.values()] == [False, False]
    assert sum("guiuser" in asked for asked in server.asked) == 1
