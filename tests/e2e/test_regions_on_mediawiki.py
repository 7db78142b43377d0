"""Where we find a region, MediaWiki's own preprocessor sees the two templates, on the page itself, in that order."""

from __future__ import annotations

import random
import xml.etree.ElementTree as ET

import pytest
import requests

from oabot.errors import RegionError
from oabot.wikitext import regions
from tests.local_farm import Farm

pytestmark = pytest.mark.farm

PAGES = 300
# Only tags that the farm's wikis know.
FRAGMENTS = [
    "{{Office actions|table}}", "{{Office actions end}}", "{{office_actions<!-- x -->|a}}",
    "{{ Template: Office actions end}}", "{{Office actions|table}}\nold\n{{Office actions end}}", "{{{1|", "{{Box|",
    "{{", "}}", "{{{", "}}}", "{", "}", "[[", "]]", "[", "]", "[[A]]", "{{x}}", "<nowiki>", "</nowiki>", "<nowiki/>",
    "<NOWIKI >", "<nowiki", "<!--", "-->", "<!-- x -->", "<pre>", "</pre>", "<gallery>", "</gallery>", "<div>", "<",
    ">", "|", "=", "text", "\n", "\n* ", "{|\n|", "\n|}",
]  # fmt: skip
NAMES = ("office actions", "office actions end")


def calls(element: ET.Element) -> list[str]:
    """The names of our templates on the top level of a parse tree, in their order."""
    names = []
    for child in element:
        if child.tag == "template" and (title := child.find("title")) is not None:
            bare = "".join([title.text or "", *(part.tail or "" for part in title)]).replace("_", " ").strip()
            names.append(bare.removeprefix("Template:").strip().lower())
        elif child.tag == "h":
            names += calls(child)
    return [name for name in names if name in NAMES]


def parse_tree(farm: Farm, text: str) -> ET.Element:
    data = {"action": "expandtemplates", "prop": "parsetree", "text": text, "format": "json", "formatversion": "2"}
    reply = requests.post(farm.api("metawiki"), data=data, timeout=60).json()
    return ET.fromstring(reply["expandtemplates"]["parsetree"])  # noqa: S314 - our own wiki's answer


def test_our_regions_are_those_of_the_real_preprocessor(farm: Farm) -> None:
    chance = random.Random(11)
    compared = 0

    while compared < PAGES:
        text = "".join(chance.choices(FRAGMENTS, k=chance.randint(3, 12)))
        try:
            found = regions(text)
        except RegionError:
            continue
        if found:
            compared += 1
            assert calls(parse_tree(farm, text)) == list(NAMES) * len(found), text
