"""The command line: each verb a few lines; what is built, `app` builds."""

from __future__ import annotations

import argparse
import io
import json
import logging
import os
import re
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from oabot import __version__
from oabot.errors import ConfigError, InputError, OabotError, Stopped

if TYPE_CHECKING:
    from oabot.config import OnWikiConfig, Settings

    Verbs = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001 - argparse names its type no better

DONE, FAILED, USAGE, STOPPED = 0, 1, 2, 3
"""Exit codes: done; something failed and was reported; wrong usage or config; stopped by a stop page or the lease."""

Verb = Callable[[argparse.Namespace], int]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one verb; its exit code."""
    asked = _parser().parse_args(arguments)
    if isinstance(sys.stdout, io.TextIOWrapper):  # a terminal that lacks a letter is no reason to stop
        sys.stdout.reconfigure(errors="backslashreplace")
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s: %(message)s", stream=sys.stderr)
    try:
        code = int(asked.verb(asked))
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
    written = offline.write(asked.out, known, load_settings(asked.settings), asked.lang)
    say(f"{len(recording.ids)} rows read, {len(known.cases)} cases: {', '.join(map(str, written))}")
    return _unless_problems(recording.problems)


def _unless_problems(problems: int) -> int:
    if problems:
        print(f"bot.py: {problems} lines couldn't be read; see above", file=sys.stderr)
    return FAILED if problems else DONE


def _preview(asked: argparse.Namespace) -> int:
    from oabot import offline
    from oabot.app import App
    from oabot.ledger import Ledger

    app = App(_preview_settings(asked), _onwiki(asked))
    with tempfile.TemporaryDirectory(prefix="oabot-") as folder:
        pipeline = app.pipeline({}, Ledger(f"sqlite:///{folder}/preview.sqlite", app.clock), asked.since)
        with timed(f"reading the logs of {', '.join(app.settings.wikis)}"):
            report = pipeline.read()
        known = pipeline.present()
    written = offline.write(asked.out, known, app.settings, asked.lang)
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


def _day(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=UTC)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} isn't a day such as 2021-09-13") from None


def _logid(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 20 and 0 < int(text) < 2**63):
        raise argparse.ArgumentTypeError(f"{text!r} isn't the number of a log entry")
    return int(text)


def _code(text: str) -> str:
    if text and not re.fullmatch(r"[A-Za-z]{2,}(?:[-_][A-Za-z0-9]+)*", text):
        raise argparse.ArgumentTypeError(f"{text!r} isn't a language code such as zh-hant")
    return text


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="bot.py",
        description="Keeps tables of Wikimedia office actions true on-wiki.",
        epilog="Exit codes: 0 done, 1 something failed and was reported, 2 wrong usage or config, 3 stopped.",
    )
    parser.add_argument("--version", action="version", version=f"oabot {__version__}")
    verbs = parser.add_subparsers(title="verbs", required=True, metavar="VERB")
    for add in (_add_run, _add_once, _add_preview, _add_report, _add_replay, _add_classify, _add_explain, _add_rebuild):
        add(verbs)
    _add_undo(verbs)
    _add(verbs, "doctor", _doctor, "look at all that the bot needs; a red line says what to do", "Never edits.")
    status = _add(verbs, "status", _status, "how the continuous job is, and its newest runs")
    status.add_argument("--json", action="store_true", help="as JSON")
    return parser


def _add(verbs: Verbs, name: str, verb: Verb, help_: str, more: str = "") -> argparse.ArgumentParser:
    parser = verbs.add_parser(name, help=help_, description=f"{help_[0].upper()}{help_[1:]}. {more}".rstrip())
    parser.set_defaults(verb=verb)
    parser.add_argument(
        "--settings",
        type=Path,
        metavar="FILE",
        help="the operator's settings, TOML (else OABOT_SETTINGS or oabot.toml)",
    )
    parser.add_argument(
        "--config", type=Path, metavar="FILE", help="JSON in the shape of the on-wiki Config.json, such as its actors"
    )
    return parser


def _add_run(verbs: Verbs) -> None:
    _add(
        verbs,
        "run",
        _run,
        "the continuous job: listen, keep the schedule, save pages",
        "Needs credentials as `once --save` does; logs JSON lines; ends within ten seconds of SIGTERM.",
    )


def _add_once(verbs: Verbs) -> None:
    from oabot.jobnames import JOBS

    parser = _add(
        verbs,
        "once",
        _once,
        "one run",
        "Without --save a dry run that prints the diffs; with it, pages are saved by the account in OABOT_BOT_PASSWORD"
        " (NAME@SUFFIX:SECRET) or the OABOT_OAUTH_ variables, if the stop pages and the lease allow it.",
    )
    parser.add_argument("job", nargs="?", choices=JOBS, default="all", help="what to do (default: all)")
    parser.add_argument("--wiki", action="append", default=[], metavar="DB", help="only this wiki; again for more")
    parser.add_argument("--page", default="", metavar="TITLE", help="only this page")
    parser.add_argument("--save", action="store_true", help="save the pages")


def _add_undo(verbs: Verbs) -> None:
    parser = _add(
        verbs,
        "undo",
        _undo,
        "set the pages that a run changed back to the rows that they held",
        "The rows are made anew from what can be seen now. A page that was edited since is left alone and named."
        " Without --save a dry run.",
    )
    parser.add_argument("run", metavar="RUN", help="the run's id, as its edit summaries and the journal give it")
    parser.add_argument("--save", action="store_true", help="save the pages")


def _add_preview(verbs: Verbs) -> None:
    parser = _add(
        verbs,
        "preview",
        _preview,
        "read public logs without an account and write what the pages would say",
        "Nothing is ever edited. The wikis' operators want a contact: --contact, OABOT_CONTACT or the settings.",
    )
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="where the pages and cases.json go")
    parser.add_argument(
        "--wiki", action="append", default=[], metavar="DB", help="read this wiki, by database name; again for more"
    )
    parser.add_argument("--since", type=_day, metavar="DATE", help="only entries from this day on, such as 2021-09-13")
    parser.add_argument("--contact", default="", metavar="ADDRESS", help="your e-mail address or wiki page")
    parser.add_argument(
        "--lang", type=_code, default="", metavar="LANG", help="language of the pages (default: each wiki's own)"
    )


def _add_report(verbs: Verbs) -> None:
    parser = _add(
        verbs,
        "report",
        _report,
        "write the cases as a web page that needs no server, with CSV, JSON and a feed",
        "Every entry is looked at again first; when a wiki can't be read, the report that is there stays."
        " Names are in it only with report_names in the settings. Nothing is ever edited.",
    )
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="where index.html and its downloads go")
    parser.add_argument(
        "--lang", type=_code, default="", metavar="LANG", help="language of the page (default: the central wiki's)"
    )


def _add_replay(verbs: Verbs) -> None:
    parser = _add(
        verbs,
        "replay",
        _replay,
        "the whole pipeline offline, from recorded rows",
        'Each line of FILE is {"wiki": "metawiki", "entry": {a list=logevents row, formatversion 2}}, in any order.',
    )
    parser.add_argument("file", type=Path, metavar="FILE.jsonl")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="where the pages and cases.json go")
    parser.add_argument(
        "--lang", type=_code, default="", metavar="LANG", help="language of the pages (default: each wiki's own)"
    )


def _add_classify(verbs: Verbs) -> None:
    parser = _add(
        verbs,
        "classify",
        _classify,
        "print one JSON verdict for each recorded row, in the file's order",
        "Each row is judged with all rows of the file as its history; verdicts are yes, no, review and private.",
    )
    parser.add_argument("file", type=Path, metavar="FILE.jsonl")


def _add_explain(verbs: Verbs) -> None:
    parser = _add(
        verbs,
        "explain",
        _explain,
        "what was observed of a log entry, its verdict and rule, its case, and the pages that show it",
    )
    parser.add_argument("dbname", metavar="DBNAME", help="the wiki's database name, such as metawiki")
    parser.add_argument("logid", type=_logid, metavar="LOGID")


def _add_rebuild(verbs: Verbs) -> None:
    _add(
        verbs,
        "rebuild",
        _rebuild,
        "read the logs again from nothing and replay the quarantine",
        "Needs no account and never edits.",
    )
