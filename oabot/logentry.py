"""The door: a list=logevents row (formatversion 2) becomes a `LogEntry`, or an `InputError` that says why not.

The shapes are those of MediaWiki and its extensions since 2004; a shape that isn't known becomes `Unread`, never a
guess. Sources: CentralAuth ``CentralAuthUser::logAction``, GlobalBlocking, core's ``LogFormatter`` classes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from oabot import logparams, names
from oabot.errors import InputError
from oabot.model import GLOBAL, EntryId, LogEntry, NoParams, StatusChange, Target, TargetKind, Unread
from oabot.timestamps import parse_timestamp

CENTRAL = "metawiki"
"""The wiki whose performers act across wikis ($wgCentralAuthCentralWiki of Wikimedia)."""

COMMENT_LIMIT = 4096
"""Characters of a comment that we look at; MediaWiki keeps 500 (CommentStore::COMMENT_CHARACTER_LIMIT)."""

_TITLE_LIMIT = 1024
_DBNAME = re.compile(r"[a-z][a-z0-9_]{1,62}")
_WORD = re.compile(r"[A-Za-z0-9_-]{1,64}")
_COPIED_BY = re.compile(r"([a-z][a-z0-9_]+)>(.+)", re.DOTALL)
_FLAGS = ("actionhidden", "userhidden", "commenthidden", "suppressed")
_GLOBAL_TYPES = frozenset({"globalauth", "gblrights", "gblblock", "gblrename"})
_ACCOUNT_TYPES = _GLOBAL_TYPES | {"rights", "block", "renameuser"}


def parse(wiki: object, row: object, central: str = CENTRAL) -> LogEntry:
    """Read one row of that wiki.

    A row with any hidden flag keeps its id, type, action and time and nothing else, even where a privileged
    reader was shown the values. Raises: `InputError` naming what is wrong, never whom it is about.
    """
    if not isinstance(wiki, str) or not _DBNAME.fullmatch(wiki):
        raise InputError("the wiki isn't a database name such as metawiki")
    if not isinstance(row, Mapping):
        raise InputError("the entry isn't an object")
    entry_id = EntryId(wiki, _logid(row))
    log_type, action = _word(row, "type"), _word(row, "action")
    timestamp = _timestamp(row)
    if _is_hidden(row):
        return LogEntry(entry_id, log_type, action, timestamp, None, None, None, NoParams(), hidden=True)
    performer, copy_of = _performer(_text(row, "user"), wiki, central)
    title, params = _text(row, "title"), row.get("params", {})
    return LogEntry(
        id=entry_id,
        type=log_type,
        action=action,
        timestamp=timestamp,
        performer=performer,
        target=_target(wiki, log_type, title, row.get("ns"), wiki == central),
        comment=_comment(row),
        params=logparams.read(log_type, action, params, title, timestamp),
        copy_of=copy_of,
    )


def merge(copies: Sequence[LogEntry]) -> LogEntry:
    """One entry from all that was recorded of one id, in whatever order.

    Hidden wins over visible, and what hides an account over what doesn't; rows that contradict each other otherwise
    are kept as one that nobody may judge by rule.
    """
    hidden = [entry for entry in copies if entry.hidden]
    if hidden:
        return hidden[0]
    distinct = sorted(set(copies), key=repr)
    hiding = [entry for entry in distinct if isinstance(entry.params, StatusChange) and entry.params.touches_hiding]
    distinct = hiding[:1] or distinct
    first = distinct[0]
    if len(distinct) == 1:
        return first
    return LogEntry(
        id=first.id,
        type=first.type,
        action=first.action,
        timestamp=first.timestamp,
        performer=first.performer,
        target=first.target,
        comment="",
        params=Unread(f"{first.type}/{first.action}: {len(distinct)} rows that differ", why="copies"),
    )


def _logid(row: Mapping[str, Any]) -> int:
    value = row.get("logid")
    if isinstance(value, bool) or not isinstance(value, int):
        raise InputError("logid isn't a whole number")
    if not 0 < value < 2**63:
        raise InputError(f"logid {value} is out of range")
    return value


def _word(row: Mapping[str, Any], key: str) -> str:
    value = row.get(key)
    if not isinstance(value, str) or not _WORD.fullmatch(value):
        raise InputError(f"{key} isn't a log {key}")
    return value


def _timestamp(row: Mapping[str, Any]) -> datetime:
    value = row.get("timestamp")
    time = parse_timestamp(value) if isinstance(value, str) else None
    if time is None or not 2001 <= time.year < 2200:
        raise InputError("timestamp isn't a time at which a wiki could have logged")
    return time


def _is_hidden(row: Mapping[str, Any]) -> bool:
    """Formatversion 1 gives hidden flags as empty strings; a name or title that is left out is hidden as well."""
    if any(row.get(flag, False) is not False for flag in _FLAGS):
        return True
    if row.get("user") is None or row.get("title") is None:
        return True
    # A block that hides its target's name belongs to the suppression log, wherever it was found.
    return any(flag in words for words in _flags(row.get("params")) for flag in ("hiddenname", "hiddenblock"))


def _flags(params: object) -> list[Sequence[object]]:
    """A block's flags as a list or as a comma list; in rows older than named params by position."""
    given = [params.get("flags"), params.get("1")] if isinstance(params, Mapping) else params
    return [words for words in given if isinstance(words, (list, tuple, str))] if isinstance(given, list) else []


