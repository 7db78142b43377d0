"""What pages are made of: the cases that may be shown, and what is read beside the logs about them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Final

from oabot.communityconfig import Wanted
from oabot.config import Settings, WikiSettings
from oabot.correspondences import Around, Record, letters_asked
from oabot.explanations import Explain, Explanations
from oabot.ingest import Ingest
from oabot.known import Known, know
from oabot.ledger import Ledger, Publication
from oabot.links import Resolved
from oabot.model import Annotation, EntryId, Page, Verdict
from oabot.presence import Absent
from oabot.rules import Rules
from oabot.seams import Clock
from oabot.statements import Post
from oabot.targetlogs import titles
from oabot.views import Material

REREAD: Final = 50
"""Of how many such cases the logs are read again in one run: a rename may be there."""


class Contents:
    """The ledger's entries, judged, with what people want and what explains them."""

    def __init__(  # noqa: PLR0913 - one of each part that it joins
        self,
        settings: Settings,
        rules: Rules,
        ledger: Ledger,
        ingest: Ingest,
        clock: Clock,
        *,
        explain: Explain = lambda _: Explanations(),
        absent: Absent = lambda _cases, _anew: frozenset(),
        around: Around | None = None,
    ) -> None:
        self.wanted = Wanted(settings)
        """What people want now."""
        self.anew = False
        """Whether the next `gather` looks for all accounts again."""
        self.saved: Mapping[tuple[str, str], Publication] = {}
        """(wiki, title) -> our last save, as it was when material was made last."""
        self.erased: frozenset[EntryId] = frozenset()
        """What must leave every page at once, as of then."""
        self._rules, self._ledger, self._ingest, self._clock = rules, ledger, ingest, clock
        self._explain, self._explanations = explain, Explanations()
        self._look_for, self._absent = absent, frozenset[EntryId]()
        self._around, self._record = around or Around(), Record()
        self._links: Mapping[str, Resolved] = {}

    @property
    def annotations(self) -> tuple[Annotation, ...]:
        """What people wrote about entries, as far as it counts."""
        return self.wanted.annotations

    def known(self) -> Known:
        """All that the ledger holds, judged; what was missing when last looked for is left out."""
        return know(
            self._ledger.observations.entries(),
            self._rules,
            self._clock.now(),
            self.annotations,
            left_out=set(self._ledger.erasures.held()),
        )

    def present(self) -> Known:
        """As `known`, less the cases of accounts that aren't there under their name. Raises: `LedgerError`."""
        known = self.known()
        absent = self._look_for(known.cases, self.anew)
        return Known(known.entries, known.judgements, tuple(case for case in known.cases if case.id not in absent))

    def material(self) -> Material:
        """What pages are made of now."""
        return self._explained(self._bare(self.known()))

    def gather(self) -> Material:
        """What pages are made of, with all that is read beside the logs read now. Raises: `LedgerError`."""
        bare = self._bare(self._find_accounts())
        self._explanations = self._explain(bare.cases)
        self._links = self._around.links(link for note in self.annotations for link in note.discussion)
        return self._explained(bare)

    def with_letters(self, material: Material, dbname: str, here: WikiSettings, pages: Collection[Page]) -> Material:
        """The same, with the letters that these pages of a wiki ask for, read now."""
        self._record = self._around.letters(letters_asked(pages, dbname, here, material.addresses))
        return replace(material, letters=self._record.letters, answers=self._record.answers)

    def shown(self) -> set[EntryId]:
        """The entries that our tables show; what waits for a decision isn't shown yet."""
        return self._shown(self._ledger.publications.all_latest())

    def shown_on(self, dbname: str) -> set[EntryId]:
        """The same of one wiki's pages."""
        return self._shown(page for page in self._ledger.publications.all_latest() if page.wiki == dbname)

    def unlinked_posts(self) -> tuple[Post, ...]:
        """What the Office wrote on talk pages that no note names, as a discussion or as a statement."""
        return self._around.unlinked_posts(self.annotations)

    def _shown(self, saved: Iterable[Publication]) -> set[EntryId]:
        own = tuple(f"{self.wanted.settings.account}/{name}" for name in ("Review", "Preview/"))
        tables = [page for page in saved if not page.title.partition(":")[2].startswith(own)]
        return {entry for page in tables for entry in page.entries}

    def _bare(self, known: Known) -> Material:
        """What the ledger tells; with it is read what our pages show and what was erased."""
        self.saved = {(page.wiki, page.title): page for page in self._ledger.publications.all_latest()}
        self.erased = self._absent.union(stone.id for stone in self._ledger.erasures.tombstones())
        settings = self.wanted.settings
        settle, shown = timedelta(hours=settings.settle_hours), self._shown(self.saved.values())
        wanted = {note.entry for note in self.annotations if note.verdict is Verdict.YES}
        shown |= wanted & {case.id for case in known.reversed_early(settle, shown)}
        settled = known.publishable(self._clock.now(), settle, shown)
        return Material(
            cases=tuple(case for case in settled if case.id not in self._absent),
            addresses={dbname: wiki.url for dbname, wiki in settings.wikis.items()},
            account=settings.account,
            central=settings.central,
            contact=self.wanted.contact,
            reach=self._ingest.reach(),
            letters=self._record.letters,
            answers=self._record.answers,
            committee=self._around.committee,
        )

    def _explained(self, bare: Material) -> Material:
        return replace(
            bare,
            homes=self._explanations.homes,
            statements=self._explanations.told(bare.cases),
            statements_read=self._explanations.learned.whole,
            links=self._links,
        )

    def _find_accounts(self) -> Known:
        """What is known; cases of accounts that aren't there are absent, and of those shown a rename is looked for."""
        known = self.known()
        self._absent, self.anew = self._look_for(known.cases, self.anew), False
        gone = sorted(self._absent & self.shown())[:REREAD] if self._absent else []
        if not gone:
            return known
        entries = [entry for case in known.cases if case.id in gone for entry in case.entries]
        self._ingest.run((), frozenset(titles(entries, known.judgements, self.wanted.settings.central)))
        return self.known()
