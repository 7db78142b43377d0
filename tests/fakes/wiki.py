"""A wiki in memory that works: it keeps revisions, refuses what MediaWiki would refuse, and has other people on it."""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import itertools
import unicodedata
from collections.abc import Iterable, Iterator

import mwparserfromhell

from oabot.model import Account, Edit, Look, Page, PageState, Revision, Saved, User
from oabot.seams import Clock
from oabot.wiki import may_edit, refusal
from oabot.wiki.glance import Glance
from tests.fakes.clock import StillClock
from tests.fakes.titles import NoTitle, canonical

LARGEST = 2048 * 1024


class FakeWiki:
    """Implements `oabot.seams.Wiki`. Methods under "the world" are what others do; attributes may be set at any time.

    `saves` holds each accepted edit that changed something, `asked` counts readings, `looked_ahead` holds what was
    looked at ahead.
    """

    def __init__(
        self,
        dbname: str = "metawiki",
        *,
        account: str = "OATransparencyBot",
        language: str = "en",
        clock: Clock | None = None,
    ) -> None:
        self._dbname = dbname
        self.language = language
        self.clock = clock or StillClock()
        self.known = Account(account, frozenset({"*", "user", "bot"}), frozenset({"read", "edit", "bot"}))
        self.accounts: dict[str, User] = {}
        self.read_only = False
        self.lagged = False
        self.edits_left: int | None = None
        self.saves: list[Edit] = []
        self.asked = 0
        self.looked_ahead: list[tuple[list[str], list[str]]] = []
        self._glance = Glance(self.clock)
        self._pages: dict[str, list[Revision]] = {}
        self._protected: dict[str, tuple[str, bool]] = {}
        self._refused: list[tuple[str, str]] = []
        self._blocked = False
        self._revids = itertools.count(1)

    # The seam.

    @property
    def dbname(self) -> str:
        return self._dbname

    def pages(self, titles: Iterable[str]) -> dict[str, Page]:
        asked = list(titles)
        seen = self._glance.of(asked)
        return {title: seen.pages[title] for title in asked} if seen else self._now(asked)

    def transcluding(self, template: str) -> list[Page]:
        self.asked += 1
        name = template.removeprefix(":") if ":" in template else f"Template:{template}"
        wanted = canonical(name, self.language)[0]
        return [self._page(title) for title in sorted(self._pages) if wanted in self._templates(title)]

    def revisions(self, title: str, after: int = 0, limit: int = 500) -> list[Revision]:
        self.asked += 1
        return [revision for revision in self._history(title) if revision.revid > after][:limit]

    def account(self) -> Account:
        self.asked += 1
        talk = self._history(f"User talk:{self.known.name}")
        return dataclasses.replace(self.known, blocked=self._blocked, talk_revid=talk[-1].revid if talk else 0)

    def users(self, names: Iterable[str]) -> dict[str, User]:
        self.asked += 1
        return {name: self._user(name) for name in names}

    def look(self, titles: Iterable[str], steering: Iterable[str]) -> Look:
        titles, steering = tuple(titles), tuple(steering)
        return self._glance.of(titles, steering) or self._look(titles, steering)

    def look_ahead(self, titles: Iterable[str], steering: Iterable[str]) -> None:
        titles, steering = tuple(titles), tuple(steering)
        self.looked_ahead.append((list(titles), list(steering)))
        self._glance.begin(titles, steering, self._look)

    def look_anew(self) -> None:
        self.looked_ahead.clear()
        self._glance.drop()

    def save(self, edit: Edit) -> Saved:
        self._glance.forget(edit.title)
        title = self._allowed(edit)
        history = self._pages.get(title, [])
        text = _stored(edit.text)
        self._check_base(edit, history)
        if history and history[-1].text == text:
            return Saved(history[-1].revid, changed=False)
        self.saves.append(edit)
        if self.edits_left is not None:
            self.edits_left -= 1
        return Saved(self.put(title, text, user=self.known.name, comment=edit.summary), changed=True)

    # The world.

    def put(self, title: str, text: str, *, user: str = "FarmAdmin", comment: str = "") -> int:
        """Somebody saves the page; gives the new revid."""
        name, _ = canonical(title, self.language)
        history = self._pages.setdefault(name, [])
        parent = history[-1].revid if history else 0
        revid = next(self._revids)
        history.append(Revision(revid, parent, self.clock.now(), user, _stored(text), comment))
        return revid

    def delete(self, title: str) -> None:
        """An admin deletes the page."""
        del self._pages[canonical(title, self.language)[0]]

    def protect(self, title: str, level: str = "sysop", *, cascade: bool = False) -> None:
        """An admin protects the page, and with `cascade` what it transcludes."""
        self._protected[canonical(title, self.language)[0]] = (level, cascade)

    def block(self) -> None:
        """An admin blocks our account; a partial block counts the same."""
        self._blocked = True

    def unblock(self) -> None:
        """An admin lifts the block."""
        self._blocked = False

    def refuse(self, word: str, code: str) -> None:
        """From now on an edit with the word in its title or text is refused with the API's `code`."""
        self._refused.append((word, code))

    def hide(self, revid: int, *, text: bool = False, user: bool = False, comment: bool = False) -> None:
        """An admin hides parts of a revision."""

        def hidden(revision: Revision) -> Revision:
            return dataclasses.replace(
                revision,
                text=None if text else revision.text,
                user=None if user else revision.user,
                comment=None if comment else revision.comment,
            )

        for history in self._pages.values():
            history[:] = [hidden(revision) if revision.revid == revid else revision for revision in history]

    def text(self, title: str) -> str:
        """What a reader sees."""
        return self._page(title).text

    # How it works.

    def _now(self, titles: Iterable[str]) -> dict[str, Page]:
        self.asked += 1
        return {title: self._page(title) for title in titles}

    def _look(self, titles: tuple[str, ...], steering: tuple[str, ...]) -> Look:
        pages = self._now([*titles, *steering])
        return Look(pages, self.users(name for title in steering if (name := pages[title].user)), self.account())

    def _page(self, written: str) -> Page:
        try:
            title, namespace = canonical(written, self.language)
        except NoTitle:
            return Page(title=written, text="", revid=0, state=PageState.INVALID)
        history = self._pages.get(title)
        newest = history[-1] if history else None
        return Page(
            title=title,
            text=(newest.text or "") if newest else "",
            revid=newest.revid if newest else 0,
            namespace=namespace,
            state=PageState.EXISTS if newest else PageState.MISSING,
            language=self.language,
            edit_protection=self._level(title),
            user=newest.user if newest else None,
            timestamp=newest.timestamp if newest else None,
        )

    def _history(self, title: str) -> list[Revision]:
        try:
            return self._pages.get(canonical(title, self.language)[0], [])
        except NoTitle:
            return []

    def _user(self, name: str) -> User:
        written = " ".join(name.replace("_", " ").split())
        return self.accounts.get(written[:1].upper() + written[1:], User(name, missing=True))

    def _templates(self, title: str) -> frozenset[str]:
        return _transcluded(self._pages[title][-1].text or "", self.language)

    def _level(self, title: str) -> str:
        if title in self._protected:
            return self._protected[title][0]
        return "sysop" if self._cascaded(title) else ""

    def _cascaded(self, title: str) -> bool:
        sources = [source for source, (_, cascades) in self._protected.items() if cascades and source in self._pages]
        return any(title in self._templates(source) for source in sources)

    def _allowed(self, edit: Edit) -> str:
        """The page's title, if our account may save it now. Raises: `WikiError`."""
        try:
            title, namespace = canonical(edit.title, self.language)
        except NoTitle:
            raise refusal("invalidtitle") from None
        for refused, code in self._reasons(edit, title, namespace):
            if refused:
                raise refusal(code)
        return title

    def _reasons(self, edit: Edit, title: str, namespace: int) -> Iterator[tuple[bool, str]]:
        base = [revision.text or "" for revision in self._history(title) if revision.revid == edit.base_revid]
        yield len(edit.summary) > 500, "summary-too-long"
        yield not all(may_edit(text, self.known.name) for text in [*base, edit.text]), "nobots"
        yield self.lagged, "maxlag"
        yield self.read_only, "readonly"
        yield self._blocked, "blocked"
        yield namespace == 8, "protectednamespace-interface"
        yield self._protected.get(title, ("", False))[0] not in ("", "autoconfirmed"), "protectedpage"
        yield self._cascaded(title), "cascadeprotected"
        yield self.edits_left == 0, "ratelimited"
        yield len(edit.text.encode()) > LARGEST, "contenttoobig"
        for word, code in self._refused:
            yield word in edit.title or word in edit.text, code

    def _check_base(self, edit: Edit, history: list[Revision]) -> None:
        known = {revision.revid for revision in history}
        # MediaWiki sees no conflict with our own last edits.
        others = [
            revision for revision in history if revision.revid > edit.base_revid and revision.user != self.known.name
        ]
        if not edit.base_revid:
            if history:
                raise refusal("articleexists")
        elif not history:
            raise refusal("missingtitle")
        elif others or edit.base_revid not in known:
            raise refusal("editconflict")


def _stored(text: str) -> str:
    """As MediaWiki stores a text."""
    return unicodedata.normalize("NFC", text).rstrip()


@functools.lru_cache(maxsize=64)
def _transcluded(text: str, language: str) -> frozenset[str]:
    """What a text transcludes; kept, since the wiki is asked about the same large pages again and again."""
    titles = set()
    for template in mwparserfromhell.parse(text).filter_templates():
        name = str(template.name).strip()
        with contextlib.suppress(NoTitle):
            titles.add(canonical(name if ":" in name else f"Template:{name}", language)[0])
    return frozenset(titles)
