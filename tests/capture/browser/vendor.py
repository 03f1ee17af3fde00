"""A CRM that nobody instrumented: it packs its pages, has a security policy, and knows nothing of us."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

LEADS = [f"L-{number}" for number in range(1, 201)]


def lead(record: str) -> str:
    """A record whose card is drawn a moment after the page is there."""
    return (
        '<p><a id="list" href="/leads">all</a></p><div id="app"></div>'
        f'<script src="/draw.js" data-lead="{record}"></script>'
    )


DRAW = """
const lead = document.currentScript.dataset.lead;
setTimeout(() => {
  const card = document.createElement("main");
  card.id = "lead";
  card.textContent = lead + " Anna Example +357 25 000000";
  document.querySelector("#app").append(card);
}, 300);
"""


def leads(_: str) -> str:
    return (
        "<ul id='leads'>" + "".join(f'<li><a href="/leads/{one}">{one}</a></li>' for one in LEADS) + "</ul>"
    )


def single(_: str) -> str:
    """A page that draws itself: the record stands behind the # of its address."""
    return '<div id="lead"><h1>record</h1></div>'


class _Request(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    user: ClassVar[str] = "anna"

    def do_GET(self) -> None:
        if self.path == "/draw.js":
            self.answer(DRAW, "text/javascript")
        elif self.path.startswith("/leads/"):
            self.page(lead(self.path.removeprefix("/leads/")))
        elif self.path.startswith("/leads"):
            self.page(leads(""))
        elif self.path.startswith("/app"):
            self.page(single(""))
        else:
            self.page("<p>nothing about anybody</p>")

    def page(self, body: str) -> None:
        who = f'<span id="me" data-user="{self.user}">Anna</span>'
        boot = f'<script id="boot" type="application/json">{{"user":{{"id":"{self.user}"}}}}</script>'
        self.answer(
            f"<!doctype html><html><head><title>V</title></head><body>{who}{boot}{body}</body></html>"
        )

    def answer(self, text: str, kind: str = "text/html; charset=utf-8") -> None:
        body = text.encode()
        self.send_response(200)
        if "gzip" in self.headers.get("Accept-Encoding", ""):
            body = gzip.compress(body)
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Type", kind)
        self.send_header("Content-Security-Policy", "default-src 'self'")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        pass


@contextmanager
def vendor() -> Iterator[int]:
    """The CRM, running; the port it listens on."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Request)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield int(server.server_address[1])
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
