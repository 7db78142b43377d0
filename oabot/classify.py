"""Entry + history of its target + rules -> verdict and why.

Pure: run over all that is known at every refresh, so that a better rule rewrites history and the order of arrival
can't matter.
"""

from __future__ import annotations

import functools
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from oabot import names
from oabot.effects import Effect, effect
from oabot.identity import Identities
from oabot.model import (
    EntryId,
    Judgement,
    Kind,
    LogEntry,
    Renamed,
    RightsChange,
    StatusChange,
    Target,
    TargetKind,
    Unread,
    Verdict,
    VisibilityChange,
)
from oabot.performers import Performers
from oabot.rules import Rule, Rules

SAME_ACT = timedelta(seconds=10)
"""How far apart an act's row on the central wiki and its copy on the target's wiki may be."""

_HOLDER = {Verdict.YES: "office", Verdict.REVIEW: "review", Verdict.NO: "other"}
_TEST = re.compile(r"(?:^|[^A-Za-z])[Tt]est|[a-z0-9]Test|TEST")
_VANISHED = re.compile(r"(?:Renamed|Vanished) user (?=.*\d)[0-9A-Za-z]{2,}")
"""What accounts are called whose owners asked to vanish (CentralAuth's GlobalVanishRequest, and by hand)."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What the rules' conditions ask about one entry: the words that hold, by condition."""

    log: frozenset[str]
    does: frozenset[str]
    by: frozenset[str]
    to: frozenset[str]
    says: frozenset[str]
    undoes: frozenset[str]

    def meet(self, rule: Rule) -> bool:
        """Whether every condition of the rule holds."""
        return all(not getattr(self, key).isdisjoint(words) for key, words in rule.when.items())


def judge(entries: Iterable[LogEntry], rules: Rules) -> dict[EntryId, Judgement]:
    """A judgement for every entry, each with all the others as its history. Ids must be unique (`logentry.merge`)."""
    ordered = sorted(entries, key=lambda entry: entry.order)
    return _Judge(ordered, rules).judgements()


def same_act(one: LogEntry, other: LogEntry) -> bool:
    """Whether two rows of different wikis log one change of rights (core UserGroupAssignmentService logs it twice)."""
    return (
        one.id.wiki != other.id.wiki
        and (one.copy_of is None) != (other.copy_of is None)
        and isinstance(one.params, RightsChange)
        and one.params == other.params
        and one.target == other.target
        and one.performer == other.performer
        and abs(one.timestamp - other.timestamp) <= SAME_ACT
    )


