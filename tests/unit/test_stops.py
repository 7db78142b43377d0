"""Stop pages: only ``run``, and only from somebody who may say it."""

from __future__ import annotations

import pytest

from oabot import stops
from oabot.model import Page, PageState, User

TITLES = ("User:Bot/Run", "User:Bot/Run/tables")
ADMIN = User("Admin", frozenset({"sysop"}))
GROUPS = {"sysop", "steward"}


def page(title: str, text: str = "run", user: str | None = "Admin", state: PageState = PageState.EXISTS) -> Page:
    """A stop page."""
    return Page(title, text, 1 if state is PageState.EXISTS else 0, 2, state, user=user)


def test_run_from_an_admin_lets_us_edit() -> None:
    assert stops.stop({TITLES[0]: page(TITLES[0], " run\n")}, {"Admin": ADMIN}, TITLES[:1], GROUPS) is None


def test_the_page_of_a_job_may_be_missing_but_not_the_general_one() -> None:
    general, job = page(TITLES[0]), page(TITLES[1], "", None, PageState.MISSING)

    assert stops.stop({TITLES[0]: general, TITLES[1]: job}, {"Admin": ADMIN}, TITLES, GROUPS) is None
    missing = page(TITLES[0], "", None, PageState.MISSING)
    assert stops.stop({TITLES[0]: missing, TITLES[1]: page(TITLES[1])}, {"Admin": ADMIN}, TITLES, GROUPS) == stops.Stop(
        "unreadable", TITLES[0]
    )


def test_a_page_that_was_not_read_counts_as_stopped() -> None:
    assert stops.stop({}, {}, TITLES[:1], GROUPS) == stops.Stop("unreadable", TITLES[0])


@pytest.mark.parametrize("text", ["", "stop", "RUN", "run now", "<!-- run -->", "run\n\nrun"])
def test_any_other_text_stops(text: str) -> None:
    assert stops.stop({TITLES[0]: page(TITLES[0], text)}, {"Admin": ADMIN}, TITLES[:1], GROUPS) == stops.Stop(
        "page", TITLES[0]
    )


@pytest.mark.parametrize(
    "author",
    [
        User("Admin", frozenset({"user"})),
        User("Admin", frozenset({"sysop"}), blocked=True),
        User("Admin", frozenset({"sysop"}), locked=True),
        None,
    ],
)
def test_run_from_somebody_who_may_not_say_it_stops(author: User | None) -> None:
    users = {"Admin": author} if author else {}

    assert stops.stop({TITLES[0]: page(TITLES[0])}, users, TITLES[:1], GROUPS) is not None


def test_run_from_a_hidden_author_stops() -> None:
    hidden = page(TITLES[0], user=None)

    assert stops.stop({TITLES[0]: hidden}, {}, TITLES[:1], GROUPS) == stops.Stop("unreadable", TITLES[0])


def test_the_stop_page_of_a_job_stops_that_job() -> None:
    pages = {TITLES[0]: page(TITLES[0]), TITLES[1]: page(TITLES[1], "stop")}

    assert stops.stop(pages, {"Admin": ADMIN}, TITLES, GROUPS) == stops.Stop("page", TITLES[1])
    assert stops.titles("Bot", "tables") == TITLES
    assert stops.titles("Bot") == TITLES[:1]
