"""What statements say happened, against what was found: by the community's config, for people to look into."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from oabot.config import StatementConfig
from oabot.model import Case, Kind
from oabot.views.review import Expected


def expected(statements: Iterable[StatementConfig], cases: Sequence[Case]) -> tuple[Expected, ...]:
    """For each statement of the config that says how much happened."""
    found = []
    for one in statements:
        if one.expected is not None:
            mine = [case for case in cases if _explains(one, case)]
            locks = sum(case.kind is Kind.LOCK for case in mine)
            rights = sum(case.kind is Kind.RIGHTS for case in mine)
            said = one.expected.locks if one.expected.locks is not None else one.expected.users
            removed = one.expected.rights_removed
            found.append(
                Expected(
                    one.page,
                    None if said is None else (locks, said),
                    None if removed is None else (rights, removed),
                )
            )
    return tuple(found)


def _explains(statement: StatementConfig, case: Case) -> bool:
    if {str(entry.id) for entry in case.entries} & set(statement.entries):
        return True
    if any(note.statement in (statement.page, statement.id) for note in case.annotations if note.statement):
        return True
    day = case.opening.timestamp.strftime("%Y-%m-%d")
    return bool(statement.since and statement.until and statement.since <= day <= statement.until)
