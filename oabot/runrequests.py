"""Requests for runs, written on a wiki page: read, authorise, answer.

    {{Office action request|job=tables|scope=page|of=Project:Example|mode=save|reason=…}}

A request is whose revision added it. We answer in the template itself, by the parameters `ANSWER`; nothing else on the
page is touched.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from oabot.annotations import may
from oabot.attribution import Credit, Found, Reader, Unit
from oabot.i18n import Language
from oabot.jobnames import JOBS
from oabot.model import EntryId, User
from oabot.wikitext import TemplateCall, Wikitext, escape, isolate, template_calls, with_parameters

MODES = ("preview", "save", "approve", "undo")
SCOPES = ("page", "wiki", "case", "all")
ANSWER = ("state", "answer")
"""The parameters by which we answer; a request that has one of them is no new one."""

OPEN = frozenset({"waiting", "running"})
"""Values of ``state`` that are no answer yet."""

AGE = timedelta(hours=24)
"""An older request is not carried out."""

_SHOWN = 80


@dataclass(frozen=True, slots=True)
class RunRequest:
    """One request, as it is on the page now."""

    wiki: str
    """The wiki on which it was written."""
    authors: frozenset[str]
    """Who has to be allowed; empty: it can't be seen who wrote it."""
    revid: int
    index: int
    timestamp: datetime
    settled: bool
    """Whether it bore an answer of ours before; then somebody took that away."""
    start: int
    end: int
    params: Mapping[str, str]

    @property
    def key(self) -> str:
        """Names the request wherever the page is moved."""
        return f"{self.wiki}:{self.revid}:{self.index}"

    @property
    def asker(self) -> str:
        """Who asks; of several, one."""
        return min(self.authors, default="")

    @property
    def job(self) -> str:
        """What to do."""
        return self.params.get("job", "")

    @property
    def mode(self) -> str:
        """How; a preview if it isn't said."""
        return self.params.get("mode") or "preview"

    @property
    def scope(self) -> str:
        """How much; this wiki if it isn't said."""
        return self.params.get("scope") or "wiki"

    @property
    def of(self) -> str:
        """A page's title, a case's entry, a wiki, a preview or a run, as the scope or the mode wants it."""
        return self.params.get("of", "")

    @property
    def reason(self) -> str:
        """Why, in people's words."""
        return self.params.get("reason", "")


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a request isn't carried out; `code` is the end of a message key, ``refused-…`` or ``bad-value``."""

    code: str
    args: tuple[int | str, ...] = ()
    """What the message says: numbers, words of our own, and ``$name`` for what the request's parameter says."""


@dataclass(frozen=True, slots=True)
class Rules:
    """Who may ask for what."""

    local: frozenset[str] = frozenset({"sysop"})
    """Groups of a wiki that may ask for that wiki."""
    everywhere: frozenset[str] = frozenset({"steward"})
    """Groups that may ask for all wikis."""
    per_person_hour: int = 3
    per_day: int = 10


def reader(template: str, title: str, account: str) -> Reader:
    """How a request page's revisions are read; `template` is the request template's name there."""
    return Reader(
        find=lambda text: [Found(_unit(call.params), call.start, call.end) for call in _calls(text, template)],
        title=title,
        account=account,
        answered=lambda text: [_unit(call.params) for call in _calls(text, template) if _answered(call.params)],
        alike=lambda _old, _new: True,
    )


def requests(wiki: str, text: str, template: str, credits_: Iterable[Credit]) -> list[RunRequest]:
    """The requests on a page's newest text that bear no answer. Raises: `RegionError` when it can't be read."""
    known: dict[Unit, list[Credit]] = defaultdict(list)
    for credit in sorted(credits_, key=lambda one: (one.settled, one.revid, one.index)):
        known[credit.unit].append(credit)
    found = []
    for call in _calls(text, template):
        if _answered(call.params) or not known[_unit(call.params)]:
            continue
        credit = known[_unit(call.params)].pop(0)
        found.append(
            RunRequest(
                wiki,
                credit.authors,
                credit.revid,
                credit.index,
                credit.timestamp,
                credit.settled,
                call.start,
                call.end,
                call.params,
            )
        )
    return found


