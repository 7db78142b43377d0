"""Times as MediaWiki writes them: ISO 8601 with Z, fourteen digits, the words for never, and durations in English."""

from __future__ import annotations

import calendar
import re
from datetime import UTC, datetime, timedelta

from oabot.model import NEVER

_INFINITE = frozenset({"infinity", "infinite", "indefinite", "never"})
_DURATION = re.compile(r"(\d{1,6})\s*(second|sec|minute|min|hour|day|week|fortnight|month|year)s?", re.IGNORECASE)
_SECONDS = {"sec": 1, "second": 1, "min": 60, "minute": 60, "hour": 3600, "day": 86400, "week": 604800}
_FOURTEEN = re.compile(r"\d{14}")


def parse_timestamp(text: str) -> datetime | None:
    """An aware UTC time from ISO 8601 or MediaWiki's fourteen digits; None for anything else."""
    try:
        if _FOURTEEN.fullmatch(text):
            return datetime.strptime(text, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
        if len(text) < 20 or text[10] != "T":
            return None
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def parse_expiry(text: str, start: datetime) -> datetime | None:
    """When something that began at `start` ends: `NEVER`, a time, or None when the words aren't known."""
    text = text.strip()
    if text.lower() in _INFINITE:
        return NEVER
    return parse_timestamp(text) or _after(text, start)


def iso(time: datetime) -> str:
    """``2021-09-13T16:13:00Z``, as MediaWiki's API writes and reads it."""
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _after(text: str, start: datetime) -> datetime | None:
    duration = _DURATION.fullmatch(text)
    if not duration:
        return None
    number, unit = int(duration[1]), duration[2].lower()
    try:
        if unit in ("month", "year"):
            return _months_later(start, number * (12 if unit == "year" else 1))
        seconds = 1_209_600 if unit == "fortnight" else _SECONDS[unit]
        return start + timedelta(seconds=number * seconds)
    except (ValueError, OverflowError):
        return None


def _months_later(start: datetime, months: int) -> datetime:
    """As PHP's strtotime: a day that the month doesn't have runs into the next month."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    days = calendar.monthrange(year, month + 1)[1]
    over = max(0, start.day - days)
    return start.replace(year=year, month=month + 1, day=start.day - over) + timedelta(days=over)
