"""What a turn begins with."""

from datetime import UTC, datetime, timedelta

import pytest

from oabot.scheduler.followup import owed

NOW = datetime(2022, 1, 1, tzinfo=UTC)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


@pytest.mark.parametrize(
    ("good", "left", "undone", "wanted"),
    [
        pytest.param(None, None, False, "reconcile", id="nothing was ever read"),
        pytest.param(26 * HOUR, MINUTE, False, "reconcile", id="a nightly run was missed"),
        pytest.param(HOUR, MINUTE, True, "tables", id="a run was left undone"),
        pytest.param(HOUR, 20 * MINUTE, False, "tables", id="away for a while"),
        pytest.param(HOUR, MINUTE, False, None, id="a restart"),
        pytest.param(HOUR, None, False, None, id="no position, of which the stream tells as a gap"),
    ],
)
def test_a_turn_begins_with_what_is_owed(
    good: timedelta | None, left: timedelta | None, undone: bool, wanted: str | None
) -> None:
    past = [NOW - ago if ago is not None else None for ago in (good, left)]

    assert owed(past[0], past[1], NOW, undone=undone) == wanted
