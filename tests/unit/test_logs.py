"""Log lines: one JSON object each, with nothing secret in any handler's output."""

import io
import json
import logging
import sys
from collections.abc import Iterator
from urllib.parse import quote

import pytest

from oabot import logs

SECRET = "loopback0canary0secret"


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """Where the lines go; logging is as before afterwards."""
    root = logging.getLogger()
    before = (root.handlers[:], root.level, logging.getLogRecordFactory(), sys.excepthook)
    levels = {name: logging.getLogger(name).level for name in logs.TALKATIVE}
    stream = io.StringIO()
    yield stream
    logging.captureWarnings(False)
    root.handlers[:], root.level = before[0], before[1]
    logging.setLogRecordFactory(before[2])
    sys.excepthook = before[3]
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


def lines(written: io.StringIO) -> list[dict[str, str]]:
    return [json.loads(line) for line in written.getvalue().splitlines()]


def test_each_line_is_json_with_time_level_logger_message_and_run(written: io.StringIO) -> None:
    logs.configure(stream=written)
    token = logs.RUN.set("20220101-000000-abcd")
    logging.getLogger("oabot.example").info("%d rows", 3)
    logs.RUN.reset(token)
    logging.getLogger("oabot.example").info("idle")
    first, second = lines(written)

    assert (first["level"], first["logger"], first["message"]) == ("INFO", "oabot.example", "3 rows")
    assert first["run"] == "20220101-000000-abcd"
    assert first["time"].endswith("+00:00")
    assert "run" not in second


@pytest.mark.parametrize("broken", ["a\nb", "a\r\nb", "\x1b[2Jgone", "a\u2028b", "a\x85b", "\x9b31m", "a\0b"])
def test_no_message_begins_another_line_or_moves_a_cursor(written: io.StringIO, broken: str) -> None:
    logs.configure(stream=written)
    logging.getLogger("oabot").warning("%s", broken)
    text = written.getvalue()

    assert len(text.splitlines()) == 1
    assert text.rstrip("\n").isprintable()


def test_a_secret_never_gets_out_of_a_message_an_argument_or_a_traceback(written: io.StringIO) -> None:
    logs.configure([SECRET], stream=written)
    log = logging.getLogger("oabot")
    log.warning("with %s and {%r}", SECRET, {"password": SECRET})
    log.warning(f"it is {SECRET}")  # noqa: G004 - as a careless library would
    try:
        raise ValueError(f"refused: {SECRET}")
    except ValueError:
        log.exception("failed")
    last = lines(written)[-1]

    assert SECRET not in written.getvalue()
    assert logs.HIDDEN in last["traceback"]
    assert "ValueError" in last["traceback"]


def test_a_handler_that_a_library_adds_sees_no_secret_either(written: io.StringIO) -> None:
    logs.configure([SECRET], stream=io.StringIO())
    other = logging.StreamHandler(written)
    other.setFormatter(logging.Formatter("%(message)s %(exc_text)s"))
    library = logging.getLogger("pywiki")
    library.addHandler(other)
    try:
        raise OSError(SECRET)
    except OSError:
        library.exception("login %s", SECRET)
    library.removeHandler(other)

    assert "login" in written.getvalue()
    assert SECRET not in written.getvalue()


def test_a_secret_inside_another_is_hidden_with_it(written: io.StringIO) -> None:
    logs.configure(["word", "wordlonger"], stream=written)
    logging.getLogger("oabot").info("wordlonger word")

    assert lines(written)[0]["message"] == f"{logs.HIDDEN} {logs.HIDDEN}"


@pytest.mark.parametrize(
    "name", [*logs.TALKATIVE, "pywiki.api", "urllib3.connectionpool", "requests_oauthlib.oauth1_auth"]
)
def test_talkative_libraries_stay_above_debug_though_they_lower_their_level(written: io.StringIO, name: str) -> None:
    logs.configure(stream=written, level=logging.DEBUG)
    logger = logging.getLogger(name)
    before = logger.level
    logger.setLevel(logging.DEBUG)
    logger.debug("Authorization: %s", quote(SECRET))
    logger.setLevel(before)

    assert written.getvalue() == ""


def test_what_ends_the_program_is_a_line_too(written: io.StringIO) -> None:
    logs.configure([SECRET], stream=written)
    try:
        raise RuntimeError(f"broken {SECRET}")
    except RuntimeError:
        sys.excepthook(*sys.exc_info())
    (line,) = lines(written)

    assert line["level"] == "CRITICAL"
    assert SECRET not in line["traceback"]
