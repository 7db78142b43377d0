"""Which form of a message a number asks for, by the rules of CLDR."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass

ORDER = ("zero", "one", "two", "few", "many", "other")
"""CLDR's categories in the order in which a message lists its forms."""


@dataclass(frozen=True, slots=True)
class Plural:
    """One language's plural rule for whole numbers."""

    categories: tuple[str, ...]
    """What whole numbers below a million need, in `ORDER`: a message has as many forms.

    Categories that only fractions have (``other`` in Russian), or only millions (``many`` in French), have none.
    """
    category: Callable[[int], str]

    def form(self, number: int) -> int:
        """The place of the number's form in a message; the last one for what has none of its own."""
        category = self.category(abs(number))
        return self.categories.index(category) if category in self.categories else len(self.categories) - 1


@functools.cache
def plural(code: str) -> Plural:
    """The rule of a language for which there is a message file, by its MediaWiki code.

    Babel is imported here because the watch loop starts without a word to say.
    """
    from babel import Locale

    language, _, script = code.partition("-")
    rule = Locale.parse("_".join(filter(None, (language, script.title())))).plural_form
    needed = {rule(number) for number in (*range(1100), 10_000, 100_000)}
    return Plural(tuple(name for name in ORDER if name in needed), rule)
