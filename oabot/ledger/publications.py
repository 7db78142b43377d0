"""What we saved on which page, from which entries; and what we are about to save.

An intent is written before a save is sent and becomes a publication when the wiki has said which revision it made.
A process that ends in between leaves the intent; the next one asks the wiki whether its text is there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Row, Select, delete, func, insert, select, update

from oabot.errors import LedgerError
from oabot.ledger import lease, schema
from oabot.ledger.database import Database
from oabot.ledger.keys import chunks, matches, present
from oabot.ledger.lease import Held
from oabot.model import EntryId

_PAGES = schema.publications
_COLUMNS = (_PAGES.c.wiki, _PAGES.c.title)

_MANY: Final = 500
"""Saves asked about at once; databases bound how many values a question has."""


@dataclass(frozen=True, slots=True)
class ShownRegion:
    """One region of a saved page. `key` tells it from the page's others and names no person."""

    key: str
    sha256: str
    entries: tuple[EntryId, ...] = ()
    """The entries it shows, in its order; an erased entry is gone from here too."""


@dataclass(frozen=True, slots=True)
class Publication:
    """One save of one page by one run."""

    wiki: str
    title: str
    base_revid: int
    """The revision that was read; 0: there was no page."""
    sha256: str
    """Of the page's whole text, as the wiki will have it."""
    run: str
    regions: tuple[ShownRegion, ...] = ()
    revid: int | None = None
    """The revision that it made; None while it is only intended."""
    at: datetime | None = None
    """When it was intended or, with a revid, recorded; filled in when read back, as is `number`."""
    number: int = 0

    @property
    def entries(self) -> frozenset[EntryId]:
        """All entries that it shows."""
        return frozenset(entry for region in self.regions for entry in region.entries)


class Publications:
    """The saves. What writes needs the lease: nobody else's word is taken for what a page says."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def intend(self, held: Held, publication: Publication, ttl: timedelta = timedelta()) -> int:
        """Note a save that is about to be sent; its number. An open intent of the same run and page gives way.

        The lease is ours for `ttl` from then on, as after a renewal.
        Raises: `LeaseLost`; `LedgerError`, also when it shows an erased entry, and while another run's intent for the
        page is open (ask the wiki first).
        """
        with self._database.writing("noting a save") as connection:
            lease.renew(self._database, connection, held, ttl)
            if present(connection, schema.tombstones, publication.entries):
                raise LedgerError("the page would show an entry that was erased meanwhile")
            for row in connection.execute(select(_PAGES).where(_on(publication), _PAGES.c.revid.is_(None))).all():
                if row.run != publication.run:
                    raise LedgerError(f"run {row.run} left a save of that page unresolved; ask the wiki about it first")
                _delete(connection, [row.number])
            return _insert(connection, publication, self._database.clock.now())

    def record(self, held: Held, number: int, revid: int) -> None:
        """The intended save made this revision. Raises: `LeaseLost`, `LedgerError`."""
        with self._database.writing("recording a save") as connection:
            lease.require(self._database, connection, held)
            done = {"revid": revid, "at": self._database.clock.now()}
            connection.execute(update(_PAGES).where(_PAGES.c.number == number).values(done))

    def drop_intent(self, held: Held, number: int) -> None:
        """The intended save didn't happen and won't. Raises: `LeaseLost`, `LedgerError`."""
        with self._database.writing("dropping a save") as connection:
            lease.require(self._database, connection, held)
            open_ = connection.execute(select(_PAGES).where(_PAGES.c.number == number, _PAGES.c.revid.is_(None)))
            _delete(connection, [row.number for row in open_.all()])

    def open_intents(self) -> list[Publication]:
        """Saves of which it isn't known whether they happened, oldest first. Raises: `LedgerError`."""
        return self._read(_PAGES.c.revid.is_(None))

    def latest(self, wiki: str, title: str) -> Publication | None:
        """Our last save of a page. Raises: `LedgerError`."""
        found = self._read(_PAGES.c.number.in_(_newest()), _PAGES.c.wiki == wiki, _PAGES.c.title == title)
        return found[0] if found else None

    def all_latest(self) -> list[Publication]:
        """Our last save of each page, oldest first: all that we show. Raises: `LedgerError`."""
        return self._read(_PAGES.c.number.in_(_newest()))

    def of_run(self, run: str) -> list[Publication]:
        """What a run saved, oldest first. Raises: `LedgerError`."""
        return self._read(_PAGES.c.run == run, _PAGES.c.revid.is_not(None))

    def before_run(self, run: str) -> dict[tuple[str, str], Publication | None]:
        """For each (wiki, title) that a run saved, our save before that, which it changed. Raises: `LedgerError`."""
        before: dict[tuple[str, str], Publication | None] = {}
        for page in self.of_run(run):
            if (page.wiki, page.title) not in before:
                older = _newest(_PAGES.c.number < page.number)
                found = self._read(_PAGES.c.number.in_(older), _on(page))
                before[page.wiki, page.title] = found[0] if found else None
        return before

    def pages_showing(self, entry: EntryId) -> list[tuple[str, str]]:
        """The (wiki, title) of every page whose last save shows an entry. Raises: `LedgerError`."""
        with self._database.reading("looking for an entry") as connection:
            return pages_showing(connection, [entry])[entry]

    def _read(self, *conditions: ColumnElement[bool]) -> list[Publication]:
        with self._database.reading("reading saves") as connection:
            rows = connection.execute(select(_PAGES).where(*conditions).order_by(_PAGES.c.number)).all()
            regions = _regions(connection, [row.number for row in rows])
        return [_publication(row, regions[row.number]) for row in rows]


