"""What became of pages, in words: for the journal and for answers to requests."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from oabot.i18n import Language
from oabot.publish import Outcome, Result
from oabot.views.material import Material, page_link
from oabot.wikitext import Wikitext, escape, isolate

MOST = 50
"""Pages that are named one by one in one list."""

_STOPS = {"blocked": "oabot-stop-blocked", "talk": "oabot-stop-talk"}


@dataclass(frozen=True, slots=True)
class Teller:
    """Says things in the language of one page."""

    language: Language
    material: Material
    """For the addresses of wikis and our own pages; its cases don't matter."""

    def page(self, wiki: str, title: str) -> Wikitext:
        """A page, linked."""
        return page_link(self.material, wiki, title, isolate(escape(title)))

    def difference(self, outcome: Outcome, *, name_wiki: bool = False) -> Wikitext:
        """A page that was saved, and what the save changed."""
        said = self.language.say("oabot-link-difference")
        link = page_link(self.material, outcome.wiki, f"Special:Diff/{outcome.revid}", said)
        return Wikitext(f"{self._where(outcome, name_wiki=name_wiki)} ({link})")

    def left_alone(self, outcome: Outcome, *, name_wiki: bool = False) -> Wikitext:
        """A page that was left alone, and why."""
        return self.language.say("oabot-labelled", self._where(outcome, name_wiki=name_wiki), self.why(outcome))

    def why(self, outcome: Outcome) -> Wikitext:
        """Why a page was left alone."""
        say = self.language.say
        if outcome.reason == "stopped":
            return say("oabot-stop-page", self.page(outcome.wiki, self.material.own_page("Run")))
        if outcome.reason == "undone":
            return say("oabot-skip-reverted")
        if outcome.reason == "changed":
            return say("oabot-refused-changed", self.page(outcome.wiki, outcome.title))
        for key in (_STOPS.get(outcome.reason, ""), f"oabot-skip-{outcome.reason}", f"oabot-{outcome.reason}"):
            try:
                return say(key)
            except (KeyError, TypeError):
                continue
        return say("oabot-skip-other", Wikitext(f"<code>{escape(outcome.reason)}</code>"))

    def result(self, outcomes: Sequence[Outcome], done: str = "oabot-result-saved") -> list[Wikitext]:
        """What came of a run, a sentence for each kind of outcome; `done` is the key of what is said of saves."""
        saved = [one for one in outcomes if one.result is Result.SAVED]
        held = [one for one in outcomes if one.result is Result.HELD]
        left = [one for one in outcomes if one.result is Result.SKIPPED]
        found = [self.held(one) for one in held]
        several = len({one.wiki for one in (*saved, *left)}) > 1
        if saved:
            said = self._listed(self.difference(one, name_wiki=several) for one in saved)
            found.insert(0, self.language.say(done, len(saved), said))
        if left:
            said = self._listed(self.left_alone(one, name_wiki=several) for one in left)
            found.append(self.language.say("oabot-result-skipped", len(left), said))
        return found or [self.language.say("oabot-result-nothing")]

    def held(self, outcome: Outcome) -> Wikitext:
        """A page that would lose too many rows."""
        goes, of = outcome.losing
        return self.language.say(
            "oabot-result-held", self.page(outcome.wiki, outcome.title), goes, self.language.number(of)
        )

    def _where(self, outcome: Outcome, *, name_wiki: bool) -> Wikitext:
        """The page, or the wiki where it is about all its pages; pages of several wikis may bear one title."""
        wiki = isolate(escape(outcome.wiki))
        if not outcome.title:
            return wiki
        page = self.page(outcome.wiki, outcome.title)
        return self.language.say("oabot-labelled", wiki, page) if name_wiki else page

    def _listed(self, items: Iterable[Wikitext]) -> Wikitext:
        found = list(items)
        more = [Wikitext("…")] if len(found) > MOST else []
        return self.language.join([*found[:MOST], *more])
