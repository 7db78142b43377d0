"""Who put which words on a page: by the revision that added them, never by a signature or a parameter.

A walk through a page's revisions, oldest first. Words that were moved on the page stay their author's. Words that
somebody took away and somebody else put back, or that somebody made of another's, have both as authors, and whoever
asks has to trust both. Words of which it can't be seen who wrote them (a hidden revision, a gap in the history, a page
that was moved here with them on it, text that stood there inactive before) are nobody's.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from oabot.errors import RegionError
from oabot.model import Revision

REVERTS = frozenset({"mw-undo", "mw-rollback", "mw-manual-revert"})
"""Tags of a revision that puts back older text (MediaWiki's ChangeTags)."""

Unit = tuple[str, ...]
"""Words that are compared as one, such as (entry, field, value)."""

_LINKED = re.compile(r"\[\[:?([^\]|]+)")


@dataclass(frozen=True, slots=True)
class Found:
    """A unit on one revision of a page, and the template call (offsets) that says it."""

    unit: Unit
    start: int
    end: int
    inside: str = ""
    """What the call is about, when people may add words to each other's calls."""


@dataclass(frozen=True, slots=True)
class Credit:
    """A unit that is on the page now, and whose it is."""

    unit: Unit
    authors: frozenset[str]
    """All of them have to be trusted; empty: nobody's."""
    revid: int
    """The revision that added it first."""
    index: int
    """Which one of the units that this revision added."""
    timestamp: datetime
    settled: bool = False
    """Whether a revision of our own account answered it at any time."""
    inside: str = ""


@dataclass(frozen=True, slots=True)
class Reader:
    """How a page's words are read."""

    find: Callable[[str], Sequence[Found]]
    """The units of a text. Raises: `RegionError` when it can't be read."""
    title: str
    account: str
    answered: Callable[[str], Collection[Unit]] = field(default=lambda _: ())
    """The units of a text that bear our answer."""
    alike: Callable[[Unit, Unit], bool] = field(default=lambda _, __: False)
    """Whether the second may be the first one, changed."""


def attribute(revisions: Iterable[Revision], reader: Reader) -> list[Credit]:
    """The units that the newest revision holds, in the order in which they came, with their authors.

    Revisions are oldest first; if the first isn't the page's first one, what it holds is nobody's.
    """
    walk = _Walk(reader)
    for revision in revisions:
        walk.step(revision)
    return walk.credits()


def moved(revision: Revision, before: Revision, title: str) -> bool:
    """Whether a revision only notes that the page was moved to this title; a hidden comment may say so.

    Moves and protections make revisions that change nothing; a move's comment links the old title and the new one.
    """
    if revision.text != before.text:
        return False
    if revision.comment is None:
        return True
    linked = {_plain(one) for one in _LINKED.findall(revision.comment)[:2]}
    return bool(linked - {_plain(title)})


def _plain(title: str) -> str:
    return " ".join(title.replace("_", " ").split()).casefold()


def _both(one: frozenset[str], other: frozenset[str]) -> frozenset[str]:
    return one | other if one and other else frozenset()


@dataclass(slots=True)
class _Walk:
    """Where the walk is."""

    reader: Reader
    live: dict[Unit, list[Credit]] = field(default_factory=lambda: defaultdict(list))
    gone: dict[Unit, Credit] = field(default_factory=dict)
    before: Revision | None = None
    unseen: bool = False
    """Whether something since the last readable revision can't be read."""
    texts: set[str] = field(default_factory=set)

    def credits(self) -> list[Credit]:
        return sorted((one for found in self.live.values() for one in found), key=lambda one: (one.revid, one.index))

    def step(self, revision: Revision) -> None:
        if revision.text is None:
            self.unseen = True
            return
        try:
            found = self.reader.find(revision.text)
        except RegionError:
            self.unseen, self.before = True, revision
            return
        whole = not self.unseen and revision.parent == (self.before.revid if self.before else 0)
        if self.before and moved(revision, self.before, self.reader.title):
            self._disown()
        removed = self._remove(found)
        self._add(revision, found, removed, whole=whole)
        self._settle(revision)
        self.gone.update((one.unit, one) for one in removed)
        self.texts.add(revision.text)
        self.unseen, self.before = False, revision

    def _disown(self) -> None:
        for unit, found in self.live.items():
            self.live[unit] = [replace(one, authors=frozenset()) for one in found]

    def _remove(self, found: Sequence[Found]) -> list[Credit]:
        """Take away what isn't there any more; of equal units it can't be told which one went."""
        wanted = Counter(one.unit for one in found)
        removed = []
        for unit, known in self.live.items():
            kept, went = known[: wanted[unit]], known[wanted[unit] :]
            for one in went:
                kept = [replace(other, authors=_both(other.authors, one.authors)) for other in kept]
            self.live[unit] = kept
            removed += went
        return removed

    def _add(self, revision: Revision, found: Sequence[Found], removed: Sequence[Credit], *, whole: bool) -> None:
        lived = [*removed, *(one for known in self.live.values() for one in known)]
        inside = {one.inside for one in lived if one.inside}
        counted: Counter[Unit] = Counter()
        index = 0
        for one in found:
            counted[one.unit] += 1
            if counted[one.unit] <= len(self.live[one.unit]):
                continue
            new = Credit(one.unit, frozenset(), revision.revid, index, revision.timestamp, inside=one.inside)
            if whole and revision.user is not None:
                new = self._credited(new, one, revision, removed, open_=one.inside in inside)
            self.live[one.unit].append(new)
            index += 1

    def _credited(
        self, new: Credit, found: Found, revision: Revision, removed: Sequence[Credit], *, open_: bool
    ) -> Credit:
        author = frozenset({revision.user or ""})
        old = self.gone.get(new.unit)
        reverts = bool(REVERTS & set(revision.tags)) or revision.text in self.texts
        if old is not None and old.authors != author and (reverts or not old.settled):
            return replace(old, authors=_both(old.authors, author))
        if reverts and old is None:
            return new
        changed = [one for one in removed if not one.settled and self.reader.alike(one.unit, new.unit)]
        own = any(one.authors == author for one in changed)
        if not (open_ or own or self._wholly_new(found, revision.text or "")):
            return new
        for one in changed:
            author = _both(author, one.authors)
        return replace(new, authors=author)

    def _wholly_new(self, found: Found, text: str) -> bool:
        """Whether none of the call was there before in any form, such as in a comment or without its end."""
        old = (self.before.text if self.before else "") or ""
        call = text[found.start : found.end]
        if text.count(call) <= old.count(call):
            return False
        start, end = text.rfind("\n", 0, found.start) + 1, text.find("\n", found.end)
        lines = text[start : end if end >= 0 else len(text)].split("\n")
        now, known = Counter(text.split("\n")), Counter(old.split("\n"))
        return all(now[line] > known[line] for line in lines if line.strip())

    def _settle(self, revision: Revision) -> None:
        if revision.user != self.reader.account:
            return
        for unit in set(self.reader.answered(revision.text or "")):
            self.live[unit] = [replace(one, settled=True) for one in self.live[unit]]
