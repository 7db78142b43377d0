"""Pages made in every odd way, twice through the bot: nothing outside our regions changes, nothing grows."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from typing import Any

from oabot import rules
from oabot.cases import cases
from oabot.classify import judge
from oabot.config import WikiSettings
from oabot.drafts import Desk, draft_page
from oabot.errors import PageRefused, RegionError
from oabot.layout import find
from oabot.logentry import parse
from oabot.model import Page
from oabot.views import Material

PAGES = 10_000
QUICK = 400
_SETTINGS = WikiSettings(url="https://meta.example", language="en")

_TEXT = [
    "Words.", "'''Bold''' ''and''", "* one\n* two", "# 1\n## 2", "; term : meaning", ": indented", "== Heading ==",
    "=Top=", "----", "[[Page]]", "[[Page|text]]", "[[File:X.png|thumb|{{x}}]]", "[[Category:C]]", "https://example.org",
    "{{x}}", "{{x|a=1|b={{y}}}}", "{{{1|}}}", "{{#if:1|a|b}}", "~~~~", "__TOC__", "&nbsp;", "<br>", "<ref>a</ref>",
    "<ref name=a />", "<references />", "{|\n! a\n|-\n| b\n|}", '{| class="wikitable"\n| {{x}} || c\n|}',
    "<div>\na\n</div>", "<table><tr><td>a</table>", "<span style=a>b</span>", "<!-- c -->",
    "<!-- {{Office actions}} -->",
    "<nowiki>{{Office actions|table}}</nowiki>", "<pre>\n{{Office actions end}}\n</pre>", "<nowiki/>", "<nowiki />",
    "<syntaxhighlight lang=a>{{</syntaxhighlight>", "<math>{{a}}</math>", "-{zh-hans:a;zh-hant:b}-", "{{subst:x}}",
    "{{Wikidata list|sparql=a}}\n{| \n|}\n{{Wikidata list end}}", "{{Office action}}", "{{Office actions endless}}",
    "{{Office actions table}}", "{{User:Office actions}}", "Текст", "文字", "نص", "טקסט", "\u200f", "\u200d", "😀",
    "a\tb", "\u00a0", "\u3000", " ", "", "{", "}", "[", "]", "|", "=", "<", ">", "&", "{{", "}}", "{{{", "}}}", "[[",
    "]]", "{|", "|}", "<!--", "-->", "<nowiki>", "</nowiki>", "<pre>", "</pre>", "<div>", "</div>", "<ref>", "</ref>",
]  # fmt: skip
_AROUND = [
    ("{{x|", "}}"), ("{{x|a=", "|b}}"), ("{{{1|", "}}}"), ("[[", "]]"), ("[[File:A.png|", "]]"), ("<ref>", "</ref>"),
    ("<gallery>\n", "\n</gallery>"), ("<nowiki>", "</nowiki>"), ("<pre>", "</pre>"), ("<!--", "-->"),
    ("<noinclude>", "</noinclude>"), ("<includeonly>", "</includeonly>"), ("<onlyinclude>", "</onlyinclude>"),
    ("<translate>", "</translate>"), ("<poem>", "</poem>"), ("<div>", "</div>"), ("<center>", "</center>"),
    ("{|\n| ", "\n|}"), ("{|\n|+ ", "\n|}"), ("* ", ""), (": ", ""), ("== ", " =="), ("'''", "'''"), ("<s>", "</s>"),
    ('<div style="', '">'), ("<span>", "</span>"), ("<blockquote>", "</blockquote>"), ("{{#if:1|", "}}"), ("", ""),
    ("<math>", "</math>"), ("<syntaxhighlight>", "</syntaxhighlight>"), ("-{", "}-"), ("<tabber>", "</tabber>"),
]  # fmt: skip
_OPENINGS = [
    "{{Office actions|table}}", "{{office actions|table}}", "{{Office_actions|table}}", "{{ Office actions | table }}",
    "{{Template:Office actions|table}}", "{{template:office_actions|1=table}}", "{{Office actions<!-- a -->|table}}",
    "{{Office actions|table|since=2021-01-01}}", "{{Office actions|table|limit=2|\nlang=ru\n}}", "{{Office actions}}",
    "{{Office actions|local}}", "{{Office actions|nonsense}}", "{{Office actions|table|odd=<b>}}",
    "{{Office  actions|table}}",
    "{{Office actions|table|status=in force, reversed}}", "{{Office actions|table|columns=date,log}}",
    "{{\nOffice actions\n|table}}", "{{Office actions|table|part=2021}}", "{{Office actions|table|x={{y}}}}",
]  # fmt: skip
_ENDS = [
    "{{Office actions end}}", "{{office actions end}}", "{{Office_actions_end}}", "{{ Office actions end }}",
    "{{Template:Office actions end}}", "{{Office actions end|}}", "{{Office actions end<!-- a -->}}",
]  # fmt: skip
_BODIES = [
    "",
    "\n",
    "\nold\n",
    " old ",
    "\n{| \n| old\n|}\n",
    "\n\n\n",
    "\n<div>old</div>\n",
    "\n{{x}}\n",
    "old\n",
    "\n<!-- old",
]


def run(*, quick: bool, seed: int) -> dict[str, Any]:
    """Pages until so many of different structure were tried."""
    chance = random.Random(seed)  # noqa: S311 - it has to repeat itself
    material = _material()
    structures: set[tuple[str, ...]] = set()
    counts = {"saved": 0, "unchanged": 0, "left alone": 0}
    broken: list[str] = []
    wanted = QUICK if quick else PAGES
    while len(structures) < wanted:
        structure = tuple(_structure(chance))
        if structure in structures:
            continue
        structures.add(structure)
        text = chance.choice(["\n", "\n\n", "", " "]).join(structure)
        result, faults = _twice(text, material)
        counts[result] += 1
        broken += [f"{fault}: {text!r}" for fault in faults]
    return {"pages": len(structures), **counts, "broken": broken[:20]}


def _structure(chance: random.Random) -> list[str]:
    """A page's parts: people's words, and regions or halves of them in right and wrong places."""
    parts: list[str] = []
    for _ in range(chance.randint(1, 6)):
        kind = chance.random()
        if kind < 0.45:
            parts.append(chance.choice(_TEXT))
        elif kind < 0.85:
            before, after = chance.choice(_AROUND) if chance.random() < 0.25 else ("", "")
            parts.append(f"{before}{_region(chance)}{after}")
        else:
            parts.append(chance.choice([*_OPENINGS, *_ENDS]))
    return parts


def _region(chance: random.Random) -> str:
    return chance.choice(_OPENINGS) + chance.choice(_BODIES) + chance.choice(_ENDS)


def _twice(text: str, material: Material) -> tuple[str, list[str]]:
    """What becomes of a page, and what doesn't hold then."""
    page = _page(text)
    try:
        before = find(page, _SETTINGS)
        once = draft_page(page, _desk(material)).text
    except (RegionError, PageRefused):
        return "left alone", []
    faults = []
    try:
        after = find(_page(once), _SETTINGS)
        again = draft_page(_page(once), _desk(material)).text
    except (RegionError, PageRefused) as problem:
        return "saved", [f"unreadable after the save ({problem})"]
    if again != once:
        faults.append("a second run would edit")
    if _outside(text, before) != _outside(once, after):
        faults.append("something outside changed")
    if len(before) != len(after) or once.count("{{") - sum(one.body.count("{{") for one in after) != text.count(
        "{{"
    ) - sum(one.body.count("{{") for one in before):
        faults.append("a region was doubled")
    return "unchanged" if once == text else "saved", faults


def _outside(text: str, found: tuple[Any, ...]) -> list[str]:
    """What is not between the templates of a region."""
    edges = [0, *(edge for one in found for edge in (one.body_start, one.body_end)), len(text)]
    return [text[start:end] for start, end in zip(edges[::2], edges[1::2], strict=True)]


def _page(text: str) -> Page:
    return Page("User:OATransparencyBot/Page", text, 1, namespace=2, language="en")


def _desk(material: Material) -> Desk:
    return Desk("metawiki", _SETTINGS, material, "soak")


def _material() -> Material:
    rows = [
        {
            "logid": number, "ns": 2, "title": f"User:示例{number}@global", "type": "globalauth", "action": "setstatus",
            "params": {"added": ["locked"], "removed": []}, "user": "WMFOffice", "comment": "", "tags": [],
            "timestamp": f"2021-09-{number:02}T16:13:00Z",
        }
        for number in range(1, 4)
    ]  # fmt: skip
    entries = [parse("metawiki", row) for row in rows]
    found = cases(entries, judge(entries, rules.load({})), datetime(2026, 1, 1, tzinfo=UTC))
    return Material(found, {"metawiki": "https://meta.example"}, "OATransparencyBot", "metawiki")
