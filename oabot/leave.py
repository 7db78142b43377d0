"""Whether people let us edit: asked anew before each save, from what the wiki shows then.

A stop page stops. A message on our talk page, a block, or saves that people undid make a wiki rest until an allowed
person edits ``/Run`` later; on the central wiki that holds for all. A page on which our save was undone rests until
somebody asks for it. What can't be read counts as stopped.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from oabot import rests, rights, stops
from oabot.errors import Resting, Stopped, WikiRests
from oabot.ledger import Ledger
from oabot.model import Account, Look, Page, PageState
from oabot.seams import Wiki

log = logging.getLogger(__name__)

HISTORY = 500
"""Revisions of a page that are read to see whether our save was undone."""


@dataclass(frozen=True, slots=True)
class Permit:
    """How we may edit one wiki."""

    approved: bool
    flagged: bool = False
    news_marked_bot: bool = False
    pace: float = 10.0
    groups: frozenset[str] = frozenset({"sysop", "steward"})
    """Whose ``run`` counts on the stop pages."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What holds for all saves of one run."""

    account: str
    central: str
    run: str
    """Its id."""
    job: str = ""
    saves: int = 30
    """How many saves it may make."""
    approved: frozenset[tuple[str, str]] = frozenset()
    """(wiki, title) of pages that may lose any number of rows."""
    asked: frozenset[tuple[str, str]] = frozenset()
    """Pages that somebody asked for, so that they needn't rest any more."""
    expected: Mapping[tuple[str, str], str] = field(default_factory=dict)
    """If anything is expected: (wiki, title) -> `oabot.publish.shown` of all that may be saved."""


class Leave:
    """Reads pages for a save, if people let us save them."""

    def __init__(
        self,
        wikis: Mapping[str, Wiki],
        permits: Mapping[str, Permit],
        ledger: Ledger,
        terms: Terms,
        bodies: Callable[[str, str], tuple[str, ...] | None] = lambda _wiki, _text: None,
    ) -> None:
        """`bodies` gives what is in the regions of a text, by the templates of a wiki."""
        self._wikis, self._permits, self._ledger = wikis, permits, ledger
        self._terms, self._bodies = terms, bodies

    def read(self, wiki: str, titles: Sequence[str], *, even_resting: bool = False) -> dict[str, Page]:
        """The pages as they are now.

        Raises: `Stopped` when nothing may be saved anywhere (`Resting` when the central wiki rests), `WikiRests` when
        not on this wiki; `even_resting` a page may be saved that tells people why the bot rests. `ConfigError` when
        the account has rights that it must not have.
        """
        central = self._terms.central
        if wiki != central:
            self._check(central, self._wikis[central].look((), self._stop_titles()), even_resting=even_resting)
        seen = self._wikis[wiki].look(titles, self._stop_titles())
        self._check(wiki, seen, even_resting=even_resting)
        return dict(seen.pages)

    def _stop_titles(self) -> Sequence[str]:
        return stops.titles(self._terms.account, self._terms.job)

    def _check(self, wiki: str, seen: Look, *, even_resting: bool) -> None:
        reason = stops.stop(seen.pages, seen.authors, self._stop_titles(), self._permits[wiki].groups)
        if reason is not None:
            if wiki == self._terms.central:
                raise Stopped(f"{wiki}: {reason.title} ({reason.code})")
            raise WikiRests("stopped")
        code = self._rest(wiki, seen.account, seen.pages[self._stop_titles()[0]].revid)
        if code and (code == "blocked" or not even_resting):
            log.warning("%s: resting: %s", wiki, code)
            if wiki == self._terms.central:
                raise Resting(wiki, code)
            raise WikiRests(code)

    def _rest(self, wiki: str, account: Account, acknowledged: int) -> str:
        """Why a wiki rests, one of `rests.RESTS`, or nothing; `acknowledged` is the revision of its ``/Run``.

        Raises: `ConfigError` when the account can do there what it must not be able to do.
        """
        rights.refuse_dangerous(wiki, account)
        if account.blocked:
            self._ledger.state.put(f"rest:{wiki}", {"code": "blocked", "run": acknowledged})
            return "blocked"
        if known := self._ledger.state.get(f"rest:{wiki}"):
            if known["run"] >= acknowledged:
                return str(known["code"])
            self._ledger.state.drop(f"rest:{wiki}")
        if account.talk_revid > acknowledged:
            talk = self._wikis[wiki].revisions(f"User talk:{self._terms.account}", after=acknowledged)
            if rests.spoken_to(talk, self._terms.account):
                return "talk"
        return "undone" if self.undone(wiki, acknowledged) > rests.MAY_BE_UNDONE else ""

    def undone(self, wiki: str, acknowledged: int) -> int:
        """How many of our saves people undid since then."""
        known = self._ledger.state.get(f"undone:{wiki}", {})
        return sum(by > acknowledged for by in known.values())

    def page_rests(self, wiki: str, page: Page) -> bool:
        """Whether a page is to be left alone until somebody asks, for a person undid our last save of it."""
        key = f"rest:{wiki}:{page.title}"
        if (wiki, page.title) in self._terms.asked:
            self._ledger.state.drop(key)
            self._ledger.state.put(f"looked:{wiki}:{page.title}", page.revid)
            return False
        if self._ledger.state.get(key):
            return True
        if page.state is not PageState.EXISTS or page.user == self._terms.account:
            return False
        return self._was_undone(wiki, page, key)

    def _was_undone(self, wiki: str, page: Page, key: str) -> bool:
        looked = f"looked:{wiki}:{page.title}"
        state = self._ledger.state
        if state.get(looked) == page.revid:
            return False
        last = self._ledger.publications.latest(wiki, page.title)
        base = str(state.get(f"base:{wiki}:{page.title}", "")) if last else ""
        history = self._wikis[wiki].revisions(page.title, after=last.base_revid if last else 0, limit=HISTORY)
        found = rests.undone(history, self._terms.account, lambda text: self._bodies(wiki, text), base)
        ours = [one.revid for one in history if one.user == self._terms.account]
        if found:
            state.put(f"undone:{wiki}", state.get(f"undone:{wiki}", {}) | {str(one.ours): one.by for one in found})
        if found and found[-1].ours == ours[-1]:
            state.put(key, {"code": "reverted", "by": found[-1].by})
            return True
        state.put(looked, page.revid)
        return False

    def saved(self, wiki: str, before: Page) -> None:
        """Remember what the regions of a page said before we saved it."""
        held = rests.mark(self._bodies(wiki, before.text))
        if held:
            self._ledger.state.put(f"base:{wiki}:{before.title}", held)
