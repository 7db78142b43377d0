"""People ask the bot for something on real wikis: real accounts, real histories, the continuous job.

Which sentence of what people may do is tried where, see docs/threats.md.
"""

from __future__ import annotations

import json
import re
from html import unescape
from urllib.parse import urlencode

import pytest
import requests

from tests.control_farm import CONFIG, LIMITS, REGION, REQUESTS, Controlled, call
from tests.running import Running

pytestmark = pytest.mark.usefixtures("nobody_asks")


def wish(page: str) -> dict[str, str]:
    """What most ask for."""
    return {"job": "tables", "scope": "page", "of": page, "mode": "save"}


def test_a_new_admin_puts_a_table_on_a_page_and_gets_it_filled(bot: Controlled) -> None:
    admin, title = bot.person("admin", "ruwiki"), "Участник:FarmAdmin/Действия"
    admin.edit(title, REGION)
    form = {
        "title": REQUESTS, "action": "edit", "section": "new", "nosummary": "1",
        "preload": f"{REQUESTS}/preload", "preloadparams[]": title,
    }  # fmt: skip
    html = requests.get(f"{bot.farm.url('ruwiki')}/w/index.php?{urlencode(form)}", timeout=60).text
    found = re.search(r"<textarea[^>]*>(.*?)</textarea>", html, re.DOTALL)
    assert found
    admin.post(action="edit", title=REQUESTS, section="new", text=unescape(found[1]).strip())

    assert bot.answers(dbname="ruwiki") == ["done"]
    assert "Special:Diff/" in bot.text(REQUESTS, "ruwiki")
    assert bot.shows(title, "ruwiki")
    assert bot.text(title, "ruwiki").startswith("Before.\n\n{{Office actions|table|limit=3}}\n")
    assert "FarmAdmin" in bot.journal()


def test_neither_a_signature_nor_a_parameter_makes_an_admin(bot: Controlled) -> None:
    page = bot.page()
    bot.ask("user", **wish(page), user="FarmAdmin", reason="[[User:FarmAdmin|FarmAdmin]] 12:00, 1 January 2026 (UTC)")

    assert bot.answers() == ["refused"]
    assert "only members of these groups" in bot.text(REQUESTS)
    assert not bot.shows(page)


def test_an_admin_of_a_wiki_asks_for_that_wiki_and_a_steward_for_others(bot: Controlled) -> None:
    page = bot.page()
    bot.ask(dbname="ruwiki", **wish(f"metawiki:{page}"))
    bot.ask(job="all", scope="all", mode="save")
    assert bot.answers(dbname="ruwiki") == ["refused"]
    assert bot.answers() == ["refused"]
    assert "отсюда можно подавать запросы только для этой вики" in bot.text(REQUESTS, "ruwiki")
    assert not bot.shows(page)

    bot.ask("steward", **wish(page))
    assert bot.answers(2) == ["refused", "done"]
    assert bot.shows(page)


def test_an_admins_old_words_that_were_moved_here_are_nobodys(bot: Controlled) -> None:
    page, example = bot.page(), "User:FarmAdmin/Example"
    admin, mover = bot.person("admin", "metawiki"), bot.person("user", "metawiki")
    with bot.asleep():
        admin.edit(example, f"How to ask: {call(**wish(page))}")
        mover.move(REQUESTS, "User:Ordinary Example/Old requests")
        admin.delete(REQUESTS)  # the redirect
        mover.move(example, REQUESTS)

    assert bot.answers() == ["refused"]
    assert "cannot be seen who wrote" in bot.text(REQUESTS)
    assert not bot.shows(page)


def test_a_request_is_carried_out_once_though_its_page_goes_away_and_comes_back_without_the_answer(
    bot: Controlled,
) -> None:
    page, elsewhere = bot.page(), "User:Ordinary Example/Elsewhere"
    admin, mover = bot.person("admin", "metawiki"), bot.person("user", "metawiki")
    bot.ask(**wish(page))
    assert bot.answers() == ["done"]
    saves = bot.saves(page)

    with bot.asleep():
        mover.move(REQUESTS, elsewhere)
        mover.edit(elsewhere, f"Requests go below.\n\n{call(**wish(page))}")
        mover.edit(page, REGION)
    bot.looked()
    assert "state=" not in bot.text(elsewhere)
    assert bot.text(REQUESTS).startswith("#REDIRECT")
    with bot.asleep():
        admin.delete(REQUESTS)
        mover.move(elsewhere, REQUESTS)

    assert bot.answers() in (["done"], ["refused"])
    bot.settle()
    assert bot.saves(page) == saves


