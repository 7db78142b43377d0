"""The pages as their readers see and use them: in a browser, in two skins, on a telephone, without JavaScript."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from urllib.parse import quote, unquote

import pytest

from scripts.browser import Browser, Reader, browser
from tests.local_bot import Bot
from tests.local_farm import ROOT, Farm

pytestmark = [pytest.mark.browser, pytest.mark.long]

WIKIS = ("metawiki", "ruwiki", "zhwiki", "bnwiki", "fawiki")
VIEWS = {
    "table": "",
    "local": "",
    "statements": "",
    "notice": "|statement=OA2021",
    "summary": "",
    "letters": "|page=ruwiki:User:Пример Виктор/Переписка",
}
LANGUAGES = ("ar", "de", "fa", "ru")
"""In which Meta's table is shown too."""

DATES = """return [...document.querySelectorAll('.oabot table.wikitable tbody tr td:first-child')]
    .map(cell => cell.dataset.sortValue)"""


DARK = """document.head.insertAdjacentHTML('beforeend', `<style>
    :root { color-scheme: dark; --border-color-base: #72777d; }
    body, .mw-page-container, .mw-body, .oabot { background: #101418; color: #eaecf0; }
    .wikitable { background: #202122 !important; color: #eaecf0 !important; }
    .wikitable > * > tr > th { background-color: #27292d !important; }
    .oabot a { color: #88a3e8 !important; }
</style>`)"""
"""The night colours of Codex, as Wikimedia's skins have them; Debian's MediaWiki is older than their dark scheme."""


@pytest.fixture(scope="module")
def seen(farm: Farm, tmp_path_factory: pytest.TempPathFactory) -> Farm:
    """The farm with a page for each view on each wiki, filled by the bot, and the pages that tables link to."""
    farm.reset()
    bot = Bot(farm, tmp_path_factory.mktemp("bot"))
    command = [sys.executable, str(ROOT / "scripts/install_templates.py"), "--docs", "--save"]
    subprocess.run(command, env=bot.environment, cwd=bot.folder, check=True, capture_output=True)
    for dbname in WIKIS:
        person = farm.person("admin", dbname)
        for view, more in VIEWS.items():
            person.edit(page(view), f"{{{{Office actions|{view}{more}}}}}\n{{{{Office actions end}}}}")
    for language in LANGUAGES:
        region = f"{{{{Office actions|table|lang={language}}}}}\n{{{{Office actions end}}}}"
        farm.person("admin", "metawiki").edit(page(f"table-{language}"), region)
    while "  0 edits" not in bot.run("once", "all", "--save", "--config", str(ROOT / "farm/config.json")).stdout:
        pass  # a run saves thirty pages at most
    return farm


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with browser(tmp_path_factory.mktemp("browser")) as started:
        yield started


@pytest.fixture
def reader(chromium: Browser) -> Iterator[Reader]:
    with chromium.reader() as somebody:
        yield somebody


def page(view: str) -> str:
    return f"Project:Office actions/{view}"


def address(farm: Farm, dbname: str, title: str, **query: str) -> str:
    more = "".join(f"&{name}={value}" for name, value in query.items())
    return f"{farm.url(dbname)}/w/index.php?title={quote(title.replace(' ', '_'))}{more}"


def test_a_table_is_sorted_by_date_when_its_heading_is_clicked(seen: Farm, reader: Reader) -> None:
    reader.open(address(seen, "metawiki", page("table")))
    newest_first = reader.run(DATES)
    reader.wait("return document.querySelector('.oabot th.headerSort')")
    reader.click(".oabot table.wikitable th.headerSort")

    assert newest_first == sorted(newest_first, reverse=True)
    assert reader.run(DATES) == sorted(newest_first)
    assert len(set(newest_first)) > 5


@pytest.mark.parametrize("dbname", ["metawiki", "fawiki"])
def test_a_group_of_actions_is_folded_until_it_is_unfolded(seen: Farm, reader: Reader, dbname: str) -> None:
    reader.open(address(seen, dbname, page("table")))
    reader.wait("return document.querySelector('.oabot .mw-collapsible-toggle')")
    shown = "return document.querySelector('.oabot .mw-collapsible li').offsetParent !== null"

    assert not reader.run(shown)
    reader.click(".oabot .mw-collapsible-toggle a")
    reader.wait(shown)


def test_a_row_leads_to_its_log_entry(seen: Farm, reader: Reader) -> None:
    reader.open(address(seen, "ruwiki", page("local")))
    logid = reader.text(".oabot td a[href*='Special:Redirect/logid']").rpartition(" ")[2]
    reader.click(".oabot td a[href*='Special:Redirect/logid']")

    assert f"logid={logid}" in reader.address
    assert reader.text(f"li[data-mw-logid='{logid}']")


@pytest.mark.parametrize(
    ("dbname", "words"),
    [("metawiki", "The performer makes"), ("ruwiki", "Офисным действие"), ("zhwiki", "是否为办公室行动")],
)
def test_a_row_leads_to_the_rule_by_which_it_is_listed(seen: Farm, reader: Reader, dbname: str, words: str) -> None:
    reader.open(address(seen, dbname, page("table")))
    reader.click(".oabot td a[href*='/Method#']")
    rule = reader.address.rpartition("#")[2]

    assert reader.text(f"tr[id='{rule}'] th") == rule
    assert words in reader.text("#mw-content-text")


