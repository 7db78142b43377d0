"""People ask, the bot answers: from the request to the page and back, as one process does it."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from oabot import jobnames, jobs
from oabot.journal import Entry
from oabot.ledger import Held
from oabot.model import User
from oabot.publish import TURN, Terms
from tests.control_world import LOCAL_ADMIN, NOTES, ORDINARY, REQUESTS, STATUS, STEWARD, ControlWorld
from tests.world import ACCOUNT, ADMIN, REGION, TABLE

pytestmark = pytest.mark.loopback


def test_an_admin_asks_for_a_page_and_is_answered_with_the_diff(world: ControlWorld) -> None:
    world.ask(job="tables", scope="page", of=TABLE, mode="save", reason="after the move")

    world.work()

    assert "示例甲" in world.text()
    assert "|state=done|answer=done" in world.answers()
    assert "Special:Diff/" in world.answers()
    assert ADMIN in world.journal()
    assert "after the move" in world.journal()
    assert "[[User:" not in world.journal()
    assert world.text(STATUS).count("<onlyinclude>") == 1


def test_what_people_wrote_around_a_request_survives_byte_for_byte(world: ControlWorld) -> None:
    call = "{{Office action request|job=tables |scope = wiki\n|mode=save|reason= <b>x</b> }}"
    before = f"== Hello ==\n* {call} -- ~ '''me'''"
    world.wikis["metawiki"].put(REQUESTS, f"{before}\nend <!-- x -->")

    world.work()

    text = world.answers()
    start = text.index("|state=")
    assert text[:start] == before[: before.index("}} --")]
    assert text[text.index("}} --") :] == f"{before[before.index('}} --') :]}\nend <!-- x -->"


@pytest.mark.parametrize(
    ("user", "said"), [(ORDINARY, "only members of these groups"), (LOCAL_ADMIN, "only members of these groups")]
)
def test_who_may_not_ask_is_told_so_once_and_nothing_is_done(world: ControlWorld, user: str, said: str) -> None:
    world.ask(user, job="tables", scope="wiki", mode="save")

    world.work()
    world.work()

    assert said in world.answers()
    assert world.text() == REGION.rstrip()
    assert sum(edit.title == REQUESTS for edit in world.wikis["metawiki"].saves) == 1


def test_a_local_admin_asks_for_the_own_wiki_in_its_language_and_for_no_other(world: ControlWorld) -> None:
    world.ask(LOCAL_ADMIN, "ruwiki", job="tables", scope="wiki", mode="save")
    world.ask(LOCAL_ADMIN, "ruwiki", job="tables", scope="page", of=f"metawiki:{TABLE}", mode="save")
    world.ask(LOCAL_ADMIN, "ruwiki", job="all", scope="all", mode="save")

    world.work()

    assert "выполнено" in world.answers("ruwiki") or "готово" in world.answers("ruwiki")
    assert world.answers("ruwiki").count("state=refused") == 2
    assert "示例甲" in world.text(dbname="ruwiki")
    assert world.text() == REGION.rstrip()


def test_a_steward_asks_for_all_wikis(world: ControlWorld) -> None:
    world.ask(STEWARD, job="all", scope="all", mode="save")

    world.work()

    assert "示例甲" in world.text()
    assert "示例甲" in world.text(dbname="ruwiki")


def test_who_is_desysopped_between_request_and_turn_is_refused(world: ControlWorld) -> None:
    world.ask(job="tables", mode="save")
    held = world.lease()
    assert world.errands.take_in(held) == 1
    world.wikis["metawiki"].accounts[ADMIN] = User(ADMIN, frozenset({"user"}))
    job = world.ledger.inbox.take(held)
    assert job is not None

    # The stop page's word has to come from somebody who still may say it.
    world.wikis["metawiki"].put(f"User:{ACCOUNT}/Run", "\nrun", user=STEWARD)
    world.errands.do(job, held)

    assert "state=refused" in world.answers()
    assert world.text() == REGION.rstrip()


def test_a_request_that_is_hidden_or_taken_back_before_its_turn_is_not_carried_out(world: ControlWorld) -> None:
    revid = world.ask(job="tables", mode="save")
    world.wikis["metawiki"].put(REQUESTS, f"{world.answers()}\nMore.")
    held = world.lease()
    world.errands.take_in(held)
    world.wikis["metawiki"].hide(revid, text=True)
    job = world.ledger.inbox.take(held)
    assert job is not None

    world.errands.do(job, held)

    assert world.text() == REGION.rstrip()


def test_each_request_is_carried_out_once_whatever_restarts(world: ControlWorld) -> None:
    world.ask(job="tables", mode="save")
    world.work()
    runs = len(world.ledger.runs.recent(50))
    answered = world.answers()

    # Somebody takes the answer away, the process starts anew, and the ledger is lost.
    world.wikis["metawiki"].put(REQUESTS, "{{Office action request|job=tables|mode=save}}", user="Vandal")
    world.begin()
    world.work()
    assert len(world.ledger.runs.recent(50)) == runs
    assert "state=done" in world.answers()
    assert "state=done" in answered


def test_after_the_ledger_is_lost_an_answered_request_is_not_carried_out_again(
    world: ControlWorld, tmp_path: Path
) -> None:
    world.ask(job="tables", mode="save")
    world.work()
    world.wikis["metawiki"].put(REQUESTS, "{{Office action request|job=tables|mode=save}}", user="Vandal")
    (tmp_path / "ledger.sqlite").unlink()
    world.begin()

    world.work()

    assert "that was done already" in world.answers()


def test_two_pollers_take_a_request_in_once(world: ControlWorld) -> None:
    world.ask(job="tables", mode="save")
    held = world.lease()

    assert world.errands.take_in(held) == 1
    world.ledger.lease.release(held)
    world.begin()
    assert world.errands.take_in(world.lease()) == 0


@pytest.mark.slow
def test_a_thousand_requests_at_once_are_answered_in_one_edit(world: ControlWorld) -> None:
    calls = [f"{{{{Office action request|job=tables|mode=save|reason={number}}}}}" for number in range(1000)]
    world.wikis["metawiki"].put(REQUESTS, "\n".join(calls))

    world.work()

    text = world.answers()
    assert text.count("requests an hour from one person") == 997
    assert text.count("state=done") == 3


@pytest.mark.slow
def test_the_limit_of_a_day_holds_for_all_people_together(world: ControlWorld) -> None:
    for number in range(5):
        world.wikis["metawiki"].accounts[f"Admin {number}"] = User(f"Admin {number}", frozenset({"sysop"}))
        for more in range(3):
            world.ask(f"Admin {number}", job="tables", mode="save", reason=f"{number}-{more}")

    world.work()

    assert world.answers().count("state=done") == 10
    assert world.answers().count("requests a day in all") == 5


def test_a_stopped_bot_answers_when_it_may_edit_again(world: ControlWorld) -> None:
    run = f"User:{ACCOUNT}/Run"
    world.ask(job="tables", mode="save")
    world.wikis["metawiki"].put(run, "stop", user="Anybody")

    world.work()
    assert not world.wikis["metawiki"].saves

    world.wikis["metawiki"].put(run, "run")
    world.work()
    assert "the bot is stopped at" in world.answers()
    assert world.text() == REGION.rstrip()


def test_a_note_counts_by_its_author_and_leaves_with_its_revision(world: ControlWorld) -> None:
    wiki = world.wikis["metawiki"]
    note = wiki.put(NOTES, "{{Office action note|entry=metawiki:1|note=See the statement.}}")
    more = "{{Office action note|entry=metawiki:1|note=Vandal words}}"
    wiki.put(NOTES, f"{world.text(NOTES)}\n{more}", user=ORDINARY)
    world.ask(job="tables", mode="save")
    world.work()
    assert "See the statement." in world.text()
    assert "Vandal words" not in world.text()

    wiki.hide(note, text=True)
    world.clock.time += timedelta(hours=2)
    world.ask(job="tables", mode="save", reason="again")
    world.work()
    assert "See the statement." not in world.text()


def test_an_entry_in_review_is_listed_without_a_name_until_people_decide(world: ControlWorld) -> None:
    review = f"User:{ACCOUNT}/Review"
    config = {"actors": {"office": ["WMFOffice"], "trust_and_safety": ["Example Staff (WMF)"]}}
    world.wikis["metawiki"].put(f"User:{ACCOUNT}/Config.json", json.dumps(config))
    world.wikis["metawiki"].protect(f"User:{ACCOUNT}/Config.json")
    world.lock(7, "示例丙", user="Example Staff (WMF)")
    world.ask(job="tables", mode="save")
    world.work()
    assert "示例丙" not in world.text(review)
    assert "logid/7" in world.text(review)
    assert "示例丙" not in world.text()

    world.wikis["metawiki"].put(NOTES, "{{Office action note|entry=metawiki:7|verdict=yes}}")
    world.clock.time += timedelta(hours=2)
    world.ask(job="tables", mode="save", reason="decided")
    world.work()

    assert "logid/7" not in world.text(review)
    assert "示例丙" in world.text()


def test_a_quiet_day_makes_no_edit_and_the_next_one_only_the_status(world: ControlWorld) -> None:
    world.ask(STEWARD, job="tables", scope="all", mode="save")
    world.work()
    saves = len(world.wikis["metawiki"].saves)
    held = world.lease()

    for hours in (1, 6, 12):
        world.clock.time += timedelta(hours=hours)
        quiet(world, held)
    assert [edit.title for edit in world.wikis["metawiki"].saves[saves:]] == []

    world.clock.time += timedelta(hours=6)
    quiet(world, held)
    assert [edit.title for edit in world.wikis["metawiki"].saves[saves:]] == [STATUS]


def quiet(world: ControlWorld, held: Held) -> None:
    """A run that nobody asked for."""
    world.ledger.lease.renew(held, TURN)
    terms = Terms(ACCOUNT, "metawiki", world.new_run())
    work = jobs.run("tables", jobs.Work(world.control.pipeline(), terms, held))
    world.control.finish(work, Entry(terms.run, world.clock.now(), "schedule", "tables", outcomes=work.outcomes))


def test_a_job_looks_at_the_pages_that_it_is_named_for(world: ControlWorld) -> None:
    notices = f"User:{ACCOUNT}/Notices"
    world.wikis["metawiki"].put(notices, "{{Office actions|statements}}\n{{Office actions end}}\n")
    for job in ("statements", "letters"):
        world.ask(job=job, mode="save")
        world.work()
    assert world.text() == REGION.rstrip()
    assert world.text(notices) != "{{Office actions|statements}}\n{{Office actions end}}"

    world.ask(job="tables", mode="save")
    world.work()
    assert "示例甲" in world.text()


def test_what_can_be_asked_for_on_wiki_and_at_a_terminal_can_be_done() -> None:
    assert set(jobs.JOBS) == set(jobnames.JOBS) == set(cli_jobs())


def cli_jobs() -> list[str]:
    """What ``bot.py once`` takes, as its help says it."""
    bot = [sys.executable, "bot.py", "once", "--help"]
    said = subprocess.run(bot, cwd=Path(__file__).parents[2], capture_output=True, text=True, check=True).stdout
    return said.partition("{")[2].partition("}")[0].split(",")
