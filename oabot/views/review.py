"""``User:BOT/Review``: log entries that wait for people, grouped by rule, without a name of anybody."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from oabot.effects import effect
from oabot.known import Known
from oabot.model import ActionClass, EntryId, LogEntry, TargetKind
from oabot.statements import Post
from oabot.views.material import Draft, Material, Place, entry_link, own_link, page_link
from oabot.wikitext import Wikitext, escape, isolate

_GIVES_BACK = frozenset({ActionClass.GLOBAL_UNLOCK, ActionClass.RIGHTS_RESTORED, ActionClass.REVERSAL})
EARLY = "reversed-early"
"""Stands for a rule: a case that was reversed before it had settled."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """One entry that waits."""

    id: EntryId
    rule: str
    would_be: ActionClass | None


def waiting(known: Known, settle: timedelta, shown: Collection[EntryId] = ()) -> tuple[Waiting, ...]:
    """What people are to look at: never an entry on an address, nor one that gives back what no log shows as taken."""
    found = [
        Waiting(entry.id, known.judgements[entry.id].rule, known.judgements[entry.id].would_be)
        for entry in known.in_review()
        if _presentable(entry, known)
    ]
    early = known.reversed_early(settle, shown)
    return (*found, *(Waiting(case.id, EARLY, case.action_class) for case in early))


def _presentable(entry: LogEntry, known: Known) -> bool:
    if entry.target is None or entry.target.kind is TargetKind.IP:
        return False
    if known.judgements[entry.id].would_be not in _GIVES_BACK:
        return True
    return any(other.target == entry.target and other.order < entry.order and _takes(other) for other in known.entries)


def _takes(entry: LogEntry) -> bool:
    done = effect(entry)
    return done is not None and bool(done.takes)


@dataclass(frozen=True, slots=True)
class Expected:
    """What a statement says happened, and what was found; None: it doesn't say."""

    page: str
    locks: tuple[int, int] | None
    """Found, and how many users the statement names (a user may have several accounts)."""
    rights: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class Agenda:
    """All that people are to look at."""

    items: Sequence[Waiting] = ()
    counted: Sequence[Expected] = ()
    posts: Sequence[Post] = ()


def render(agenda: Agenda, material: Material, place: Place, template: str) -> Draft:
    """The page; `template` is the note template's name."""
    items, counted = agenda.items, agenda.counted
    say = place.language.say
    lines = ["__NOINDEX__", f"== {say('oabot-review-heading')} ==", say("oabot-review-intro")]
    if items:
        lines += _how(items[0], material, place, template)
    else:
        lines.append(say("oabot-review-empty"))
    for rule, group in sorted(_by_rule(items).items()):
        lines.append(f"=== {say('oabot-review-rule', isolate(escape(rule)))} ===")
        lines += [f"* {_item(one, material, place)}" for one in group]
    if counted:
        lines.append(f"== {say('oabot-review-expected')} ==")
        lines += [f"* {_counted(one, material, place)}" for one in counted]
    if agenda.posts:
        lines.append(f"== {say('oabot-review-candidates')} ==")
        lines += [f"* {_post(one, material, place)}" for one in agenda.posts]
    return Draft(Wikitext("\n".join(lines)), tuple(one.id for one in items))


def _how(example: Waiting, material: Material, place: Place, template: str) -> list[str]:
    how = place.language.say("oabot-review-how", own_link(material, "Annotations"))
    code = escape(f"{{{{{template}|entry={example.id}|verdict=yes}}}}")
    return ["", how, "", f"<code>{code}</code>", ""]


def _by_rule(items: Iterable[Waiting]) -> Mapping[str, list[Waiting]]:
    found: dict[str, list[Waiting]] = defaultdict(list)
    for one in items:
        found[one.rule].append(one)
    return found


def _item(one: Waiting, material: Material, place: Place) -> Wikitext:
    link = entry_link(material, place, one.id, isolate(escape(str(one.id))))
    if one.would_be is None:
        return link
    name = place.language.say(f"oabot-class-{one.would_be.value.replace('_', '-')}")
    return Wikitext(f"{link} · {place.language.say('oabot-review-would-be', name)}")


def _counted(one: Expected, material: Material, place: Place) -> Wikitext:
    say = place.language.say
    parts = []
    if one.locks is not None:
        parts.append(say("oabot-review-expected-locks", *one.locks))
    if one.rights is not None:
        found, said = one.rights
        parts.append(say("oabot-review-expected-rights", place.language.number(found), said))
    link = page_link(material, material.central, one.page, isolate(escape(one.page)))
    return say("oabot-labelled", link, place.language.join(parts))


def _post(one: Post, material: Material, place: Place) -> Wikitext:
    """A link to the edit by its time: titles and headings of talk pages name people."""
    return page_link(material, material.central, f"Special:Diff/{one.revid}", place.language.moment(one.timestamp))
