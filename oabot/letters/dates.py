"""Dates as people wrote them: their text is kept, and what they mean is told only where one reading is possible."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from oabot.letters.words import listed, months, weekdays

LONGEST = 60
"""Characters of a written date that are kept; a longer text is more than a date."""

_YEARS = range(2001, 2100)
_CONTROLS = dict.fromkeys([*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xFEFF])
_DASHES = str.maketrans(dict.fromkeys("‐‑−", "-"))
_ZONE = re.compile(
    r"(?<![^\W\d])(?:utc|gmt)(?P<of>\s*[+-]\d{1,2}(?::?\d{2})?)?(?!\w)"
    r"|(?<=\d)\s*(?P<z>z)(?!\w)"
    r"|(?<=:\d\d)\s*(?P<offset>[+-]\d{2}:?\d{2})(?!\d)"
)
_HALF = r"(?P<half>[ap])\.?\s?m\b\.?"
_CLOCK = re.compile(
    rf"(?<![\d:])(?P<hour>\d{{1,2}}):(?P<minute>\d{{2}})(?::\d{{2}}(?:\.\d+)?)?(?![\d:])(?:\s*{_HALF})?"
)
_HOUR = re.compile(rf"(?<![\d:])(?P<hour>\d{{1,2}})\s*{_HALF}")
_YEAR_FIRST = re.compile(
    r"(?<!\d)(\d{4})\s?(?:年|년)\s?(\d{1,2})\s?(?:月|월)\s?(\d{1,2})\s?[日일号號]|(?<!\d)(\d{4})([-/.])(\d{1,2})\5(\d{1,2})(?!\d)"
)
_YEAR_LAST = re.compile(r"(?<!\d)(\d{1,2})([-/.])(\d{1,2})\2(\d{4})(?!\d)")
_NUMBER = re.compile(r"(?<!\d)(\d{4}|\d{1,2})(?!\d)(?:(?:st|nd|rd|th|er|re|o|a|-?го|-?е|-?й|\.)(?!\w))?")
_ABBREVIATED_ZONES = frozenset({
    "msk", "est", "edt", "cst", "cdt", "mst", "mdt", "pst", "pdt", "cet", "cest", "eet", "eest", "bst", "ist", "jst",
    "kst", "мск",
})  # fmt: skip
_BETWEEN = re.compile(r"[\s,.;:()\[\]'’\"/·—–-]*")


@dataclass(frozen=True, slots=True)
class WrittenDate:
    """A date in somebody's words, and what they say for certain."""

    raw: str
    """As it was written, on one line; empty when there is no date."""
    day: date | None = None
    """None when it can't be told."""
    clock: time | None = None
    offset: timedelta | None = None
    """From UTC, where a zone is stated that has only one."""
    malformed: bool = False
    """Whether it contradicts itself (``16:58 AM``, a Monday that was a Tuesday); no interval relies on it."""

    @property
    def sound(self) -> bool:
        """Whether intervals may be counted from it."""
        return self.day is not None and not self.malformed


class _Unsound(Exception):
    """It can't be read, or in more than one way."""


def read_date(raw: str) -> WrittenDate:
    """What a text says as a date; a text that says none, or may say two, keeps only its words. Never raises."""
    shown = " ".join(raw.translate(_CONTROLS).split())
    kept = shown if len(shown) <= LONGEST else f"{shown[: LONGEST - 1].rstrip()}…"
    if len(shown) > LONGEST:
        return WrittenDate(kept)
    try:
        return _read(kept, _plain(shown))
    except (_Unsound, ValueError):  # a date or time that there isn't
        return WrittenDate(kept)


def days_between(first: WrittenDate, second: WrittenDate) -> int | None:
    """Days of the calendar from one date to a later one; in UTC where both state their zone, else as written.

    None when either is unsound, when the second is earlier, and when it is less than a day without both zones.
    """
    if not (first.sound and second.sound and first.day and second.day):
        return None
    begin, end = _moment(first), _moment(second)
    if begin and end and first.offset is not None and second.offset is not None:
        began, ended = begin - first.offset, end - second.offset
        return (ended.date() - began.date()).days if ended >= began else None
    if begin and end and end - begin < timedelta(days=1):
        return None
    days = (second.day - first.day).days
    return days if days > 0 else None


def _moment(written: WrittenDate) -> datetime | None:
    if written.day is None or written.clock is None:
        return None
    return datetime.combine(written.day, written.clock, UTC)


