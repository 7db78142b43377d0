"""Which logs tell more of what is known: those of every target that has a case, under all its names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from oabot.effects import effect
from oabot.identity import Identities
from oabot.model import GLOBAL, EntryId, Judgement, Kind, LogEntry, Moved, Renamed, Target, TargetKind, Verdict

_LISTED = (Verdict.YES, Verdict.REVIEW)
_ORPHAN = "orphan-unlock"
"""A rule whose verdict stands only once the target's own log has been read."""


def titles(entries: Iterable[LogEntry], judgements: Mapping[EntryId, Judgement], central: str) -> list[tuple[str, str]]:
    """(dbname, log title), each once: the targets of actions, of entries in review and of unlocks without a lock.

    A rename or move found there adds the new name's logs, so ask again with what they hold until nothing is new.
    """
    entries = list(entries)
    identities = Identities(entries)
    listed = [
        entry for entry in entries if judgements[entry.id].verdict in _LISTED or judgements[entry.id].rule == _ORPHAN
    ]
    found: dict[tuple[str, str], None] = {}
    for entry in listed:
        done = effect(entry)
        if done is not None and entry.target is not None:
            for target in (entry.target, identities.now(entry.target, entry)):
                found.update(dict.fromkeys(_of_target(done.kind, target, central)))
    named = {entry.target.name for entry in listed if entry.target and entry.target.kind is TargetKind.ACCOUNT}
    for entry in entries:
        if isinstance(entry.params, Renamed) and entry.params.old in named:
            found[central, f"Special:CentralAuth/{entry.params.new}"] = None
        # That a protection went along stands in the log of the new title alone.
        if isinstance(entry.params, Moved) and entry.target and (entry.id.wiki, entry.target.name) in found:
            found[entry.id.wiki, entry.params.new_title] = None
    return list(found)


def likely(dbname: str, title: str, central: str) -> list[tuple[str, str]]:
    """(dbname, log title) that `titles` will probably name for an action on this log title."""
    found = [(dbname, title)]
    if title.startswith("User:"):
        user, _, scope = title.partition("@")
        found += [(scope, user), (central, user)]
    return list(dict.fromkeys(found))


def _of_target(kind: Kind, target: Target, central: str) -> Iterator[tuple[str, str]]:
    if target.kind is TargetKind.PAGE:
        yield target.scope, target.name
    if target.kind is not TargetKind.ACCOUNT:
        return
    user = f"User:{target.name}"
    if kind is Kind.LOCK:
        yield central, f"{user}@global"
    if kind is Kind.RIGHTS and target.scope not in (GLOBAL, central):
        yield central, f"{user}@{target.scope}"
    if target.scope != GLOBAL:
        yield target.scope, user
    yield central, user  # global rights and blocks; and renames, which stand there under the old name
