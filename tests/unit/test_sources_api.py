"""Faults between us and a wiki, each made by a real server on this machine."""

from __future__ import annotations

import json
import os
import socket
import struct
import threading
import time
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler

import pytest

from oabot.breaker import SHORTEST
from oabot.errors import ConfigError, IncompleteReply, SourceError, SourceRefused, WrongWiki
from oabot.sources.api import Api, Bounds
from tests.fakes.clock import StillClock
from tests.fakes.mediawiki import Behaviour, FakeMediaWiki, row, send

pytestmark = pytest.mark.loopback

AGENT = "oabot-tests/1 (https://meta.example/wiki/User:Example; nobody@example.org)"
SECRET = "ExampleVanished1"


@pytest.fixture
def wiki() -> Iterator[FakeMediaWiki]:
    fake = FakeMediaWiki()
    fake.rows = [row(11, "2021-09-13T16:13:01Z")]
    yield fake
    fake.close()


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture
def api(wiki: FakeMediaWiki, clock: StillClock) -> Iterator[Api]:
    reader = Api(wiki.url, "metawiki", AGENT, clock)
    yield reader
    reader.close()


@pytest.fixture
def hasty(wiki: FakeMediaWiki) -> Iterator[Api]:
    reader = Api(wiki.url, "metawiki", AGENT, StillClock(), Bounds(deadline=0.5, size=100_000, requests=20))
    yield reader
    reader.close()


def read(api: Api) -> list[int]:
    return [each["logid"] for reply in api.query(list="logevents", leuser="WMFOffice") for each in reply["logevents"]]


def says(status: int, body: str, media: str = "application/json", **headers: str) -> Behaviour:
    return lambda handler: send(handler, status, body.encode(), media, **headers)


