"""What is stored: enough that the ledger alone says all that the logs said, and nothing of what is private."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from oabot import rules
from oabot.cases import cases
from oabot.classify import judge
from oabot.identity import vanished
from oabot.known import kept
from oabot.model import Verdict
from tests.labelled import History, chains, histories, parsed, plain

NOW = datetime(2026, 11, 21, tzinfo=UTC)
ALL = [*histories(), *(chain.history for chain in chains())]
EACH = pytest.mark.parametrize("history", ALL, ids=lambda history: history.name)


@EACH
def test_what_is_stored_makes_the_same_verdicts_and_cases_as_all_that_was_read(history: History) -> None:
    entries, loaded = parsed(history.rows), rules.load(history.actors)
    judgements = judge(entries, loaded)
    private = {entry.id for entry in entries if judgements[entry.id].verdict is Verdict.PRIVATE}
    private |= vanished(entries, private)
    ids = kept(entries, judgements) - private
    stored = [entry for entry in entries if entry.id in ids]
    again = judge(stored, loaded)

    assert again == {entry.id: judgements[entry.id] for entry in stored}
    public = [entry for entry in entries if entry.id not in private]
    assert plain(cases(stored, again, NOW)) == plain(cases(public, judgements, NOW))


@EACH
def test_nothing_private_is_stored(history: History) -> None:
    entries = parsed(history.rows)
    judgements = judge(entries, rules.load(history.actors))

    assert all(judgements[entry].verdict is not Verdict.PRIVATE for entry in kept(entries, judgements))
