"""Would-be changes, shown on ``User:BOT/Preview/ID`` until somebody decides, or for a day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from oabot.ledger import Ledger
from oabot.model import EntryId
from oabot.outcomes import Teller
from oabot.timestamps import iso, parse_timestamp
from oabot.wikitext import Wikitext, escape, isolate

LIFE = timedelta(hours=24)
MOST_BYTES = 600_000
"""Bytes of diffs on one page; what is beyond is counted."""

_PREFIX = "preview:"


@dataclass(frozen=True, slots=True)
class Preview:
    """One preview that may still be decided on."""

    id: str
    """The run that made it."""
    made: datetime
    job: str
    pages: Mapping[tuple[str, str], str]
    """(wiki, title) -> `oabot.publish.shown` of what would be saved."""
    entries: frozenset[EntryId] = frozenset()
    """The log entries that it shows."""

    @property
    def title(self) -> str:
        """Its subpage."""
        return f"Preview/{self.id}"


class Previews:
    """The previews that stand, over restarts."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def keep(self, preview: Preview) -> None:
        """Remember one. Raises: `LedgerError`."""
        kept = {
            "made": iso(preview.made),
            "job": preview.job,
            "pages": [[wiki, title, shown] for (wiki, title), shown in sorted(preview.pages.items())],
            "entries": [[one.wiki, one.logid] for one in sorted(preview.entries)],
        }
        self._ledger.state.put(f"{_PREFIX}{preview.id}", kept)

    def get(self, name: str) -> Preview | None:
        """The one with that id, or title. Raises: `LedgerError`."""
        id_ = name.strip().rpartition("/")[2]
        kept = self._ledger.state.get(f"{_PREFIX}{id_}")
        return _read(id_, kept) if kept else None

    def drop(self, preview: Preview) -> None:
        """Nobody can decide on it any more. Raises: `LedgerError`."""
        self._ledger.state.drop(f"{_PREFIX}{preview.id}")

    def over(self, now: datetime) -> list[Preview]:
        """Those that are too old, or show what must not be shown any more. Raises: `LedgerError`."""
        gone = {stone.id for stone in self._ledger.erasures.tombstones()}
        kept = self._ledger.state.starting(_PREFIX)
        standing = [_read(key.removeprefix(_PREFIX), value) for key, value in kept.items()]
        return [one for one in standing if now - one.made > LIFE or not one.entries.isdisjoint(gone)]


def _read(id_: str, kept: Mapping[str, Any]) -> Preview:
    return Preview(
        id_,
        parse_timestamp(str(kept["made"])) or datetime.min.replace(tzinfo=UTC),
        str(kept["job"]),
        {(wiki, title): shown for wiki, title, shown in kept["pages"]},
        frozenset(EntryId(wiki, logid) for wiki, logid in kept["entries"]),
    )


def render(id_: str, diffs: Iterable[tuple[str, str, str]], others: Sequence[Wikitext], teller: Teller) -> str:
    """The page: of each (wiki, title, unified diff) the diff as inert text; then what else came of it."""
    language = teller.language
    say = language.say
    lines = [
        "__NOINDEX__",
        f"== {say('oabot-preview-heading', isolate(escape(id_)))} ==",
        f"{say('oabot-preview-intro')} {say('oabot-preview-expires', int(LIFE / timedelta(hours=1)))}",
    ]
    left = MOST_BYTES
    for wiki, title, diff in diffs:
        written, left = _diff(diff, left, teller)
        lines += [f"=== {isolate(escape(wiki))}: {teller.page(wiki, title)} ===", written]
    if len(lines) == 3:
        lines.append(say("oabot-preview-unchanged"))
    return "\n".join([*lines, *(f"* {one}" for one in others)])


def _diff(diff: str, left: int, teller: Teller) -> tuple[str, int]:
    """A diff as one block of lines, as many as there is room for."""
    shown: list[str] = []
    lines = diff.rstrip("\n").split("\n")
    for line in lines:
        text = escape(line)
        left -= len(text.encode()) + len("<br>")
        if left < 0:
            total = teller.language.number(len(lines))
            shown.append(teller.language.say("oabot-rows-cut", teller.language.number(len(shown)), total))
            break
        shown.append(text)
    return f'<div dir="ltr" style="font-family: monospace; overflow-wrap: anywhere">{"<br>".join(shown)}</div>', left


def over(teller: Teller) -> str:
    """What stands on a preview's page afterwards."""
    return f"__NOINDEX__\n''{teller.language.say('oabot-preview-over')}''"
