"""What people wrote about log entries, each field from an author who may set it: ``User:BOT/Annotations``."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from oabot.attribution import Credit, Found, Reader, Unit
from oabot.model import Annotation, EntryId, User, Verdict
from oabot.wikitext import clean, template_calls

PAGE = "Annotations"
"""The account's subpage on the central wiki."""

FIELDS = ("statement", "discussion", "local_notice", "note", "claimed_date", "verdict")
"""What can be said of an entry."""

NOTE_LIMIT = 500
"""Characters of free text."""

_ENTRY = re.compile(r"([a-z][a-z0-9_]{1,62}):([1-9][0-9]{0,17})")
_DISCUSSION = re.compile(r"discussion[2-9]?")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_TITLE_LIMIT = 300
_LIKE = 0.6


def reader(template: str, title: str, account: str) -> Reader:
    """How the page of annotations is read; `template` is the note template's name."""
    return Reader(lambda text: _find(text, template), title, account, alike=_alike)


def read_annotations(
    credits_: Iterable[Credit], users: Mapping[str, User], allowed: Mapping[str, Collection[str]]
) -> tuple[Annotation, ...]:
    """One annotation an entry, of the fields that all their authors may set; of several values the newest counts.

    `users` are the authors as they are now, `allowed` the groups for each field.
    """
    noted: dict[EntryId, Annotation] = {}
    for credit in sorted(credits_, key=lambda one: (one.revid, one.index)):
        entry, name, value = _entry(credit.unit[0]), credit.unit[1], credit.unit[2]
        if entry is not None and may(credit, users, allowed.get(name, ())):
            noted[entry] = _with(noted.get(entry, Annotation(entry)), name, value)
    return tuple(noted[entry] for entry in sorted(noted))


def may(credit: Credit, users: Mapping[str, User], groups: Collection[str]) -> bool:
    """Whether words count: each author exists, is in one of the groups now, and is neither blocked nor locked."""
    authors = [users.get(name) for name in credit.authors]
    return bool(authors) and all(
        one is not None and not (one.missing or one.blocked or one.locked) and not one.groups.isdisjoint(groups)
        for one in authors
    )


def _find(text: str, template: str) -> list[Found]:
    found = []
    for call in template_calls(text, template):
        entry = call.params.get("entry", "")
        for name, value in call.params.items():
            field = "discussion" if _DISCUSSION.fullmatch(name) else name
            if field in FIELDS and value and _entry(entry):
                found.append(Found((entry, field, value), call.start, call.end, entry))
    return found


def _alike(old: Unit, new: Unit) -> bool:
    """Free text that was changed a little is still its author's too."""
    if old[:2] != new[:2] or new[1] != "note":
        return False
    return difflib.SequenceMatcher(None, old[2], new[2], autojunk=False).ratio() > _LIKE


def _entry(text: str) -> EntryId | None:
    named = _ENTRY.fullmatch(text)
    return EntryId(named[1], int(named[2])) if named else None


def _with(known: Annotation, name: str, value: str) -> Annotation:
    """The annotation with one more value; one that can't be is left out."""
    if name == "note":
        return replace(known, note=clean(value, NOTE_LIMIT))
    if name == "verdict":
        said = {"yes": Verdict.YES, "no": Verdict.NO}.get(value.lower())
        return replace(known, verdict=said) if said else known
    if name == "claimed_date":
        return replace(known, claimed_date=value) if _DATE.fullmatch(value) else known
    title = clean(value.removeprefix("[[").removesuffix("]]").partition("|")[0])
    if not title or len(title) > _TITLE_LIMIT:
        return known
    if name == "statement":
        return replace(known, statement=title)
    if name == "local_notice":
        return replace(known, local_notice=title)
    return replace(known, discussion=tuple(dict.fromkeys((*known.discussion, title))))
