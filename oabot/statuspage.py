"""``User:BOT/Status``: what is in force, what is wrong, and since when the bot has not said anything.

The page is read by regions: transcluded, it is the time at which it was written.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from oabot import __version__
from oabot.outcomes import Teller
from oabot.timestamps import iso, parse_timestamp
from oabot.wikitext import Wikitext, escape, isolate

IDLE = timedelta(days=1)
"""How old it may be though nothing has changed."""

_STAMP = re.compile(r"<onlyinclude>([^<]*)</onlyinclude>")


@dataclass(frozen=True, slots=True)
class Status:
    """What there is to say."""

    now: datetime
    read: Mapping[str, datetime | None]
    """dbname -> when its logs were last read."""
    waiting: int = 0
    """Requests that wait."""
    rests: Mapping[str, str] = field(default_factory=dict)
    """dbname -> why it rests (`oabot.rests.RESTS`, ``stopped``, ``not-approved``)."""
    undone: Mapping[str, int] = field(default_factory=dict)
    """dbname -> how many of our saves people undid there."""
    resting_pages: tuple[tuple[str, str], ...] = ()
    """(wiki, title) of pages that wait until somebody asks for them."""
    missed: int = 0
    """Log entries that the event stream should have told of, and that only a later reading found."""
    last_missed: datetime | None = None
    config_revid: int = 0
    config_error: str = ""


def render(status: Status, before: str, teller: Teller) -> str:
    """The page; `before`, if it says the same and is not a day old."""
    material = _material(status, teller)
    if _said(before) == material and not _old(before, status.now):
        return before
    language = teller.language
    as_of = language.say("oabot-health-as-of", language.moment(status.now))
    reads = [
        language.say(
            "oabot-labelled",
            isolate(escape(dbname)),
            language.moment(when) if when else language.say("oabot-health-never-read"),
        )
        for dbname, when in sorted(status.read.items())
    ]
    lines = [
        "__NOINDEX__",
        f'<span style="display: none"><onlyinclude>{iso(status.now)}</onlyinclude></span>',
        "",
        as_of,
        "",
    ]
    lines.append(f"'''{language.say('oabot-health-last-read')}'''")
    if status.last_missed:
        reads.append(language.say("oabot-health-missed", status.missed, language.moment(status.last_missed)))
    return "\n".join([*lines, *(f"* {one}" for one in reads), _MARK + material])


_MARK = "<!-- -->\n"
"""What stands above is times, what stands below makes an edit when it changes."""


def _said(text: str) -> str:
    return text.partition(_MARK)[2].rstrip()


def _old(text: str, now: datetime) -> bool:
    found = _STAMP.search(text)
    when = parse_timestamp(found[1].strip()) if found else None
    return when is None or now - when >= IDLE


def _material(status: Status, teller: Teller) -> str:
    say = teller.language.say
    lines = [f"== {say('oabot-health-heading')} =="]
    stops = [*_rests(status, teller), *_pages(status, teller)]
    lines += [f"* {line}" for line in stops or [say("oabot-health-working")]]
    lines.append(f"* {say('oabot-health-version', isolate(escape(__version__)))}")
    lines.append(f"* {say('oabot-labelled', say('oabot-health-rules'), _rules(status, teller))}")
    if status.waiting:
        lines.append(f"* {say('oabot-health-requests', status.waiting)}")
    if status.config_error:
        lines.append(f"* {config_error(status.config_error, teller)}")
    return "\n".join(lines)


def config_error(error: str, teller: Teller) -> Wikitext:
    """That the config can't be used, and what is wrong in which line; the words of the check are English."""
    say = teller.language.say
    page = teller.page(teller.material.central, teller.material.own_page("Config.json"))
    what = isolate(Wikitext(f"<code>{escape(error, limit=500)}</code>"), direction="ltr")
    found = re.search(r"\bline (\d+)", error)
    if found:
        what = say("oabot-health-config-line", teller.language.number(int(found[1])), what)
    return Wikitext(f"{say('oabot-health-config-error', page)} {what}")


def _rules(status: Status, teller: Teller) -> Wikitext:
    if not status.config_revid:
        return Wikitext("–")
    return teller.page(teller.material.central, f"Special:PermanentLink/{status.config_revid}")


def _rests(status: Status, teller: Teller) -> list[Wikitext]:
    say = teller.language.say
    lines = []
    for wiki, why in sorted(status.rests.items()):
        run = teller.page(wiki, teller.material.own_page("Run"))
        text = _why(why, status.undone.get(wiki, 0), run, teller)
        if why != "not-approved":
            text = Wikitext(f"{text} {say('oabot-stop-resume', run)}")
        lines.append(say("oabot-labelled", isolate(escape(wiki)), text))
    return lines


def _why(why: str, undone: int, run: Wikitext, teller: Teller) -> Wikitext:
    say = teller.language.say
    if why == "stopped":
        return say("oabot-stop-page", run)
    if why == "undone":
        return say("oabot-stop-reverted", undone)
    return say({"blocked": "oabot-stop-blocked", "talk": "oabot-stop-talk"}.get(why, "oabot-setup-not-approved"))


def _pages(status: Status, teller: Teller) -> list[Wikitext]:
    say = teller.language.say
    return [
        say("oabot-labelled", teller.page(wiki, title), say("oabot-skip-reverted"))
        for wiki, title in sorted(status.resting_pages)
    ]
