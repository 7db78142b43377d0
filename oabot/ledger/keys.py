"""Rows by their entries' ids, few enough at a time for one statement."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from sqlalchemy import ColumnElement, Connection, Table, and_, delete, or_, select

from oabot.model import EntryId

_CHUNK = 400


def chunks(ids: Collection[EntryId]) -> Iterator[list[EntryId]]:
    """The ids, sorted, in parts."""
    ordered = sorted(ids)
    for start in range(0, len(ordered), _CHUNK):
        yield ordered[start : start + _CHUNK]


def matches(table: Table, ids: Collection[EntryId]) -> ColumnElement[bool]:
    """The condition that a row of the table is about one of some ids."""
    return or_(
        *(
            and_(table.c.wiki == wiki, table.c.logid.in_([entry.logid for entry in ids if entry.wiki == wiki]))
            for wiki in sorted({entry.wiki for entry in ids})
        )
    )


def present(connection: Connection, table: Table, ids: Collection[EntryId]) -> set[EntryId]:
    """Those of the ids that the table has rows about."""
    asked = select(table.c.wiki, table.c.logid).distinct()
    return {
        EntryId(row.wiki, row.logid)
        for chunk in chunks(ids)
        for row in connection.execute(asked.where(matches(table, chunk)))
    }


def remove(connection: Connection, table: Table, ids: Collection[EntryId]) -> None:
    """Delete every row of the table about one of the ids."""
    for chunk in chunks(ids):
        connection.execute(delete(table).where(matches(table, chunk)))
