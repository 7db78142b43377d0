"""A signal ends the process whichever thread the kernel hands it to."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
WAITING = """
import signal, sys, threading, time
from oabot.clock import SystemClock
from oabot.scheduler.ending import Ending

over = threading.Event()
ending = Ending(SystemClock())
ending.install()
ending.then(over.set)
other = threading.Thread(target=time.sleep, args=[60], daemon=True)
other.start()
{before}
threading.Timer(0.2, lambda: signal.pthread_kill({whose}.ident, signal.{number})).start()
print("ended" if over.wait(30) else "slept on")
"""


@pytest.mark.slow
@pytest.mark.parametrize("number", ["SIGTERM", "SIGINT"])
@pytest.mark.parametrize("whose", ["threading.main_thread()", "other"])
def test_a_signal_ends_the_wait_of_the_main_thread_whichever_thread_gets_it(whose: str, number: str) -> None:
    assert tried(whose=whose, number=number) == "ended\n"


@pytest.mark.slow
def test_a_signal_of_another_kind_ends_nothing_and_the_next_one_does() -> None:
    before = "signal.signal(signal.SIGUSR1, lambda *_: None); signal.raise_signal(signal.SIGUSR1)"

    assert tried(before, whose="other", number="SIGTERM") == "ended\n"


def tried(before: str = "", *, whose: str, number: str) -> str:
    """What the program prints; its end tells of what it was asked for."""
    code = WAITING.format(before=before, whose=whose, number=number)
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=50, check=False
    )
    return done.stdout
