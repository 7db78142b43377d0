"""Where the wiki's contract is played: a wiki seen by our account, and what others do on it."""

from __future__ import annotations

import sqlite3
import time
from typing import Protocol

from oabot.seams import Wiki
from oabot.wiki import LiveWiki, Session
from tests.fakes.clock import StillClock
from tests.fakes.wiki import FakeWiki
from tests.local_farm import Farm

BOT = "OATransparencyBot"


class Stage(Protocol):
    """One wiki for one test."""

    @property
    def wiki(self) -> Wiki:
        """The wiki, as our account sees it."""

    def put(self, title: str, text: str) -> int:
        """An admin saves a page; gives the revid."""

    def delete(self, title: str) -> None:
        """An admin deletes a page."""

    def protect(self, title: str, *, cascade: bool = False) -> None:
        """An admin protects a page."""

    def block(self, *, partial: bool = False) -> None:
        """An admin blocks our account, wholly or from one page."""

    def steer(self, state: str) -> None:
        """The wiki goes `readonly`, `maxlag` or `ratelimited` (no edit left)."""

    def refuse(self, word: str, code: str) -> None:
        """Edits with that word are refused from now on."""

    def hide(self, revid: int) -> None:
        """An admin hides a revision's text, author and comment."""

    def later(self) -> None:
        """Let a second pass."""


class FakeStage:
    """The wiki in memory."""

    def __init__(self, language: str = "en") -> None:
        self.clock = StillClock()
        self.wiki = FakeWiki(language=language, clock=self.clock)
        self.put = self.wiki.put
        self.delete = self.wiki.delete
        self.refuse = self.wiki.refuse

    def protect(self, title: str, *, cascade: bool = False) -> None:
        self.wiki.protect(title, cascade=cascade)

    def block(self, *, partial: bool = False) -> None:
        self.wiki.block()

    def steer(self, state: str) -> None:
        if state == "ratelimited":
            self.wiki.edits_left = 0
        else:
            setattr(self.wiki, {"readonly": "read_only", "maxlag": "lagged"}[state], True)

    def hide(self, revid: int) -> None:
        self.wiki.hide(revid, text=True, user=True, comment=True)

    def later(self) -> None:
        self.clock.sleep(2)


class FarmStage:
    """A real MediaWiki, and Pywikibot."""

    def __init__(self, farm: Farm, session: Session, dbname: str = "metawiki") -> None:
        self.farm = farm
        self.dbname = dbname
        self.wiki = LiveWiki(session, dbname, farm.api(dbname), clock=StillClock())
        self.admin = farm.person("admin", dbname)
        self._settings = ""

    def put(self, title: str, text: str) -> int:
        return self.admin.edit(title, text)

    def delete(self, title: str) -> None:
        self.admin.delete(title)

    def protect(self, title: str, *, cascade: bool = False) -> None:
        more = {"cascade": "1"} if cascade else {}
        self.admin.post(action="protect", title=title, protections="edit=sysop", expiry="infinite", **more)

    def block(self, *, partial: bool = False) -> None:
        page = {"partial": "1", "pagerestrictions": "Kept from us", "allowusertalk": "1"} if partial else {}
        self.admin.block(BOT, **page)

    def steer(self, state: str) -> None:
        if state == "ratelimited":
            self._set("$wgGroupPermissions['bot']['noratelimit'] = false; $wgRateLimits['edit']['user'] = [ 0, 60 ];")
        else:
            self.farm.control(self.dbname, state, "60")

    def refuse(self, word: str, code: str) -> None:
        if code == "spamblacklist":
            self.put("MediaWiki:Spam-blacklist", word.replace(".", r"\."))
        elif code == "titleblacklist-forbidden":
            self.put("MediaWiki:Titleblacklist", f".*{word}.*")
        elif code == "contenttoobig":
            self._set("$wgMaxArticleSize = 1;")
        else:
            self._filter(word, code.removeprefix("abusefilter-"))

    def hide(self, revid: int) -> None:
        self.admin.hide_revision(revid, "content|user|comment")

    def later(self) -> None:
        time.sleep(1.1)

    def _set(self, php: str) -> None:
        self._settings += f"\n{php}"
        self.farm.control(self.dbname, "php", f"<?php {self._settings}")

    def _filter(self, word: str, action: str) -> None:
        """An abuse filter, as Special:AbuseFilter would store it (1.39 has no API for it)."""
        action = {"warning": "warn", "disallowed": "disallow"}[action]
        with sqlite3.connect(self.farm.state / "data" / f"{self.dbname}.sqlite") as wiki:
            wiki.execute(
                "INSERT INTO abuse_filter (af_pattern, af_user, af_user_text, af_timestamp, af_enabled, af_comments,"
                " af_public_comments, af_actions, af_group)"
                " VALUES (?, 1, 'FarmAdmin', '20220101000000', 1, '', 'test', ?, 'default')",
                (f'contains_any(new_wikitext, "{word}")', action),
            )
            wiki.execute("INSERT INTO abuse_filter_action VALUES (last_insert_rowid(), ?, '')", (action,))
        wiki.close()
