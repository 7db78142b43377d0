"""The report for the web: one page that needs no server, no script and nothing from elsewhere, and its downloads."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Hashable, Iterable, Mapping, Sequence
from datetime import datetime
from importlib import resources
from typing import TypeVar

from oabot import wikimedia
from oabot.exports import charts
from oabot.exports.data import data, page_text
from oabot.exports.feed import feed, status_key
from oabot.exports.markup import Html, element, link, table, text
from oabot.exports.matrix import matrix
from oabot.exports.records import FIELDS, NAMES, Record, records
from oabot.exports.spreadsheet import spreadsheet
from oabot.i18n import Language
from oabot.i18n.plural import plural
from oabot.model import GLOBAL, Status
from oabot.views import Material, tally
from oabot.views.frame import APPEAL, POLICY
from oabot.views.tally import Tally, tallies

Key = TypeVar("Key", bound=Hashable)

_COLUMNS = {
    "id": "log", "opened": "date", "statements": "statement", "since": "since", "entries": "entries",
}  # fmt: skip
_DOWNLOADS = {"data.csv": "CSV", "data.json": "JSON"}


def report(material: Material, language: Language, *, names: bool = False) -> dict[str, str]:
    """File name -> text of the page and of its downloads. Raises: `SourceError` when statements couldn't be read."""
    found = records(material, names=names)
    return {
        "index.html": _page(found, material, language, names=names),
        "data.csv": spreadsheet(found, names=names),
        "data.json": page_text(data(records(material))) + "\n",
        "feed.atom": feed(material, language, names=names),
    }


def _page(found: Sequence[Record], material: Material, language: Language, *, names: bool) -> str:
    style, script = _asset("report.css"), _asset("report.js")
    policy = (
        f"default-src 'none'; style-src '{_digest(style)}'; script-src '{_digest(script)}';"
        " base-uri 'none'; form-action 'none'"
    )
    title = text(language.plain("oabot-report-title"))
    parts = [
        element("h1", title),
        _about(material, language),
        _charts(material, language),
        _committee(material, language),
        matrix(material, language),
        _search(language),
        _cases(found, material, language, names=names),
        _downloads(language),
        _foot(language, names=names),
    ]
    return (
        f'<!DOCTYPE html>\n<html lang="{language.text_code}" dir="{language.text_direction}">\n<head>\n'
        '<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="robots" content="noindex">\n<meta name="referrer" content="no-referrer">\n'
        f"<title>{title}</title>\n"
        f'<link rel="alternate" type="application/atom+xml" href="feed.atom">\n'
        f"<style>{style}</style>\n</head>\n<body>\n<main>\n{chr(10).join(filter(None, parts))}\n</main>\n"
        f"<script>{script}</script>\n</body>\n</html>\n"
    )


def _asset(name: str) -> str:
    return resources.files("oabot.exports").joinpath(name).read_text(encoding="utf-8")


def _digest(inline: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(inline.encode()).digest()).decode()}"


def _about(material: Material, language: Language) -> Html:
    keys = ("oabot-foot-facts", "oabot-foot-not-logged", "oabot-summary-note")
    said = [element("strong", text(language.plain("oabot-foot-judgement")))]
    said += [text(language.plain(key)) for key in keys]
    if material.reach is not None:
        said.append(text(language.plain("oabot-foot-since", _day(material.reach))))
    return element("p", Html(" ".join(said)))


def _charts(material: Material, language: Language) -> Html:
    """Two counts of all cases, each as bars and in a table."""
    say = language.plain
    if not material.cases:
        return element("p", text(say("oabot-empty-table")))
    years = sorted(tallies(material.cases, tally.year).items(), reverse=True)
    wikis = sorted(tallies(material.cases, tally.scope).items(), key=lambda item: (-item[1].total, item[0]))
    return Html(
        _counted(say("oabot-report-chart"), "year", [(str(year), one) for year, one in years], language)
        + _counted(say("oabot-caption-wikis"), "wiki", [(_wiki(name, language), one) for name, one in wikis], language)
    )


def _counted(title: str, of: str, rows: Sequence[tuple[str, Tally]], language: Language) -> Html:
    statuses = tally.seen(dict(rows))
    headings = [text(language.plain(f"oabot-column-{name}")) for name in (of, "total")]
    headings += [text(language.plain(status_key(status))) for status in statuses]
    cells = [[name, str(one.total), *(str(one.of.get(status, 0)) for status in statuses)] for name, one in rows]
    chart = charts.bars(title, [(name, one.total) for name, one in rows], language.text_direction)
    numbers = table(text(title), headings, ([text(cell) for cell in row] for row in cells))
    return Html(f"<section>{element('h2', text(title))}{chart}{numbers}</section>")


