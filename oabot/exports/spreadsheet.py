"""The cases as CSV (RFC 4180) that no spreadsheet takes for formulas."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from oabot.exports.records import FIELDS, NAMES, Record
from oabot.wikitext import clean

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def spreadsheet(found: Iterable[Record], *, names: bool = False) -> str:
    """A line a case below a line of field names."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([*FIELDS, *NAMES] if names else FIELDS)
    writer.writerows([_inert(value) for value in record.values(names=names)] for record in found)
    return out.getvalue()


def _inert(value: str) -> str:
    """What a spreadsheet would calculate gets an apostrophe before it, which it doesn't show."""
    shown = clean(value)
    return f"'{shown}" if shown.startswith(_FORMULA) else shown
