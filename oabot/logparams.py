"""Log params of every shape since 2004, by log type, as the API's formatversion 2 gives them.

A stored parameter comes out under its name, or under its position ("0", "1") where the row is older than its
extension's structured params. What isn't known becomes `Unread`: described by keys and types, never by values.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from oabot import names
from oabot.logtypes import KNOWN_TYPES
from oabot.model import (
    NEVER,
    BlockChange,
    Moved,
    NoParams,
    PageMoved,
    Params,
    ProtectionChange,
    Renamed,
    Restriction,
    RightsChange,
    StatusChange,
    TranslationMarked,
    Unblock,
    Unread,
    VisibilityChange,
)
from oabot.timestamps import parse_expiry

_STATUS_WORDS = {"locked": "locked", "hidden": "hidden", "oversighted": "oversighted", "suppressed": "oversighted"}
_NONE_WORDS = frozenset({"(none)", "none", ""})
_RENAMED_GROUPS = {"oversight": "suppress"}  # T112147
_KEY = re.compile(r"[A-Za-z0-9:_-]{1,40}")

_Values = Mapping[str, Any]


def read(log_type: str, action: str, params: object, title: str, timestamp: datetime) -> Params:
    """The params of one visible entry; `title` and `timestamp` are the entry's own, for shapes that lean on them."""
    values = _by_key(params)
    reader = _READERS.get(f"{log_type}/{action}")
    if values is None:
        return _unread(log_type, action, {}, "params aren't an object")
    if reader is None:
        if log_type in _READ_TYPES or log_type not in KNOWN_TYPES:
            return _unread(log_type, action, values, "unknown action" if log_type in _READ_TYPES else "unknown type")
        return NoParams()
    try:
        return reader(values, title, timestamp)
    except _UnknownWordsError:
        return Unread(_shape(log_type, action, values, "unknown words"), why="words")
    except (LookupError, TypeError, ValueError, AttributeError, OverflowError):
        return _unread(log_type, action, values, "unknown shape")


class _UnknownWordsError(Exception):
    """A status in words that we don't know, such as another language's."""


def _by_key(params: object) -> _Values | None:
    """Positional params as "0", "1" …; an absent or empty list is no params (PHP's empty array)."""
    if params is None:
        return {}
    if isinstance(params, Mapping):
        return params
    if isinstance(params, (list, tuple)):
        return {str(index): value for index, value in enumerate(params)}
    return None


def _unread(log_type: str, action: str, values: _Values, why: str) -> Unread:
    return Unread(_shape(log_type, action, values, why))


def _shape(log_type: str, action: str, values: _Values, why: str) -> str:
    keys = sorted(f"{key if _KEY.fullmatch(key) else '?'}: {type(value).__name__}" for key, value in values.items())
    return f"{log_type}/{action}: {why} {{{', '.join(keys[:20])}}}"