def refusal(asked: RunRequest, users: Mapping[str, User], rules: Rules, now: datetime) -> Refusal | None:
    """Why a request can't be carried out, by what it says, its age and its authors as they are now."""
    if asked.settled:
        return Refusal("refused-already-done")
    if now - asked.timestamp > AGE:
        return Refusal("refused-too-old", (int(AGE / timedelta(hours=1)),))
    if not asked.authors:
        return Refusal("refused-author")
    if (wrong := _wrong(asked)) is not None:
        return wrong
    return _unauthorised(asked, users, rules)


def covers(asked: RunRequest, users: Mapping[str, User], rules: Rules, wikis: Collection[str]) -> bool:
    """Whether whoever asks may have these wikis changed."""
    return set(wikis) <= {asked.wiki} or may(_as_credit(asked), users, rules.everywhere)


def said(refused: Refusal, language: Language, params: Mapping[str, str]) -> Wikitext:
    """A refusal in words, to somebody who asked with these parameters."""
    filled = [
        params.get(one[1:]) or "–" if isinstance(one, str) and one.startswith("$") else one for one in refused.args
    ]
    args = [one if isinstance(one, int) else isolate(escape(one, limit=_SHOWN)) for one in filled]
    return language.say(f"oabot-{refused.code}", *args)


def splice_answers(text: str, answers: Mapping[tuple[int, int], Mapping[str, Wikitext]]) -> str:
    """The page with answers in these calls, by the offsets of each; every other character stays."""
    parts, position = [], 0
    for start, end in sorted(answers):
        parts += [text[position:start], with_parameters(text[start:end], answers[start, end])]
        position = end
    return "".join([*parts, text[position:]])


def case_of(asked: RunRequest) -> EntryId | None:
    """The entry that a request of scope ``case`` names."""
    wiki, colon, logid = asked.of.partition(":")
    return EntryId(wiki, int(logid)) if colon and logid.isascii() and logid.isdigit() and len(logid) < 19 else None


def page_of(asked: RunRequest, wikis: Collection[str]) -> tuple[str, str]:
    """The (wiki, title) that a request of scope ``page`` names; another wiki's page is written ``dbname:Title``."""
    wiki, colon, title = asked.of.partition(":")
    if colon and wiki in wikis and title.strip():
        return wiki, title.strip()
    return asked.wiki, asked.of


def _wrong(asked: RunRequest) -> Refusal | None:
    for name, value, allowed in (
        ("job", asked.job, JOBS), ("mode", asked.mode, MODES), ("scope", asked.scope, SCOPES),
    ):  # fmt: skip
        needed = name != "job" or asked.mode in ("preview", "save")
        if needed and value not in allowed:
            return Refusal("bad-value", (name, f"${name}", ", ".join(allowed)))
    if not asked.of and (asked.mode in ("approve", "undo") or asked.scope in ("page", "case")):
        return Refusal("setup-missing-parameter", ("of",))
    if asked.mode in ("preview", "save") and asked.scope == "case" and case_of(asked) is None:
        return Refusal("bad-value", ("of", "$of", "metawiki:123"))
    return None


def _unauthorised(asked: RunRequest, users: Mapping[str, User], rules: Rules) -> Refusal | None:
    people = [users.get(name) for name in asked.authors]
    if any(one is not None and (one.blocked or one.locked) for one in people):
        return Refusal("refused-blocked")
    wide = asked.scope == "all" and asked.mode in ("preview", "save")
    groups = rules.everywhere if wide else rules.local | rules.everywhere
    if not may(_as_credit(asked), users, groups):
        return Refusal("refused-groups", (", ".join(sorted(groups)),))
    return None


def _as_credit(asked: RunRequest) -> Credit:
    return Credit((), asked.authors, asked.revid, asked.index, asked.timestamp)


def _calls(text: str, template: str) -> Sequence[TemplateCall]:
    return template_calls(text, template)


def _unit(params: Mapping[str, str]) -> Unit:
    return tuple(f"{name}={value}" for name, value in sorted(params.items()) if value and name not in ANSWER)


def _answered(params: Mapping[str, str]) -> bool:
    state = params.get("state", "")
    return state not in OPEN if state else bool(params.get("answer"))