class _Judge:
    """Goes through the entries once, in time, and keeps who took what stands on each target."""

    def __init__(self, ordered: Sequence[LogEntry], rules: Rules) -> None:
        self._ordered = ordered
        self._rules = rules
        self._identities = Identities(ordered)
        self._standing: dict[tuple[Kind, Target], dict[str, tuple[str, datetime | None]]] = defaultdict(dict)
        self._hidden_later = _hidden_later(ordered)
        self._vanished = {
            entry.params.new
            for entry in ordered
            if isinstance(entry.params, Renamed)
            and any(actor.acted(entry.performer or "", entry.timestamp) for actor in rules.actors.vanish)
        }
        self._performers = Performers(ordered, rules)
        self._acts: dict[tuple[Target, RightsChange], list[LogEntry]] = defaultdict(list)
        self._done: dict[EntryId, Judgement] = {}
        self._ruled: dict[Facts, Judgement] = {}
        self._says = functools.lru_cache(maxsize=4096)(rules.says)

    def judgements(self) -> dict[EntryId, Judgement]:
        for entry in self._ordered:
            twin = self._twin(entry)
            self._done[entry.id] = self._done[twin.id] if twin else self._judge(entry)
        return self._done

    def _judge(self, entry: LogEntry) -> Judgement:
        done = effect(entry)
        judgement = self._rule(self._facts(entry, done))
        if done is not None:
            self._apply(entry, done, "vanish" if judgement.label == "vanish" else _HOLDER.get(judgement.verdict, ""))
        return judgement

    def _rule(self, facts: Facts) -> Judgement:
        """By the first rule that they meet; among all entries there are few different facts."""
        if facts not in self._ruled:
            self._ruled[facts] = next(rule.judgement for rule in self._rules.table if facts.meet(rule))
        return self._ruled[facts]

    def _twin(self, entry: LogEntry) -> LogEntry | None:
        if not isinstance(entry.params, RightsChange) or entry.target is None:
            return None
        acts = self._acts[entry.target, entry.params]
        twin = next((act for act in reversed(acts) if same_act(act, entry)), None)
        acts.append(entry)
        return twin

    def _key(self, entry: LogEntry, done: Effect) -> tuple[Kind, Target]:
        assert entry.target is not None  # noqa: S101 - an effect has a target
        return done.kind, self._identities.now(entry.target, entry)

    def _stands(self, entry: LogEntry, done: Effect) -> dict[str, tuple[str, datetime | None]]:
        standing = self._standing.get(self._key(entry, done))
        if not standing:
            return {}
        return {thing: holder for thing, holder in standing.items() if holder[1] is None or holder[1] > entry.timestamp}

    def _apply(self, entry: LogEntry, done: Effect, holder: str) -> None:
        """Keep who made what stands; what a private entry did isn't kept as anybody's."""
        standing = self._standing[self._key(entry, done)]
        stands = self._stands(entry, done)
        for thing in done.returned(stands):
            standing.pop(thing, None)
        replaced = done.replaced(stands)
        for thing in replaced:
            standing[thing] = (stands[thing][0] if holder == "other" else holder, done.expires)
        if replaced:
            return
        if holder:
            # Somebody's further block doesn't make the Office's block theirs.
            for thing in done.takes:
                if not (holder == "other" and stands.get(thing, ("",))[0] == "office"):
                    standing[thing] = (holder, done.expires)

    def _facts(self, entry: LogEntry, done: Effect | None) -> Facts:
        return Facts(
            log=frozenset({f"{entry.type}/{entry.action}", f"{entry.type}/*"}),
            does=self._does(entry, done),
            by=self._performers.of(entry),
            to=self._to(entry),
            says=self._says(entry.comment or ""),
            undoes=self._undoes(entry, done),
        )

    def _does(self, entry: LogEntry, done: Effect | None) -> frozenset[str]:
        params = entry.params
        if entry.hidden or entry.id in self._hidden_later:
            return frozenset({"hidden"})
        if isinstance(params, Unread):
            return frozenset({"unread" if params.why == "shape" else f"unread-{params.why}"})
        words = set()
        if isinstance(params, StatusChange) and params.touches_hiding:
            words.add("hides")
        if isinstance(params, RightsChange) and params.old == params.new:
            words.add("replaces")
        if done is not None:
            words |= self._takes(done)
            if done.gives or done.gives_all:
                words.add("gives")
        return frozenset(words)

    def _takes(self, done: Effect) -> set[str]:
        if not done.takes:
            return set()
        if done.kind is not Kind.RIGHTS:
            return {"takes"}
        advanced = any(self._rules.in_group(group, "advanced") for group in done.takes)
        return {"takes", "takes-advanced" if advanced else "takes-other"}

    def _undoes(self, entry: LogEntry, done: Effect | None) -> frozenset[str]:
        """Whose taking it ends or changes; a protection added to a protected page changes it too."""
        if done is None:
            return frozenset()
        stands = self._stands(entry, done)
        touched = done.returned(stands) | done.replaced(stands)
        if done.kind is Kind.PROTECTION and done.takes:
            touched |= done.takes & stands.keys() or frozenset(stands)
        if not touched:
            return frozenset({"nobody"}) if done.gives or done.gives_all else frozenset()
        return frozenset(stands[thing][0] for thing in touched)

    def _to(self, entry: LogEntry) -> frozenset[str]:
        target = entry.target
        if target is None:
            return frozenset({"unnamed"})
        words = {target.kind.value}
        if target.kind is TargetKind.ACCOUNT:
            words |= self._account_words(target.name)
        elif target.kind is TargetKind.PAGE:
            owner = names.root(names.without_namespace(target.name))
            if ":" in target.name and names.account(owner) == entry.performer:
                words.add("own-page")
        if isinstance(entry.params, RightsChange):
            changed = entry.params.old ^ entry.params.new
            if changed and all(self._rules.in_group(group, "staff") for group in changed):
                words.add("staff-groups")
        return frozenset(words)

    def _account_words(self, name: str) -> set[str]:
        words = set()
        if self._rules.actors.has_suffix(name):
            words.add("staff-account")
        if _TEST.search(name):
            words.add("test-account")
        if name in self._vanished or _VANISHED.fullmatch(name):
            words.add("vanished")
        return words


def _hidden_later(entries: Iterable[LogEntry]) -> frozenset[EntryId]:
    """Entries that the wiki's own log of hidings names, unless it says that they were shown again."""
    state: dict[EntryId, bool] = {}
    for entry in entries:
        if entry.type == "delete" and entry.action == "event" and isinstance(entry.params, VisibilityChange):
            state.update((EntryId(entry.id.wiki, logid), entry.params.hides) for logid in entry.params.ids)
    return frozenset(entry_id for entry_id, hidden in state.items() if hidden)
