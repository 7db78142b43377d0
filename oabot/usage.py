"""What can be typed: the verbs and their arguments, each said once."""

from __future__ import annotations

import argparse
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from oabot import __version__
from oabot.jobnames import JOBS

Argument = tuple[str, Mapping[str, Any]]
"""The name of an argument, and what argparse is told of it."""


@dataclass(frozen=True, slots=True)
class Usage:
    """What `--help` says of a verb, and what the verb takes."""

    does: str
    more: str = ""
    arguments: tuple[Argument, ...] = ()


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


def _out(what: str) -> Argument:
    return "--out", {"type": Path, "required": True, "metavar": "DIR", "help": f"where {what} go"}


def _lang(what: str) -> Argument:
    return "--lang", {"type": _code, "default": "", "metavar": "LANG", "help": f"language of {what}"}


def _wiki(help_: str) -> Argument:
    return "--wiki", {"action": "append", "default": [], "metavar": "DB", "help": help_}


_FILE: Argument = ("file", {"type": Path, "metavar": "FILE.jsonl"})
_SAVE: Argument = ("--save", {"action": "store_true", "help": "save the pages"})
_EVERY: tuple[Argument, ...] = (
    ("--settings", {
        "type": Path, "metavar": "FILE",
        "help": "the operator's settings, TOML (else OABOT_SETTINGS or oabot.toml)",
    }),
    ("--config", {
        "type": Path, "metavar": "FILE",
        "help": "JSON in the shape of the on-wiki Config.json, such as its actors",
    }),
)  # fmt: skip

USAGE: Mapping[str, Usage] = {
    "run": Usage(
        "the continuous job: listen, keep the schedule, save pages",
        "Needs credentials as `once --save` does; logs JSON lines; ends within ten seconds of SIGTERM.",
    ),
    "once": Usage(
        "one run",
        "Without --save a dry run that prints the diffs; with it, pages are saved by the account in OABOT_BOT_PASSWORD"
        " (NAME@SUFFIX:SECRET) or the OABOT_OAUTH_ variables, if the stop pages and the lease allow it. `tables` looks"
        " at every page, `statements` and `letters` only at pages that show such; `reconcile` and `all` read every"
        " known entry again first.",
        (
            ("job", {"nargs": "?", "choices": JOBS, "default": "all", "help": "what to do (default: all)"}),
            _wiki("only this wiki; again for more"),
            ("--page", {"default": "", "metavar": "TITLE", "help": "only this page"}),
            _SAVE,
        ),
    ),
    "preview": Usage(
        "read public logs without an account and write what the pages would say",
        "Nothing is ever edited. The wikis' operators want a contact: --contact, OABOT_CONTACT or the settings.",
        (
            _out("the pages and cases.json"),
            _wiki("read this wiki, by database name; again for more"),
            ("--since", {
                "type": _day, "metavar": "DATE", "help": "only entries from this day on, such as 2021-09-13",
            }),
            ("--contact", {"default": "", "metavar": "ADDRESS", "help": "your e-mail address or wiki page"}),
            _lang("the pages (default: each wiki's own)"),
        ),
    ),
    "report": Usage(
        "write the cases as a web page that needs no server, with CSV, JSON and a feed",
        "Every entry is looked at again first; when a wiki can't be read, the report that is there stays."
        " Names are in it only with report_names in the settings. Nothing is ever edited.",
        (_out("index.html and its downloads"), _lang("the page (default: the central wiki's)")),
    ),
    "replay": Usage(
        "the whole pipeline offline, from recorded rows",
        'Each line of FILE is {"wiki": "metawiki", "entry": {a list=logevents row, formatversion 2}}, in any order.',
        (_FILE, _out("the pages and cases.json"), _lang("the pages (default: each wiki's own)")),
    ),
    "classify": Usage(
        "print one JSON verdict for each recorded row, in the file's order",
        "Each row is judged with all rows of the file as its history; verdicts are yes, no, review and private.",
        (_FILE,),
    ),
    "explain": Usage(
        "what was observed of a log entry, its verdict and rule, its case, and the pages that show it",
        "",
        (
            ("dbname", {"metavar": "DBNAME", "help": "the wiki's database name, such as metawiki"}),
            ("logid", {"type": _logid, "metavar": "LOGID"}),
        ),
    ),
    "rebuild": Usage(
        "read the logs again from nothing and replay the quarantine",
        "Needs no account and never edits.",
    ),
    "undo": Usage(
        "set the pages that a run changed back to the rows that they held",
        "The rows are made anew from what can be seen now. A page that was edited since is left alone and named."
        " Without --save a dry run.",
        (
            ("run", {"metavar": "RUN", "help": "the run's id, as its edit summaries and the journal give it"}),
            _SAVE,
        ),
    ),
    "doctor": Usage("look at all that the bot needs; a red line says what to do", "Never edits."),
    "status": Usage(
        "how the continuous job is, and its newest runs",
        "",
        (("--json", {"action": "store_true", "help": "as JSON"}),),
    ),
}  # fmt: skip
"""Every verb, in the order in which ``--help`` lists them."""


def parser() -> argparse.ArgumentParser:
    """Reads a command line; `verb` of what it returns is a key of `USAGE`."""
    whole = argparse.ArgumentParser(
        prog="bot.py",
        description="Keeps tables of Wikimedia office actions true on-wiki.",
        epilog="Exit codes: 0 done, 1 something failed and was reported, 2 wrong usage or config, 3 stopped.",
    )
    whole.add_argument("--version", action="version", version=f"oabot {__version__}")
    verbs = whole.add_subparsers(title="verbs", required=True, metavar="VERB", dest="verb")
    for name, usage in USAGE.items():
        sentence = f"{usage.does[0].upper()}{usage.does[1:]}. {usage.more}".rstrip()
        one = verbs.add_parser(name, help=usage.does, description=sentence)
        for argument, told in (*_EVERY, *usage.arguments):
            one.add_argument(argument, **told)
    return whole
