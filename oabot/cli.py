"""The command line: each verb a few lines; what can be typed says `usage`, what is built `app` builds."""

from __future__ import annotations

import argparse
import io
import json
import logging
import os
import signal
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from time import monotonic
from typing import TYPE_CHECKING

from oabot.errors import ConfigError, InputError, OabotError, Stopped
from oabot.usage import parser

if TYPE_CHECKING:
    from oabot.config import OnWikiConfig, Settings

DONE, FAILED, USAGE, STOPPED = 0, 1, 2, 3
"""Exit codes: done; something failed and was reported; wrong usage or config; stopped by a stop page or the lease."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one verb; its exit code."""
    asked = parser().parse_args(arguments)
    if isinstance(sys.stdout, io.TextIOWrapper):  # a terminal that lacks a letter is no reason to stop
        sys.stdout.reconfigure(errors="backslashreplace")
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s: %(message)s", stream=sys.stderr)
    try:
        code = _VERBS[asked.verb](asked)
        sys.stdout.flush()
    except (ConfigError, InputError) as problem:
        return _fail(problem, USAGE)
    except Stopped as problem:
        return _fail(problem, STOPPED)
    except OabotError as problem:
        return _fail(problem, FAILED)
    except OSError as problem:
        # Whoever read our output has enough, or its disk is full: what is still in the buffer has nowhere to go.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE if isinstance(problem, BrokenPipeError) else _fail(problem, FAILED)
    except KeyboardInterrupt:
        return _fail(Stopped("interrupted"), STOPPED)
    return code


def _fail(problem: Exception, code: int) -> int:
    print(f"bot.py: {problem}", file=sys.stderr)
    return code


def say(text: str = "") -> None:
    """Print a line for the person at the terminal, at once."""
    print(text, flush=True)


@contextmanager
def timed(what: str) -> Iterator[None]:
    """Say what begins, and how long it took."""
    print(f"{what} …", end="", flush=True)
    begin = monotonic()
    try:
        yield
    finally:
        print(f" {monotonic() - begin:.1f} s", flush=True)


def _classify(asked: argparse.Namespace) -> int:
    from oabot import offline, rules

    recording = offline.read(asked.file)
    for verdict in offline.verdicts(recording, rules.load(_onwiki(asked).actors)):
        print(json.dumps(verdict, ensure_ascii=False))
    return _unless_problems(recording.problems)


def _replay(asked: argparse.Namespace) -> int:
    from oabot import offline, rules
    from oabot.config import load_settings

    config = _onwiki(asked)
    recording = offline.read(asked.file)
    known = offline.replay(recording, rules.load(config.actors), config, datetime.now(UTC))
    written = offline.write(asked.out, known, load_settings(asked.settings), asked.lang, offline.oldest(known))
    say(f"{len(recording.ids)} rows read, {len(known.cases)} cases: {', '.join(map(str, written))}")
    return _unless_problems(recording.problems)


def _unless_problems(problems: int) -> int:
    if problems:
        print(f"bot.py: {problems} lines couldn't be read; see above", file=sys.stderr)
    return FAILED if problems else DONE


def _preview(asked: argparse.Namespace) -> int:
    import tempfile

    from oabot import offline
    from oabot.app import App
    from oabot.ledger import Ledger

    app = App(_preview_settings(asked), _onwiki(asked))
    with tempfile.TemporaryDirectory(prefix="oabot-") as folder:
        pipeline = app.pipeline({}, Ledger(f"sqlite:///{folder}/preview.sqlite", app.clock), asked.since)
        with timed(f"reading the logs of {', '.join(app.settings.wikis)}"):
            report = pipeline.read()
        known = pipeline.contents.present()
        reach = max(filter(None, (pipeline.ingest.reach(), asked.since)), default=None)
    written = offline.write(asked.out, known, app.settings, asked.lang, reach)
    say(f"{sum(report.read.values())} rows read, {len(known.cases)} cases: {', '.join(map(str, written))}")
    for dbname, why in report.failed.items():
        print(f"bot.py: {dbname}: {why}", file=sys.stderr)
    return FAILED if report.failed else DONE