def pages_showing(connection: Connection, ids: Collection[EntryId]) -> dict[EntryId, list[tuple[str, str]]]:
    """As the method, as part of a transaction; also saves of which it isn't known whether they happened."""
    shown = schema.shown
    current = _PAGES.c.number.in_(_newest()) | _PAGES.c.revid.is_(None)
    asked = select(shown.c.wiki.label("of"), shown.c.logid, *_COLUMNS).distinct()
    asked = asked.join(_PAGES, shown.c.publication == _PAGES.c.number).where(current).order_by(*_COLUMNS)
    pages: dict[EntryId, list[tuple[str, str]]] = {entry: [] for entry in sorted(set(ids))}
    for chunk in chunks(pages):
        for row in connection.execute(asked.where(matches(shown, chunk))):
            pages[EntryId(row.of, row.logid)].append((row.wiki, row.title))
    return pages


def _newest(*conditions: ColumnElement[bool]) -> Select[tuple[int]]:
    newest = select(func.max(_PAGES.c.number)).where(_PAGES.c.revid.is_not(None), *conditions)
    return newest.group_by(*_COLUMNS)


def _on(page: Publication) -> ColumnElement[bool]:
    return (_PAGES.c.wiki == page.wiki) & (_PAGES.c.title == page.title)


def _insert(connection: Connection, publication: Publication, now: datetime) -> int:
    values = {
        "wiki": publication.wiki,
        "title": publication.title,
        "base_revid": publication.base_revid,
        "text": publication.sha256,
        "run": publication.run,
        "at": now,
    }
    key = connection.execute(insert(_PAGES).values(values)).inserted_primary_key
    number = int(key[0]) if key else 0
    for region in publication.regions:
        of = {"publication": number, "region": region.key}
        connection.execute(insert(schema.regions).values(**of, text=region.sha256))
        rows = [
            {**of, "place": place, "wiki": entry.wiki, "logid": entry.logid}
            for place, entry in enumerate(region.entries)
        ]
        if rows:
            connection.execute(insert(schema.shown), rows)
    return number


def _delete(connection: Connection, numbers: Iterable[int]) -> None:
    for number in numbers:
        for table in (schema.shown, schema.regions):
            connection.execute(delete(table).where(table.c.publication == number))
        connection.execute(delete(_PAGES).where(_PAGES.c.number == number))


def _regions(connection: Connection, numbers: Sequence[int]) -> dict[int, list[ShownRegion]]:
    """What these saves show, by number; some hundred saves a question."""
    shown, regions = schema.shown, schema.regions
    entries: defaultdict[tuple[int, str], list[EntryId]] = defaultdict(list)
    found: dict[int, list[ShownRegion]] = {number: [] for number in numbers}
    for start in range(0, len(numbers), _MANY):
        some = numbers[start : start + _MANY]
        asked = select(shown).where(shown.c.publication.in_(some)).order_by(shown.c.publication, shown.c.place)
        for entry in connection.execute(asked):
            entries[entry.publication, entry.region].append(EntryId(entry.wiki, entry.logid))
        of = select(regions).where(regions.c.publication.in_(some)).order_by(regions.c.publication, regions.c.region)
        for row in connection.execute(of):
            told = tuple(entries[row.publication, row.region])
            found[row.publication].append(ShownRegion(row.region, row.text, told))
    return found


def _publication(row: Row[Any], regions: Iterable[ShownRegion]) -> Publication:
    return Publication(
        row.wiki, row.title, row.base_revid, row.text, row.run, tuple(regions), row.revid, row.at, row.number
    )