def truncated(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", "4000")
    handler.end_headers()
    handler.wfile.write(b'{"batchcomplete": true, "query": {"logevents": [')
    handler.close_connection = True


def reset(handler: BaseHTTPRequestHandler) -> None:
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    handler.close_connection = True
    os.close(handler.connection.detach())


def endless(handler: BaseHTTPRequestHandler) -> None:
    handler.close_connection = True
    handler.send_response(200)
    handler.send_header("Content-Type", "application/json")
    handler.end_headers()
    try:
        while True:
            handler.wfile.write(b" " * 10_000)
    except OSError:
        return


def drip(first: bytes) -> Behaviour:
    def behave(handler: BaseHTTPRequestHandler) -> None:
        handler.close_connection = True
        try:
            handler.wfile.write(first)
            for _ in range(200):
                handler.wfile.write(b" ")
                time.sleep(0.05)
        except OSError:
            return

    return behave


PASSING = {
    "HTTP 429 without Retry-After": says(429, "slow down", "text/plain"),
    "HTTP 500": says(500, "oops", "text/html"),
    "HTTP 502": says(502, "<html>Bad Gateway</html>", "text/html"),
    "HTTP 503 with JSON": says(503, '{"error": {"code": "readonly"}}'),
    "HTTP 504": says(504, "", "text/plain"),
    "HTML instead of JSON": says(200, "<!DOCTYPE html><title>Sorry</title>", "text/html; charset=utf-8"),
    "a wrong content type": says(200, "{}", "text/plain"),
    "JSON that breaks off": says(200, '{"batchcomplete": tr'),
    "a body that breaks off": truncated,
    "an empty body": says(200, ""),
    "a list instead of an object": says(200, "[]"),
    "not a number": says(200, '{"batchcomplete": NaN}'),
    "brackets without end": says(200, "[" * 50_000),
    "bytes that aren't UTF-8": lambda handler: send(handler, 200, b'{"a": "\xff"}'),
    "gzip that isn't": says(200, "{}", Content_Encoding="gzip"),
    "a reset connection": reset,
    "maxlag": says(200, '{"error": {"code": "maxlag", "lag": 7}}', Retry_After="5"),
    "readonly": says(200, '{"error": {"code": "readonly"}}'),
    "ratelimited": says(200, '{"error": {"code": "ratelimited"}}'),
    "an internal error": says(200, '{"error": {"code": "internal_api_error_DBQueryTimeoutError"}}'),
}


@pytest.mark.parametrize("fault", PASSING.values(), ids=PASSING.keys())
def test_a_fault_that_may_pass_is_tried_again(
    wiki: FakeMediaWiki, api: Api, clock: StillClock, fault: Behaviour
) -> None:
    wiki.script.extend([fault, fault])

    assert read(api) == [11]
    assert api.requests == len(wiki.asked) == 3
    assert len(clock.slept) == 2


@pytest.mark.parametrize("fault", PASSING.values(), ids=PASSING.keys())
def test_a_fault_that_does_not_pass_ends_in_an_error_within_the_deadline(
    wiki: FakeMediaWiki, api: Api, clock: StillClock, fault: Behaviour
) -> None:
    wiki.script.extend([fault] * 50)

    with pytest.raises(SourceError) as error:
        read(api)

    assert api.requests == 5
    assert sum(clock.slept) < 60
    assert str(error.value).startswith("metawiki: ")


LASTING = {
    "HTTP 403 with HTML": says(403, "<p>Forbidden", "text/html"),
    "HTTP 404": says(404, "", "text/plain"),
    "a redirect to another host": says(302, "", "text/html", Location="http://198.51.100.7/w/api.php"),
    "a redirect to the same host": says(301, "", "text/html", Location="/w/api.php"),
}


@pytest.mark.parametrize("fault", LASTING.values(), ids=LASTING.keys())
def test_a_fault_that_will_not_pass_is_not_tried_again(wiki: FakeMediaWiki, api: Api, fault: Behaviour) -> None:
    wiki.script.append(fault)

    with pytest.raises(SourceError):
        read(api)

    assert api.requests == 1


def test_a_refusal_says_its_code_and_nothing_of_what_the_wiki_said_about_people(wiki: FakeMediaWiki, api: Api) -> None:
    wiki.script.append(says(200, json.dumps({"error": {"code": "baduser", "info": f"Invalid user {SECRET}"}})))

    with pytest.raises(SourceRefused, match=r"^metawiki: baduser$") as error:
        read(api)

    assert error.value.code == "baduser"


@pytest.mark.parametrize("error", ['"text"', "[]", "0", "{}"])
def test_an_error_in_another_shape_is_a_refusal_too(wiki: FakeMediaWiki, api: Api, error: str) -> None:
    wiki.script.append(says(200, f'{{"error": {error}}}'))

    with pytest.raises(SourceRefused):
        read(api)


def test_an_endless_answer_is_cut_at_its_size(wiki: FakeMediaWiki, hasty: Api) -> None:
    wiki.script.append(endless)

    with pytest.raises(SourceError, match="longer than 100000 bytes"):
        read(hasty)


@pytest.mark.slow
@pytest.mark.parametrize(
    "first",
    [b"", b"HTTP/1.1 200 OK\r\nX-Slow: ", b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n"],
    ids=["before the head", "in the head", "in the body"],
)
def test_an_answer_that_drips_is_cut_at_the_deadline(wiki: FakeMediaWiki, hasty: Api, first: bytes) -> None:
    wiki.script.extend([drip(first)] * 5)
    started = time.monotonic()

    with pytest.raises(SourceError):
        read(hasty)

    assert time.monotonic() - started < 2


def test_an_answer_that_never_comes_is_cut_at_the_deadline(wiki: FakeMediaWiki, hasty: Api) -> None:
    enough = threading.Event()
    wiki.script.append(lambda handler: (enough.wait(10), None)[1])
    started = time.monotonic()

    with pytest.raises(SourceError):
        read(hasty)

    enough.set()
    assert time.monotonic() - started < 2


def test_nobody_there_is_an_error() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]

    with pytest.raises(SourceError):
        read(Api(f"http://127.0.0.1:{port}/w/api.php", "metawiki", AGENT, StillClock()))


def test_a_failing_tls_handshake_is_an_error(wiki: FakeMediaWiki) -> None:
    with pytest.raises(SourceError):
        read(Api(wiki.url.replace("http:", "https:"), "metawiki", AGENT, StillClock()))

    assert wiki.asked == []


def test_what_a_wiki_calls_an_error_cannot_forge_a_log_line(wiki: FakeMediaWiki, api: Api) -> None:
    wiki.script.append(says(200, json.dumps({"error": {"code": f"x\n2022-01-01 saved {SECRET}"}})))

    with pytest.raises(SourceRefused, match=r"^metawiki: unknown$"):
        read(api)


def test_an_error_never_carries_the_name_that_was_asked_for(wiki: FakeMediaWiki, api: Api) -> None:
    wiki.script.extend([reset] * 5)

    with pytest.raises(SourceError) as error:
        list(api.query(list="logevents", leuser=SECRET))

    assert SECRET not in "".join(traceback.format_exception(error.value))


def test_retry_after_is_waited_for(wiki: FakeMediaWiki, api: Api, clock: StillClock) -> None:
    wiki.script.append(says(429, "", "text/plain", Retry_After="17"))

    assert read(api) == [11]
    assert clock.slept == [17.0]


def test_retry_after_may_be_a_date(wiki: FakeMediaWiki, api: Api, clock: StillClock) -> None:
    wiki.script.append(says(503, "", "text/plain", Retry_After="Sat, 01 Jan 2022 00:00:20 GMT"))

    assert read(api) == [11]
    assert clock.slept == [20.0]


@pytest.mark.parametrize("value", ["soon", "-5", "1e400", "Sat, 99 Foo", ""])
def test_a_retry_after_that_cannot_be_read_does_no_harm(wiki: FakeMediaWiki, api: Api, value: str) -> None:
    wiki.script.append(says(429, "", "text/plain", Retry_After=value))

    assert read(api) == [11]


def test_a_wiki_that_wants_to_be_left_alone_for_long_is_left_alone(
    wiki: FakeMediaWiki, api: Api, clock: StillClock
) -> None:
    wiki.script.append(says(429, "", "text/plain", Retry_After="900"))
    for _ in range(3):
        with pytest.raises(SourceError):
            read(api)
    asked_meanwhile = api.requests
    clock.time += timedelta(seconds=900)

    assert asked_meanwhile == 1
    assert clock.slept == []
    assert read(api) == [11]


def test_a_wiki_that_gives_no_answer_is_left_alone_for_a_while_and_then_asked_again(
    wiki: FakeMediaWiki, api: Api, clock: StillClock
) -> None:
    wiki.script.extend([reset] * 5)
    for _ in range(20):
        with pytest.raises(SourceError):
            read(api)
    asked_meanwhile = api.requests
    clock.time += SHORTEST

    assert asked_meanwhile == 5
    assert read(api) == [11]


def test_a_wiki_that_answers_with_an_error_is_asked_on(wiki: FakeMediaWiki, api: Api) -> None:
    wiki.script.extend([says(200, '{"error": {"code": "internal_api_error_DBQueryError"}}')] * 5)
    with pytest.raises(SourceError):
        read(api)

    assert read(api) == [11]


def test_a_clock_set_back_does_not_silence_us_for_a_year(wiki: FakeMediaWiki, api: Api, clock: StillClock) -> None:
    wiki.script.append(says(429, "", "text/plain", Retry_After="900"))
    with pytest.raises(SourceError):
        read(api)
    clock.time = datetime(2021, 1, 1, tzinfo=UTC)

    assert read(api) == [11]


def test_continue_is_followed_to_the_end(wiki: FakeMediaWiki, api: Api) -> None:
    wiki.rows = [row(logid, "2021-09-13T16:13:01Z") for logid in range(1, 8)]
    wiki.page_size = 3

    assert sorted(read(api)) == [1, 2, 3, 4, 5, 6, 7]
    assert api.requests == 3


def test_continue_at_the_same_place_is_an_incomplete_reply(wiki: FakeMediaWiki, api: Api) -> None:
    same = {"continue": {"lecontinue": "20210913161301|11", "continue": "-||"}}
    reply = {"batchcomplete": True, "query": {"general": {"wikiid": "metawiki"}, "logevents": []}, **same}
    wiki.script.extend([says(200, json.dumps(reply))] * 9)

    with pytest.raises(IncompleteReply):
        read(api)

    assert api.requests == 2


def test_continue_without_end_is_an_incomplete_reply(wiki: FakeMediaWiki, hasty: Api) -> None:
    for number in range(50):
        general = {"query": {"general": {"wikiid": "metawiki"}, "logevents": []}}
        wiki.script.append(says(200, json.dumps({**general, "continue": {"lecontinue": str(number)}})))

    with pytest.raises(IncompleteReply):
        read(hasty)

    assert hasty.requests == 20


def test_a_parameter_that_the_wiki_ignored_makes_the_reply_worthless(wiki: FakeMediaWiki, api: Api) -> None:
    with pytest.raises(IncompleteReply):
        list(api.query(list="logevents", lesomething="1"))


def test_another_warning_is_let_pass(wiki: FakeMediaWiki, api: Api) -> None:
    reply = {"batchcomplete": True, "query": {"general": {"wikiid": "metawiki"}, "logevents": []}}
    wiki.script.append(
        says(200, json.dumps({**reply, "warnings": {"logevents": {"warnings": "lelimit may not be …"}}}))
    )

    assert read(api) == []


@pytest.mark.parametrize("general", [{"general": {"wikiid": "zhwiki"}}, {"general": {"wikiid": "metawiki-x"}}])
def test_another_wikis_answer_is_not_believed(wiki: FakeMediaWiki, api: Api, general: dict[str, object]) -> None:
    wiki.script.append(says(200, json.dumps({"batchcomplete": True, "query": {**general, "logevents": []}})))

    with pytest.raises(WrongWiki):
        read(api)


def test_an_answer_that_does_not_say_which_wiki_it_is_is_not_believed(wiki: FakeMediaWiki, api: Api) -> None:
    wiki.script.append(says(200, json.dumps({"batchcomplete": True, "query": {"logevents": []}})))

    with pytest.raises(IncompleteReply):
        read(api)


def test_every_request_says_who_asks_and_takes_gzip(wiki: FakeMediaWiki, api: Api) -> None:
    read(api)
    api.get(action="paraminfo", modules="query+logevents")

    assert [headers["User-Agent"] for headers in wiki.headers] == [AGENT, AGENT]
    assert {headers["Accept-Encoding"] for headers in wiki.headers} == {"gzip"}
    assert {params["maxlag"] for params in wiki.asked} == {"5"}


def test_cookies_are_kept(wiki: FakeMediaWiki, api: Api) -> None:
    body = json.dumps({"batchcomplete": True, "query": {"general": {"wikiid": "metawiki"}, "logevents": []}})
    wiki.script.append(says(200, body, Set_Cookie="WMF-Uniq=abc; Path=/"))
    read(api)
    read(api)

    assert wiki.headers[1].get("Cookie") == "WMF-Uniq=abc"


def test_a_long_question_is_posted(wiki: FakeMediaWiki, api: Api) -> None:
    list(api.query(prop="info", titles=[f"Юзер:{number}" * 9 for number in range(50)]))

    assert "Promise-Non-Write-API-Action" in wiki.headers[0]


def test_a_value_with_a_bar_is_not_taken_for_two(wiki: FakeMediaWiki, api: Api) -> None:
    list(api.query(prop="info", titles=["A|B", "C"]))

    assert wiki.asked[0]["titles"] == "\x1fA|B\x1fC"


@pytest.mark.parametrize(
    "url",
    [
        "http://meta.example/w/api.php",
        "ftp://127.0.0.1/w/api.php",
        "https://user:pass@meta.example/w/api.php",
        "https://meta.example@127.0.0.1/w/api.php",
        "https://meta.example/w/api.php?action=query",
        "https://meta.example/w/api.php#x",
        "http://127.0.0.1.evil.example/w/api.php",
        "http://localhost.evil.example/",
        "file:///etc/passwd",
        "//meta.example/w/api.php",
        "",
    ],
)
def test_only_https_is_asked_but_on_this_machine(url: str) -> None:
    with pytest.raises(ConfigError):
        Api(url, "metawiki", AGENT, StillClock())
