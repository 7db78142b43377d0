"""What is asked when the stream tells of a log entry is what the run would have asked, and is asked once."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from oabot import jobs
from oabot.ahead import Ahead
from oabot.begun import LASTS
from oabot.communityconfig import Wanted
from oabot.errors import Stopped, WikiRests
from oabot.interest import Topic, Wake
from oabot.jobs import News, Work
from oabot.model import EntryId, Page
from oabot.publish import Result, Terms
from oabot.timestamps import parse_timestamp
from tests.fakes.mediawiki import Params
from tests.world import ACCOUNT, ADMIN, REGION, TABLE, World

pytestmark = pytest.mark.loopback

WHEN = "2022-12-31T23:00:00Z"
SECOND = f"{TABLE}/2"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with World(tmp_path, {"metawiki": "en", "ruwiki": "ru"}) as one:
        one.wikis["metawiki"].put(TABLE, REGION)
        one.lock(1, "示例甲")
        one.pipeline.ask_people = lambda: Wanted(one.settings)
        one.publish()
        one.clock.time += timedelta(minutes=1)
        one.lock(2, "示例乙", WHEN)
        yield one


def wake(logid: int = 2, title: str = "User:示例乙@global") -> Wake:
    entry = EntryId("metawiki", logid)
    return Wake(Topic.LOG, "metawiki", f"event-{logid}", (entry,), "globalauth", parse_timestamp(WHEN), title)


def settled() -> None:
    """What was begun has ended."""
    for thread in threading.enumerate():
        if thread.name == "begun":
            thread.join(10)


def run(world: World, told: Wake) -> Work:
    """A run that was told of that entry."""
    assert told.timestamp is not None
    news = News(frozenset((entry, told.log_type, told.timestamp) for entry in told.entries))
    held = world.lease()
    work = Work(world.pipeline, Terms(ACCOUNT, "metawiki", "run-2", "tables"), held, news, refresh=False)
    jobs.run("tables", work)
    world.ledger.lease.release(held)
    return work


def about_logs(asked: list[Params]) -> list[str]:
    """Which targets' logs were asked for."""
    return sorted(one["letitle"] for one in asked if "letitle" in one)


def test_a_run_that_was_foreseen_asks_nothing_twice_and_says_the_same(world: World) -> None:
    asked = world.logs["metawiki"].asked
    asked.clear()
    world.pipeline.foresee(wake())
    settled()
    early = list(asked)
    work = run(world, wake())

    assert about_logs(early) == ["User:示例乙", "User:示例乙@global"]
    assert about_logs(asked) == about_logs(early)
    assert [one for one in asked[len(early) :] if one in early] == []
    assert [one.result for one in work.outcomes] == [Result.SAVED]
    assert "示例乙" in world.text()


def test_a_run_that_comes_too_late_asks_all_of_it_again(world: World) -> None:
    world.pipeline.foresee(wake())
    settled()
    world.clock.time += LASTS + timedelta(milliseconds=1)
    asked = world.logs["metawiki"].asked
    asked.clear()
    run(world, wake())

    assert about_logs(asked) == ["User:示例乙", "User:示例乙@global"]


def test_an_event_that_names_another_title_than_the_log_costs_requests_and_no_truth(world: World) -> None:
    world.pipeline.foresee(wake(title="User:Somebody else@global"))
    settled()
    run(world, wake())

    assert "示例乙" in world.text()
    assert "Somebody" not in world.text()


def test_an_entry_that_was_hidden_since_it_was_shown_is_told_of_though_the_new_one_is_no_action(world: World) -> None:
    world.lock(3, "示例丙", WHEN, user="Some steward")
    world.row("metawiki", 1)["actionhidden"] = True
    world.pipeline.foresee(wake(3, "User:示例丙@global"))
    settled()
    work = run(world, wake(3, "User:示例丙@global"))

    assert set(work.report.erased) == {EntryId("metawiki", 1)}
    assert "示例甲" not in world.text()


def test_an_entry_that_is_hidden_as_the_page_is_made_is_told_of(world: World) -> None:
    world.row("metawiki", 1)["actionhidden"] = True
    work = run(world, wake())

    assert set(work.report.erased) == {EntryId("metawiki", 1)}
    assert "示例甲" not in world.text()


def test_a_page_that_asks_to_be_filled_since_the_run_before_is_filled_as_well(world: World) -> None:
    world.wikis["metawiki"].put(SECOND, REGION)
    world.pipeline.foresee(wake())
    work = run(world, wake())

    assert [one.title for one in work.outcomes] == [TABLE, SECOND]
    assert "示例乙" in world.text(SECOND)


def test_a_page_that_asks_no_more_is_left_alone(world: World) -> None:
    world.wikis["metawiki"].put(TABLE, "Nothing to fill.")
    world.pipeline.foresee(wake())
    run(world, wake())

    assert world.text() == "Nothing to fill."


def test_a_page_that_was_saved_by_others_since_keeps_their_words(world: World) -> None:
    world.pipeline.foresee(wake())
    world.wikis["metawiki"].put(TABLE, world.text().replace("After.", "After, by somebody."))
    run(world, wake())

    assert "After, by somebody." in world.text()
    assert "示例乙" in world.text()


def test_no_page_is_saved_while_what_people_want_cannot_be_read(world: World) -> None:
    def ask() -> Wanted:
        raise WikiRests("timeout")

    world.pipeline.ask_people = ask
    world.pipeline.foresee(wake())
    work = run(world, wake())

    assert [(one.result, one.reason) for one in work.outcomes] == [(Result.SKIPPED, "busy")]


def ahead(world: World, first: str, *found: Page) -> Ahead:
    begun = Ahead(world.wikis, world.pipeline.ingest, lambda _: (), world.clock)
    begun.begin(wake(), world.settings, first, found, ())
    settled()
    return begun


