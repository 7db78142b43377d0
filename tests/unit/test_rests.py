"""What people say to the bot by acting."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from oabot.errors import Resting, Stopped
from oabot.publish import Outcome, Result
from oabot.rests import mark, spoken_to, undone
from tests.control_world import ORDINARY, STATUS, ControlWorld
from tests.histories import History
from tests.world import ACCOUNT, REGION, TABLE

RUN, TALK = f"User:{ACCOUNT}/Run", f"User talk:{ACCOUNT}"


def bodies(text: str) -> tuple[str, ...] | None:
    return tuple(re.findall(r"<(.*?)>", text))


def history(*edits: tuple[str, str, *tuple[str, ...]]) -> History:
    made = History()
    for user, text, *tags in edits:
        made.edit(user, text, *tags)
    return made


def test_only_a_persons_message_counts() -> None:
    def said(*users: str) -> bool:
        return spoken_to(history(*((user, f"{number}") for number, user in enumerate(users))).revisions, "Bot")

    assert not said("Bot", "MediaWiki message delivery")
    assert said("Bot", "Somebody")


def test_a_message_whose_author_is_hidden_counts() -> None:
    talk = history(("Somebody", "x"))
    talk.hide(10, user=True)

    assert spoken_to(talk.revisions, "Bot")


@pytest.mark.parametrize(
    ("edits", "found"),
    [
        ([("A", "<old>"), ("Bot", "<new>"), ("B", "<old>")], [20]),
        ([("A", "<old>"), ("Bot", "<new>"), ("B", "")], []),  # no region any more: nobody asks us to write
        ([("A", "<old>"), ("Bot", "<new>"), ("B", "<>")], [20]),
        ([("A", "<>"), ("Bot", "<new>"), ("B", "<>")], [20]),
        ([("A", "<old>"), ("Bot", "<new>"), ("B", "<new> and a word")], []),
        ([("A", "<old>"), ("Bot", "<new>"), ("B", "<other>")], []),
        ([("A", "<old>"), ("Bot", "<new>"), ("B", "<other>"), ("C", "<old>")], [20]),
        ([("A", "<old>"), ("Bot", "<new>"), ("B", "<old>"), ("Bot", "<new>"), ("B", "<old>")], [20, 40]),
        ([("A", "<old>"), ("Bot", "<new>"), ("Bot", "<old>")], []),
        ([("A", "<old>"), ("Bot", "<new>", "mw-reverted"), ("B", "<other>")], [20]),
    ],
)
def test_a_save_is_undone_when_the_region_says_again_what_it_said_before(
    edits: list[tuple[str, str, *tuple[str, ...]]], found: list[int]
) -> None:
    assert [one.ours for one in undone(history(*edits).revisions, "Bot", bodies)] == found


def test_what_the_region_said_before_the_history_begins_may_be_known() -> None:
    later = history(("Bot", "<new>"), ("B", "<old>")).revisions

    assert undone(later, "Bot", bodies, mark(("old",)))
    assert not undone(later, "Bot", bodies)


@pytest.mark.loopback
def test_a_message_on_metas_talk_page_stops_all_wikis_until_run_is_edited_later(world: ControlWorld) -> None:
    meta = world.wikis["metawiki"]
    meta.put(TALK, "Please stop.", user=ORDINARY)

    with pytest.raises(Resting):
        world.publish()
    assert not meta.saves
    assert not world.wikis["ruwiki"].saves

    meta.put(RUN, "\nrun")
    assert {one.result for one in world.publish()} == {Result.SAVED}


@pytest.mark.loopback
def test_a_message_on_a_local_talk_page_makes_only_that_wiki_rest(world: ControlWorld) -> None:
    world.wikis["ruwiki"].put(TALK, "Стоп.", user=ORDINARY)

    outcomes = {one.wiki: one for one in world.publish()}

    assert outcomes["metawiki"].result is Result.SAVED
    assert (outcomes["ruwiki"].result, outcomes["ruwiki"].reason) == (Result.SKIPPED, "talk")


@pytest.mark.loopback
def test_own_and_mass_messages_stop_nobody(world: ControlWorld) -> None:
    world.wikis["metawiki"].put(TALK, "Tech news", user="MediaWiki message delivery")
    world.wikis["metawiki"].put(TALK, "Tech news, answered", user=ACCOUNT)

    assert {one.result for one in world.publish()} == {Result.SAVED}


@pytest.mark.loopback
def test_a_message_between_two_saves_of_one_run_allows_no_later_save(world: ControlWorld) -> None:
    second = f"User:{ACCOUNT}/Zweite"
    world.wikis["metawiki"].put(second, REGION)
    wiki = world.wikis["metawiki"]
    wiki.after_save = lambda: wiki.put(TALK, "Stop!", user=ORDINARY)

    with pytest.raises(Stopped):
        world.publish()

    assert len(wiki.saves) == 1


@pytest.mark.loopback
def test_after_a_block_the_wiki_rests_until_an_allowed_person_lets_it_go_on(world: ControlWorld) -> None:
    world.wikis["ruwiki"].block()
    outcomes = {one.wiki: one for one in world.publish()}
    assert outcomes["ruwiki"].reason == "blocked"

    world.wikis["ruwiki"].unblock()
    outcomes = {one.wiki: one for one in world.publish("run-2")}
    assert outcomes["ruwiki"].reason == "blocked"

    world.wikis["ruwiki"].put(RUN, "\nrun")
    outcomes = {one.wiki: one for one in world.publish("run-3")}
    assert outcomes["ruwiki"].result is Result.SAVED


@pytest.mark.loopback
def test_a_page_whose_save_a_person_undid_is_left_alone_until_asked(world: ControlWorld) -> None:
    world.publish()
    world.wikis["metawiki"].put(TABLE, REGION, user=ORDINARY)

    assert meta(world.publish("run-2")).reason == "reverted"
    assert meta(world.publish("run-3")).reason == "reverted"
    assert world.text() == REGION.rstrip()

    world.ask(job="tables", scope="page", of=TABLE, mode="save")
    world.work()
    assert "示例甲" in world.text()


@pytest.mark.loopback
def test_a_rest_of_a_page_is_found_again_when_the_ledger_is_lost(world: ControlWorld, tmp_path: Path) -> None:
    world.publish()
    world.wikis["metawiki"].put(TABLE, REGION, user=ORDINARY)
    (tmp_path / "ledger.sqlite").unlink()
    world.begin()

    assert meta(world.publish("run-2")).reason == "reverted"


@pytest.mark.loopback
def test_two_saves_that_people_undid_make_the_wiki_rest(world: ControlWorld) -> None:
    second, third = f"User:{ACCOUNT}/Zweite", f"User:{ACCOUNT}/Dritte"
    for title in (second, third):
        world.wikis["ruwiki"].put(title, REGION)
    world.publish()
    for title in (TABLE, second):
        world.wikis["ruwiki"].put(title, REGION, user=ORDINARY)
    world.publish("run-2")
    world.lock(2, "示例乙")

    outcomes = [one for one in world.publish("run-3") if one.wiki == "ruwiki"]

    assert {one.reason for one in outcomes} == {"undone"}
    assert "示例乙" in world.text()


@pytest.mark.loopback
def test_people_who_only_edit_around_a_region_stop_nothing(world: ControlWorld) -> None:
    world.publish()
    world.wikis["metawiki"].put(TABLE, f"{world.text()}\nA word.", user=ORDINARY)
    world.lock(2, "示例乙")

    assert meta(world.publish("run-2")).result is Result.SAVED


@pytest.mark.loopback
def test_the_status_page_says_why_the_bot_rests_and_is_all_that_is_saved(world: ControlWorld) -> None:
    world.wikis["metawiki"].put(TALK, "Please stop.", user=ORDINARY)
    world.ask(job="tables", mode="save")

    world.work()

    assert [edit.title for edit in world.wikis["metawiki"].saves] == [STATUS]
    assert "somebody wrote on the bot" in world.text(STATUS)
    assert RUN.replace(" ", "_") in world.text(STATUS)


def meta(outcomes: list[Outcome]) -> Outcome:
    """What became of the central wiki's table."""
    return next(one for one in outcomes if one.wiki == "metawiki")


@pytest.mark.loopback
def test_a_stop_page_that_stops_allows_not_even_the_status(world: ControlWorld) -> None:
    world.wikis["metawiki"].put(RUN, "stop", user=ORDINARY)
    world.ask(job="tables", mode="save")

    world.work()

    assert not world.wikis["metawiki"].saves
