"""People steer the bot on real wikis: real accounts, real histories, the continuous job."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from html import unescape
from pathlib import Path
from urllib.parse import urlencode

import pytest
import requests

from tests.local_bot import Bot
from tests.local_farm import ROOT, Farm, Person
from tests.running import Running, done, until

ACCOUNT = "OATransparencyBot"
TABLE = f"User:{ACCOUNT}/Office actions"
REQUESTS, RUN, STATUS = f"User:{ACCOUNT}/Requests", f"User:{ACCOUNT}/Run", f"User:{ACCOUNT}/Status"
REGION = "Before.\n\n{{Office actions|table|limit=5}}\n{{Office actions end}}\n\nAfter."
LOCKED = 42911031
"""The logid of one of the seed's locks."""

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def bot(farm: Farm, tmp_path_factory: pytest.TempPathFactory) -> Bot:
    """A bot that has published once."""
    farm.reset()
    one = Bot(farm, tmp_path_factory.mktemp("bot"))
    script = [sys.executable, str(ROOT / "scripts/install_templates.py"), "--docs", "--save"]
    subprocess.run(script, env=one.environment, check=True, capture_output=True, timeout=300)
    config = '{"limits": {"requests_per_person_hour": 20, "requests_per_day": 100}}'  # many tests ask within an hour
    farm.person("admin", "metawiki").edit(f"User:{ACCOUNT}/Config.json", config)
    one.run("once", "reconcile", "--save")
    with Running(one) as run:  # from here on it knows where in the stream it is
        run.await_quiet()
        run.end()
    return one


@pytest.fixture
def page(farm: Farm, request: pytest.FixtureRequest) -> str:
    """A page of its own for a test, with a region that was never filled."""
    title = f"Project:{request.node.name}"
    farm.person("user", "metawiki").edit(title, REGION)
    return title


@pytest.fixture(autouse=True)
def _as_it_was(farm: Farm, bot: Bot) -> Iterator[None]:
    """Each test begins without requests, and leaves the bot running."""
    for dbname in ("metawiki", "ruwiki"):
        farm.person("admin", dbname).edit(REQUESTS, "Requests go below.")
    yield
    for dbname in ("metawiki", "ruwiki"):
        farm.person("admin", dbname).edit(RUN, "run")


def ask(person: Person, **params: str) -> int:
    """Somebody asks, as the form does it: a new section without a heading."""
    call = "{{Office action request|" + "|".join(f"{name}={value}" for name, value in params.items()) + "}}"
    edit = person.post(action="edit", title=REQUESTS, section="new", text=call)["edit"]
    return int(edit["newrevid"])


def serve(bot: Bot, true: Callable[[], object], what: str) -> None:
    """The continuous job runs until something is so, and has nothing left to do then."""
    with Running(bot) as run:
        run.await_message("stream: connected")
        until(true, what)
        until(lambda: done(bot), "an empty inbox")
        run.end()


def answered(farm: Farm, dbname: str = "metawiki", number: int = 1) -> Callable[[], bool]:
    """Whether so many requests have their answer."""
    finished = re.compile(r"\|state=(?:done|refused|failed)\|")
    return lambda: len(finished.findall(farm.text(dbname, REQUESTS) or "")) >= number


def shows(farm: Farm, title: str, dbname: str = "metawiki") -> bool:
    return "logid/" in (farm.text(dbname, title) or "")


def test_a_new_admin_puts_a_table_on_a_page_and_gets_it_filled_by_the_link_above_it(farm: Farm, bot: Bot) -> None:
    admin = farm.person("admin", "ruwiki")
    title = "Участник:FarmAdmin/Действия"
    admin.edit(title, REGION)
    form = {
        "title": REQUESTS, "action": "edit", "section": "new", "nosummary": "1",
        "preload": f"{REQUESTS}/preload", "preloadparams[]": title,
    }  # fmt: skip
    html = requests.get(f"{farm.url('ruwiki')}/w/index.php?{urlencode(form)}", timeout=60).text
    found = re.search(r"<textarea[^>]*>(.*?)</textarea>", html, re.DOTALL)
    assert found
    admin.post(action="edit", title=REQUESTS, section="new", text=unescape(found[1]).strip())

    serve(bot, answered(farm, "ruwiki"), "an answer")

    answer = farm.text("ruwiki", REQUESTS) or ""
    assert "|state=done|" in answer
    assert "Special:Diff/" in answer
    assert shows(farm, title, "ruwiki")
    assert (farm.text("ruwiki", title) or "").startswith("Before.\n\n{{Office actions|table|limit=5}}\n")
    assert "FarmAdmin" in (farm.text("metawiki", journal(farm)) or "")


def journal(farm: Farm) -> str:
    """The title of the newest journal."""
    asked = {"list": "allpages", "apnamespace": "2", "apprefix": f"{ACCOUNT}/Journal/"}
    return str(farm.ask("metawiki", action="query", **asked)["query"]["allpages"][-1]["title"])


