"""Keeps ``Data.json`` on the central wiki: saved only when a case has changed."""

from __future__ import annotations

from oabot.errors import SourceError
from oabot.exports.data import data, page_text, says
from oabot.exports.records import records
from oabot.ownpages import OwnPages
from oabot.pipeline import Pipeline
from oabot.publish import Outcome, Result

PAGE = "Data.json"


def keep(own: OwnPages, pipeline: Pipeline) -> Outcome:
    """Bring the page up; it counts as published for every entry that it names. Raises: `Stopped`, `LedgerError`."""
    material = pipeline.contents.material()
    try:
        content = data(records(material))
    except SourceError:  # without the statements something would be missing
        return Outcome(material.central, material.own_page(PAGE), Result.SKIPPED, "unread")
    entries = {entry.id for case in material.cases for entry in case.entries}

    def write(text: str) -> str:
        if says(text, content):
            return text
        report = pipeline.ingest.recheck(entries)
        if report.failed or report.changed:
            raise SourceError("the data page's entries have changed meanwhile")
        return page_text(content)

    return own.put(PAGE, "oabot-summary-data", write, entries)
