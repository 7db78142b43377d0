from __future__ import annotations

import contextvars
import threading

import pytest

from oabot.begun import Begun
from oabot.errors import SourceError


def test_what_was_begun_goes_on_beside_who_began_it() -> None:
    together = threading.Barrier(2)

    begun = Begun(lambda: together.wait(10))
    together.wait(10)

    assert begun.result() in (0, 1)


def test_who_asks_for_the_result_gets_the_error() -> None:
    def fails() -> None:
        raise SourceError("metawiki: no answer")

    begun = Begun(fails)

    with pytest.raises(SourceError, match="no answer"):
        begun.result()


def test_its_log_lines_belong_to_the_run_that_began_it() -> None:
    run = contextvars.ContextVar("run", default="")
    run.set("run-1")

    assert Begun(run.get).result() == "run-1"
