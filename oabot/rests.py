"""What people say to the bot by acting: a message to it, an edit of it undone. Either makes it rest."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from oabot.model import Revision

NOBODY = frozenset({"MediaWiki message delivery"})
"""Accounts whose messages are addressed to many (MassMessage's own account)."""

MAY_BE_UNDONE = 1
"""How many of our saves people may undo on a wiki before it rests."""

RESTS = frozenset({"blocked", "talk", "undone"})
"""Why a wiki rests."""

Bodies = Callable[[str], tuple[str, ...] | None]
"""A page's text -> what is in its regions; None when they can't be read."""


@dataclass(frozen=True, slots=True)
class Undone:
    """A save of ours that a person undid."""

    ours: int
    """Its revid."""
    by: int
    """The revid of the one that undid it."""


def spoken_to(talk: Iterable[Revision], account: str) -> bool:
    """Whether these revisions of our talk page hold a person's message; a hidden author may be one."""
    return any(one.user not in NOBODY | {account} for one in talk)


def mark(bodies: tuple[str, ...] | None) -> str:
    """What is in a page's regions, as something that can be kept; empty when there is nothing to tell."""
    if not bodies:
        return ""
    return hashlib.sha256("\0".join(body.strip() for body in bodies).encode("utf-8", "surrogatepass")).hexdigest()


def undone(revisions: Iterable[Revision], account: str, bodies: Bodies, base: str = "") -> list[Undone]:
    """Our saves that people undid, oldest first: the regions again say what they said before, or nothing any more.

    `base` is the `mark` of what they said before the first of the revisions.
    """
    found: list[Undone] = []
    before, ours = base, None
    own, origin = "", base
    for one in revisions:
        now, blank = _read(one, bodies)
        if one.user == account:
            ours, own, origin = one, now, before
        elif ours is not None and not (found and found[-1].ours == ours.revid):
            back = now == origin or blank
            if now and own and now != own and (back or "mw-reverted" in ours.tags):
                found.append(Undone(ours.revid, one.revid))
        before = now
    return found


def _read(revision: Revision, bodies: Bodies) -> tuple[str, bool]:
    if revision.text is None:
        return "", False
    held = bodies(revision.text)
    return mark(held), held is not None and not any(body.strip() for body in held)
