"""Mail, to a real server on this machine."""

import email
import socketserver
import threading
from collections.abc import Iterator
from datetime import timedelta
from email.message import Message

import pytest

from oabot.mail import PER_HOUR, Mail
from tests.fakes.clock import StillClock

pytestmark = pytest.mark.loopback


class Sink(socketserver.ThreadingTCPServer):
    """Takes mail by SMTP (RFC 5321) and keeps it."""

    daemon_threads = True

    def __init__(self, *, refuses: bool = False) -> None:
        super().__init__(("127.0.0.1", 0), Conversation)
        self.mails: list[Message] = []
        self.recipients: list[str] = []
        self.refuses = refuses


class Conversation(socketserver.StreamRequestHandler):
    server: Sink

    def handle(self) -> None:
        self.say("220 example")
        while line := self.rfile.readline().decode().strip():
            verb = line[:4].upper()
            if verb == "RCPT":
                self.server.recipients.append(line)
                self.say("550 no" if self.server.refuses else "250 ok")
            elif verb == "DATA":
                self.say("354 go on")
                lines = list(iter(self.rfile.readline, b".\r\n"))
                self.server.mails.append(email.message_from_bytes(b"".join(lines)))
                self.say("250 ok")
            elif verb == "QUIT":
                self.say("221 bye")
                return
            else:
                self.say("250 ok")

    def say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


@pytest.fixture
def sink() -> Iterator[Sink]:
    with Sink() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def mail(sink: Sink, clock: StillClock | None = None) -> Mail:
    return Mail("tools.example@toolforge.example", f"127.0.0.1:{sink.server_address[1]}", clock or StillClock())


def test_it_arrives_with_subject_and_text(sink: Sink) -> None:
    assert mail(sink).send("3 failures\nin a row", "metawiki: HTTP 503")

    (one,) = sink.mails
    assert one["Subject"] == "[oabot] 3 failures in a row"
    assert one["To"] == "tools.example@toolforge.example"
    assert one["Auto-Submitted"] == "auto-generated"
    assert "metawiki: HTTP 503" in str(one.get_payload())


def test_without_an_address_nothing_is_sent(sink: Sink) -> None:
    assert Mail("", f"127.0.0.1:{sink.server_address[1]}", StillClock()).send("subject", "text")
    assert sink.mails == []


def test_a_flood_of_mails_is_stopped_for_the_hour(sink: Sink) -> None:
    clock = StillClock()
    one = mail(sink, clock)
    sent = [one.send("again", "text") for _ in range(PER_HOUR + 5)]
    clock.time += timedelta(hours=1)

    assert sent.count(True) == PER_HOUR
    assert one.send("later", "text")


def test_a_server_that_refuses_is_no_error_of_ours() -> None:
    with Sink(refuses=True) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        sent = mail(server).send("subject", "text")
        server.shutdown()
        thread.join()

    assert not sent


def test_no_server_is_no_error_of_ours() -> None:
    with Sink() as server:
        port = server.server_address[1]

    assert not Mail("a@example.org", f"127.0.0.1:{port}", StillClock()).send("subject", "text")
