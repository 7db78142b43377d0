"""A language to speak in: its words, numbers, dates and direction."""

from __future__ import annotations

import functools
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from oabot.i18n import mediawiki
from oabot.i18n.catalogue import Catalogue, catalogue
from oabot.i18n.mediawiki import Direction
from oabot.i18n.message import Message
from oabot.i18n.plural import plural
from oabot.wikitext import Wikitext


@dataclass(frozen=True, slots=True)
class Language:
    """One language; a message that it lacks is said in the next one of its chain, in the end in English."""

    code: str
    """As it was asked for, in MediaWiki's spelling: the language of the page, of its dates and its digits."""
    catalogues: tuple[Catalogue, ...]
    """Where its words come from, best first; the last one is English and has them all."""
    guest: bool = False
    """Whether the page around it is in another language: numbers and dates are in the digits 0-9 then, without
    separators, as MediaWiki's ``formatnum`` knows those of the page only.
    """

    @property
    def text_code(self) -> str:
        """The language of the words, for ``lang``: English, say, where there is no reviewed translation."""
        return self.catalogues[0].code

    @property
    def text_direction(self) -> Direction:
        """Which way the words run, for ``dir``."""
        return mediawiki.direction(self.text_code)

    def say(self, key: str, *args: int | Wikitext) -> Wikitext:
        """The message as wikitext; whole numbers are shown in the wiki's digits, the other arguments as they are.

        Raises: `KeyError` when there is no such message, `TypeError` when it has other arguments.
        """
        message, words = self._message(key, len(args))
        return Wikitext(message.fill(args, plural(words.code), self.number))

    def plain(self, key: str, *args: int | str) -> str:
        """The message where no wikitext is read, such as an edit summary; numbers have the digits 0-9.

        Raises: as `say`.
        """
        message, words = self._message(key, len(args))
        return message.fill(args, plural(words.code), str)

    def number(self, number: int) -> Wikitext:
        """A whole number in the page's digits."""
        return Wikitext(str(number) if self.guest else f"{{{{formatnum:{number}}}}}")

    def year(self, year: int) -> Wikitext:
        """A year in the page's digits."""
        return Wikitext(str(year) if self.guest else f"{{{{formatnum:{year}|NOSEP}}}}")

    def date(self, when: datetime) -> Wikitext:
        """The day, in UTC, with the wiki's own month names and digits, kept apart from the text around it."""
        return Wikitext(f"<bdi>{self._day(when)}</bdi>")

    def moment(self, when: datetime) -> Wikitext:
        """The day and the minute, in UTC; the column's header says so once."""
        time = when.astimezone(UTC)
        clock = Wikitext(_time(self._digits, "H:i", f"{time.hour:02}:{time.minute:02}"))
        return Wikitext(f"<bdi>{self.say('oabot-moment', self._day(when), clock)}</bdi>")

    def join(self, items: Iterable[Wikitext]) -> Wikitext:
        """A list with the language's own comma."""
        return Wikitext(self.say("oabot-list", Wikitext(""), Wikitext("")).join(items))

    def _day(self, when: datetime) -> Wikitext:
        day = when.astimezone(UTC)
        return _day(self.code, self._digits, day.year, day.month, day.day)

    @property
    def _digits(self) -> str:
        """The language to ask for digits; none when those of everybody do."""
        return self.code if mediawiki.has_own_digits(self.code) and not self.guest else ""

    def _message(self, key: str, count: int) -> tuple[Message, Catalogue]:
        wanted = self.catalogues[-1].message(key)
        if wanted is None:
            raise KeyError(key)
        if len(wanted.params) != count:
            raise TypeError(f"{key} has {len(wanted.params)} arguments, not {count}")
        for words in self.catalogues:
            if message := words.message(key):
                return message, words
        raise KeyError(key)


@functools.lru_cache(maxsize=4096)
def _day(code: str, digits: str, year: int, number: int, last: int) -> Wikitext:
    # A page may give #time no more than 6000 characters of format, and stops with an error in mid-table if it
    # does (ParserFunctions, MAX_TIME_CHARS; repeated calls are free). So #time gets only what it alone knows,
    # in calls that repeat: the month's name, and digits where the language may have its own.
    month = f"{year:04}-{number:02}"
    day = f"{month}-{last:02}"
    words = {field: f"{{{{#time:{field}|{month}|{code}}}}}" for field in ("F", "M", "xg", "xkY")}
    numbers = {
        "Y": _time(digits, "Y", str(year), month),
        "n": _time(digits, "n", str(number), month),
        "j": _time(digits, "j", str(last), day),
        "d": _time(digits, "d", f"{last:02}", day),
    }
    return Wikitext(mediawiki.date_format(code).format_map(words | numbers))


def _time(digits: str, field: str, plain: str, of: str = "") -> str:
    return f"{{{{#time:{field}|{of or plain}|{digits}}}}}" if digits else plain


def language(code: str, drafts: Collection[str] = ()) -> Language:
    """The language with that MediaWiki code.

    A translation that no speaker has read is used only if `drafts` names it, or names the language asked for.
    """
    return _language(mediawiki.canonical(code), frozenset(mediawiki.canonical(draft) for draft in drafts))


@functools.lru_cache(maxsize=256)
def _language(code: str, drafts: frozenset[str]) -> Language:
    found = (catalogue(other) for other in mediawiki.chain(code))
    usable = (words for words in found if words and (words.reviewed or drafts & {code, words.code}))
    return Language(code, tuple(usable))