def test_all_that_a_save_depends_on_is_looked_at(world: World) -> None:
    ahead(world, "metawiki", Page(TABLE, "", 1))

    people = [f"User:{ACCOUNT}/Config.json", f"User:{ACCOUNT}/Annotations"]
    steering = [f"User:{ACCOUNT}/Run", f"User:{ACCOUNT}/Run/tables"]
    assert world.wikis["metawiki"].looked_ahead == [([*people, TABLE], steering)]


def test_on_another_wiki_its_pages_are_looked_at_beside_what_steers_all(world: World) -> None:
    page = "Участник:OATransparencyBot/Office actions"
    ahead(world, "ruwiki", Page(page, "", 1))

    assert [titles for titles, _ in world.wikis["ruwiki"].looked_ahead] == [[page]]
    assert [page in titles for titles, _ in world.wikis["metawiki"].looked_ahead] == [False]


@pytest.mark.parametrize("passed", [LASTS + timedelta(milliseconds=1), -timedelta(seconds=1)])
def test_pages_that_were_looked_at_longer_ago_are_not_given(world: World, passed: timedelta) -> None:
    begun = ahead(world, "metawiki", Page(TABLE, "", 1))
    given = list(begun.pages("metawiki")), list(begun.pages("ruwiki"))
    world.clock.time += passed

    assert given == ([TABLE], [])
    assert not begun.pages("metawiki")


def test_a_page_that_was_deleted_since_is_not_given(world: World) -> None:
    world.wikis["metawiki"].delete(TABLE)
    begun = ahead(world, "metawiki", Page(TABLE, "", 1))

    assert not begun.pages("metawiki")


@pytest.mark.parametrize(
    "found", [[Page(f"{TABLE}/{number}", "", 1) for number in range(31)], [Page(TABLE, "x" * 1_000_001, 1)]]
)
def test_very_many_or_long_pages_are_not_looked_at_before_their_time(world: World, found: list[Page]) -> None:
    begun = ahead(world, "metawiki", *found)

    assert [len(titles) for titles, _ in world.wikis["metawiki"].looked_ahead] == [2]
    assert not begun.pages("metawiki")


FIVE = [Page(f"{TABLE}/{number}", "", 1) for number in range(5)]


def looked(world: World, begun: Ahead) -> list[list[str]]:
    """Which pages are looked at once a run saves them one after the other."""
    wiki = world.wikis["metawiki"]
    begun.pages("metawiki")
    wiki.looked_ahead.clear()
    for page in FIVE:
        begun.go_on(page.title)
    return [[title.rpartition("/")[2] for title in titles] for titles, _ in wiki.looked_ahead]


def test_where_saves_follow_at_once_two_pages_are_looked_at_together(world: World) -> None:
    assert looked(world, ahead(world, "metawiki", *FIVE)) == [["2", "3"], ["4"]]


def test_where_time_lies_between_two_saves_each_page_is_looked_at_when_it_is_saved(world: World) -> None:
    slow = {name: wiki.model_copy(update={"pace": 1.0}) for name, wiki in world.settings.wikis.items()}
    begun = Ahead(world.wikis, world.pipeline.ingest, lambda _: (), world.clock)
    begun.begin(wake(), world.settings.model_copy(update={"wikis": slow}), "metawiki", FIVE, ())
    settled()

    assert looked(world, begun) == []


def test_in_the_runs_after_it_each_page_is_looked_at_when_it_is_saved(world: World) -> None:
    begun = ahead(world, "metawiki", *FIVE)
    begun.pages("metawiki")

    assert looked(world, begun) == []


@pytest.mark.parametrize("first", ["metawiki", "ruwiki"])
def test_a_stop_on_the_central_wiki_is_heeded_one_save_later_at_most(tmp_path: Path, first: str) -> None:
    with World(tmp_path, dict.fromkeys(sorted(["metawiki", "ruwiki"], reverse=first == "ruwiki"), "en")) as world:
        wiki, stop = world.wikis[first], f"User:{ACCOUNT}/Run"
        for number in range(6):
            wiki.put(f"{TABLE}/{number}", REGION)
        world.lock(1, "示例甲")
        world.pipeline.ask_people = lambda: Wanted(world.settings)
        world.publish()
        world.clock.time += timedelta(minutes=1)
        world.lock(2, "示例乙", WHEN)
        before = len(wiki.saves)
        world.pipeline.foresee(wake())
        settled()
        wiki.after_save = lambda: world.wikis["metawiki"].put(stop, "stop", user=ADMIN)
        with pytest.raises(Stopped):
            run(world, wake())

        assert 1 <= len(wiki.saves) - before <= 2


def test_a_hiding_is_seen_though_the_entry_was_asked_for_early(world: World) -> None:
    world.lock(3, "示例丙", "2022-12-31T22:59:40Z")
    when = parse_timestamp(WHEN)
    assert when is not None
    world.pipeline.foresee(wake())
    settled()
    held = world.lease()
    work = Work(world.pipeline, Terms(ACCOUNT, "metawiki", "run-2", "tables"), held, refresh=False)
    told = ((2, when), (3, when - timedelta(seconds=20)))
    work.news = News(frozenset((EntryId("metawiki", logid), "globalauth", time) for logid, time in told))
    jobs.run("tables", work)
    world.row("metawiki", 2)["actionhidden"] = True
    work.news = News(hidden=frozenset({EntryId("metawiki", 2)}))
    jobs.run("tables", work)
    world.ledger.lease.release(held)

    assert set(work.report.erased) == {EntryId("metawiki", 2)}
    assert "示例乙" not in world.text()
