"""The walk on real wikis: seeded history to pages, by the commands that an operator gives."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

import pytest

from tests.local_bot import Bot
from tests.local_farm import ROOT, Farm

TABLE = "User:OATransparencyBot/Office actions"
ROWS = ROOT / "farm/rows.jsonl"
WIKIS = ("metawiki", "ruwiki", "zhwiki", "fawiki", "bnwiki")
"""Those whose page the seed has set up."""


def _text(farm: Farm, wiki: str = "metawiki") -> str:
    text = farm.text(wiki, TABLE)
    assert text is not None
    return text


@dataclass(frozen=True)
class Walked:
    """What one bot did on the seeded farm, told in its own words."""

    bot: Bot
    dry: str
    untouched: str
    """The table page after the dry run."""
    first: str
    texts: Mapping[str, str]
    """Each wiki's page after the first run."""


@pytest.fixture(scope="module")
def walked(farm: Farm, tmp_path_factory: pytest.TempPathFactory) -> Walked:
    bot = Bot(farm, tmp_path_factory.mktemp("bot"), fresh=True)
    dry = bot.run("once", "tables").stdout
    untouched = _text(farm)
    first = bot.run("once", "tables", "--save").stdout
    return Walked(bot, dry, untouched, first, {wiki: _text(farm, wiki) for wiki in WIKIS})


def test_seeded_history_becomes_pages_and_a_second_run_makes_no_edit(farm: Farm, walked: Walked) -> None:
    second = walked.bot.run("once", "tables", "--save").stdout
    first, texts = walked.first, walked.texts

    assert "44 cases: 2 dmca_removal, 27 global_lock, 1 page_protection, 1 partial_ban, 13 rights_removed" in first
    assert "/wiki/Special:Diff/" in first
    assert second.rstrip().endswith("0 edits")
    assert {wiki: farm.text(wiki, TABLE) for wiki in WIKIS} == texts
    assert "示例甲" in texts["metawiki"]
    assert "Пример Борис" in texts["ruwiki"]
    assert "样例七" in texts["zhwiki"]


def test_the_readme_shows_what_a_run_prints(walked: Walked) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    first, second = re.findall(r"^\$ scripts/demo (.*?)(?=^\$ )", readme, re.MULTILINE | re.DOTALL)
    shown = re.findall(r"^ +\d+\.\d s  (?!saved)(.*)$", first, re.MULTILINE)

    assert len(shown) == 3
    assert not [line for line in shown if f" s  {line}\n" not in walked.dry + walked.first]
    assert re.findall(r"s  (\d+ edits)$", second, re.MULTILINE) == ["0 edits"]


def test_each_wiki_is_served_in_its_language(walked: Walked) -> None:
    assert 'lang="ru"' in walked.texts["ruwiki"]
    assert 'lang="zh-hans"' in walked.texts["zhwiki"]
    assert 'dir="rtl"' in walked.texts["fawiki"]


def test_nobody_and_nothing_of_the_noise_is_published_or_kept(walked: Walked) -> None:
    rows = [json.loads(line) for line in ROWS.read_text(encoding="utf-8").splitlines()]
    verdicts = [json.loads(line) for line in walked.bot.run("classify", str(ROWS)).stdout.splitlines()]
    private = {
        row["entry"]["title"].split(":", 1)[-1].split("@")[0]
        for row, verdict in zip(rows, verdicts, strict=True)
        if verdict["verdict"] == "private" and row["entry"].get("title")
    }

    kept = walked.bot.ledger.read_bytes().decode("utf-8", "replace")
    pages = "".join(walked.texts.values())
    assert private
    assert not [name for name in private if name in pages or name in kept]


def test_without_save_it_shows_the_diff_and_saves_nothing(walked: Walked) -> None:
    assert "+{| class=" in walked.dry
    assert "dry run: " in walked.dry.splitlines()[-1]
    assert "{|" not in walked.untouched


def test_a_ledger_deleted_and_rebuilt_makes_no_edit(walked: Walked) -> None:
    walked.bot.ledger.unlink()

    walked.bot.run("rebuild")

    assert walked.bot.run("once", "tables", "--save").stdout.rstrip().endswith("0 edits")


def test_a_preview_needs_no_account_and_writes_the_same_cases_as_a_replay(farm: Farm, walked: Walked) -> None:
    bot = walked.bot
    environment = {key: value for key, value in bot.environment.items() if key != "OABOT_BOT_PASSWORD"}

    bot.run("preview", "--out", str(bot.folder / "preview"), environment=environment)
    bot.run("replay", str(ROWS), "--out", str(bot.folder / "replay"))

    seen, recorded = (json.loads((bot.folder / way / "cases.json").read_text()) for way in ("preview", "replay"))
    assert seen == recorded
    page = (bot.folder / "preview/metawiki/User:OATransparencyBot/Office actions.wikitext").read_text()
    assert farm.url("metawiki") in page


def test_a_preview_is_bounded_by_wiki_and_date(walked: Walked) -> None:
    out = walked.bot.folder / "bounded"

    walked.bot.run("preview", "--out", str(out), "--wiki", "metawiki", "--since", "2022-01-01")

    found = json.loads((out / "cases.json").read_text())
    assert {case["class"] for case in found} == {"global_lock"}
    assert len(found) == 16


def test_a_preview_without_a_contact_is_refused(walked: Walked) -> None:
    nobody = walked.bot.folder / "nobody.toml"
    text = walked.bot.settings.read_text(encoding="utf-8")
    nobody.write_text(re.sub(r"(?m)^contact = .*\n", "", text), encoding="utf-8")

    said = walked.bot.run("preview", "--settings", str(nobody), "--out", str(walked.bot.folder / "out"), code=2).stderr

    assert "--contact" in said


def test_explain_tells_rule_case_and_pages_of_an_entry_without_a_name(walked: Walked) -> None:
    walked.bot.run("once", "tables", "--save")

    said = walked.bot.run("explain", "metawiki", "42911058").stdout

    assert "verdict: yes (global_lock) by rule office-lock" in said
    assert "case metawiki:42911058: global_lock, reversed; entries metawiki:42911058, metawiki:42945117" in said
    assert "示例癸" not in said


def test_a_real_desysop_across_wikis_is_on_both_pages_after_the_next_run(farm: Farm, walked: Walked) -> None:
    name = farm.accounts["user"].name
    farm.person("admin", "zhwiki").rights(name, add="sysop")
    farm.person("office", "metawiki").rights(f"{name}@zhwiki", remove="sysop")

    walked.bot.run("once", "tables", "--save")

    for wiki in ("metawiki", "zhwiki"):
        assert name in _text(farm, wiki)


def test_an_entry_that_an_admin_hides_leaves_page_and_ledger_at_the_next_run(farm: Farm, walked: Walked) -> None:
    farm.person("oversighter", "metawiki").hide_entry(42911031)

    walked.bot.run("once", "all", "--save")

    assert "logid/42911031 " not in _text(farm)
    assert "erased" in walked.bot.run("explain", "metawiki", "42911031").stdout


def test_a_stop_page_ends_the_run_with_its_own_exit_code(farm: Farm, walked: Walked) -> None:
    broken = _text(farm).replace("wikitable", "wiki table")
    farm.person("user", "metawiki").edit(TABLE, broken)
    farm.person("user", "metawiki").edit("User:OATransparencyBot/Run", "stop")

    walked.bot.run("once", "tables", "--save", code=3)

    assert farm.text("metawiki", TABLE) == broken