def _word(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _words(value: object) -> list[str]:
    """A comma list as legacy rows have it, or a list."""
    if isinstance(value, str):
        return [word.strip() for word in value.split(",")]
    if isinstance(value, (list, tuple)) and all(isinstance(word, str) for word in value):
        return [word.strip() for word in value]
    raise TypeError


def _is_legacy(values: _Values, *modern: str) -> bool:
    return not any(key in values for key in modern) and "0" in values


def _setstatus(values: _Values, _title: str, _time: datetime) -> Params:
    if _is_legacy(values, "added", "removed"):
        before, after = values["0"], values.get("1", "(none)")
    else:
        if "added" not in values and "removed" not in values:
            raise KeyError
        before, after = values.get("added", []), values.get("removed", [])
    added, removed = _statuses(before), _statuses(after)
    known = StatusChange(added[0], removed[0])
    # A word for hiding that we do know makes the row private, whatever stands beside it.
    if (added[1] or removed[1]) and not known.touches_hiding:
        raise _UnknownWordsError
    return known


def _statuses(value: object) -> tuple[frozenset[str], bool]:
    """The known statuses, and whether there were words that aren't known."""
    words = [word.lower() for word in _words(value)]
    known = frozenset(_STATUS_WORDS[word] for word in words if word in _STATUS_WORDS)
    return known, any(word not in _STATUS_WORDS and word not in _NONE_WORDS for word in words)


def _fixed(params: Params) -> Callable[[_Values, str, datetime], Params]:
    return lambda _values, _title, _time: params


def _status(added: Iterable[str] = (), removed: Iterable[str] = ()) -> Callable[[_Values, str, datetime], Params]:
    return _fixed(StatusChange(frozenset(added), frozenset(removed)))


def _groups(value: object) -> frozenset[str]:
    return frozenset(_RENAMED_GROUPS.get(group, group) for group in _words(value) if group not in _NONE_WORDS)


def _rights(values: _Values, _title: str, time: datetime) -> Params:
    old_key, new_key = ("oldgroups", "newgroups") if "oldgroups" in values else ("oldGroups", "newGroups")
    if _is_legacy(values, old_key, new_key):
        return RightsChange(_groups(values["0"]), _groups(values.get("1", "")))
    new = values[new_key]
    metadata = values.get("newmetadata", values.get("newMetadata")) or []
    expiries = []
    for index, data in enumerate(metadata):
        group = _word(data.get("group") or new[index])
        end = parse_expiry(data["expiry"], time) if data.get("expiry") else NEVER
        if end is not None and end != NEVER:
            expiries.append((_RENAMED_GROUPS.get(group, group), end))
    return RightsChange(_groups(values[old_key]), _groups(new), tuple(sorted(expiries)))


def _block(values: _Values, _title: str, time: datetime) -> Params:
    given = values.get("expiry", values.get("duration", values.get("0")))
    return BlockChange(
        expiry=parse_expiry(given, time) if isinstance(given, str) else None,
        # Rows from before partial blocks (2019) don't say it.
        sitewide=values.get("sitewide", True) is not False,
        restrictions=_restrictions(values.get("restrictions") or {}),
        block_id=_block_id(values),
    )


def _block_id(values: _Values) -> int | None:
    return None if values.get("blockId") is None else int(values["blockId"])


def _restrictions(value: _Values) -> tuple[str, ...]:
    pages = [f"page:{names.title(page['page_title'])}" for page in value.get("pages", ())]
    namespaces = [f"ns:{namespace}" for namespace in value.get("namespaces", ())]
    actions = [f"action:{action}" for action in value.get("actions", ())]
    return tuple(sorted(pages + namespaces + actions))


def _free_text_block(_values: _Values, _title: str, _time: datetime) -> Params:
    """The expiry of gblock2 and old modify rows is localised prose."""
    return BlockChange(expiry=None)


def _global_block(values: _Values, title: str, time: datetime) -> Params:
    return _block(values, title, time) if "expiry" in values or "0" in values else BlockChange(expiry=None)


def _unblock(values: _Values, _title: str, _time: datetime) -> Params:
    return Unblock(_block_id(values))


def _protect(values: _Values, _title: str, time: datetime) -> Params:
    details = values.get("details") or ()
    return ProtectionChange(
        tuple(
            sorted(
                (
                    Restriction(
                        _word(one["type"]), _word(one["level"]), parse_expiry(one.get("expiry") or "infinity", time)
                    )
                    for one in details
                ),
                key=lambda restriction: restriction.type,
            )
        )
    )


def _move_prot(values: _Values, _title: str, _time: datetime) -> Params:
    return PageMoved(names.title(values.get("oldtitle_title") or values["0"]))


def _moved(values: _Values, _title: str, _time: datetime) -> Params:
    new_title = values.get("target_title") or values.get("0")
    return Moved(names.title(new_title)) if isinstance(new_title, str) else NoParams()


def _renamed(values: _Values, title: str, _time: datetime) -> Params:
    if "newuser" in values:
        return Renamed(names.account(values["olduser"]), names.account(values["newuser"]))
    return Renamed(names.account(names.without_namespace(title)), names.account(values["0"]))


def _visibility(values: _Values, _title: str, _time: datetime) -> Params:
    if _is_legacy(values, "ids", "type"):
        ids, bits = values["1"], str(values.get("3", "")).partition("=")[2]
        return VisibilityChange(_word(values["0"]), _ids(ids.split(",") if isinstance(ids, str) else ids), bits != "0")
    new = values.get("new")
    # A row that doesn't say what it did is taken for a hiding.
    hides = new.get("bitmask", 1) != 0 if isinstance(new, Mapping) else True
    return VisibilityChange(_word(values["type"]), _ids(values["ids"]), hides)


def _ids(values: Iterable[Any]) -> tuple[int, ...]:
    return tuple(sorted(int(value) for value in values))


def _mark(values: _Values, _title: str, _time: datetime) -> Params:
    return TranslationMarked(int(values["revision"]), int(values.get("changed", 0)))


_NOTHING = _fixed(NoParams())

_READERS: dict[str, Callable[[_Values, str, datetime], Params]] = {
    "globalauth/setstatus": _setstatus,
    "globalauth/lock": _status(added=["locked"]),
    "globalauth/unlock": _status(removed=["locked"]),
    "globalauth/hide": _status(added=["hidden"]),
    "globalauth/unhide": _status(removed=["hidden"]),
    "globalauth/lockandhid": _status(added=["locked", "hidden"]),
    "globalauth/delete": _NOTHING,
    "gblrights/usergroups": _rights,
    **dict.fromkeys(
        (
            f"gblrights/{action}"
            for action in (
                "groupprms2", "groupprms3", "groupperms", "grouprename", "setchange", "deleteset", "newset",
                "setnewtype", "setrename",
            )
        ),
        _NOTHING,
    ),
    "rights/rights": _rights,
    "rights/autopromote": _NOTHING,
    "rights/erevoke": _NOTHING,
    "block/block": _block,
    "block/reblock": _block,
    "block/unblock": _unblock,
    "gblblock/gblock": _global_block,
    "gblblock/gblock2": _free_text_block,
    "gblblock/modify": _global_block,
    "gblblock/gunblock": _unblock,
    "gblblock/whitelist": _NOTHING,
    "gblblock/dwhitelist": _NOTHING,
    "gblrename/rename": _renamed,
    "gblrename/promote": _renamed,
    "gblrename/merge": _NOTHING,
    "renameuser/renameuser": _renamed,
    **dict.fromkeys(("delete/delete", "delete/delete_redir", "delete/delete_redir2", "delete/restore"), _NOTHING),
    **dict.fromkeys((f"delete/flow-{a}-{b}" for a in ("delete", "restore") for b in ("post", "topic")), _NOTHING),
    "delete/revision": _visibility,
    "delete/event": _visibility,
    "protect/protect": _protect,
    "protect/modify": _protect,
    "protect/unprotect": _NOTHING,
    "protect/move_prot": _move_prot,
    **dict.fromkeys(("move/move", "move/move_redir"), _moved),
    "pagetranslation/mark": _mark,
    **dict.fromkeys(
        (
            f"pagetranslation/{action}"
            for action in (
                "unmark", "moveok", "movenok", "deletelok", "deletefok", "deletelnok", "deletefnok", "encourage",
                "discourage", "prioritylanguages", "associate", "dissociate",
            )
        ),
        _NOTHING,
    ),
}  # fmt: skip

_READ_TYPES = frozenset(key.split("/", 1)[0] for key in _READERS)
