"""Statements, their corrections, and how far each is translated; nothing here asks a wiki.

Counts and states are those of MediaWiki's Translate extension: a translation *unit* has a key (``6``,
``Page display title``) and is untranslated, translated, or *fuzzy*: outdated, which doesn't count as translated.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import mwparserfromhell

MONTHS: Final = (
    "January", "February", "March", "April", "May", "June", "July",
    "August", "September", "October", "November", "December",
)  # fmt: skip

STATEMENT_TITLE: Final = re.compile(rf"Office actions/(?:{'|'.join(MONTHS)}) \d{{4}} statement")
"""How the titles of statements on Meta are built."""

CORRECTING_WORDS: Final[Mapping[str, frozenset[str]]] = {
    "en": frozenset({
        "update", "updates", "updated", "correction", "corrections", "corrected", "clarification",
        "amendment", "amended", "erratum", "errata", "retraction", "retracted",
    }),
    "de": frozenset({"aktualisierung", "aktualisiert", "korrektur", "berichtigung", "klarstellung", "nachtrag"}),
    "es": frozenset({"actualización", "actualizado", "corrección", "rectificación", "aclaración"}),
    "fr": frozenset({"actualisation", "correction", "corrigé", "rectificatif", "rectification", "précision"}),
    "pt": frozenset({"atualização", "atualizado", "correção", "retificação", "esclarecimento"}),
    "ru": frozenset({"обновление", "обновлено", "исправление", "поправка", "уточнение", "дополнение"}),
}  # fmt: skip
"""Words that head a section as an update or a correction, by the language of the source page."""

_SIGNED: Final = re.compile(rf"(\d\d):(\d\d), (\d{{1,2}}) ({'|'.join(MONTHS)}) (\d{{4}}) \(UTC\)")
_UNIT: Final = re.compile(r"<!--T:([^\n]+?)-->")
_TRANSLATE_TAG: Final = re.compile(r"</?translate(?:\s[^>]*)?>")
_SHORTCUT: Final = re.compile(r"(?:[A-Za-z]{1,5}:)?[A-Z][A-Z0-9-]{1,19}")


class GroupState(enum.StrEnum):
    """Whether a page takes part in translation."""

    MARKED = "marked"
    NOT_MARKED = "not marked"
    UNMARKED = "unmarked"
    UNKNOWN = "unknown group"
    """It was marked, but the translation system doesn't know it (yet, or any more)."""
    NO_TRANSLATE = "no translation system"


class UnitStatus(enum.StrEnum):
    """What the translation system says of one unit in one language."""

    UNTRANSLATED = "untranslated"
    TRANSLATED = "translated"
    PROOFREAD = "proofread"
    FUZZY = "fuzzy"


class CorrectionState(enum.StrEnum):
    """Whether readers of one language can read the corrections."""

    NONE = "no correction"
    UNKNOWN = "not known"
    """The units were not asked for, or the page takes no part in translation."""
    UNMARKED = "not marked"
    MISSING = "not translated"
    OUTDATED = "outdated"
    DONE = "translated"


class State(enum.StrEnum):
    """What is to be said first of one language."""

    NO_TRANSLATE = "no translation system"
    NOT_MARKED = "not marked"
    UNMARKED = "unmarked"
    UNKNOWN_GROUP = "unknown group"
    NOT_STARTED = "not started"
    CORRECTION_NOT_TRANSLATED = "correction not translated"
    CORRECTION_OUTDATED = "correction outdated"
    OUTDATED = "outdated"
    PARTIAL = "partial"
    SOURCE_NEWER = "source newer than marked"
    COMPLETE = "complete"


@dataclass(frozen=True, slots=True)
class Counts:
    """Units of one language, as the translation system counts them."""

    language: str
    total: int
    translated: int
    fuzzy: int = 0


@dataclass(frozen=True, slots=True)
class Mark:
    """A version of the source that was marked for translation."""

    revision: int
    changed: int
    """How many units it changed or added."""
    timestamp: datetime


@dataclass(frozen=True, slots=True)
class Correction:
    """A section of the source that updates or corrects the statement."""

    heading: str
    date: datetime
    """Of its signature, UTC."""
    units: tuple[str, ...]
    """The keys of its translation units; none when it isn't marked for translation."""


@dataclass(frozen=True, slots=True)
class Translation:
    """One language of a statement."""

    language: str
    total: int
    translated: int
    fuzzy: int
    state: State
    correction: CorrectionState = CorrectionState.NONE
    outdated: tuple[tuple[str, int | None], ...] = ()
    """(unit, the marked revision that has its newest source text, None if not known) of outdated units."""

    @property
    def percent(self) -> int:
        """As Translate shows it."""
        return percent(self.translated, self.total)


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement of the Office, or another page whose translation is followed (a policy, an appeal page)."""

    id: str
    title: str
    source_language: str
    revid: int
    """The source's newest revision."""
    group: GroupState
    marks: tuple[Mark, ...] = ()
    """Oldest first."""
    corrections: tuple[Correction, ...] = ()
    priority: tuple[str, ...] = ()
    """Languages that those who marked it ask for."""
    translations: tuple[Translation, ...] = ()
    titles: tuple[tuple[str, str], ...] = ()
    """(language, display title as plain text) where it has one."""

    @property
    def source_is_newer(self) -> bool:
        """Whether there is text that isn't marked for translation yet."""
        return bool(self.marks) and self.revid > self.marks[-1].revision


