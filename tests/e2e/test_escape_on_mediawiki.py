"""Hostile text on real wikis: through pre-save transform and parser, nothing comes out that isn't ours.

Every page is parsed twice, once with a harmless word in each place; but for the words, the two must be the same.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from html import unescape
from html.parser import HTMLParser
from typing import Any

import pytest
import requests

from oabot.wikitext import Cell, Column, Row, Wikitext, clean, escape, external, in_summary, isolate, link, table
from tests.attacks import attacks
from tests.local_farm import Farm

pytestmark = pytest.mark.farm

ATTACKS = attacks()
LIMIT = 300
WIKIS = ["metawiki", "zhwiki", "fawiki"]
ASKED = "text|categories|templates|links|images|externallinks|properties|sections|langlinks|iwlinks|wikitext"
PLACEHOLDER = re.compile(r"placeholder(\d+)x")


def shown(index: int) -> str:
    return clean(ATTACKS[index].text, LIMIT) or "nothing"


def placeholders(text: str) -> str:
    """The harmless page's text with what the attacks should display as."""
    return PLACEHOLDER.sub(lambda found: shown(int(found[1])), text)


def in_cells(words: list[Wikitext]) -> str:
    columns = [Column(Wikitext("a"), heads_rows=True), *[Column(Wikitext(c)) for c in "bcd"]]
    rows = [
        Row([word, Cell(word, sort=unescape(word), lang="en", direction="ltr"), isolate(word), word]) for word in words
    ]
    return table(words[0], columns, rows)


def in_lists(words: list[Wikitext]) -> str:
    return "\n".join(f"* {word}\n*{word}\n*:{word}" for word in words)


def in_headings(words: list[Wikitext]) -> str:
    return "\n".join(f"== {word} ==\n{word}" for word in words)


def in_parameters(words: list[Wikitext]) -> str:
    return "\n".join(f"* {{{{#if:1|{word}}}}} {{{{#switch:a|a={word}}}}}" for word in words)


def in_link_texts(words: list[Wikitext]) -> str:
    return "\n".join(f"* {link('Main Page', word)} {external('https://example.org/', word)}" for word in words)


def in_raw_cells(words: list[Wikitext]) -> str:
    """Without the space that the table builder puts before every cell, where MediaWiki leaves a choice."""
    return "{|\n" + "\n".join(f"|-\n!{word}\n|{word}||{word}" for word in words) + "\n|}"


CONTEXTS: list[Callable[[list[Wikitext]], str]] = [
    in_cells, in_raw_cells, in_lists, in_headings, in_parameters, in_link_texts,
]  # fmt: skip