def test_neither_a_signature_nor_a_parameter_makes_an_admin(farm: Farm, bot: Bot, page: str) -> None:
    ask(farm.person("user", "metawiki"), job="tables", scope="page", of=page, mode="save", user="FarmAdmin",
        reason="[[User:FarmAdmin|FarmAdmin]] 12:00, 1 January 2026 (UTC)")  # fmt: skip

    serve(bot, answered(farm), "an answer")

    assert "only members of these groups" in (farm.text("metawiki", REQUESTS) or "")
    assert not shows(farm, page)


def test_an_admins_old_words_that_were_moved_here_are_nobodys(farm: Farm, bot: Bot, page: str) -> None:
    example = "User:FarmAdmin/Example"
    call = f"{{{{Office action request|job=tables|scope=page|of={page}|mode=save}}}}"
    farm.person("admin", "metawiki").edit(example, f"How to ask: {call}")
    mover = farm.person("user", "metawiki")
    mover.move(REQUESTS, "User:Ordinary Example/Old requests")
    farm.person("admin", "metawiki").delete(REQUESTS)  # the redirect
    mover.move(example, REQUESTS)
    ask(farm.person("admin", "ruwiki"), job="tables", scope="page", of="Nowhere", mode="save")

    serve(bot, answered(farm, "ruwiki"), "the other wiki's answer")

    assert "cannot be seen who wrote" in (farm.text("metawiki", REQUESTS) or "")
    assert not shows(farm, page)


def test_a_request_that_was_reverted_and_put_back_by_somebody_else_is_not_theirs(
    farm: Farm, bot: Bot, page: str
) -> None:
    user, admin = farm.person("user", "metawiki"), farm.person("admin", "metawiki")
    revid = ask(user, job="tables", scope="page", of=page, mode="save")
    admin.post(action="edit", title=REQUESTS, undo=str(revid))
    newest = farm.ask("metawiki", action="query", prop="info", titles=REQUESTS)["query"]["pages"][0]["lastrevid"]
    admin.post(action="edit", title=REQUESTS, undo=str(newest))

    serve(bot, answered(farm), "an answer")

    assert "only members of these groups" in (farm.text("metawiki", REQUESTS) or "")
    assert not shows(farm, page)


def test_a_request_whose_revision_is_hidden_is_nobodys(farm: Farm, bot: Bot, page: str) -> None:
    admin = farm.person("admin", "metawiki")
    revid = ask(admin, job="tables", scope="page", of=page, mode="save")
    ask(farm.person("user", "metawiki"), job="tables", mode="save")  # a later revision, which can't be hidden
    admin.hide_revision(revid)

    serve(bot, answered(farm, number=2), "answers")

    assert not shows(farm, page)


@pytest.mark.parametrize("text", ["", "#REDIRECT [[User:FarmAdmin/Elsewhere]]"])
def test_a_page_that_is_blanked_or_redirected_asks_for_nothing(farm: Farm, bot: Bot, page: str, text: str) -> None:
    ask(farm.person("admin", "metawiki"), job="tables", scope="page", of=page, mode="save")
    farm.person("user", "metawiki").edit(REQUESTS, text)
    ask(farm.person("admin", "ruwiki"), job="tables", scope="page", of="Nowhere", mode="save")

    serve(bot, answered(farm, "ruwiki"), "the other wiki's answer")

    assert not shows(farm, page)
    assert farm.text("metawiki", REQUESTS) == text


def test_who_is_desysopped_or_blocked_meanwhile_is_refused(farm: Farm, bot: Bot, page: str) -> None:
    admin, user = farm.person("admin", "metawiki"), farm.person("user", "metawiki")
    admin.rights(user.name, add="sysop")
    ask(user, job="tables", scope="page", of=page, mode="save", reason="still an admin")
    admin.rights(user.name, remove="sysop")
    serve(bot, answered(farm), "an answer")
    assert "only members of these groups" in (farm.text("metawiki", REQUESTS) or "")

    admin.rights(user.name, add="sysop")
    ask(user, job="tables", scope="page", of=page, mode="save", reason="blocked")
    admin.block(user.name)
    serve(bot, answered(farm, number=2), "an answer")
    admin.unblock(user.name)
    admin.rights(user.name, remove="sysop")

    assert "blocked and locked accounts cannot ask" in (farm.text("metawiki", REQUESTS) or "")
    assert not shows(farm, page)


def test_what_is_previewed_is_saved_when_another_allowed_person_approves(farm: Farm, bot: Bot, page: str) -> None:
    preview = previewed(farm, bot, page)
    assert not shows(farm, page)
    assert "logid" in (farm.text("metawiki", preview) or "")
    assert "{{" not in (farm.text("metawiki", preview) or "").replace("{{#time:", "").replace("{{formatnum:", "")

    farm.person("user", "metawiki").edit(page, (farm.text("metawiki", page) or "") + "\nA later word.")
    ask(farm.person("steward", "metawiki"), mode="approve", of=preview)
    serve(bot, answered(farm, number=2), "an answer")

    assert shows(farm, page)
    assert (farm.text("metawiki", page) or "").endswith("A later word.")
    assert "logid" not in (farm.text("metawiki", preview) or "")


