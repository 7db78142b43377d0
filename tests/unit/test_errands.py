"""What people and the operator are told while and after something goes on."""

from __future__ import annotations

import pytest

from tests.control_world import REQUESTS, STATUS, ControlWorld
from tests.world import ACCOUNT, REGION

pytestmark = pytest.mark.loopback

CONFIG = f"User:{ACCOUNT}/Config.json"
TALK = "User talk:Operator Example"


def saved(world: ControlWorld, title: str) -> list[str]:
    """The texts that the bot saved on a page of Meta, oldest first."""
    return [edit.text for edit in world.wikis["metawiki"].saves if edit.title == title]


def test_what_waits_for_another_request_says_so_and_what_takes_long_says_that_it_runs(world: ControlWorld) -> None:
    world.ask(job="tables", scope="page", of="Nowhere", mode="save")
    world.ask(job="tables", scope="wiki", mode="save")

    world.work()

    waiting, *later = saved(world, REQUESTS)
    assert waiting.endswith("|scope=wiki|mode=save|state=waiting|answer=waiting}}")
    assert any("|scope=wiki|mode=save|state=running|answer=running since" in text for text in later)
    assert world.answers().count("|state=") == 2
    assert "|scope=wiki|mode=save|state=done|" in world.answers()


def test_the_operator_is_told_once_of_a_config_that_cannot_be_used(world: ControlWorld) -> None:
    world.settings = world.settings.model_copy(update={"operator": "Operator Example"})
    world.begin()
    wiki = world.wikis["metawiki"]
    wiki.put(CONFIG, "{}")
    wiki.protect(CONFIG)
    wiki.put(TALK, "Hello!")
    world.ask(job="tables", mode="save")
    world.work()
    assert world.text(TALK) == "Hello!"

    wiki.put(CONFIG, '{\n "limits": 3\n}')
    for reason in ("first", "second"):
        world.ask(job="tables", mode="save", reason=reason)
        world.work()

    assert world.text() != REGION.rstrip()  # the last good one is in force
    assert len(saved(world, TALK)) == 1
    assert world.text(TALK).startswith("Hello!\n\n== User:")
    assert "Line {{formatnum:2}}" in world.text(TALK)
    assert "Line {{formatnum:2}}" in world.text(STATUS)
