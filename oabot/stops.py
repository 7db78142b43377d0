"""Whether a stop page lets us edit: only the word ``run``, and only from somebody who may say it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from oabot.model import Page, PageState, User

RUN = "run"


@dataclass(frozen=True, slots=True)
class Stop:
    """Why not to edit; `code` is the end of a message key (``oabot-stop-…``)."""

    code: str
    title: str


def titles(account: str, job: str = "") -> tuple[str, ...]:
    """The stop pages on one wiki: the wiki's own, and the job's, which may be missing."""
    general = f"User:{account}/Run"
    return (general, f"{general}/{job}") if job else (general,)


def stop(
    pages: Mapping[str, Page], users: Mapping[str, User], wanted: Collection[str], groups: Collection[str]
) -> Stop | None:
    """The first reason not to edit, by the stop pages as they are now; None when all say ``run``.

    The first of `wanted` must be there. Anybody may stop; ``run`` counts from members of `groups` who aren't blocked
    or locked.
    """
    for index, title in enumerate(wanted):
        page = pages.get(title)
        if page is not None and page.state is PageState.MISSING and index > 0:
            continue
        if page is None or page.state is not PageState.EXISTS or page.user is None:
            return Stop("unreadable", title)
        if page.text.strip() != RUN:
            return Stop("page", title)
        author = users.get(page.user)
        if author is None or author.blocked or author.locked or not author.groups & frozenset(groups):
            return Stop("page", title)
    return None
