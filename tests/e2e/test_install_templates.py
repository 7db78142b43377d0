"""The templates on real wikis: made once, in the wiki's language, and nobody else's page is ever touched."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from oabot.i18n import language
from tests.local_farm import ROOT, Farm

OPEN = "Template:Office actions"
STOP = "User:OATransparencyBot/Run"


def settings(farm: Farm, folder: Path, **approved: str) -> Path:
    lines = ['contact = "operator@wiki.example"']
    for dbname, wiki in farm.wikis.items():
        lines += [f"[wikis.{dbname}]", f'url = "{farm.url(dbname)}"', f'language = "{wiki["lang"]}"', "pace = 0"]
        lines += [f'approval = "{approved.get(dbname, "https://wiki.example/approval")}"']
    file = folder / "oabot.toml"
    file.write_text("\n".join(lines))
    return file


def run(farm: Farm, file: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    account = farm.accounts["bot"]
    name = account.bot_login.rpartition("@")[2]
    environment = {**os.environ, "OABOT_BOT_PASSWORD": f"{name}:{account.bot_secret}"}
    command = [sys.executable, str(ROOT / "scripts/install_templates.py"), "--settings", str(file), *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def revids(farm: Farm, dbname: str) -> dict[str, int]:
    """The newest revision of each page that the script makes."""
    reply = farm.ask(
        dbname, action="query", generator="allpages", gapnamespace="10", gaplimit="max", prop="info"
    )  # fmt: skip
    pages = reply.get("query", {}).get("pages", [])
    return {page["title"]: page["lastrevid"] for page in pages}


@pytest.fixture
def file(fresh_farm: Farm, tmp_path: Path) -> Path:
    return settings(fresh_farm, tmp_path)


def test_a_dry_run_shows_the_pages_and_makes_none(fresh_farm: Farm, file: Path) -> None:
    before = revids(fresh_farm, "ruwiki")
    done = run(fresh_farm, file, "--wiki", "ruwiki")

    assert done.returncode == 0, done.stderr
    assert f"ruwiki: {OPEN}: to be made" in done.stdout
    assert "+Этот шаблон открывает область" in done.stdout
    assert revids(fresh_farm, "ruwiki") == before


def test_save_makes_them_in_the_wikis_language_and_a_second_time_changes_nothing(fresh_farm: Farm, file: Path) -> None:
    first = run(fresh_farm, file, "--save", "--wiki", "ruwiki", "--wiki", "metawiki")
    made = revids(fresh_farm, "ruwiki"), revids(fresh_farm, "metawiki")
    second = run(fresh_farm, file, "--save", "--wiki", "ruwiki", "--wiki", "metawiki")

    assert first.returncode == second.returncode == 0, first.stderr + second.stderr
    assert (fresh_farm.text("ruwiki", f"{OPEN}/doc") or "").startswith("Этот шаблон")
    assert (fresh_farm.text("metawiki", f"{OPEN}/doc") or "").startswith("This template")
    assert "to be" not in second.stdout
    assert (revids(fresh_farm, "ruwiki"), revids(fresh_farm, "metawiki")) == made


def test_the_templates_show_nothing_of_their_own_and_their_parameters_are_described(
    fresh_farm: Farm, file: Path
) -> None:
    run(fresh_farm, file, "--save", "--wiki", "zhwiki")
    region = "{{Office actions|table|since=2021}}\n{|\n| 示例\n|}\n{{Office actions end}}"
    page = fresh_farm.ask("zhwiki", action="parse", text=region, contentmodel="wikitext", prop="text|parsewarnings")
    data = fresh_farm.ask("zhwiki", action="templatedata", titles=OPEN, lang="zh")["pages"]

    shown = page["parse"]["text"]
    assert page["parse"]["parsewarnings"] == []
    assert "<table>" in shown
    assert "<p>" not in shown
    (described,) = data.values()
    assert described["params"]["class"]["description"] == language("zh", ["zh"]).plain("oabot-doc-class")


def test_a_page_that_somebody_else_made_is_left_alone_and_named(fresh_farm: Farm, file: Path) -> None:
    theirs = "A template of our own, made for something else."
    fresh_farm.person("admin", "fawiki").edit(OPEN, theirs)
    done = run(fresh_farm, file, "--save", "--wiki", "fawiki")

    assert done.returncode == 1
    assert f"fawiki: {OPEN}: not made by the bot's account" in done.stdout
    assert fresh_farm.text("fawiki", OPEN) == theirs
    assert fresh_farm.text("fawiki", f"{OPEN} end") is not None


def test_a_page_of_ours_that_people_changed_is_put_right(fresh_farm: Farm, file: Path) -> None:
    run(fresh_farm, file, "--save", "--wiki", "bnwiki")
    ours = fresh_farm.text("bnwiki", OPEN)
    fresh_farm.person("admin", "bnwiki").edit(OPEN, "something else")
    done = run(fresh_farm, file, "--save", "--wiki", "bnwiki")

    assert f"bnwiki: {OPEN}: to be changed" in done.stdout
    assert fresh_farm.text("bnwiki", OPEN) == ours


def test_a_missing_stop_page_is_made_as_stopped_so_that_only_people_start_the_bot(fresh_farm: Farm, file: Path) -> None:
    for dbname in ("metawiki", "ruwiki"):
        fresh_farm.person("admin", dbname).delete(STOP)
    first = run(fresh_farm, file, "--save", "--wiki", "metawiki", "--wiki", "ruwiki")
    second = run(fresh_farm, file, "--save", "--wiki", "ruwiki")

    assert (first.returncode, second.returncode) == (0, 3), first.stderr
    assert (fresh_farm.text("ruwiki", STOP) or "").startswith("[[User:OATransparencyBot]] остановлен.")


@pytest.mark.parametrize("stopped", ["metawiki", "fawiki"])
def test_a_stop_page_stops_it_here_or_everywhere_and_is_never_overwritten(
    fresh_farm: Farm, file: Path, stopped: str
) -> None:
    before = revids(fresh_farm, "fawiki")
    fresh_farm.person("admin", stopped).edit(STOP, "stop, please")
    done = run(fresh_farm, file, "--save", "--wiki", "fawiki")

    assert done.returncode == 3
    assert revids(fresh_farm, "fawiki") == before
    assert fresh_farm.text(stopped, STOP) == "stop, please"


def test_a_wiki_that_has_not_approved_the_bot_gets_no_edit(fresh_farm: Farm, tmp_path: Path) -> None:
    before = revids(fresh_farm, "bnwiki")
    done = run(fresh_farm, settings(fresh_farm, tmp_path, bnwiki=""), "--save", "--wiki", "bnwiki")

    assert done.returncode == 2
    assert "bnwiki: no approval in the settings" in done.stderr
    assert revids(fresh_farm, "bnwiki") == before