class Events(HTMLParser):
    """A page's tags and texts, one after the other; a heading's id, made of its text, is left out."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.events: list[str] = []
        self._text = ""
        self._fallback = False
        self.feed(html)
        self._flush()

    def _flush(self) -> None:
        if text := re.sub("[ \n]+", " ", self._text).strip(" "):
            self.events.append(text)
        self._text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        # Beside an id of other letters than ASCII, MediaWiki puts one for old browsers, in a span of its own.
        self._fallback = tag == "span" and [name for name, _ in attrs] == ["id"]
        if not self._fallback:
            self._flush()
            kept = "".join(f" {name}={value}" for name, value in attrs if name != "id")
            self.events.append(f"<{tag}{kept}>")

    def handle_endtag(self, tag: str) -> None:
        if not self._fallback:
            self._flush()
            self.events.append(f"</{tag}>")
        self._fallback = False

    def handle_data(self, data: str) -> None:
        self._text += data


def parse(farm: Farm, dbname: str, text: str, **params: str) -> dict[str, Any]:
    asked = {
        "action": "parse",
        "text": text,
        "title": "Project:Test",
        "prop": ASKED,
        "pst": "1",
        "contentmodel": "wikitext",
    }
    quiet = {"disablelimitreport": "1", "disableeditsection": "1", "disabletoc": "1", "wrapoutputclass": ""}
    data = {**asked, **quiet, **params, "format": "json", "formatversion": "2"}
    reply = requests.post(farm.api(dbname), data=data, timeout=60).json()
    parsed: dict[str, Any] = reply["parse"]
    return parsed


def side_effects(parsed: dict[str, Any]) -> dict[str, Any]:
    listed = ["categories", "templates", "links", "images", "externallinks", "properties", "langlinks", "iwlinks"]
    return {name: parsed[name] for name in listed} | {"sections": [section["level"] for section in parsed["sections"]]}


@pytest.mark.parametrize("dbname", WIKIS)
@pytest.mark.parametrize("context", CONTEXTS)
def test_no_attack_does_anything_but_show(farm: Farm, dbname: str, context: Callable[[list[Wikitext]], str]) -> None:
    hostile = context([escape(attack.text, LIMIT) or Wikitext("nothing") for attack in ATTACKS])
    harmless = context([Wikitext(f"placeholder{index}x") for index in range(len(ATTACKS))])

    under_attack = parse(farm, dbname, hostile)
    at_peace = parse(farm, dbname, harmless)
    wanted = [re.sub("[ \n]+", " ", placeholders(event)) for event in Events(at_peace["text"]).events]

    assert under_attack["psttext"] == under_attack["wikitext"] == hostile
    assert side_effects(under_attack) == side_effects(at_peace)
    assert Events(under_attack["text"]).events == wanted


@pytest.mark.parametrize("dbname", WIKIS)
def test_no_attack_in_a_link_target_makes_anything_but_that_link(farm: Farm, dbname: str) -> None:
    links = [link(f"User:{attack.text}", Wikitext(f"text{index}")) for index, attack in enumerate(ATTACKS)]

    parsed = parse(farm, dbname, "\n".join(f"* {each}" for each in links))
    events = Events(parsed["text"]).events
    effects = side_effects(parsed)

    assert {each["ns"] for each in effects.pop("links")} == {2}
    assert not any(effects.values())
    assert [event for event in events if not event.startswith("<")] == [f"text{i}" for i in range(len(ATTACKS))]
    assert {event.split()[0].strip("</>") for event in events if event.startswith("<")} == {"ul", "li", "a"}


@pytest.mark.parametrize("dbname", WIKIS)
def test_no_attack_in_an_address_ends_the_link(farm: Farm, dbname: str) -> None:
    links = [
        external(f"https://example.org/?x={attack.text[:300]}", Wikitext(f"text{i}"))
        for i, attack in enumerate(ATTACKS)
    ]

    parsed = parse(farm, dbname, "\n".join(f"* {each}" for each in links))
    events = Events(parsed["text"]).events
    effects = side_effects(parsed)

    assert all(address.startswith("https://example.org/?x=") for address in effects.pop("externallinks"))
    assert not any(effects.values())
    assert [event for event in events if not event.startswith("<")] == [f"text{i}" for i in range(len(ATTACKS))]
    assert sum(event.startswith("<a ") for event in events) == len(ATTACKS)


@pytest.mark.parametrize("dbname", WIKIS)
def test_no_attack_links_in_an_edit_summary(farm: Farm, dbname: str) -> None:
    summaries = [in_summary(attack.text[:LIMIT], 5 * LIMIT) for attack in ATTACKS]

    parsed = parse(farm, dbname, "x", summary=" ¶ ".join(summaries), prop="")
    events = Events(parsed["parsedsummary"]).events
    wanted = " ¶ ".join(clean(attack.text[:LIMIT]) for attack in ATTACKS)

    assert len(events) == 1
    assert [each.replace("\u200c", "").strip() for each in events[0].split("¶")] == [
        each.replace("\u200c", "").strip() for each in wanted.split("¶")
    ]


@pytest.mark.parametrize("dbname", WIKIS)
def test_no_attack_on_a_json_page_is_markup(farm: Farm, dbname: str) -> None:
    page = json.dumps([clean(attack.text, LIMIT) for attack in ATTACKS])

    parsed = parse(farm, dbname, page, contentmodel="json", title="Project:Test.json")
    cells = [event for event in Events(parsed["text"]).events if not event.startswith("<")]

    assert not any(side_effects(parsed).values())
    assert cells == [f'"{clean(attack.text, LIMIT)}"' for attack in ATTACKS]


def test_the_same_attacks_without_the_encoder_do_harm(farm: Farm) -> None:
    swallows_the_rest = {"nowiki and comments", "long and many"}
    raw = "\n".join(f"* {attack.text}" for attack in ATTACKS if attack.group not in swallows_the_rest)

    hostile = parse(farm, "metawiki", raw.encode("utf-8", "ignore").decode())

    without_effect = {name for name, effect in side_effects(hostile).items() if not effect}

    assert without_effect <= {"langlinks"}
