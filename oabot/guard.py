"""What a save would do to a region's rows: the news in it, and whether so much goes that people must look first."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from oabot.model import EntryId

MAY_LOSE = 0.3
"""The share of a region's rows that may go in one save without anybody's approval."""

_LOG_LINK = re.compile(r"(https?://[^/\s\]]+)/wiki/Special:Redirect/logid/(\d+)")


@dataclass(frozen=True, slots=True)
class Difference:
    """The entries that a save adds to a page and takes from it."""

    before: frozenset[EntryId]
    after: frozenset[EntryId]
    known: frozenset[EntryId] = frozenset()
    """What other pages of the same table link already."""
    kept: frozenset[EntryId] = frozenset()
    """What they are to show, or leave out only because people want no more rows."""

    @property
    def added(self) -> frozenset[EntryId]:
        """Entries that the page didn't link yet, nor the table's other pages."""
        return self.after - self.before - self.known

    @property
    def removed(self) -> frozenset[EntryId]:
        """Entries that it won't link any more, and that don't move to another page of the table."""
        return self.before - self.after - self.kept

    def loses_too_much(self, erased: Collection[EntryId]) -> bool:
        """Whether more than `MAY_LOSE` of the rows would go; what was erased goes however much it is."""
        remaining = self.before - frozenset(erased)
        return bool(remaining) and len(self.removed - frozenset(erased)) > MAY_LOSE * len(remaining)


def linked(body: str, addresses: Mapping[str, str]) -> frozenset[EntryId]:
    """The log entries that a region's text links: what it shows, by the page itself."""
    wikis = {url: dbname for dbname, url in addresses.items()}
    return frozenset(EntryId(wikis[found[1]], int(found[2])) for found in _LOG_LINK.finditer(body) if found[1] in wikis)
