#!/usr/bin/env python3
"""Prints docs/method.md: the rules by which log entries are listed, with their sources, out of the rule table.

    scripts/method.py > docs/method.md

scripts/install_templates.py makes the same table for each wiki, where every listed row links to its rule.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))  # run from a checkout, as on Toolforge, the package isn't installed

from scripts.own_python import enter

enter()

from oabot import rules
from oabot.i18n import Language
from oabot.model import ActionClass, Verdict
from oabot.rules import Rule, Rules
from oabot.wikitext import Wikitext, escape

MEANING = {
    Verdict.YES: "an office action, or the end of one; it is listed",
    Verdict.REVIEW: "people decide; it stands on the review page only, as a link without a name",
    Verdict.NO: "no office action; it isn't listed",
    Verdict.PRIVATE: "never listed and never stored",
}

INTRODUCTION = """\
# How a log entry gets its verdict
Every entry is tried against the rules below, in their order; the first rule whose conditions all hold decides. The
rules are data, [`oabot/rules.toml`](../oabot/rules.toml), and this page is made of them by `scripts/method.py`; each
wiki has the same table as `User:BOT/Method`, and every listed row links to its rule there. Who counts as the Office is
in the configuration, with dates. `bot.py explain` says of one entry what was read and which rule decided.

A comment alone never makes an office action: the performer does. The role account needs no comment; a personal staff
account needs one that names an office action, the DMCA or a court.
"""

LEGEND = """\
## The rules
*When*: `log` is the log's type and action, `does` what the entry does, `by` who did it, `to` whom or what it is about,
`says` what the comment names, `undoes` whose standing action it ends or changes; the words are explained
[below](#the-words-that-the-conditions-use).
"""

COVERAGE = """\
## What no rule can find
Conduct warnings, event bans, interaction bans and uses of CheckUser leave no public log. Child protection is never
told apart, and mostly suppressed. Range blocks are logged, and left out because an IP address is personal data. What
was hidden before it was read is unknown here; what is hidden later leaves the pages at the next save. Below each table
stands since when the logs reach back.

Only these logs are ever read: of the performers that the configuration names, and of every target that has a case,
which is how a reversal by anybody is found. A rule about stewards or volunteers therefore judges what is met there.
"""


def document(known: Rules) -> str:
    """``docs/method.md``."""
    return "\n".join([INTRODUCTION, *_verdicts(known), *_table(known), *_classes(known), *_words(known), COVERAGE])


def rows(known: Rules, language: Language) -> Wikitext:
    """The table's rows as wikitext, each with its rule's id to link to; reasons and sources are in English."""
    return Wikitext("\n".join(f'|- id="{rule.id}"\n{_cells(rule, language)}' for rule in known.table))


def _cells(rule: Rule, language: Language) -> str:
    listed_as = _listed_as(rule) or rule.judgement.would_be
    name = language.say(f"oabot-class-{listed_as.value.replace('_', '-')}") if listed_as else ""
    english = [f'lang="en" dir="ltr" | {escape(text)}' for text in (rule.reason, rule.source)]
    cells = [f"<code>{rule.judgement.verdict.value}</code>", name, *english]
    return "\n".join([f'! scope="row" | <code>{rule.id}</code>', *(f"| {cell}" for cell in cells)])


def _verdicts(known: Rules) -> Iterator[str]:
    for verdict, meaning in MEANING.items():
        number = sum(rule.judgement.verdict is verdict for rule in known.table)
        yield f"- `{verdict.value}` ({number} rules): {meaning}"
    yield ""


def _table(known: Rules) -> Iterator[str]:
    yield LEGEND
    yield "| rule | verdict | as | when | because | source |\n|---|---|---|---|---|---|"
    for rule in known.table:
        said = rule.judgement
        label = f"`{said.label}`" + (f", if people say yes `{said.would_be.value}`" if said.would_be else "")
        when = (
            "; ".join(f"{name} {' or '.join(f'`{value}`' for value in values)}" for name, values in rule.when.items())
            or "always"
        )
        cells = (f'<a id="{rule.id}"></a>`{rule.id}`', f"`{said.verdict.value}`", label, when, rule.reason, rule.source)
        yield f"| {' | '.join(cell.replace('|', '&#124;') for cell in cells)} |"
    yield ""


def _classes(known: Rules) -> Iterator[str]:
    yield "## What is covered\n"
    yield "| class | listed by | waits for people by |\n|---|---|---|"
    for one in ActionClass:
        sure = [_linked(rule) for rule in known.table if _listed_as(rule) is one]
        asked = [_linked(rule) for rule in known.table if rule.judgement.would_be is one]
        yield f"| `{one.value}` | {', '.join(sure) or '–'} | {', '.join(asked) or '–'} |"
    yield ""


def _listed_as(rule: Rule) -> ActionClass | None:
    return ActionClass(rule.judgement.label) if rule.judgement.verdict is Verdict.YES else None


def _linked(rule: Rule) -> str:
    return f"[{rule.id}](#{rule.id})"


def _words(known: Rules) -> Iterator[str]:
    yield "## The words that the conditions use\n"
    yield "| condition | word | means |\n|---|---|---|"
    for condition, words in known.words.items():
        for word, meaning in words.items():
            yield f"| `{condition}` | `{word}` | {meaning} |"
    yield ""
    for kind, groups in known.groups.items():
        yield f"- groups `{kind}`: {', '.join(f'`{group}`' for group in groups)}"
    yield ""
    yield "What a comment says (regular expressions; what `denied` matches is cut out first):\n\n```"
    for name, mark in known.marks.items():
        yield f"{name}: {mark.pattern}"
    yield "```\n"


if __name__ == "__main__":
    print(document(rules.load()), end="")
