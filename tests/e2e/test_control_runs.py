"""People look first, undo, annotate and stop the bot on real wikis: real accounts, the continuous job.

Which sentence of what people may do is tried where, see docs/threats.md.
"""

from __future__ import annotations

import itertools
import json
import re

import pytest
import requests

from tests.control_farm import ACCOUNT, CONFIG, LIMITS, RUN, STATUS, TABLE, WIKIS, Controlled
from tests.running import until

NOTES = f"User:{ACCOUNT}/Annotations"
TALK = f"User talk:{ACCOUNT}"
pytestmark = [pytest.mark.long, pytest.mark.usefixtures("nobody_asks")]

HELD_BACK = """<?php
$wgHooks['PageSaveComplete'][] = static function ( $page, $user ) use ( $farmState ) {
	if ( $user->getName() !== 'OATransparencyBot' ) {
		return;
	}
	file_put_contents( "$farmState/ctl/saves", 'x', FILE_APPEND );
	$number = filesize( "$farmState/ctl/saves" );
	DeferredUpdates::addCallableUpdate( static function () use ( $farmState, $number ) {
		for ( $i = 0; $i < 2000 && $number === %d && !file_exists( "$farmState/ctl/go" ); $i++ ) {
			touch( "$farmState/ctl/held" );
			usleep( 10000 );
		}
	}, DeferredUpdates::PRESEND );
};
"""
"""A wiki that counts the bot's saves and keeps back its answer to one of them until a file is there."""


def ask(bot: Controlled, page: str, mode: str) -> None:
    """An admin asks for a page, and is answered."""
    bot.begin()
    bot.ask(job="tables", scope="page", of=page, mode=mode)
    assert bot.answers() == ["done"]


def filled(bot: Controlled) -> str:
    """A page with a table that the bot keeps up from now on."""
    page = bot.page()
    ask(bot, page, "save")
    assert bot.shows(page)
    return page


def undo_by_hand(bot: Controlled, page: str) -> None:
    """Somebody undoes the bot's last edit of a page."""
    bot.person("user", "metawiki").post(action="edit", title=page, undo=str(bot.newest(page)))


def decide(bot: Controlled, **params: str) -> str:
    """A steward decides; the answer."""
    bot.begin()
    bot.ask("steward", **params)
    bot.answers()
    return bot.requests()


def previewed(bot: Controlled, page: str) -> str:
    """The title of a preview of a page."""
    ask(bot, page, "preview")
    found = re.search(rf"User:{ACCOUNT}/Preview/[\w-]+", bot.requests())
    assert found, bot.requests()
    return found[0]


def run_of(bot: Controlled, page: str) -> str:
    """The id of the run that saved a page last, out of its summary."""
    asked = {"prop": "revisions", "rvprop": "comment", "titles": page}
    comment = bot.farm.ask("metawiki", action="query", **asked)["query"]["pages"][0]["revisions"][0]["comment"]
    found = re.search(r"\d{8}-\d{6}-[0-9a-f]{4}", comment)
    assert found, comment
    return found[0]


def stopped_during(bot: Controlled, number: int) -> int:
    """All pages are out of date, and somebody stops the bot while it makes one save: how many saves it made in all.

    0 when it had fewer to make.
    """
    control, user = bot.farm.state / "ctl", bot.person("user", "metawiki")
    bot.heard(bot.lock(f"示例停止{number}"))  # it is stopped now, too
    for file in ("saves", "held", "go"):
        (control / file).unlink(missing_ok=True)
    for dbname in WIKIS:
        bot.farm.control(dbname, "php", HELD_BACK % number)
    runs = bot.runs()
    bot.person("admin", "metawiki").edit(RUN, "run")
    until(lambda: (control / "held").exists() or bot.ended(runs), "the save, or an end")
    if not (control / "held").exists():
        return 0
    user.edit(RUN, f"stop after {number}")
    (control / "go").touch()
    until(lambda: bot.ended(runs), "the end of the run")
    return (control / "saves").stat().st_size