def previewed(farm: Farm, bot: Bot, page: str) -> str:
    """The title of a preview of a page."""
    ask(farm.person("admin", "metawiki"), job="tables", scope="page", of=page, mode="preview")
    serve(bot, answered(farm), "a preview")
    found = re.search(rf"User:{ACCOUNT}/Preview/[\w-]+", farm.text("metawiki", REQUESTS) or "")
    assert found, farm.text("metawiki", REQUESTS)
    return found[0]


def test_what_was_undone_stays_undone_until_somebody_asks(farm: Farm, bot: Bot, page: str) -> None:
    admin = farm.person("admin", "metawiki")
    ask(admin, job="tables", scope="page", of=page, mode="save")
    serve(bot, answered(farm), "an answer")
    saved = farm.ask("metawiki", action="query", prop="info", titles=page)["query"]["pages"][0]["lastrevid"]
    farm.person("user", "metawiki").post(action="edit", title=page, undo=str(saved))

    left = bot.run("once", "tables", "--save").stdout
    assert "skipped (reverted)" in left
    assert not shows(farm, page)

    ask(admin, job="tables", scope="page", of=page, mode="save", reason="again, please")
    serve(bot, answered(farm, number=2), "an answer")
    assert shows(farm, page)


def test_a_run_is_undone_by_its_rows_unless_somebody_edited_since(farm: Farm, bot: Bot, page: str) -> None:
    first = run_of(bot.run("once", "tables", "--save").stdout)
    assert shows(farm, page)
    assert "saved" in bot.run("undo", first, "--save").stdout
    assert not shows(farm, page)

    ask(farm.person("admin", "metawiki"), job="tables", scope="page", of=page, mode="save")
    serve(bot, answered(farm), "an answer")
    assert shows(farm, page)
    farm.person("user", "metawiki").edit(page, (farm.text("metawiki", page) or "") + "\nA word.")
    found = re.search(r"== Run <bdi>(.*?)</bdi>(?!.*== Run)", farm.text("metawiki", journal(farm)) or "", re.DOTALL)
    assert found
    run = unescape(found[1])
    assert "skipped (edited)" in bot.run("undo", run, "--save").stdout
    assert shows(farm, page)


def run_of(said: str) -> str:
    """The id of the run that ``once`` tells of."""
    found = re.search(r"run (\d{8}-\d{6}-[0-9a-f]{4})", said)
    assert found, said
    return found[1]


def test_a_message_on_the_talk_page_lets_the_bot_rest_until_run_is_edited(farm: Farm, bot: Bot, page: str) -> None:
    farm.person("user", "metawiki").edit(f"User talk:{ACCOUNT}", f"Please stop this. {page}")

    bot.run("once", "tables", "--save", code=3)
    assert not shows(farm, page)
    assert "somebody wrote on the bot" in (farm.text("metawiki", STATUS) or "")

    farm.person("admin", "metawiki").edit(RUN, "\nrun")
    bot.run("once", "tables", "--save")
    assert shows(farm, page)
    assert "somebody wrote on the bot" not in (farm.text("metawiki", STATUS) or "")


def test_run_from_somebody_who_may_not_say_it_stops_the_bot(farm: Farm, bot: Bot, page: str) -> None:
    user = farm.person("user", "metawiki")
    user.edit(RUN, "stop")
    user.edit(RUN, "run")

    bot.run("once", "tables", "--save", code=3)

    assert not shows(farm, page)


def test_a_table_warns_by_itself_when_the_bot_has_been_silent_for_days(farm: Farm, bot: Bot) -> None:
    admin = farm.person("admin", "metawiki")
    bot.run("once", "tables", "--save")

    def read() -> str:
        admin.post(action="purge", titles=TABLE, forcelinkupdate="1")
        return requests.get(f"{farm.url('metawiki')}/wiki/{TABLE.replace(' ', '_')}", timeout=60).text

    assert "may be out of date" not in read()

    status = farm.text("metawiki", STATUS) or ""
    admin.edit(STATUS, re.sub(r"(?<=<onlyinclude>)[^<]*", "2020-01-01T00:00:00Z", status))
    assert "may be out of date" in read()

    admin.delete(STATUS)
    assert "may be out of date" in read()


def test_a_config_that_cannot_be_used_is_told_of_and_the_last_good_one_stays(
    farm: Farm, bot: Bot, page: str, tmp_path: Path
) -> None:
    admin = farm.person("admin", "metawiki")
    bot.run("once", "tables", "--save")
    admin.edit(f"User:{ACCOUNT}/Config.json", '{\n "settle_hours": -1\n}')

    bot.run("once", "tables", "--save")

    status = farm.text("metawiki", STATUS) or ""
    assert "settle" in status
    assert "Line {{formatnum:2}}" in status
