"""What explains the cases: statements, the state of their translations, and the communities concerned."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from oabot import wikimedia
from oabot.config import StatementConfig, WikiSettings
from oabot.errors import ConfigError
from oabot.explained import Followed, Told, communities, normal, tell
from oabot.homes import Homes
from oabot.model import Case, EntryId
from oabot.translations import Learned, Translations


@dataclass(frozen=True, slots=True)
class Explanations:
    """What was read in one run; whatever the cases are afterwards, nothing is asked again."""

    learned: Learned = field(default_factory=Learned)
    homes: Mapping[str, str] = field(default_factory=dict)
    """Account -> dbname of its home wiki."""
    languages: Mapping[str, str] = field(default_factory=dict)
    """dbname -> language."""

    def told(self, cases: Sequence[Case]) -> tuple[Told, ...]:
        """The statements with those of the cases that they explain."""
        return tell(self.learned.found, cases, self.languages, self.homes)


Explain = Callable[[tuple[Case, ...]], Explanations]
"""Reads what explains the cases."""


def read(
    cases: Sequence[Case],
    wikis: Mapping[str, WikiSettings],
    translations: Translations,
    homes: Homes,
) -> Explanations:
    """All that is to be known of what explains these cases; what can't be read is as it was. Raises: `LedgerError`."""
    at_home = homes.read(cases)
    languages = {dbname: wiki.language for dbname, wiki in wikis.items()} | _languages(
        communities(cases, at_home), wikis
    )
    annotated = {note.statement for case in cases for note in case.annotations if note.statement}
    return Explanations(translations.read(annotated, set(languages.values())), at_home, languages)


def _languages(dbnames: Iterable[str], wikis: Mapping[str, WikiSettings]) -> dict[str, str]:
    """Of wikis that we don't edit, as far as their names tell."""
    found = {}
    for dbname in sorted(set(dbnames) - set(wikis)):
        try:
            found[dbname] = wikimedia.address(dbname).language
        except ConfigError:
            continue
    return found


def followed(configured: Iterable[StatementConfig]) -> list[Followed]:
    """The statements that the community's config names."""
    return [
        Followed(
            page=normal(one.page),
            id=one.id or "",
            kind=one.kind,
            entries=frozenset(_entry(text) for text in one.entries),
            since=_day(one.since),
            until=_day(one.until),
        )
        for one in configured
    ]


def _entry(text: str) -> EntryId:
    wiki, _, logid = text.partition(":")
    return EntryId(wiki, int(logid))


def _day(text: str | None) -> date | None:
    """A day; None for one that no calendar has, such as the 31st of February."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None
