"""Public correspondence pages -> letters: their numbers, directions, dates as written, languages and questions.

What a letter says is neither kept nor copied.
"""

from oabot.letters.correspondence import (
    LIMIT,
    Correspondence,
    Fault,
    Letter,
    answered_after,
    correspondence,
)
from oabot.letters.dates import WrittenDate, days_between, read_date
from oabot.letters.headings import Direction
from oabot.letters.optin import opted_in

__all__ = [
    "LIMIT",
    "Correspondence",
    "Direction",
    "Fault",
    "Letter",
    "WrittenDate",
    "answered_after",
    "correspondence",
    "days_between",
    "opted_in",
    "read_date",
]
