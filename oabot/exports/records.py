"""What an export says of one case; every export is made of these, so that no two can disagree."""

from __future__ import annotations

from dataclasses import dataclass

from oabot.model import NEVER, Case, Status
from oabot.timestamps import iso
from oabot.views import Material
from oabot.views.cells import signer

FIELDS = ("id", "opened", "class", "wiki", "status", "since", "expires", "statements", "entries")
"""In the order in which every export has them."""

NAMES = ("target", "performer")
"""Further fields of a report whose operator wants names in it."""


@dataclass(frozen=True, slots=True)
class Record:
    """One case, all in text; without a name unless it was asked for."""

    id: str
    """The entry that opened it, such as ``metawiki:42911031``: it never changes."""
    opened: str
    """ISO 8601, UTC."""
    action_class: str
    wiki: str
    """dbname, or ``global``."""
    status: str
    since: str
    """When it was reversed or changed, or expired; empty while it is in force as it was made."""
    expires: str
    """A time, ``never``, or empty where it has no term."""
    statements: tuple[str, ...]
    entries: tuple[str, ...]
    """All entries that made or changed it, in the order in which they happened."""
    target: str = ""
    performer: str = ""

    def values(self, *, names: bool) -> tuple[str, ...]:
        """As text, in the order of `FIELDS`, with `NAMES` after them; several values have spaces between them."""
        plain = (
            self.id, self.opened, self.action_class, self.wiki, self.status, self.since, self.expires,
            " ".join(self.statements), " ".join(self.entries),
        )  # fmt: skip
        return (*plain, self.target, self.performer) if names else plain


def records(material: Material, *, names: bool = False) -> tuple[Record, ...]:
    """A record a case, newest first. Raises: `SourceError` when the statements couldn't be read."""
    ordered = sorted(material.cases, key=lambda case: case.opening.order, reverse=True)
    return tuple(_record(case, material, names=names) for case in ordered)


def _record(case: Case, material: Material, *, names: bool) -> Record:
    opening = case.opening
    return Record(
        id=str(case.id),
        opened=iso(opening.timestamp),
        action_class=case.action_class.value,
        wiki=case.target.scope,
        status=case.status.value,
        since=_since(case),
        expires="" if case.expires is None else "never" if case.expires == NEVER else iso(case.expires),
        statements=tuple(told.statement.id for told in material.explaining(case)),
        entries=tuple(str(entry.id) for entry in case.entries),
        target=case.target.name if names else "",
        performer=(signer(case) or "") if names else "",
    )


def _since(case: Case) -> str:
    if case.status is Status.EXPIRED and case.expires is not None:
        return iso(case.expires)
    return next((iso(entry.timestamp) for entry in case.entries if entry.id == case.evidence), "")
