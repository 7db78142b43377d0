"""Saves of which it isn't known whether they happened: the wiki is asked."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from oabot.errors import WikiError
from oabot.ledger import Held, Ledger
from oabot.publish import digest
from oabot.seams import Wiki

log = logging.getLogger(__name__)


def resolve(ledger: Ledger, wikis: Mapping[str, Wiki], held: Held) -> int:
    """Ask the wikis about saves of which it isn't known whether they happened; the number of those that did.

    An intent of a wiki that can't be asked stays. Raises: `LeaseLost`, `LedgerError`.
    """
    happened = 0
    for intent in ledger.publications.open_intents():
        wiki = wikis.get(intent.wiki)
        if wiki is None:
            continue
        try:
            revisions = wiki.revisions(intent.title, after=intent.base_revid)
        except WikiError as problem:
            log.warning("%s: can't say whether a save happened: %s", intent.wiki, problem.code)
            continue
        ours = [one for one in revisions if one.text is not None and digest(one.text) == intent.sha256]
        if ours:
            ledger.publications.record(held, intent.number, ours[-1].revid)
            happened += 1
        else:
            ledger.publications.drop_intent(held, intent.number)
    return happened
