"""What a run did, for people: one section of a month's page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from oabot.outcomes import Teller
from oabot.publish import Outcome, Result
from oabot.wikitext import Wikitext, escape, isolate

_WOKEN = {
    "schedule": "oabot-journal-schedule",
    "stream": "oabot-journal-stream",
    "operator": "oabot-journal-operator",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One run."""

    run: str
    when: datetime
    woken: str
    """``schedule``, ``stream`` or ``operator``; a request says more."""
    job: str
    scope: str = ""
    asker: str = ""
    """The account that asked on-wiki."""
    request: tuple[str, int] | None = None
    """The wiki and the revision of that."""
    reason: str = ""
    """What it gave as reason."""
    outcomes: Sequence[Outcome] = ()
    done: str = "oabot-result-saved"
    """The key of what is said of its saves."""
    quarantined: int = 0
    in_review: int = 0

    @property
    def notable(self) -> bool:
        """Whether it did something."""
        return any(one.result is Result.SAVED for one in self.outcomes)


def counted(entry: Entry, quarantined: int, in_review: int) -> Entry:
    """The same with how much is left to people."""
    return replace(entry, quarantined=quarantined, in_review=in_review)


def title(when: datetime) -> str:
    """The subpage for that time."""
    return f"Journal/{when:%Y-%m}"


def append(text: str, entry: Entry, teller: Teller) -> str:
    """A month's page with one more run at its end; whatever people wrote on it stays."""
    if f"<!-- {entry.run} -->" in text:
        return text
    begin = text.rstrip() or f"__NOINDEX__\n{teller.language.say('oabot-journal-intro')}"
    return f"{begin}\n\n{section(entry, teller)}"


def section(entry: Entry, teller: Teller) -> Wikitext:
    """The section of one run."""
    say = teller.language.say
    heading = say("oabot-journal-run", isolate(escape(entry.run)), teller.language.moment(entry.when))
    lines = [_woken(entry, teller)]
    scope = " · ".join(filter(None, (entry.job, entry.scope)))
    lines.append(say("oabot-labelled", say("oabot-journal-scope"), isolate(escape(scope))))
    if entry.reason:
        lines.append(say("oabot-labelled", say("oabot-journal-reason"), _quoted(entry.reason, teller)))
    lines += teller.result(entry.outcomes, entry.done)
    if entry.quarantined:
        lines.append(say("oabot-journal-quarantine", entry.quarantined))
    if entry.in_review:
        lines.append(say("oabot-journal-review", entry.in_review))
    return Wikitext("\n".join([f"== {heading} ==<!-- {entry.run} -->", *(f"* {line}" for line in lines)]))


def _woken(entry: Entry, teller: Teller) -> Wikitext:
    if entry.request is None:
        return teller.language.say(_WOKEN[entry.woken])
    wiki, revid = entry.request
    name = isolate(escape(entry.asker, limit=100))
    return teller.language.say("oabot-journal-asked", name, teller.page(wiki, f"Special:Diff/{revid}"))


def _quoted(text: str, teller: Teller) -> Wikitext:
    return teller.language.say("oabot-quoted", isolate(escape(text, limit=120)))
