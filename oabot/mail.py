"""Mail to the operator, by SMTP; never more than the operator can read."""

from __future__ import annotations

import logging
from collections import deque
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from oabot.seams import Clock

if TYPE_CHECKING:
    from email.message import EmailMessage

log = logging.getLogger(__name__)

PER_HOUR: Final = 10
"""Mails an hour, whatever they are about; the log has them all."""

_SECONDS: Final = 20.0


class Mail:
    """Sends to one address. Without one it only logs."""

    def __init__(self, to: str, host: str, clock: Clock, sender: str = "") -> None:
        """`host` is ``HOST:PORT``; `sender` is `to` when empty."""
        self._to, self._sender = to, sender or to
        self._host, _, port = host.rpartition(":") if ":" in host else (host, "", "25")
        self._port = int(port)
        self._clock = clock
        self._sent: deque[datetime] = deque(maxlen=PER_HOUR)

    def send(self, subject: str, text: str) -> bool:
        """Send one mail; False if somebody should have got it and didn't, which is logged.

        Never raises: it is sent where something failed.
        """
        log.warning("for the operator: %s", subject)
        if not self._to or not self._host:
            return True
        now = self._clock.now()
        if len(self._sent) == PER_HOUR and now - self._sent[0] < timedelta(hours=1):
            log.warning("not mailed: %d mails within the hour", PER_HOUR)
            return False
        self._sent.append(now)
        import smtplib

        try:
            self._deliver(self._message(subject, text))
        except (smtplib.SMTPException, OSError, ValueError) as fault:
            log.warning("not mailed: %s", type(fault).__name__)
            return False
        return True

    def _message(self, subject: str, text: str) -> EmailMessage:
        from email.message import EmailMessage

        message = EmailMessage()
        message["From"], message["To"] = self._sender, self._to
        message["Subject"] = "[oabot] " + " ".join(subject.split())[:200]
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(text)
        return message

    def _deliver(self, message: EmailMessage) -> None:
        import smtplib

        with smtplib.SMTP(self._host, self._port, timeout=_SECONDS) as server:
            server.send_message(message)
