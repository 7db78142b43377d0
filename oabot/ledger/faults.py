"""What a database's error means, in words that hold no statement, no value, no address and no password."""

from __future__ import annotations

import sqlite3

from sqlalchemy.exc import DBAPIError

LOCKED, FULL, READ_ONLY, CORRUPT, SCHEMA = "locked", "full", "read-only", "corrupt", "schema"

_SQLITE = {
    sqlite3.SQLITE_BUSY: LOCKED,
    sqlite3.SQLITE_LOCKED: LOCKED,
    sqlite3.SQLITE_FULL: FULL,
    sqlite3.SQLITE_READONLY: READ_ONLY,
    sqlite3.SQLITE_CORRUPT: CORRUPT,
    sqlite3.SQLITE_NOTADB: CORRUPT,
    sqlite3.SQLITE_ERROR: SCHEMA,  # no such table, no such column
}
_MARIADB = {
    1205: LOCKED,
    1213: LOCKED,
    1021: FULL,
    1114: FULL,
    1290: READ_ONLY,
    1836: READ_ONLY,
    1033: CORRUPT,
    1034: CORRUPT,
    1194: CORRUPT,
    1712: CORRUPT,
    1932: CORRUPT,
    1054: SCHEMA,
    1146: SCHEMA,
}
_WORDS = {
    LOCKED: "locked by another process",
    FULL: "the disk is full",
    READ_ONLY: "read-only",
    CORRUPT: "corrupt",
    SCHEMA: "tables or columns are missing",
}


class Unreadable(Exception):
    """A stored value that we can't have written."""


def kind(error: BaseException) -> str | None:
    """One of the words above, or None for any other error (the database can't be reached, mostly)."""
    if isinstance(error, Unreadable):
        return CORRUPT
    cause = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(cause, sqlite3.Error):
        if "decode to UTF-8" in str(cause):  # sqlite3's own error, which has no code
            return CORRUPT
        return _SQLITE.get((getattr(cause, "sqlite_errorcode", None) or -1) & 0xFF)
    code = cause.args[0] if cause is not None and cause.args else None
    return _MARIADB.get(code) if isinstance(code, int) else None


def words(error: BaseException) -> str:
    """What happened, for a log line."""
    known = kind(error)
    if known is not None:
        return _WORDS[known]
    cause = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    code = getattr(cause, "sqlite_errorname", None) or (cause.args[0] if cause.args else None)
    return f"{type(cause).__name__} {code}" if isinstance(code, int) or "SQLITE" in str(code) else type(cause).__name__
