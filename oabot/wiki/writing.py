"""Saving one page: once, on the revision that was read, as the account that we mean."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from typing import Final

from oabot.errors import EditConflict, WikiRests
from oabot.model import Edit, Page, Saved
from oabot.wiki.door import PASSING, Door, Reply, Value
from oabot.wiki.exclusion import may_edit
from oabot.wiki.refusals import refusal

_LONGEST_SUMMARY: Final = 500
"""MediaWiki cuts a longer one off without a word (CommentStore::COMMENT_CHARACTER_LIMIT)."""


class Writer:
    """Saves pages of one wiki; `read` reads one page anew."""

    def __init__(self, door: Door, read: Callable[[str], Page]) -> None:
        self._door = door
        self._read = read
        self._read_before: dict[int, bool] = {}

    def note(self, page: Page) -> None:
        """Remember of a page that was read whether its text lets us edit it."""
        self._read_before[page.revid] = self._lets_us(page.text)

    def save(self, edit: Edit) -> Saved:
        """As `Wiki.save`."""
        self._check(edit)
        tries = 0

        def once() -> Saved:
            nonlocal tries
            tries += 1
            landed = self._landed(edit) if tries > 1 else None
            return landed or self._outcome(edit, self._door.ask(self._parameters(edit), edit=True))

        try:
            return self._door.within_deadline(once, again=PASSING)
        except EditConflict:
            # The answer to an earlier try was lost; the conflict may be with ourselves.
            landed = self._landed(edit) if tries > 1 else None
            if landed:
                return landed
            raise

    def _check(self, edit: Edit) -> None:
        if len(edit.summary) > _LONGEST_SUMMARY:
            raise refusal("summary-too-long")
        try:
            f"{edit.title}{edit.text}{edit.summary}".encode()
        except UnicodeEncodeError:
            raise refusal("invalid-text") from None
        if any(secret in text for secret in self._door.secrets for text in (edit.title, edit.text, edit.summary)):
            raise refusal("secret-in-text")
        if edit.base_revid and edit.base_revid not in self._read_before:
            self._read(edit.title)
        if not self._read_before.get(edit.base_revid, True) or not self._lets_us(edit.text):
            raise refusal("nobots")

    def _lets_us(self, text: str) -> bool:
        return may_edit(text, self._door.account, self._door.at_work())

    def _parameters(self, edit: Edit) -> dict[str, Value]:
        return {
            "action": "edit",
            "formatversion": 2,
            "title": [edit.title],
            "text": [edit.text],
            "summary": [edit.summary],
            # A base timestamp would be blind to another edit in the same second.
            **({"baserevid": edit.base_revid, "nocreate": True} if edit.base_revid else {"createonly": True}),
            "assertuser": [self._door.account],
            "bot": edit.mark_bot,
            "notminor": True,
            "watchlist": "nochange",
        }

    def _outcome(self, edit: Edit, reply: Reply) -> Saved:
        result = reply.get("edit")
        if not isinstance(result, dict):
            raise WikiRests("bad-reply")
        if result.get("result") != "Success":
            raise refusal("captcha" if "captcha" in result else str(result.get("code", "unknownerror")))
        if isinstance(result.get("newrevid"), int):
            return self._saved(result["newrevid"], changed=True)
        if not result.get("nochange"):
            raise WikiRests("bad-reply")
        # MediaWiki doesn't say which revision has this text already.
        newest = self._read(edit.title)
        return Saved(newest.revid, changed=newest.revid != edit.base_revid and newest.user == self._door.account)

    def _landed(self, edit: Edit) -> Saved | None:
        """The edit as it stands on the page, if it went through and only its answer was lost."""
        page = self._read(edit.title)
        ours = page.user == self._door.account and page.revid > edit.base_revid
        # As MediaWiki stores a text: Unicode's form NFC, no blanks at the end.
        same = page.text == unicodedata.normalize("NFC", edit.text).rstrip()
        return self._saved(page.revid, changed=True) if ours and same else None

    def _saved(self, revid: int, *, changed: bool) -> Saved:
        self._read_before[revid] = True
        return Saved(revid, changed=changed)