def test_after_a_stop_at_any_save_of_a_run_there_is_no_later_save(bot: Controlled) -> None:
    bot.person("user", "metawiki").edit(RUN, "stop")
    saves = list(itertools.takewhile(bool, (stopped_during(bot, number) for number in itertools.count(1))))
    for dbname in WIKIS:
        bot.farm.control(dbname, "php", None)
    bot.go_on()

    assert len(saves) >= 4
    assert saves == list(range(1, len(saves) + 1))


def test_what_is_previewed_is_saved_when_another_allowed_person_approves(bot: Controlled) -> None:
    page = bot.page()
    preview = previewed(bot, page)
    assert not bot.shows(page)
    assert "logid" in bot.text(preview)
    assert "{{" not in bot.text(preview).replace("{{#time:", "").replace("{{formatnum:", "")

    bot.person("user", "metawiki").edit(page, f"{bot.text(page)}\nA later word.")
    assert "|state=done|" in decide(bot, mode="approve", of=preview)

    assert bot.shows(page)
    assert bot.text(page).endswith("A later word.")
    assert "logid" not in bot.text(preview)


def test_an_approval_after_a_change_saves_nothing_and_says_what_has_changed(bot: Controlled) -> None:
    page = filled(bot)
    undo_by_hand(bot, page)  # no other run saves it now
    bot.settle()
    preview = previewed(bot, page)
    bot.heard(bot.lock("示例更改"))

    answer = decide(bot, mode="approve", of=preview)

    assert "this has changed since the preview" in answer
    assert page.partition(":")[2] in answer
    assert not bot.shows(page)
    bot.go_on()


def test_an_approval_after_a_hiding_does_not_show_what_is_hidden(bot: Controlled) -> None:
    other, name = filled(bot), "示例隐藏"
    logid = bot.lock(name)
    bot.await_row(other, logid)
    page = bot.page()
    preview = previewed(bot, page)
    assert name in bot.text(preview)
    with bot.asleep():
        bot.person("admin", "metawiki").hide_entry(logid)
        bot.begin()
        bot.ask("steward", mode="approve", of=preview)

    bot.answers()
    bot.settle()
    assert name not in bot.text(page)
    assert name not in bot.text(preview)
    assert name not in bot.text(other)
    assert name not in bot.requests()


def test_a_run_is_undone_by_its_rows_and_rests_until_somebody_asks(bot: Controlled) -> None:
    page = filled(bot)
    before = bot.rows(page)
    logid = bot.lock("示例撤销")
    bot.await_row(page, logid)

    assert "|state=done|" in decide(bot, mode="undo", of=run_of(bot, page))
    assert bot.rows(page) == before
    bot.person("user", "metawiki").edit(page, f"{bot.text(page)}\nA word.")
    bot.settle()
    assert bot.rows(page) == before

    ask(bot, page, "save")
    assert logid in bot.rows(page)


def test_an_undo_leaves_alone_what_people_edited_since_and_names_it(bot: Controlled) -> None:
    page = filled(bot)
    run = run_of(bot, page)
    bot.person("user", "metawiki").edit(page, f"{bot.text(page)}\nA word.")

    answer = decide(bot, mode="undo", of=run)

    assert "it was edited since" in answer
    assert page.partition(":")[2] in answer
    assert bot.shows(page)


def test_an_undo_does_not_bring_back_what_was_hidden_since(bot: Controlled) -> None:
    names = ["示例一号", "示例二号", "示例三号"]
    hidden, *kept = [bot.lock(name) for name in names]
    bot.heard(kept[-1])
    page = filled(bot)
    assert bot.rows(page) == {hidden, *kept}
    newest = bot.lock("示例四号")
    bot.await_row(page, newest)
    assert bot.rows(page) == {newest, *kept}
    run = run_of(bot, page)
    bot.person("oversighter", "metawiki").hide_entry(hidden, suppress="yes")  # no log tells of it

    assert "|state=done|" in decide(bot, mode="undo", of=run)
    assert bot.rows(page) == set(kept)
    assert names[0] not in bot.text(page)


def test_two_saves_that_people_undid_make_the_wiki_rest_until_run_is_edited(bot: Controlled) -> None:
    pages, other = [filled(bot), filled(bot)], filled(bot)
    for page in pages:
        undo_by_hand(bot, page)
    until(lambda: "resting: people undid" in bot.text(STATUS), "the rest on the status page")
    logid = bot.lock("示例休息")
    bot.heard(logid)
    assert logid not in bot.rows(other)

    bot.go_on()
    assert logid in bot.rows(other)
    assert "resting: people" not in bot.text(STATUS)
    assert not any(bot.shows(page) for page in pages)
    ask(bot, pages[0], "save")
    assert bot.shows(pages[0])


