"""Set back what a run changed: the rows that a page's regions held before, made from what can be seen now.

No old text is copied, so nothing comes back that was hidden since. A page that anybody edited after the run is left
alone; one that was set back rests until somebody asks for it, or the next run would do the same again.
"""

from __future__ import annotations

import functools
from collections.abc import Collection
from dataclasses import replace

from oabot.drafts import region_key
from oabot.errors import PageRefused, SourceError
from oabot.guard import Difference
from oabot.layout import PART, find, place
from oabot.leave import Terms
from oabot.ledger import Held, Ledger, Publication, ShownRegion
from oabot.model import Case, EntryId, Page
from oabot.ownpages import summary
from oabot.pipeline import Pipeline
from oabot.publish import Drafted, Outcome, Result, digest
from oabot.views import Material, render
from oabot.wikitext import Wikitext, splice


class Undo:
    """Undoes one run, page by page."""

    def __init__(self, pipeline: Pipeline, ledger: Ledger, terms: Terms, held: Held | None = None) -> None:
        """`terms` are the undoing run's own; without our lease it is a dry run."""
        self._pipeline, self._settings, self._ledger = pipeline, pipeline.settings, ledger
        self._terms, self._held = terms, held

    def run(self, run: str) -> list[Outcome]:
        """Set back every page with regions that the run saved. Raises: `Stopped`, `LedgerError`."""
        made = {(one.wiki, one.title): one for one in self._ledger.publications.of_run(run)}
        before = self._ledger.publications.before_run(run)
        publisher = self._pipeline.publisher(replace(self._terms, asked=frozenset(made)), self._held)
        outcomes = []
        for (wiki, title), last in made.items():
            if wiki not in self._settings.wikis or not _regional(last):
                continue
            draft = functools.partial(self._draft, run, wiki, last, before[wiki, title])
            outcome = publisher.publish(wiki, title, draft)
            outcomes.append(outcome)
            if outcome.result is Result.SAVED:
                self._ledger.state.put(f"rest:{wiki}:{title}", {"code": "undone", "by": outcome.revid})
        return outcomes

    def _draft(self, run: str, wiki: str, last: Publication, before: Publication | None, page: Page) -> Drafted:
        if page.revid != last.revid:
            raise PageRefused("edited")
        settings = self._settings.wikis[wiki]
        found = find(page, settings)
        rows = {one.key: one.entries for one in before.regions} if before else {}
        keys = [region_key(index, region, page.text) for index, region in enumerate(found)]
        material = self._material({entry for key in keys for entry in rows.get(key, ())})
        bodies, regions = {}, []
        for index, (key, region) in enumerate(zip(keys, found, strict=True)):
            wanted = replace(material, cases=_among(material.cases, rows.get(key, ())))
            plain = replace(region, params={name: value for name, value in region.params.items() if name != PART})
            drawn = render(plain, wanted, place(page, region, wiki, settings)) if key in rows else None
            bodies[index] = drawn.body if drawn else Wikitext("")
            regions.append(ShownRegion(key, digest(bodies[index]), drawn.entries if drawn else ()))
        after = frozenset(entry for one in regions for entry in one.entries)
        return Drafted(
            splice(page.text, found, bodies),
            summary(self._settings, wiki, self._terms.run, "oabot-summary-undo", run),
            tuple(regions),
            Difference(last.entries, after),
            guarded=False,
        )

    def _material(self, entries: Collection[EntryId]) -> Material:
        """What there is to show, after a look at the entries that are to be shown. Raises: `SourceError`."""
        report = self._pipeline.ingest.recheck(entries)
        if report.failed:
            raise SourceError(f"entries of {', '.join(report.failed)} can't be read again")
        return replace(self._pipeline.contents.material(), cases=self._pipeline.contents.present().cases)


def _among(cases: Collection[Case], rows: Collection[EntryId]) -> tuple[Case, ...]:
    return tuple(case for case in cases if case.id in rows)


def _regional(publication: Publication) -> bool:
    return any(":" in one.key for one in publication.regions)
