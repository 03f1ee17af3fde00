"""A small real server that keeps the events it is sent, and can be slow, busy, full, broken or gone."""

from __future__ import annotations

import gzip
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from viewtrail.errors import BadInput
from viewtrail.event import from_wire

KEY = "vt_of-the-tests"
Told = tuple[int, Any, dict[str, str]]


class _Server(ThreadingHTTPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 256

    def __init__(self, *args: Any) -> None:
        self.open: list[socket.socket] = []
        super().__init__(*args)

    def get_request(self) -> tuple[socket.socket, Any]:
        connection, address = super().get_request()
        self.open.append(connection)
        return connection, address

    def hang_up(self) -> None:
        """As when the process ends: connections that are kept open go too."""
        for connection in self.open:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hung up is part of the tests."""


@dataclass
class Kept:
    """What the server has: events by id, as an intake holds them. `answers` come first, one a request."""

    events: dict[str, dict[str, Any]] = field(default_factory=dict)
    requests: list[dict[str, Any]] = field(default_factory=list)
    answers: list[Told] = field(default_factory=list)
    always: Told | None = None
    slow_s: float = 0.0
    most: int = 10_000
    key: str = KEY
    allow: Callable[[dict[str, Any]], Any] = lambda _asked: {"answer": "go-on"}
    port: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def of(self, type: str) -> list[dict[str, Any]]:
        with self.lock:
            return [event for event in self.events.values() if event["type"] == type]

    @property
    def acts(self) -> list[dict[str, Any]]:
        """All but what capture tells of itself."""
        with self.lock:
            return [e for e in self.events.values() if e["type"] not in ("source.started", "capture.gap")]

    def wait(self, enough: Callable[[Kept], object], seconds: float = 15.0) -> None:
        until = time.monotonic() + seconds
        while not enough(self):
            assert time.monotonic() < until, f"after {seconds} s: {len(self.events)} events"
            time.sleep(0.02)

    def answer(self, path: str, headers: Any, body: bytes) -> Told:
        with self.lock:
            self.requests.append({"path": path, **{k.lower(): v for k, v in headers.items()}})
            given = self.answers.pop(0) if self.answers else self.always
        time.sleep(self.slow_s)
        if given is not None:
            return given
        if headers.get("Authorization") != f"Bearer {self.key}":
            return 401, {"error": "no such key"}, {}
        told = json.loads(gzip.decompress(body) if headers.get("Content-Encoding") == "gzip" else body)
        if path == "/v1/allow":
            return 200, self.allow(told), {}
        if len(told) > self.most:
            return 413, {"error": f"{len(told)} events are too many"}, {}
        results = [self._keep(event) for event in told]
        return 200, {"accepted": len(results), "results": results}, {}

    def _keep(self, event: dict[str, Any]) -> dict[str, Any]:
        try:
            from_wire(event)
        except BadInput as error:
            return {"id": event.get("id"), "outcome": "set-aside", "why": str(error)}
        with self.lock:
            before = self.events.setdefault(event["id"], event)
        if before is event:
            return {"id": event["id"], "outcome": "added"}
        same = before == event
        return {
            "id": event["id"],
            "outcome": "repeated" if same else "conflict",
            "why": "" if same else "differs",
        }

    def holes(self) -> dict[str, list[int]]:
        """Numbers missing for each boot, from 1 to the highest that came."""
        numbers: dict[str, set[int]] = {}
        with self.lock:
            for event in self.events.values():
                if "sequence" in event:
                    boot, _, number = event["sequence"].partition(".")
                    numbers.setdefault(boot, set()).add(int(number))
        return {boot: sorted(set(range(1, max(n) + 1)) - n) for boot, n in numbers.items()}

    def gaps(self) -> int:
        return sum(event["data"]["lost"] for event in self.of("capture.gap"))


@contextmanager
def serving(kept: Kept | None = None, port: int = 0) -> Iterator[Kept]:
    """The server, for as long as the block lasts; leaving the block is its going down."""
    kept = kept or Kept()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status, told, headers = kept.answer(self.path, self.headers, body)
            raw = told if isinstance(told, bytes) else json.dumps(told).encode()
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def log_message(self, *_: Any) -> None:
            pass

    server = _Server(("127.0.0.1", port), Handler)
    kept.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield kept
    finally:
        server.shutdown()
        server.server_close()
        server.hang_up()
        thread.join()