@dataclass(frozen=True, slots=True)
class Post:
    """A post of the Office on a talk page; it may be a statement."""

    title: str
    section: str
    """Often names an account: it is compared, never shown."""
    revid: int
    timestamp: datetime


def percent(translated: int, total: int) -> int:
    """The percentage that Translate shows (TranslatablePage::getTranslationPercentages); 0 of 0 is 0."""
    return round(float(f"{translated / total:.2f}") * 100) if total else 0


def is_complete(counts: Counts) -> bool:
    """Whether nothing is missing and nothing outdated; 99.6 % shows as 100, but isn't."""
    return counts.total > 0 and counts.translated == counts.total and counts.fuzzy == 0


def is_statement(title: str, configured: Iterable[str] = ()) -> bool:
    """Whether a page is a statement, by its title or because the config says so; never a page in translation."""
    return STATEMENT_TITLE.fullmatch(title) is not None or title in set(configured)


def statement_id(title: str, redirects: Iterable[str] = ()) -> str:
    """The page's shortcut (``OA2021``), the shortest if it has several; else a slug of its title."""
    shortcuts = sorted((name for name in redirects if _SHORTCUT.fullmatch(name)), key=lambda name: (len(name), name))
    return shortcuts[0] if shortcuts else re.sub(r"\W+", "-", title.casefold()).strip("-")


def corrections(source: str, language: str = "en") -> tuple[Correction, ...]:
    """Sections of the source page that are headed as updates or corrections and signed, in page order.

    The date of a signature is the wiki's, not the page's: on Meta it is English whatever the page's language.
    """
    words = CORRECTING_WORDS.get(language, frozenset()) | CORRECTING_WORDS["en"]
    code = mwparserfromhell.parse(_TRANSLATE_TAG.sub("", source))
    found = []
    for section in code.get_sections(include_lead=False):
        heading = section.filter_headings()[0].title.strip_code().strip()
        signed = _signature(str(section))
        if signed and words & set(re.findall(r"\w+", heading.casefold())):
            units = dict.fromkeys(unit.strip() for unit in _UNIT.findall(str(section)))
            found.append(Correction(heading, signed, tuple(units)))
    return tuple(found)


def _signature(text: str) -> datetime | None:
    for hour, minute, day, month, year in _SIGNED.findall(text):
        try:
            return datetime(int(year), MONTHS.index(month) + 1, int(day), int(hour), int(minute), tzinfo=UTC)
        except ValueError:
            continue
    return None


def correction_state(found: Sequence[Correction], units: Mapping[str, UnitStatus] | None) -> CorrectionState:
    """What one language has of all corrections; `units` are all units of that language, None when not asked for."""
    if not found:
        return CorrectionState.NONE
    if units is None:
        return CorrectionState.UNKNOWN
    if any(not each.units for each in found):
        return CorrectionState.UNMARKED
    # A marker that the translation system doesn't know stands in text that isn't marked yet.
    statuses = {units.get(unit) for each in found for unit in each.units}
    if None in statuses:
        return CorrectionState.UNMARKED
    if UnitStatus.UNTRANSLATED in statuses:
        return CorrectionState.MISSING
    return CorrectionState.OUTDATED if UnitStatus.FUZZY in statuses else CorrectionState.DONE


def state(group: GroupState, counts: Counts, correction: CorrectionState, *, source_is_newer: bool) -> State:
    """What is to be said first of one language: what readers lose most by comes first."""
    if group is not GroupState.MARKED:
        return State(group.value)
    if not counts.translated and not counts.fuzzy:
        return State.NOT_STARTED
    if correction in {CorrectionState.MISSING, CorrectionState.UNMARKED}:
        return State.CORRECTION_NOT_TRANSLATED
    if correction is CorrectionState.OUTDATED:
        return State.CORRECTION_OUTDATED
    if counts.fuzzy:
        return State.OUTDATED
    if not is_complete(counts):
        return State.PARTIAL
    return State.SOURCE_NEWER if source_is_newer else State.COMPLETE


def mark_at(time: datetime, marks: Sequence[Mark]) -> Mark | None:
    """The version that was marked last at that time."""
    return max((mark for mark in marks if mark.timestamp <= time), key=lambda mark: mark.timestamp, default=None)


def cause_of_fall(marks: Sequence[Mark], counts: Counts, since: datetime | None = None) -> Mark | None:
    """The marking of a changed source by which a translation shows fewer units than before; None when none did.

    `since` is when more was shown, if we remember. Without memory, outdated units tell it: a later
    version than the first one changed them.
    """
    later = [mark for mark in marks[1:] if mark.changed and (since is None or mark.timestamp > since)]
    if not later or (since is None and not counts.fuzzy):
        return None
    return max(later, key=lambda mark: mark.timestamp)


def order_languages(affected: Iterable[str], priority: Iterable[str], rest: Iterable[str]) -> tuple[str, ...]:
    """Affected communities' languages first, then priority languages as given, then the rest by code; each once."""
    return tuple(dict.fromkeys([*sorted(set(affected)), *priority, *sorted(set(rest))]))


def worth_an_edit(shown: Translation | None, now: Translation) -> bool:
    """Whether readers should see it at once: another state, or at least five points more or less."""
    if shown is None or (shown.state, shown.correction) != (now.state, now.correction):
        return True
    return abs(shown.percent - now.percent) >= 5