def _text(row: Mapping[str, Any], key: str) -> str:
    value = row.get(key)
    if not isinstance(value, str):
        raise InputError(f"{key} isn't text")
    if not value.strip(" _") or len(value) > _TITLE_LIMIT:
        raise InputError(f"{key} is empty or longer than any wiki allows")
    return value


def _comment(row: Mapping[str, Any]) -> str:
    value = row.get("comment", "")
    if not isinstance(value, str):
        raise InputError("comment isn't text")
    return value[:COMMENT_LIMIT]


def _performer(user: str, wiki: str, central: str) -> tuple[str, str | None]:
    """The account, and the wiki it acted on when this row is a copy (UserGroupAssignmentService: ``metawiki>Name``)."""
    copied = _COPIED_BY.fullmatch(user)
    if copied and copied[1] == central != wiki:
        return names.account(copied[2]), central
    return names.account(user), None


def _target(wiki: str, log_type: str, title: str, namespace: object, crosses_wikis: bool) -> Target:  # noqa: FBT001
    if namespace is not None and (isinstance(namespace, bool) or not isinstance(namespace, int)):
        raise InputError("ns isn't a number")
    if log_type not in _ACCOUNT_TYPES or title.startswith("Special:GlobalUsers/"):
        return _page(wiki, names.title(title), namespace)
    if log_type == "gblrename":
        return _account(title.split("/", 1)[-1], GLOBAL)
    name = names.without_namespace(title)
    if name.startswith("Contributions/"):  # gblblock before 2010
        name = name.removeprefix("Contributions/")
    scope = GLOBAL if log_type in _GLOBAL_TYPES else wiki
    if log_type == "globalauth":
        name = name.removesuffix("@global")
    elif log_type == "rights" and crosses_wikis and "@" in name:
        account, suffix = name.rsplit("@", 1)
        suffix = suffix.strip().replace(" ", "_")  # a title shows the underscores of a dbname as spaces
        if _DBNAME.fullmatch(suffix):
            name, scope = account, suffix
    elif log_type in ("block", "gblblock") and name.startswith("#"):  # an autoblock: an address behind a number
        return Target(TargetKind.IP, name, scope)
    return _account(name, scope)


def _account(text: str, scope: str) -> Target:
    name = names.account(text)
    if not name:
        raise InputError("title names no account")
    if name.startswith("#"):  # a user id in very old rows
        return Target(TargetKind.OTHER, name, scope)
    return Target(TargetKind.IP if names.is_ip(name) else TargetKind.ACCOUNT, name, scope)


def _page(wiki: str, title: str, namespace: int | None) -> Target:
    of_user = names.root(names.without_namespace(title))
    is_ip = names.is_ip(of_user) and (namespace in names.USER_NAMESPACES or title.startswith("Special:Contributions/"))
    if title.startswith("Special:Contributions/"):
        is_ip = names.is_ip(title.removeprefix("Special:Contributions/"))
    return Target(TargetKind.IP if is_ip else TargetKind.PAGE, title, wiki)
