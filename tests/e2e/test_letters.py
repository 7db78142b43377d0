"""A community's letters on real wikis: their table in two languages, what people say of them, and bad pages."""

from __future__ import annotations

import json
from html import unescape
from pathlib import Path

import pytest

from tests.local_bot import Bot
from tests.local_farm import ROOT, Farm

PAGE = "Участник:Пример Виктор/Переписка"
TABLE = "User:OATransparencyBot/Letters"
SUMMARY = "User:OATransparencyBot/Summary"
DATA = "User:OATransparencyBot/Data.json"
NOTES = "User:OATransparencyBot/Annotations"

pytestmark = pytest.mark.slow


@pytest.fixture
def bot(fresh_farm: Farm, tmp_path: Path) -> Bot:
    return Bot(fresh_farm, tmp_path / "bot", fresh=True)


def once(bot: Bot, job: str = "all") -> str:
    """One run that saves; its last words: how many edits."""
    return bot.run("once", job, "--save").stdout.rstrip().rpartition("  ")[2]


def html(farm: Farm, dbname: str, title: str) -> str:
    shown = farm.ask(dbname, action="parse", page=title, prop="text", disablelimitreport="1")["parse"]["text"]
    return unescape(str(shown))


def newest(farm: Farm, dbname: str, title: str) -> int:
    asked = {"prop": "revisions", "rvprop": "ids", "titles": title}
    return int(farm.ask(dbname, action="query", **asked)["query"]["pages"][0]["revisions"][0]["revid"])


def test_letters_summary_and_data_are_kept_and_a_quiet_run_edits_nothing(bot: Bot, farm: Farm) -> None:
    once(bot)

    russian, english = html(farm, "ruwiki", TABLE), html(farm, "metawiki", TABLE)
    assert "Ответ на письмо 2" in russian
    assert "без даты" in russian
    assert "2 дня" in russian
    assert "русский" in russian
    assert "undated" in english
    assert "2 days" in english
    assert english.count("2 days") == 1
    assert "malformed, read as" in english
    assert "November 11, 2021 16:58 AM" in english
    assert "invented letter" not in english
    summary = html(farm, "metawiki", SUMMARY)
    assert 'class="oabot-bar" aria-hidden="true"' in summary
    assert "Removal of advanced rights" in summary

    data = json.loads(str(farm.text("metawiki", DATA)))
    cases = {case["id"]: case for case in data["cases"]}
    assert cases["metawiki:43338262"]["opened"] == "2021-10-12T16:28:09Z"
    assert "示例" not in str(farm.text("metawiki", DATA))
    asked = {"prop": "info", "titles": DATA}
    assert farm.ask("metawiki", action="query", **asked)["query"]["pages"][0]["contentmodel"] == "json"

    kept = newest(farm, "metawiki", DATA)
    assert once(bot) == "0 edits"
    assert newest(farm, "metawiki", DATA) == kept


def test_a_hidden_entry_leaves_the_data_page_at_the_next_save(bot: Bot, farm: Farm) -> None:
    once(bot)
    farm.person("oversighter", "metawiki").hide_entry(43338262, suppress="yes")
    once(bot)

    assert "metawiki:43338262" not in str(farm.text("metawiki", DATA))


def test_what_people_say_of_a_question_is_shown_with_who_says_so(bot: Bot, farm: Farm) -> None:
    note = "{{Office action note|letters=ruwiki:User:Пример Виктор/Переписка|letter=2|question=3|answer=%s}}"
    farm.person("user", "metawiki").edit(NOTES, note % "declined")
    farm.person("admin", "metawiki").edit(NOTES, f"{note % 'declined'}\n{note % 'answered'}")
    once(bot, "letters")

    said = html(farm, "metawiki", TABLE)
    assert "Question 3: answered, according to <bdi>FarmAdmin</bdi>" in said
    assert "declined" not in said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{{Office actions letters}}\nno headings", "No numbered letter was found on this page."),
        ("{{Office actions letters}}\n== Letter 1 ==\n== Letter 1 ==", "two headings say: <bdi>Letter 1</bdi>"),
        (
            "{{Office actions letters}}\n" + "".join(f"== Letter {n} ==\n" for n in range(1, 1001)),
            "more than 200 letters",
        ),
        (
            "{{Office actions letters}}\n== Letter 1 ==\n<tabber>\nA=\n<tabber>\nB=x</tabber></tabber>",
            "inside other tabs",
        ),
        ("== Letter 1 ==", "was not put there by the author of the page"),
    ],
    ids=["no headings", "doubled", "too many", "nested tabs", "not allowed"],
)
def test_a_bad_page_gives_a_clear_message(bot: Bot, farm: Farm, text: str, said: str) -> None:
    writer = farm.person("user", "ruwiki")
    writer.edit("User:Ordinary Example/Letters", text)
    region = "{{Office actions|letters|page=ruwiki:User:Ordinary Example/Letters}}\n{{Office actions end}}"
    farm.person("admin", "metawiki").edit(TABLE, region)
    once(bot, "letters")

    assert said in html(farm, "metawiki", TABLE)


def test_a_page_that_somebody_else_opts_in_is_not_listed(bot: Bot, farm: Farm) -> None:
    text = str(farm.text("ruwiki", PAGE))
    admin = farm.person("admin", "ruwiki")
    admin.edit(PAGE, text.partition("\n")[2])
    admin.edit(PAGE, text.replace("{{Office actions letters}}", "{{Office actions letters|yes}}"))
    once(bot, "letters")

    assert "was not put there by the author of the page" in html(farm, "metawiki", TABLE)


def test_the_report_is_written_from_the_farm_without_a_name(bot: Bot, farm: Farm) -> None:
    out = bot.folder / "report"
    said = bot.run("report", "--out", str(out), "--lang", "fa", "--config", str(ROOT / "farm/config.json")).stdout

    assert set(said.split()) == {str(out / name) for name in ("index.html", "data.csv", "data.json", "feed.atom")}
    page = (out / "index.html").read_text(encoding="utf-8")
    assert '<html lang="fa" dir="rtl">' in page
    assert 'id="matrix"' in page
    assert "示例" not in page
    bot.settings.write_text("report_names = true\n" + bot.settings.read_text(encoding="utf-8"), encoding="utf-8")
    bot.run("report", "--out", str(out))
    assert "示例甲" in (out / "index.html").read_text(encoding="utf-8")
