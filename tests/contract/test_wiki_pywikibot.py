"""Where we go our own way, beside Pywikibot's on a real MediaWiki."""

from __future__ import annotations

import importlib
import json
import sqlite3
import time
from pathlib import Path

import pytest

from oabot.errors import AccountRefused
from oabot.model import Edit
from oabot.wiki import Access, BotPassword, LiveWiki, Session, configure
from tests.contract.stages import BOT, FarmStage
from tests.fakes.clock import StillClock
from tests.local_farm import Farm

CASES = json.loads(Path(__file__).parents[1].joinpath("data/bots/cases.json").read_text(encoding="utf-8"))
TITLE = f"User:{BOT}/Test"


@pytest.fixture
def session(farm: Farm) -> Session:
    bot = farm.accounts["bot"]
    suffix = bot.bot_login.partition("@")[2]
    return configure(Access(bot.name, BotPassword(suffix, bot.bot_secret), "oabot/0 (operator@example.org)"))


@pytest.mark.farm
def test_pywikibot_keeps_from_the_same_pages_as_we_do(fresh_farm: Farm, session: Session) -> None:
    stage = FarmStage(fresh_farm, session)
    library = importlib.import_module("pywikibot")
    session.adapter.until = time.monotonic() + 120
    site = session.site("metawiki", fresh_farm.api("metawiki"))
    allowed = {}
    for case in CASES:
        stage.put(TITLE, case["text"] + "\n.")
        allowed[case["text"]] = library.Page(site, TITLE).botMayEdit()

    assert allowed == {case["text"]: case.get("pywikibot", case["allowed"]) for case in CASES}


@pytest.mark.farm
@pytest.mark.parametrize("after", ["reading", "saving"])
def test_a_session_that_the_wiki_loses_is_begun_anew(fresh_farm: Farm, session: Session, after: str) -> None:
    wiki = LiveWiki(session, "metawiki", fresh_farm.api("metawiki"), clock=StillClock())
    revid = 0
    for number in range(3):
        wiki.account()
        if after == "saving":
            revid = wiki.save(Edit(TITLE, f"text {number}", "a test", revid)).revid
        with sqlite3.connect(fresh_farm.state / "data" / "metawiki_cache.sqlite") as cache:
            forgotten = cache.execute("DELETE FROM objectcache WHERE keyname LIKE '%MWSession%'").rowcount
        cache.close()
        assert forgotten
    saved = wiki.save(Edit(TITLE, "at last", "a test", revid))

    assert wiki.revisions(TITLE)[-1].revid == saved.revid
    assert wiki.revisions(TITLE)[-1].user == BOT


@pytest.mark.farm
def test_a_wrong_password_stops_without_a_question(fresh_farm: Farm) -> None:
    wrong = configure(Access(BOT, BotPassword("oabot", "w" * 32), "oabot/0 (operator@example.org)"))
    # Not the address of the other tests: Pywikibot keeps one site for each, and this one would still be logged in.
    address = fresh_farm.api("metawiki").replace("127.0.0.1", "localhost")
    wiki = LiveWiki(wrong, "metawiki", address, clock=StillClock())
    with pytest.raises(AccountRefused, match="login-failed"):
        wiki.save(Edit(TITLE, "text", "a test", 0))

    assert fresh_farm.text("metawiki", TITLE) is None


@pytest.mark.farm
def test_without_an_account_pages_are_read_and_none_is_saved(fresh_farm: Farm) -> None:
    nobody = configure(Access(BOT, None, "oabot/0 (operator@example.org)"))
    address = fresh_farm.api("ruwiki").replace("127.0.0.1", "localhost")
    wiki = LiveWiki(nobody, "ruwiki", address, clock=StillClock())

    assert wiki.pages([TITLE])[TITLE].title == f"Участник:{BOT}/Test"
    with pytest.raises(AccountRefused, match="logged-out"):
        wiki.save(Edit(TITLE, "text", "a test", 0))
