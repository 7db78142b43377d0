"""The Bengali case on real wikis: what its readers are told, from the first notice to the empty one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.local_bot import Bot
from tests.local_farm import ROOT, Farm

TITLE = "Office actions/September 2021 statement"
NOTICE = "User:OATransparencyBot/Notice"
MATRIX = "User:OATransparencyBot/Statements"
REVIEW = "User:OATransparencyBot/Review"
NOTES = "User:OATransparencyBot/Annotations"
UNITS = json.loads((ROOT / "farm/translate/metawiki.json").read_text(encoding="utf-8"))[TITLE]
NEW_UNITS = "\n<!--T:26-->\nThe accounts were told.\n\n<!--T:27-->\nThank you.\n</translate>"

pytestmark = pytest.mark.slow


@pytest.fixture
def bot(fresh_farm: Farm, tmp_path: Path) -> Bot:
    return Bot(fresh_farm, tmp_path / "bot", fresh=True)


def once(bot: Bot) -> str:
    """One run that saves; its last words: how many edits."""
    done = bot.run("once", "all", "--save", "--config", str(ROOT / "farm/config.json"))
    return done.stdout.rstrip().rpartition("  ")[2]


def translate(farm: Farm, text: str, **bengali: list[str]) -> None:
    """Translators do something, and the translation page is made anew, as the extension does."""
    changed = {**UNITS, "translations": {**UNITS["translations"], "bn": {"fuzzy": [], **bengali}}}
    farm.control("metawiki", "translate.json", json.dumps({TITLE: changed}))
    farm.person("admin", "metawiki").edit(f"{TITLE}/bn", text)


def region(farm: Farm, dbname: str, title: str) -> str:
    text = str(farm.text(dbname, title))
    return text.partition("}}\n")[2].partition("{{Office actions end}}")[0].strip()


def row(farm: Farm, language: str) -> str:
    """A language's row of the matrix."""
    return next(row for row in region(farm, "metawiki", MATRIX).split("|-") if f'data-oabot="{language} ' in row)


def html(farm: Farm, dbname: str, title: str) -> str:
    return str(farm.ask(dbname, action="parse", page=title, prop="text", disablelimitreport="1")["parse"]["text"])


def test_bengali_readers_are_told_until_nothing_is_missing(bot: Bot, farm: Farm) -> None:
    # The accusation is translated, the correction isn't.
    once(bot)
    notice = region(farm, "bnwiki", NOTICE)
    assert "{{formatnum:5}}" in notice
    assert "সংশোধনী অংশটি অনূদিত হয়নি" in notice
    assert "৫টি" in html(farm, "bnwiki", NOTICE)
    assert "{{formatnum:19}}%" in row(farm, "bn")
    assert "'''correction not translated'''" in row(farm, "bn")
    assert once(bot) == "0 edits"

    # A new version is marked: two units are outdated, two are new, and that is why it is less.
    admin = farm.person("admin", "metawiki")
    text = str(farm.text("metawiki", TITLE)).replace("Dear all,", "Dear everybody,")
    before, _, after = text.rpartition("\n</translate>")
    admin.edit(TITLE, before + "\n" + NEW_UNITS + after)
    for unit in ("3", "4"):
        admin.edit(f"Translations:{TITLE}/{unit}/en", "A new version")
    admin.post(action="markfortranslation", title=TITLE)
    translate(farm, "fewer", translated=["Page display title", "1", "2"], fuzzy=["3", "4"])
    once(bot)
    today = farm.log("metawiki", leaction="pagetranslation/mark")[0]["timestamp"][:10]
    assert "{{formatnum:3}} of {{formatnum:28}} units" in row(farm, "bn")
    assert "{{formatnum:2}} units outdated" in row(farm, "bn")
    assert "fewer than before because the source changed on" in row(farm, "bn")
    assert f"bn 28 3 2 correction_not_translated not_translated {today}" in row(farm, "bn")
    assert "মূল পাঠ" in region(farm, "bnwiki", NOTICE)
    assert once(bot) == "0 edits"

    # One more unit is less than five points: nothing is saved for it.
    translate(farm, "one more", translated=["Page display title", "1", "2", "5"], fuzzy=["3", "4"])
    assert once(bot) == "0 edits"

    # All is translated.
    translate(farm, "all", translated=["Page display title", *map(str, range(1, 28))])
    once(bot)
    assert region(farm, "bnwiki", NOTICE) == ""
    assert "complete" in row(farm, "bn")
    assert once(bot) == "0 edits"


def test_the_page_stays_as_it_is_when_the_database_is_lost(bot: Bot, farm: Farm) -> None:
    once(bot)
    translate(farm, "one more", translated=["Page display title", "1", "2", "3", "4", "5"])
    bot.ledger.unlink()

    assert once(bot) == "0 edits"
    assert "{{formatnum:5}}" in region(farm, "bnwiki", NOTICE)


def test_languages_of_the_communities_concerned_lead_the_matrix(bot: Bot, farm: Farm) -> None:
    once(bot)
    matrix = region(farm, "metawiki", MATRIX)

    assert matrix.index('data-oabot="zh ') < matrix.index('data-oabot="ru ') < matrix.index('data-oabot="bn ')
    assert matrix.index("Languages of the communities concerned") < matrix.index("Priority languages")


def test_a_region_in_a_translation_page_is_left_alone(bot: Bot, farm: Farm) -> None:
    admin = farm.person("admin", "metawiki")
    set_up = "{{Office actions|table}}\n{{Office actions end}}"
    admin.edit("Project:Actions", f"<languages/>\n<translate>Words</translate>\n{set_up}")
    changed = {TITLE: UNITS, "Meta-Wiki:Actions": {**UNITS, "translations": {"bn": {"translated": ["1"]}}}}
    farm.control("metawiki", "translate.json", json.dumps(changed))
    admin.edit("Project:Actions/bn", f"<languages/>\nWords\n{set_up}")
    once(bot)

    assert farm.text("metawiki", "Project:Actions/bn") == f"<languages/>\nWords\n{set_up}"
    assert "Special:Redirect/logid/" in str(farm.text("metawiki", "Project:Actions"))


def test_a_post_of_the_office_waits_on_the_review_page_until_a_note_names_it(bot: Bot, farm: Farm) -> None:
    office = farm.person("office", "metawiki")
    office.edit("Talk:Office actions", "Dear all, ~~~~", section="new", sectiontitle="About User:示例甲")
    revid = office.edit("Talk:Office actions", "One thing more. ~~~~", section="new", sectiontitle="Further")
    office.edit("Office actions", "No talk page.", section="new", sectiontitle="Procedure")
    once(bot)
    offered = str(farm.text("metawiki", REVIEW)).partition("== Posts of the Office that may be statements ==")[2]
    assert offered.count("Special:Diff/") == 2
    assert f"Special:Diff/{revid} " in offered
    assert "示例甲" not in offered
    assert "Talk:" not in offered
    assert once(bot) == "0 edits"

    note = "{{Office action note|entry=metawiki:42911031|discussion=Talk:Office actions#Further}}"
    farm.person("admin", "metawiki").edit(NOTES, note)
    once(bot)
    offered = str(farm.text("metawiki", REVIEW)).partition("== Posts of the Office that may be statements ==")[2]
    assert offered.count("Special:Diff/") == 1
    assert f"Special:Diff/{revid} " not in offered
    assert once(bot) == "0 edits"