def _committee(material: Material, language: Language) -> Html:
    if not material.committee:
        return Html("")
    names = ("ratified", "overturned", "remanded", "ineligible", "total")
    headings = [text(language.plain(f"oabot-column-{name}")) for name in ("period", *names)]
    rows = (
        [
            link(one.source if "://" in one.source else "", text(one.period)),
            *(text(str(getattr(one, name))) for name in names),
        ]
        for one in material.committee
    )
    return table(text(language.plain("oabot-caption-committee")), headings, rows)


def _search(language: Language) -> Html:
    """Shown by the script that it needs."""
    label = element("label", text(language.plain("oabot-report-search")), for_="words")
    field = Html('<input id="words" type="search" autocomplete="off">')
    forms = json.dumps(_forms(language), ensure_ascii=False)
    inner = Html(f'{label} {field} <output for="words" class="soft"></output>')
    return element("div", inner, id="search", hidden="", data_forms=forms, data_lang=language.text_code)


def _forms(language: Language) -> Mapping[str, str]:
    """The message that counts rows, for each category of CLDR."""
    rule = plural(language.text_code)
    examples: dict[str, int] = {}
    for number in (*range(2, 1100), 0, 1, 1_000_000):
        examples.setdefault(rule.category(number), number)
    found = {
        category: language.plain("oabot-report-matches", number).replace(str(number), "$1")
        for category, number in examples.items()
    }
    return {"other": found[next(iter(found))], **found}


def _cases(found: Iterable[Record], material: Material, language: Language, *, names: bool) -> Html:
    fields = (*FIELDS, *NAMES) if names else FIELDS
    headings = [text(_heading(name, language)) for name in fields]
    rows = (zip(fields, record.values(names=names), strict=True) for record in found)
    cells = ([_cell(name, value, material, language) for name, value in row] for row in rows)
    return table(text(language.plain("oabot-caption-table")), headings, cells, id="cases")


def _heading(field: str, language: Language) -> str:
    return language.plain(f"oabot-column-{_COLUMNS.get(field, field)}")


def _cell(field: str, value: str, material: Material, language: Language) -> Html:
    """A field's value as people read it; `data-value` has it as all exports do."""
    shown = text(value)
    if field == "class":
        shown = text(language.plain(f"oabot-class-{value.replace('_', '-')}"))
    elif field == "status":
        shown = text(language.plain(status_key(Status(value))))
    elif field == "wiki":
        shown = text(_wiki(value, language))
    elif field in ("id", "entries"):
        shown = Html(" ".join(_entry(one, material) for one in value.split()))
    elif value == "never":
        shown = text(language.plain("oabot-never"))
    elif field in ("opened", "since", "expires") and value:
        shown = element("time", text(f"{value[:10]} {value[11:16]}"), datetime=value)
    return element("bdi", shown, data_value=value)


def _entry(entry: str, material: Material) -> Html:
    wiki, _, logid = entry.partition(":")
    base = material.addresses.get(wiki, "")
    return link(f"{base}/wiki/Special:Redirect/logid/{logid}" if base else "", text(entry))


def _wiki(name: str, language: Language) -> str:
    return language.plain("oabot-all-wikis") if name == GLOBAL else name


def _downloads(language: Language) -> Html:
    links = [link(file, text(language.plain("oabot-report-download", kind))) for file, kind in _DOWNLOADS.items()]
    links.append(link("feed.atom", text(language.plain("oabot-report-feed"))))
    return element("p", Html(" · ".join(links)), id="downloads")


def _foot(language: Language, *, names: bool) -> Html:
    say = language.plain
    keys = (
        ("oabot-data-licence", "oabot-data-copies")
        if names
        else ("oabot-data-licence", "oabot-data-no-names", "oabot-data-copies")
    )
    pages = {"oabot-link-policy": POLICY, "oabot-link-appeal": APPEAL}
    links = [link(_address(*page), text(say(key))) for key, page in pages.items()]
    said = Html(f"{' · '.join(text(say(key)) for key in keys)}<br>{' · '.join(links)}")
    return element("footer", said, class_="soft")


def _address(wiki: str, title: str) -> str:
    return f"{wikimedia.address(wiki).url}/wiki/{title.replace(' ', '_')}"


def _day(when: datetime) -> str:
    return f"{when:%Y-%m-%d}"