def test_a_request_that_was_reverted_and_put_back_by_somebody_else_is_not_theirs(bot: Controlled) -> None:
    page, admin = bot.page(), bot.person("admin", "metawiki")
    with bot.asleep():
        revid = bot.ask("user", **wish(page))
        admin.post(action="edit", title=REQUESTS, undo=str(revid))
        admin.post(action="edit", title=REQUESTS, undo=str(bot.newest(REQUESTS)))

    assert bot.answers() == ["refused"]
    assert "only members of these groups" in bot.text(REQUESTS)
    assert not bot.shows(page)


def test_a_request_that_was_reverted_asks_for_nothing(bot: Controlled) -> None:
    page = bot.page()
    with bot.asleep():
        revid = bot.ask(**wish(page))
        bot.person("user", "metawiki").post(action="edit", title=REQUESTS, undo=str(revid))

    bot.settle()
    assert not bot.shows(page)


def test_a_request_whose_revision_is_hidden_is_nobodys(bot: Controlled) -> None:
    page = bot.page()
    with bot.asleep():
        revid = bot.ask(**wish(page))
        bot.ask("user", job="tables", mode="save")  # a later revision: the newest can't be hidden
        bot.person("admin", "metawiki").hide_revision(revid)

    assert bot.answers(2) == ["refused", "refused"]
    assert "cannot be seen who wrote" in bot.text(REQUESTS)
    assert not bot.shows(page)


@pytest.mark.parametrize("text", ["", "#REDIRECT [[User:FarmAdmin/Elsewhere]]"], ids=["blanked", "redirected"])
def test_a_page_that_is_blanked_or_redirected_asks_for_nothing(bot: Controlled, text: str) -> None:
    page = bot.page()
    with bot.asleep():
        bot.ask(**wish(page))
        bot.person("user", "metawiki").edit(REQUESTS, text)

    bot.settle()
    assert not bot.shows(page)
    assert bot.text(REQUESTS) == text


def test_a_page_that_is_not_protected_any_more_gives_nobody_more_rights(bot: Controlled) -> None:
    admins, others, admin = bot.page(), bot.page(), bot.person("admin", "metawiki")
    with bot.asleep():
        admin.protect(REQUESTS)
        bot.ask(**wish(admins))
        admin.protect(REQUESTS, "edit=all")
        bot.ask("user", **wish(others))

    assert bot.answers(2) == ["done", "refused"]
    assert bot.shows(admins)
    assert not bot.shows(others)


def test_who_is_desysopped_or_blocked_meanwhile_is_refused(bot: Controlled) -> None:
    page, admin, name = bot.page(), bot.person("admin", "metawiki"), bot.person("user", "metawiki").name
    with bot.asleep():
        admin.rights(name, add="sysop")
        bot.ask("user", **wish(page))
        admin.rights(name, remove="sysop")
    assert bot.answers() == ["refused"]
    assert "only members of these groups" in bot.text(REQUESTS)

    with bot.asleep():
        admin.rights(name, add="sysop")
        bot.ask("user", **wish(page), reason="once more")
        admin.block(name)
    assert bot.answers(2) == ["refused", "refused"]
    admin.unblock(name)
    admin.rights(name, remove="sysop")

    assert "blocked and locked accounts cannot ask" in bot.text(REQUESTS)
    assert not bot.shows(page)


@pytest.mark.long
def test_of_a_thousand_requests_at_once_the_first_few_are_carried_out(bot: Controlled) -> None:
    admin, page = bot.person("admin", "metawiki"), bot.page()
    admin.edit(CONFIG, json.dumps({"limits": LIMITS | {"requests_per_person_hour": 2}}))
    before = len(bot.saves(REQUESTS))
    calls = [call(**wish(page), reason=str(number)) for number in range(1000)]
    bot.person("steward", "metawiki").edit(REQUESTS, "\n".join(calls))

    states = bot.answers(1000, seconds=180)
    admin.edit(CONFIG, json.dumps({"limits": LIMITS}))

    assert 1 <= states.count("done") <= 2
    assert set(states) == {"done", "refused"}
    assert len(bot.saves(REQUESTS)) - before <= 1 + states.count("done")
    assert len(bot.saves(page)) == 1


@pytest.mark.long
def test_two_copies_and_a_kill_in_between_carry_out_each_request_once(bot: Controlled) -> None:
    pages = [bot.page() for _ in range(3)]
    with Running(bot.bot, "second") as second:
        for page in pages:
            bot.ask(**wish(page))
        bot.answers(1)
        assert "holds the lease" in bot.bot.run("once", "tables", "--save", code=3).stderr
        bot.run.process.kill()
        bot.run.process.wait()
        second.process.kill()
        second.process.wait()
    bot.start_again("third")
    bot.answers(3)
    bot.settle()

    assert [len(bot.saves(page)) for page in pages] == [1, 1, 1]
