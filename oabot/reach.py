"""Since when a wiki's logs say anything: asked once, then known."""

from __future__ import annotations

import logging
from datetime import datetime

from oabot.errors import SourceError
from oabot.ledger import State
from oabot.seams import Source
from oabot.timestamps import iso, parse_timestamp

log = logging.getLogger(__name__)


def reach(source: Source, state: State) -> datetime | None:
    """The time of the oldest entry that the wiki shows; None while it can't say. Raises: `LedgerError`."""
    key = f"reach {source.dbname}"
    known = state.get(key)
    if known is None:
        try:
            oldest = source.oldest()
        except SourceError as problem:
            log.warning("%s: can't say since when it has logs: %s", source.dbname, problem)
            return None
        known = iso(oldest) if oldest else ""
        state.put(key, known)
    return parse_timestamp(str(known))
