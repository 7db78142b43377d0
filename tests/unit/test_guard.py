"""What a save would do to a region's rows."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oabot.guard import MAY_LOSE, Difference, linked
from oabot.model import EntryId

ADDRESSES = {"metawiki": "https://meta.example", "ruwiki": "https://ru.example"}
IDS = st.frozensets(st.integers(1, 60).map(lambda number: EntryId("metawiki", number)))


def ids(*numbers: int) -> frozenset[EntryId]:
    """Entries of one wiki."""
    return frozenset(EntryId("metawiki", number) for number in numbers)


def test_a_page_tells_by_its_own_links_which_entries_it_shows() -> None:
    body = (
        "[https://meta.example/wiki/Special:Redirect/logid/12 a] "
        "[https://ru.example/wiki/Special:Redirect/logid/12 b] "
        "[https://evil.example/wiki/Special:Redirect/logid/13 c] https://meta.example/wiki/Special:Log"
    )

    assert linked(body, ADDRESSES) == {EntryId("metawiki", 12), EntryId("ruwiki", 12)}


@pytest.mark.parametrize(
    ("before", "after", "erased", "too_much"),
    [
        (ids(), ids(1, 2), ids(), False),
        (ids(*range(10)), ids(*range(7)), ids(), False),
        (ids(*range(10)), ids(*range(6)), ids(), True),
        (ids(*range(10)), ids(), ids(*range(10)), False),
        (ids(*range(10)), ids(*range(4)), ids(*range(4, 10)), False),
        (ids(*range(10)), ids(0, 1), ids(*range(4, 10)), True),
        (ids(1, 2, 3), ids(4, 5, 6), ids(), True),
    ],
)
def test_losing_more_than_the_share_is_too_much_unless_it_was_erased(
    before: frozenset[EntryId], after: frozenset[EntryId], erased: frozenset[EntryId], too_much: bool
) -> None:
    assert Difference(before, after).loses_too_much(erased) is too_much


@given(IDS, IDS, IDS)
def test_erasing_more_never_makes_a_loss_out_of_none(
    before: frozenset[EntryId], after: frozenset[EntryId], erased: frozenset[EntryId]
) -> None:
    difference = Difference(before, after)
    lost = len(difference.removed - erased)

    assert difference.loses_too_much(erased) is (lost > MAY_LOSE * len(before - erased) and bool(before - erased))
    assert not difference.loses_too_much(before)