def _report(asked: argparse.Namespace) -> int:
    from oabot.app import App
    from oabot.webreport import write

    written = write(App(_settings(asked), _onwiki(asked)), asked.out, asked.lang)
    say("\n".join(map(str, written)))
    return DONE


def _run(asked: argparse.Namespace) -> int:
    # Loading takes a moment; without a handler the kernel keeps the signal from process 1.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(DONE))

    from oabot import headstart
    from oabot.clock import SystemClock

    clock = SystemClock()
    early = headstart.begin(asked.settings, clock)

    from oabot import logs, scheduler
    from oabot.app import App
    from oabot.config.settings import credentials

    app = App(_settings(asked), _onwiki(asked), clock)
    credentials()
    logs.configure(app.secrets)
    return scheduler.run(app, early)


def _doctor(asked: argparse.Namespace) -> int:
    from oabot.app import App
    from oabot.doctor import Health, examine

    lines = examine(App(_settings(asked), _onwiki(asked)))
    say("\n".join(map(str, lines)))
    return FAILED if any(line.health is Health.RED for line in lines) else DONE


def _status(asked: argparse.Namespace) -> int:
    from oabot.app import App
    from oabot.status import lines, status

    app = App(_settings(asked))
    found = status(app.ledger, app.clock)
    say(json.dumps(found) if asked.json else "\n".join(lines(found)))
    return DONE


def _once(asked: argparse.Namespace) -> int:
    from oabot.app import App
    from oabot.once import once

    return once(App(_settings(asked), _onwiki(asked)), asked.job, asked.wiki, asked.page, say, save=asked.save)


def _undo(asked: argparse.Namespace) -> int:
    from oabot.app import App
    from oabot.once import undo

    return undo(App(_settings(asked), _onwiki(asked)), asked.run, say, save=asked.save)


def _explain(asked: argparse.Namespace) -> int:
    from oabot.app import App
    from oabot.explain import explain
    from oabot.model import EntryId

    lines = explain(App(_settings(asked), _onwiki(asked)), EntryId(asked.dbname, asked.logid))
    say("\n".join(lines))
    return DONE


def _rebuild(asked: argparse.Namespace) -> int:
    from oabot.app import App

    app = App(_settings(asked), _onwiki(asked))
    with timed("reading all logs again"):
        report = app.pipeline({}).rebuild()
    say(f"{sum(report.read.values())} rows read, {len(report.stored)} stored, {len(report.quarantined)} in quarantine")
    for dbname, why in report.failed.items():
        print(f"bot.py: {dbname}: {why}", file=sys.stderr)
    return FAILED if report.failed else DONE


def _settings(asked: argparse.Namespace) -> Settings:
    from oabot.config import load_settings

    return load_settings(asked.settings)


def _preview_settings(asked: argparse.Namespace) -> Settings:
    """The settings with the wikis and the contact that were asked for; nobody without a contact reads a live wiki."""
    from oabot.config import load_settings

    contact = asked.contact
    settings = load_settings(asked.settings)
    if not (contact or settings.contact) and sys.stdin.isatty():
        contact = input("Your e-mail address or wiki page, for the wikis' operators to reach you: ").strip()
    return settings.reading(asked.wiki, contact)


def _onwiki(asked: argparse.Namespace) -> OnWikiConfig:
    from oabot.config import OnWikiConfig, read_onwiki

    if asked.config is None:
        return OnWikiConfig()
    try:
        return read_onwiki(asked.config.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as problem:
        raise ConfigError(f"{asked.config}: {getattr(problem, 'strerror', None) or 'not UTF-8'}") from None
    except ConfigError as problem:
        raise ConfigError(f"{asked.config}: {problem}") from None


_VERBS: Mapping[str, Callable[[argparse.Namespace], int]] = {
    "run": _run,
    "once": _once,
    "preview": _preview,
    "report": _report,
    "replay": _replay,
    "classify": _classify,
    "explain": _explain,
    "rebuild": _rebuild,
    "undo": _undo,
    "doctor": _doctor,
    "status": _status,
}