def test_a_message_on_the_talk_page_lets_the_bot_rest_until_run_is_edited(bot: Controlled) -> None:
    page = filled(bot)
    bot.person("user", "metawiki").edit(TALK, "Please stop this.")
    until(lambda: "somebody wrote on the bot" in bot.text(STATUS), "the rest on the status page")
    logid = bot.lock("示例留言")
    bot.heard(logid)
    assert logid not in bot.rows(page)

    bot.go_on()
    assert logid in bot.rows(page)
    assert "somebody wrote on the bot" not in bot.text(STATUS)


def test_a_block_lets_the_wiki_rest_until_run_is_edited(bot: Controlled) -> None:
    page = filled(bot)
    bot.person("admin", "metawiki").block(ACCOUNT)
    logid = bot.lock("示例封禁")
    bot.heard(logid)
    bot.person("admin", "metawiki").unblock(ACCOUNT)
    assert logid not in bot.rows(page)

    bot.go_on()
    assert logid in bot.rows(page)


def test_run_from_somebody_who_may_not_say_it_stops_the_bot(bot: Controlled) -> None:
    page, user = filled(bot), bot.person("user", "metawiki")
    user.edit(RUN, "stop")
    user.edit(RUN, "run")
    logid = bot.lock("示例破坏")
    bot.heard(logid)
    assert logid not in bot.rows(page)

    bot.person("admin", "metawiki").edit(RUN, "\nrun")
    bot.settle()
    assert logid in bot.rows(page)


def test_a_note_counts_by_its_author_and_leaves_at_once_with_its_revision(bot: Controlled) -> None:
    logid = bot.lock("示例注释")
    bot.heard(logid)
    page = filled(bot)
    note = f"{{{{Office action note|entry=metawiki:{logid}|note=%s}}}}"
    bot.person("user", "metawiki").edit(NOTES, f"Notes:\n{note % 'From nobody.'}")
    said = bot.person("admin", "metawiki").edit(NOTES, f"{bot.text(NOTES)}\n{note % 'See the archive.'}")
    until(lambda: "See the archive." in bot.text(page), "the note")
    assert "From nobody." not in bot.text(page)
    human = bot.text(NOTES)

    bot.person("user", "metawiki").edit(NOTES, f"{human}\nMore.")  # the newest revision can't be hidden
    bot.person("admin", "metawiki").hide_revision(said)
    until(lambda: "See the archive." not in bot.text(page), "the end of the note")

    assert bot.text(NOTES) == f"{human}\nMore."


def test_a_config_that_cannot_be_used_is_told_of_and_the_last_good_one_stays(bot: Controlled) -> None:
    page, admin = filled(bot), bot.person("admin", "metawiki")
    admin.edit(CONFIG, '{\n "settle_hours": -1\n}')
    logid = bot.lock("示例配置")
    bot.await_row(page, logid)
    until(lambda: "settle" in bot.text(STATUS), "the error on the status page")
    assert "Line {{formatnum:2}}" in bot.text(STATUS)

    admin.edit(CONFIG, json.dumps({"limits": LIMITS}))
    until(lambda: "settle" not in bot.text(STATUS), "the end of the error")


def test_a_table_warns_by_itself_when_the_bot_has_been_silent_for_days(bot: Controlled) -> None:
    admin = bot.person("admin", "metawiki")

    def read() -> str:
        admin.post(action="purge", titles=TABLE, forcelinkupdate="1")
        return requests.get(f"{bot.farm.url('metawiki')}/wiki/{TABLE.replace(' ', '_')}", timeout=60).text

    assert "the bot has been silent" not in read()

    with bot.asleep():
        status = bot.text(STATUS)
        admin.edit(STATUS, re.sub(r"(?<=<onlyinclude>)[^<]*", "2020-01-01T00:00:00Z", status))
        assert "the bot has been silent" in read()
        admin.delete(STATUS)
        assert "the bot has been silent" not in read()