def _plain(text: str) -> str:
    """Small letters, the digits 0-9, plain dashes."""
    digits = "".join(str(unicodedata.digit(char)) if char.isdecimal() else char for char in text)
    plain = unicodedata.normalize("NFKC", digits).translate(_DASHES).casefold()
    return re.sub(r"(?<=\d)t(?=\d)", " ", plain)  # ISO 8601 has a T between day and time


def _read(raw: str, text: str) -> WrittenDate:
    offset, text = _zone(text)
    clock, odd, text = _clock(text)
    day, text = _day(text)
    _refuse_signs(text)
    for word in re.findall(r"[^\W\d_][\w]*", text):
        if word in weekdays():
            odd = odd or day.weekday() not in weekdays()[word]
        elif word not in listed("noise") and word not in _ABBREVIATED_ZONES:
            raise _Unsound
    return WrittenDate(raw, day, clock, offset if clock else None, odd)


def _refuse_signs(text: str) -> None:
    """What is left may hold words, which are looked at one by one, and signs that mean nothing."""
    if not all(_BETWEEN.fullmatch(part) for part in re.split(r"[^\W\d_][\w]*", text)):
        raise _Unsound


def _zone(text: str) -> tuple[timedelta | None, str]:
    found = list(_ZONE.finditer(text))
    if len(found) > 1:
        raise _Unsound
    if not found:
        return None, text
    written = (found[0]["of"] or found[0]["offset"] or "+0").replace(" ", "").replace(":", "")
    sign, digits = written[0], written[1:]
    hours, minutes = (int(digits), 0) if len(digits) <= 2 else (int(digits[:-2]), int(digits[-2:]))
    if hours > 14 or minutes > 59:
        raise _Unsound
    offset = timedelta(hours=hours, minutes=minutes)
    return (-offset if sign == "-" else offset), f"{text[: found[0].start()]} {text[found[0].end() :]}"


def _clock(text: str) -> tuple[time | None, bool, str]:
    """The time, whether it contradicts itself, and the text without it."""
    found = list(_CLOCK.finditer(text)) or list(_HOUR.finditer(text))
    if len(found) > 1:
        raise _Unsound
    if not found:
        return None, False, text
    fields = found[0].groupdict()
    hour, minute, half = int(fields["hour"]), int(fields.get("minute") or 0), fields["half"]
    odd = bool(half) and not 1 <= hour <= 12
    if odd and (hour == 0 and half == "p"):
        raise _Unsound
    if half and not odd:
        hour = hour % 12 + (12 if half == "p" else 0)
    return time(hour, minute), odd, f"{text[: found[0].start()]} {text[found[0].end() :]}"


def _day(text: str) -> tuple[date, str]:
    """The day, and the text without it. Raises: `_Unsound`, `ValueError`."""
    if found := _YEAR_FIRST.search(text):
        year, month, day = (int(group) for group in (found[1] or found[4], found[2] or found[6], found[3] or found[7]))
        return _sane(year, month, day), _without(text, [found.span()])
    if found := _YEAR_LAST.search(text):
        one, other = int(found[1]), int(found[3])
        if one <= 12 and other <= 12 and one != other:
            raise _Unsound  # 10/12 is in October for some and in December for others
        month, day = (one, other) if other > 12 else (other, one)
        return _sane(int(found[4]), month, day), _without(text, [found.span()])
    return _day_with_name(text)


def _day_with_name(text: str) -> tuple[date, str]:
    named = list(_month_pattern().finditer(text))
    if len(named) != 1:
        raise _Unsound
    rest = _without(text, [named[0].span()])
    numbers = list(_NUMBER.finditer(rest))
    years = [int(one[1]) for one in numbers if len(one[1]) == 4]
    days = [int(one[1]) for one in numbers if len(one[1]) < 4]
    if len(years) != 1 or len(days) != 1:
        raise _Unsound
    return _sane(years[0], months()[named[0][0]], days[0]), _without(rest, [one.span() for one in numbers])


def _month_pattern() -> re.Pattern[str]:
    names = sorted(months(), key=len, reverse=True)
    return re.compile(rf"(?<![^\W\d])(?:{'|'.join(map(re.escape, names))})(?!\w)")


def _sane(year: int, month: int, day: int) -> date:
    if year not in _YEARS:
        raise _Unsound
    return date(year, month, day)


def _without(text: str, spans: Iterable[tuple[int, int]]) -> str:
    for start, end in reversed(list(spans)):
        text = f"{text[:start]} {text[end:]}"
    return text
