"""Log lines as JSON, one an event, with no secret in any of them: message, traceback or another handler's line."""

from __future__ import annotations

import json
import logging
import sys
import traceback
from collections.abc import Collection
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, Final, TextIO

TALKATIVE: Final = ("pywiki", "urllib3", "oauthlib", "requests_oauthlib", "requests", "apscheduler")
"""Loggers that write passwords, tokens, whole requests or nothing of use below INFO."""

HIDDEN: Final = "[secret]"

RUN: ContextVar[str] = ContextVar("RUN", default="")
"""The id of the run that is going on, for each line that it writes."""

_BREAKS = {ord(char): repr(char)[1:-1] for char in map(chr, (*range(32), 127, *range(128, 160), 0x2028, 0x2029))}


class Redaction:
    """Takes known secrets out of texts."""

    def __init__(self, secrets: Collection[str] = ()) -> None:
        # The longest first: one may be a part of another.
        self._secrets = sorted({secret for secret in secrets if len(secret) >= 4}, key=len, reverse=True)

    def __call__(self, text: str) -> str:
        """The text without them."""
        for secret in self._secrets:
            text = text.replace(secret, HIDDEN)
        return text


class JsonLines(logging.Formatter):
    """One line of JSON a record; nothing in a message can begin another line or move a terminal's cursor."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage().translate(_BREAKS),
        }
        if run := RUN.get():
            line["run"] = run
        if record.exc_text:
            line["traceback"] = record.exc_text
        return json.dumps(line, ensure_ascii=False).translate(_BREAKS)


class _Floor(logging.Filter):
    """Libraries lower their own loggers' levels; what they say below INFO still stays out."""

    def filter(self, record: logging.LogRecord) -> bool:
        return record.levelno >= logging.INFO or record.name.partition(".")[0] not in TALKATIVE


def configure(secrets: Collection[str] = (), stream: TextIO | None = None, level: int = logging.INFO) -> None:
    """Let everything be logged to `stream` (standard output) from now on, without these secrets."""
    redaction = Redaction(secrets)
    handler = logging.StreamHandler(stream or sys.stdout)
    handler.setFormatter(JsonLines())
    handler.addFilter(_Floor())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(logging.INFO)
    # It warns each time that a look into the inbox falls into a long run; that is how it is meant.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    logging.captureWarnings(True)
    make = logging.LogRecord

    def record(*args: Any, **kwargs: Any) -> logging.LogRecord:  # noqa: ANN401 - as logging calls it
        """Redacted as it is made, so that no handler, whoever adds it, ever sees a secret."""
        made = make(*args, **kwargs)
        made.msg, made.args = redaction(made.getMessage()), ()
        if made.exc_info and made.exc_info[0] is not None:
            made.exc_text = redaction("".join(traceback.format_exception(*made.exc_info)).rstrip())
            made.exc_info = None
        return made

    logging.setLogRecordFactory(record)
    sys.excepthook = lambda kind, error, trace: logging.getLogger("oabot").critical(
        "ended by an error", exc_info=(kind, error, trace)
    )
