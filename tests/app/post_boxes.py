"""A mail server and a web server of the test's own, which keep what they are sent."""

from __future__ import annotations

import email
import email.policy
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


class Mailbox:
    """Keeps every mail it is handed; `refusing` makes it answer that it cannot just now."""

    def __init__(self) -> None:
        self.raw: list[bytes] = []
        self.to: list[str] = []
        self.refusing = False
        self.port = 0

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.refusing:
            return "451 come back later"
        assert isinstance(envelope.content, bytes)
        self.raw.append(envelope.content)
        self.to += envelope.rcpt_tos
        return "250 kept"

    @property
    def mails(self) -> list[EmailMessage]:
        found = [email.message_from_bytes(raw, policy=email.policy.default) for raw in self.raw]
        assert all(isinstance(one, EmailMessage) for one in found)
        return found  # type: ignore[return-value]

    def text(self, place: int = -1) -> str:
        return str(self.mails[place].get_content())


@contextmanager
def mailbox() -> Iterator[Mailbox]:
    box = Mailbox()
    box.port = free_port()
    controller = Controller(box, hostname="127.0.0.1", port=box.port)
    controller.start()
    try:
        yield box
    finally:
        controller.stop()


class Receiver:
    """Keeps every request: (headers, body); answers with `status`."""

    def __init__(self) -> None:
        self.requests: list[tuple[dict[str, str], bytes]] = []
        self.status = 204
        self.url = ""


@contextmanager
def receiver() -> Iterator[Receiver]:
    kept = Receiver()

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            kept.requests.append((dict(self.headers), body))
            self.send_response(kept.status)
            if kept.status == 302:
                self.send_header("Location", kept.url)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            return None

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    kept.url = f"http://127.0.0.1:{server.server_address[1]}/hooks/viewtrail?team=1"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield kept
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def free_port() -> int:
    with socket.socket() as wire:
        wire.bind(("127.0.0.1", 0))
        return int(wire.getsockname()[1])
