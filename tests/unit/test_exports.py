"""Every export says the same of the same cases, holds no name unless it may, and is inert wherever it is opened."""

from __future__ import annotations

import csv
import io
import json
import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from oabot.exports import records
from oabot.exports.data import data, page_text, says
from oabot.exports.feed import feed
from oabot.exports.records import FIELDS, NAMES
from oabot.exports.report import report
from oabot.exports.spreadsheet import spreadsheet
from oabot.i18n import language
from oabot.model import CommitteeTotals
from oabot.views import Material
from scripts.golden_pages import material
from tests.attacks import Attack, attacks

MATERIAL = material()
SCHEMA = json.loads((Path(__file__).parents[2] / "docs/data.schema.json").read_text(encoding="utf-8"))
ATOM = "{http://www.w3.org/2005/Atom}"
PEOPLE = {case.target.name for case in MATERIAL.cases} | {case.opening.performer or "" for case in MATERIAL.cases}


class Table(HTMLParser):
    """The values of the table of cases."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self._inside = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "table":
            self._inside = given.get("id") == "cases"
        elif self._inside and tag == "tr":
            self.rows.append([])
        elif self._inside and "data-value" in given:
            self.rows[-1].append(given["data-value"] or "")


def named(name: str) -> Material:
    """The material with another name for every target."""
    cases = tuple(replace(case, target=replace(case.target, name=name)) for case in MATERIAL.cases)
    return replace(MATERIAL, cases=cases)


def table(files: dict[str, str]) -> list[list[str]]:
    return [row for row in Table(files["index.html"]).rows if row]


@pytest.mark.parametrize("names", [False, True])
def test_csv_and_the_reports_table_agree_row_by_row(names: bool) -> None:
    files = report(MATERIAL, language("en"), names=names)
    header, *rows = csv.reader(io.StringIO(files["data.csv"]))

    assert header == ([*FIELDS, *NAMES] if names else list(FIELDS))
    assert len(rows) == len(MATERIAL.cases)
    assert rows == table(files)


def test_json_and_csv_agree_row_by_row() -> None:
    files = report(MATERIAL, language("en"))
    rows = list(csv.DictReader(io.StringIO(files["data.csv"])))
    found = [
        {name: " ".join(value) if isinstance(value := case.get(name, ""), list) else value for name in FIELDS}
        for case in json.loads(files["data.json"])["cases"]
    ]

    assert found == rows


@pytest.mark.parametrize("lang", ["en", "ru", "fa", "zh"])
def test_without_leave_no_export_holds_a_name(lang: str) -> None:
    files = report(named("Zanzibarquokka"), language(lang, {lang}))

    assert not [file for file, text in files.items() if "Zanzibarquokka" in text]
    assert not [name for name in PEOPLE - {""} if name in files["index.html"] or name in files["feed.atom"]]


def test_with_leave_the_report_has_names_and_the_data_page_still_has_none() -> None:
    files = report(named("Zanzibarquokka"), language("en"), names=True)

    assert {file for file, text in files.items() if "Zanzibarquokka" in text} == {"index.html", "data.csv", "feed.atom"}


def faults(schema: dict[str, Any], value: object, at: str = "") -> list[str]:
    """What is wrong with a value by the parts of JSON Schema that our schema uses."""
    if "$ref" in schema:
        schema = {**SCHEMA["$defs"][schema["$ref"].rpartition("/")[2]], **schema}
    kinds = {"object": dict, "array": list, "string": str}
    found = []
    if "type" in schema and not isinstance(value, kinds[schema["type"]]):
        return [f"{at}: not {schema['type']}"]
    if "const" in schema and value != schema["const"]:
        found.append(f"{at}: not {schema['const']}")
    if "enum" in schema and value not in schema["enum"]:
        found.append(f"{at}: not listed")
    if "pattern" in schema and not re.search(schema["pattern"], str(value)):
        found.append(f"{at}: {schema['pattern']}")
    if "anyOf" in schema and all(faults(one, value, at) for one in schema["anyOf"]):
        found.append(f"{at}: none of them")
    if isinstance(value, dict):
        found += [f"{at}/{key}: missing" for key in schema.get("required", ()) if key not in value]
        for key, inner in value.items():
            known = schema["properties"].get(key)
            found += [f"{at}/{key}: unknown"] if known is None else faults(known, inner, f"{at}/{key}")
    if isinstance(value, list):
        found += ["too few"] if len(value) < schema.get("minItems", 0) else []
        found += [
            fault for number, inner in enumerate(value) for fault in faults(schema["items"], inner, f"{at}/{number}")
        ]
    return found


def test_the_data_page_is_what_its_schema_says() -> None:
    assert faults(SCHEMA, data(records(MATERIAL))) == []


@pytest.mark.parametrize(
    "broken", [{"status": "banned"}, {"target": "x"}, {"id": "metawiki"}, {"entries": []}, {"opened": "2021-09-13"}]
)
def test_the_schema_refuses_what_it_should(broken: dict[str, Any]) -> None:
    content = data(records(MATERIAL))
    content["cases"][0] |= broken

    assert faults(SCHEMA, content)


def test_the_page_is_written_as_mediawiki_keeps_json() -> None:
    text = page_text({"a": ["<b>&", "х"], "c": []})

    assert text == '{\n\t"a": [\n\t\t"\\u003Cb\\u003E\\u0026",\n\t\t"х"\n\t],\n\t"c": []\n}'
    assert says(text.replace("\t", "    "), {"a": ["<b>&", "х"], "c": []})
    assert not says("{", {})
    assert not says("[" * 100_000, {})


def test_the_same_cases_make_the_same_files() -> None:
    assert report(MATERIAL, language("en")) == report(replace(MATERIAL, cases=MATERIAL.cases[::-1]), language("en"))


def hostile(text: str) -> dict[str, str]:
    made = replace(named(text), committee=(CommitteeTotals(text, "", 1, 0, 0, 0),))
    return report(made, language("en"), names=True)


def shape(page: str) -> list[str]:
    return re.findall(r"<(/?[a-zA-Z]+)", page)


HARMLESS = hostile("Plain")
PAGE = shape(HARMLESS["index.html"])
FEED = [one.tag for one in ET.fromstring(HARMLESS["feed.atom"]).iter()]  # noqa: S314 - our own


@pytest.mark.parametrize("attack", attacks(), ids=str)
def test_no_name_and_no_period_is_more_than_text(attack: Attack) -> None:
    files = hostile(attack.text)

    assert shape(files["index.html"]) == PAGE
    assert [one.tag for one in ET.fromstring(files["feed.atom"]).iter()] == FEED  # noqa: S314 - our own
    values = [value for row in csv.reader(io.StringIO(files["data.csv"])) for value in row]
    assert not [value for value in values if value.startswith(("=", "+", "-", "@", "\t", "\r"))]


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "＝1"])
def test_a_spreadsheet_calculates_nothing(name: str) -> None:
    rows = list(csv.DictReader(io.StringIO(spreadsheet(records(named(name), names=True), names=True))))

    assert {row["target"][0] for row in rows} == {"'"}


def test_the_feed_tells_each_step_of_each_case_newest_first() -> None:
    found = ET.fromstring(feed(MATERIAL, language("en")))  # noqa: S314 - our own
    entries = found.findall(f"{ATOM}entry")
    times = [entry.findtext(f"{ATOM}updated") or "" for entry in entries]

    assert len(entries) == sum(not entry.copy_of for case in MATERIAL.cases for entry in case.entries)
    assert times == sorted(times, reverse=True)
    assert found.findtext(f"{ATOM}updated") == times[0]
    assert len({entry.findtext(f"{ATOM}id") for entry in entries}) == len(entries)


def test_the_page_asks_for_nothing_from_elsewhere_and_runs_only_its_own_script() -> None:
    page = report(MATERIAL, language("en"))["index.html"]

    assert "default-src 'none'" in page
    assert "unsafe" not in page
    assert not re.findall(r"<(?:img|iframe|object|embed|base|form)\b", page)
    assert re.findall(r"\ssrc=|@import|url\(", page) == []
    assert re.findall(r"\son[a-z]+=|\sstyle=", page) == []


@pytest.mark.parametrize(("lang", "direction"), [("en", "ltr"), ("fa", "rtl"), ("ar", "rtl"), ("ru", "ltr")])
def test_the_page_is_in_its_language(lang: str, direction: str) -> None:
    page = report(MATERIAL, language(lang, {lang}))["index.html"]

    assert f'<html lang="{lang}" dir="{direction}">' in page
    assert language(lang, {lang}).plain("oabot-report-title") in page


def test_without_cases_the_report_says_that_none_is_known() -> None:
    files = report(replace(MATERIAL, cases=(), statements=(), committee=()), language("en"))

    assert "No office action is known here." in files["index.html"]
    assert json.loads(files["data.json"])["cases"] == []
    assert ET.fromstring(files["feed.atom"]).findall(f"{ATOM}entry") == []  # noqa: S314 - our own