@pytest.mark.parametrize(("dbname", "language", "word"), [("bnwiki", "bn", "দাপ্তরিক"), ("zhwiki", "zh", "声明")])
def test_a_notice_or_a_row_leads_to_the_statement_in_ones_language(
    seen: Farm, reader: Reader, dbname: str, language: str, word: str
) -> None:
    reader.open(address(seen, dbname, page("statements")))
    reader.click(f".oabot a[href$='_statement/{language}']")

    assert unquote(reader.address).endswith(f"/Office_actions/September_2021_statement/{language}")
    assert word in reader.text("#mw-content-text")


def test_a_request_for_an_update_takes_two_clicks(seen: Farm, reader: Reader) -> None:
    admin = seen.accounts["admin"]
    reader.open(address(seen, "ruwiki", "Special:UserLogin"))
    reader.write("#wpName1", admin.name)
    reader.write("#wpPassword1", admin.password)
    reader.click("#wpLoginAttempt")
    reader.open(address(seen, "ruwiki", page("local")))

    reader.click(".oabot-head a[href*='preload']")
    reader.click("#wpSave")

    reader.wait("return !document.querySelector('#wpSave')")
    text = str(seen.text("ruwiki", "User:OATransparencyBot/Requests"))
    title = seen.ask("ruwiki", action="query", titles=page("local"))["query"]["pages"][0]["title"]
    assert f"{{{{Office action request|job=tables|scope=page|of={title}|mode=save|reason=}}}}" in text
    asked = seen.ask(
        "ruwiki", action="query", prop="revisions", titles="User:OATransparencyBot/Requests", rvprop="user"
    )
    assert asked["query"]["pages"][0]["revisions"][0]["user"] == admin.name


@pytest.mark.parametrize("skin", ["vector-2022", "vector", "minerva"])
@pytest.mark.parametrize("dbname", WIKIS)
def test_no_page_has_a_serious_fault_of_accessibility(seen: Farm, chromium: Browser, dbname: str, skin: str) -> None:
    titles = [page(view) for view in VIEWS]
    if dbname == "metawiki":
        titles += [page(f"table-{language}") for language in LANGUAGES]
    if dbname in ("metawiki", "ruwiki", "zhwiki"):
        titles += [f"User:OATransparencyBot/{name}" for name in ("About", "Method", "Requests")]
    faults = {}
    with chromium.reader(phone=skin == "minerva") as somebody:
        for title in titles:
            somebody.open(address(seen, dbname, title, useskin=skin))
            faults[title] = somebody.faults("#mw-content-text")

    assert {title: found for title, found in faults.items() if found} == {}


@pytest.mark.parametrize("view", VIEWS)
def test_in_dark_colours_of_the_skin_nothing_of_a_view_stays_bright(seen: Farm, reader: Reader, view: str) -> None:
    reader.open(address(seen, "fawiki", page(view)))
    reader.run(DARK)

    assert reader.faults(".oabot") == []
    assert reader.run("return getComputedStyle(document.querySelector('.oabot')).borderTopColor") in (
        "rgb(114, 119, 125)",  # the notice's line
        "rgb(234, 236, 240)",  # none: the colour of the text
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_on_a_desk_a_wide_table_scrolls_and_the_page_does_not(seen: Farm, reader: Reader, language: str) -> None:
    reader.open(address(seen, "metawiki", page(f"table-{language}"), useskin="vector-2022"))

    assert reader.run("return document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth") == 0


@pytest.mark.parametrize("language", ["ar", "fa"])
def test_a_table_in_a_language_from_right_to_left_begins_at_the_right(
    seen: Farm, reader: Reader, language: str
) -> None:
    reader.open(address(seen, "metawiki", page(f"table-{language}")))
    where = "return arguments[0].map(name => document.querySelector(name).getBoundingClientRect().left)"
    date, status = reader.run(where, [".oabot th:first-child", ".oabot th:last-child"])

    assert date > status


@pytest.mark.parametrize("dbname", WIKIS)
def test_on_a_telephone_tables_scroll_and_the_page_does_not(seen: Farm, chromium: Browser, dbname: str) -> None:
    width = "return document.scrollingElement.scrollWidth"
    with chromium.reader(phone=True) as somebody:
        wide = {}
        for title in [*(page(view) for view in VIEWS), "User:OATransparencyBot/Method"]:
            somebody.open(address(seen, dbname, title, useskin="minerva"))
            wide[title] = somebody.run(width)

    assert {title: pixels for title, pixels in wide.items() if pixels > 360} == {}


def test_without_javascript_everything_is_there_to_read_and_follow(seen: Farm, chromium: Browser) -> None:
    with chromium.reader(scripts=False) as somebody:
        somebody.open(address(seen, "zhwiki", page("table")))
        text = somebody.text(".oabot")
        folded = somebody.text(".oabot li")
        somebody.click(".oabot td a[href*='/Method#']")
        rule = somebody.text("#mw-content-text")

    assert "列出并不等于定论" in text
    assert folded in text
    assert "office-lock" in rule


def test_without_anything_to_show_a_view_says_so(seen: Farm, reader: Reader) -> None:
    reader.open(address(seen, "bnwiki", page("local")))

    assert json.loads((ROOT / "oabot/i18n/bn.json").read_text(encoding="utf-8"))["oabot-empty-table"] in reader.text(
        ".oabot"
    )
