"""Our turn as the one that edits: taken, kept while we live, and given back."""

from __future__ import annotations

import logging
import secrets
import socket
import threading
from typing import Final

from oabot.errors import LeaseLost, LedgerError
from oabot.ledger import Held, Ledger
from oabot.publish import TURN

log = logging.getLogger(__name__)

RENEWAL: Final = TURN.total_seconds() / 5
"""Seconds between two renewals: several may fail before the turn is over."""


class Turn:
    """The lease, for the lane. A thread renews it, for one job may take longer than a turn."""

    def __init__(self, ledger: Ledger) -> None:
        self._lease = ledger.lease
        self._holder = f"{socket.gethostname()}:{secrets.token_hex(4)}"
        self._lock = threading.Lock()
        self._held: Held | None = None
        self._over = threading.Event()

    @property
    def held(self) -> Held | None:
        """What we hold, as far as we know."""
        return self._held

    def take(self) -> Held | None:
        """Hold it: keep it, or take it if it is free; None while another process has it. Raises: `LedgerError`."""
        with self._lock:
            if self._held is not None:
                try:
                    self._lease.renew(self._held, TURN)
                except LeaseLost as lost:
                    log.warning("%s", lost)
                    self._held = None
            if self._held is None:
                self._held = self._lease.acquire(self._holder, TURN)
                if self._held is not None:
                    log.info("our turn %d begins", self._held.fence)
            return self._held

    def keep(self) -> None:
        """Renew it from time to time, until `end`."""
        threading.Thread(target=self._keep, daemon=True, name="turn").start()

    def end(self) -> None:
        """Let another process have it. Raises nothing: an end that fails comes by itself, later."""
        self._over.set()
        with self._lock:
            held, self._held = self._held, None
            if held is not None:
                try:
                    self._lease.release(held)
                except LedgerError as fault:
                    log.warning("%s", fault)

    def _keep(self) -> None:
        while not self._over.wait(RENEWAL):
            with self._lock:
                if self._held is None:
                    continue
                try:
                    self._lease.renew(self._held, TURN)
                except LeaseLost as lost:
                    # Whoever is about to save finds the same and doesn't; the lane then waits for its next turn.
                    log.warning("%s", lost)
                except LedgerError as fault:
                    log.warning("the lease can't be renewed now: %s", fault)
