"""A page's history, edit by edit, as `Wiki.revisions` gives it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from oabot.model import Revision


class History:
    """Revisions of one page, oldest first, one a minute."""

    def __init__(self, start: datetime = datetime(2023, 1, 1, tzinfo=UTC)) -> None:
        self.revisions: list[Revision] = []
        self._start = start

    def edit(self, user: str, text: str, *tags: str, comment: str = "") -> int:
        """Somebody saves the page; the revid."""
        revid = 10 * len(self.revisions) + 10
        parent = self.revisions[-1].revid if self.revisions else 0
        when = self._start + timedelta(minutes=len(self.revisions))
        self.revisions.append(Revision(revid, parent, when, user, text.rstrip(), comment, tags))
        return revid

    def add(self, user: str, text: str) -> int:
        """Somebody adds a line at the end."""
        return self.edit(user, f"{self.text}\n{text}")

    @property
    def text(self) -> str:
        """The newest text."""
        return (self.revisions[-1].text or "") if self.revisions else ""

    def move(self, user: str, old: str, new: str) -> int:
        """Somebody moves the page here."""
        return self.edit(user, self.text, comment=f"{user} moved page [[{old}]] to [[{new}]]: tidier")

    def protect(self, user: str, title: str) -> int:
        """An admin protects the page."""
        return self.edit(user, self.text, comment=f'Protected "[[{title}]]": vandals ([Edit=sysop] (indefinite))')

    def hide(self, revid: int, *, text: bool = False, user: bool = False, comment: bool = False) -> None:
        """An admin hides parts of a revision."""
        self.revisions = [
            replace(
                one,
                text=None if text else one.text,
                user=None if user else one.user,
                comment=None if comment else one.comment,
            )
            if one.revid == revid
            else one
            for one in self.revisions
        ]
