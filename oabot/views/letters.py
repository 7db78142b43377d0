"""Public letters to the Foundation and its replies, of one page whose author allowed it; what they say isn't shown."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime, time

from oabot.answers import Answered
from oabot.errors import SourceError
from oabot.letters import LIMIT, Correspondence, Direction, Fault, Letter, WrittenDate, answered_after
from oabot.views.frame import framed
from oabot.views.material import Draft, Material, Place, page_link
from oabot.views.parameters import Filters, Problem
from oabot.views.translation import language_name
from oabot.wikitext import Cell, Column, Row, Wikitext, escape, isolate, table

PARAMETERS = ("page", "lang")
REQUIRED = ("page",)
COLUMNS = ("number", "direction", "written-date", "languages", "answered", "questions", "status")


def page_asked(written: str, here: str, addresses: Collection[str]) -> tuple[str, str]:
    """(dbname, title) of the page that a region on the wiki `here` asks for; ``ruwiki:TITLE`` names another wiki."""
    wiki, colon, title = written.partition(":")
    return (wiki, title.strip()) if colon and wiki in addresses else (here, written)


def render_letters(filters: Filters, material: Material, place: Place) -> Draft:
    """A row a letter, in the order of their numbers. Raises: `Problem` when they can't be listed, `SourceError`."""
    page = page_asked(filters.page, place.wiki, material.addresses)
    found = material.letters.get(page, Correspondence(fault=Fault("missing")))
    if found.fault is not None and found.fault.code == "unread":
        raise SourceError("a page of letters")
    if found.fault is not None:
        raise Problem(_why(found.fault, place))
    headings = [Column(place.language.say(f"oabot-column-{name}"), heads_rows=name == "number") for name in COLUMNS]
    answers = [one for one in material.answers if (one.wiki, one.page) == page]
    rows = [Row(_cells(letter, found, answers, page, material, place)) for letter in found.letters]
    text = table(place.language.say("oabot-caption-letters"), headings, rows)
    return Draft(framed(text, material, place), news="oabot-summary-refresh")


def _why(fault: Fault, place: Place) -> Wikitext:
    say = place.language.say
    if fault.code == "empty":
        return say("oabot-empty-letters")
    if fault.code == "missing":
        return say("oabot-link-missing")
    if fault.code == "not-author":
        return say("oabot-letter-not-author", Wikitext(f"<code>{escape('{{' + fault.detail + '}}')}</code>"))
    if fault.code == "doubled":
        return say("oabot-letter-doubled", isolate(escape(fault.detail, limit=80)))
    return say("oabot-letter-too-many", LIMIT) if fault.code == "too-many" else say(f"oabot-letter-{fault.code}")


def _cells(
    letter: Letter,
    found: Correspondence,
    answers: list[Answered],
    page: tuple[str, str],
    material: Material,
    place: Place,
) -> list[Cell]:
    say = place.language.say
    to_them = letter.direction is Direction.LETTER
    name = say("oabot-letter-number" if to_them else "oabot-letter-reply", letter.number)
    days = answered_after(letter, found.letters)
    return [
        Cell(
            page_link(material, page[0], f"{page[1]}#{letter.heading}", name),
            sort=f"{letter.number:04}{'a' if to_them else 'b'}",
        ),
        Cell(say("oabot-letter-to" if to_them else "oabot-letter-from")),
        _date(letter.date, place),
        Cell(place.language.join(map(language_name, letter.languages))),
        Cell(Wikitext("") if days is None else say("oabot-letter-after", days), sort="" if days is None else str(days)),
        Cell(place.language.number(letter.questions) if to_them and letter.questions else Wikitext("")),
        Cell(_answers(letter, answers, place) if to_them else Wikitext("")),
    ]


def _date(written: WrittenDate, place: Place) -> Cell:
    """The date as it was written; small below it what is wrong with it."""
    say = place.language.say
    if not written.raw:
        return Cell(say("oabot-letter-undated"))
    text = isolate(escape(written.raw))
    if written.day is None:
        return Cell(Wikitext(f"{text}<br><small>{say('oabot-letter-unreadable')}</small>"))
    # Without a zone it is no time in UTC; only the words for a day and an hour are taken from there.
    when = datetime.combine(written.day, written.clock or time(), UTC)
    if written.malformed:
        read = place.language.moment(when) if written.clock else place.language.date(when)
        text = Wikitext(f"{text}<br><small>{say('oabot-letter-malformed', read)}</small>")
    return Cell(text, sort=f"{when:%Y-%m-%dT%H:%M}")


def _answers(letter: Letter, answers: list[Answered], place: Place) -> Wikitext:
    """What people say became of the letter and of each of its questions, with who says so."""
    say, join = place.language.say, place.language.join
    lines = []
    for one in sorted(answers, key=lambda one: (one.question, one.by)):
        if one.letter != letter.number or one.question > letter.questions:
            continue
        said = say(f"oabot-letter-{one.answer.value.replace(' ', '-')}")
        if one.question:
            said = say("oabot-labelled", say("oabot-letter-question", one.question), said)
        by = join(isolate(escape(name)) for name in one.by)
        lines.append(say("oabot-letter-according-to", said, by))
    return Wikitext("<br>".join(lines))
