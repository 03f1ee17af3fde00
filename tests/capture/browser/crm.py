"""A small CRM that really serves pages with tokens, and remembers what its client was told.

As in the log, the first content of an id stands; the same again adds nothing, another content is a conflict.
"""

from __future__ import annotations

import html
import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

from viewtrail.capture.relay import Relay, beacon_js
from viewtrail.capture.served import Events
from viewtrail.capture.tokens import now
from viewtrail.capture.view_journal import Journal
from viewtrail.event import Event, from_wire, rfc3339

KEY = bytes(range(32))

LINK = '<a id="next" href="/lead/L-2">next</a> <a id="out" href="/other">out</a>'


class Clock:
    """The real time, and what a test skips."""

    def __init__(self) -> None:
        self.skipped = 0

    def __call__(self) -> int:
        return now() + self.skipped

    def skip(self, seconds: float) -> None:
        self.skipped += round(seconds * 1_000_000)


@dataclass
class Kept:
    """What a log would hold of what the host's client was told. Every event is read as intake reads it."""

    clock: Clock
    source: str = "/crm"
    events: dict[str, Event] = field(default_factory=dict)
    conflicts: list[Event] = field(default_factory=list)
    full: bool = False

    def event(
        self,
        type: str,
        agent: str | None,
        subject: str | None = None,
        *,
        id: str | None = None,
        time: int | None = None,
        **data: Any,
    ) -> str:
        if self.full:
            raise OSError(28, "No space left on device")
        said = data if agent is None else {"agent": agent, **data}
        wire = {"specversion": "1.0", "source": self.source, "type": type, "data": said}
        wire["id"] = id or f"e{len(self.events)}"
        wire["time"] = rfc3339(self.clock() if time is None else time)
        if subject is not None:
            wire["subject"] = subject
        event = from_wire(wire)
        assert not event.extra, f"outside the vocabulary: {event.extra}"
        if self.events.setdefault(event.id, event) != event:
            self.conflicts.append(event)
        return event.id

    def of(self, *types: str, record: str | None = None) -> list[Event]:
        """The events of these types, in the order of their arrival."""
        return [
            event
            for event in list(self.events.values())
            if event.type in types and (record is None or event.subject == record)
        ]


class Crm:
    """The CRM at `url`, with a relay whose clock the test may set on."""

    def __init__(self, folder: Path, client: Events | None = None) -> None:
        """`client`: a real one that carries events away; `kept` stays empty then."""
        self.folder = folder
        self.clock = Clock()
        self.kept = Kept(self.clock)
        self.relay = Relay(client or self.kept, KEY, folder=folder, every=None, clock=self.clock)
        self.requests: list[str] = []
        crm = self

        class Request(_Request):
            host = crm

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Request)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        self.relay.close()

    def lines(self) -> list[list[Any]]:
        """What the relay noted of pages sent and heard of."""
        return list(Journal(self.folder).fresh())

    def half_a_minute_later(self) -> None:
        self.clock.skip(36)
        self.relay.served.sweep()

    def token(self, record: str, session: str) -> str:
        return self.relay.issue(
            agent=session.removeprefix("s-"), record=record, session=session, kind="lead", via="list"
        )


def page(body: str, *, head: str = "", beacon: str = "") -> str:
    script = f'<script src="/viewtrail/beacon.js" {beacon} defer></script>'
    return f"<!doctype html><title>CRM</title>{head}{script}<body style='margin:20px'>{body}"


def lead(crm: Crm, record: str, session: str, query: dict[str, list[str]]) -> str:
    token = crm.token(record, session)
    if "meta" in query:
        head = f'<meta name="viewtrail-view" content="{token}">'
        return page(f"<h1>{html.escape(record)}</h1>{LINK}", head=head)
    hidden = "hidden" if "hidden" in query else ""
    note = 'data-viewtrail-note="copied printed"' if "note" in query else ""
    phone = "<span id='phone' data-viewtrail-field='phone'>+357 25 000000</span>"
    tall = "<p style='height:3000px'>long</p>" if "tall" in query else ""
    inside = f"<h1>{html.escape(record)}</h1>{phone}{tall}"
    return page(f'<main {hidden} data-viewtrail-view="{token}">{inside}</main>{LINK}', beacon=note)


def leads(crm: Crm, _record: str, session: str, _query: dict[str, list[str]]) -> str:
    records = [f"L-{number}" for number in range(1, 201)]
    crm.kept.event("list.viewed", session.removeprefix("s-"), list="all", rows=200, records=records)
    links = "".join(f'<li><a href="/lead/{record}">{record}</a>' for record in records)
    return page(f"<ul>{links}</ul>")


def single(_crm: Crm, _record: str, _session: str, _query: dict[str, list[str]]) -> str:
    """One page that draws record after record by itself."""
    script = """<script>
      async function show(id) {
        const told = await (await fetch("/api/" + id)).json();
        history.pushState({}, "", "#" + id);
        const card = document.createElement("section");
        card.textContent = id;
        card.dataset.viewtrailView = told.token;
        document.querySelector("#app").replaceChildren(card);
      }
      async function spoken(id) { viewtrail.view((await (await fetch("/api/" + id)).json()).token); }
    </script>"""
    return page(f'{script}<div id="app"></div>')


def ahead(_crm: Crm, _record: str, _session: str, query: dict[str, list[str]]) -> str:
    """A page that fetches L-1 before anybody asks: by a link, by speculation rules, or at hovering."""
    way = query["way"][0]
    target = "/lead/L-1"
    rules = {
        "prerender": {"prerender": [{"urls": [target], "eagerness": "immediate"}]},
        "prefetch": {"prefetch": [{"urls": [target], "eagerness": "immediate"}]},
        "hover": {"prefetch": [{"where": {"href_matches": "/lead/*"}, "eagerness": "moderate"}]},
    }
    head = (
        f'<link rel="prefetch" href="{target}">'
        if way == "link"
        else f'<script type="speculationrules">{json.dumps(rules[way])}</script>'
    )
    later = (
        f"<script>setTimeout(() => lead.click(), {query['click'][0]})</script>" if "click" in query else ""
    )
    return page(f'<a id="lead" href="{target}">L-1</a>{later}', head=head)


PAGES: dict[str, Callable[[Crm, str, str, dict[str, list[str]]], str]] = {
    "lead": lead,
    "leads": leads,
    "single": single,
    "ahead": ahead,
    "other": lambda *_: page("<p>nothing about anybody</p>"),
}


class _Request(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    host: ClassVar[Crm]

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        self.host.requests.append(self.path)
        first, _, record = url.path.strip("/").partition("/")
        if first == "as":
            self.answer(200, b"<!doctype html>signed in", cookie=f"sid=s-{record}")
        elif first == "api":
            self.answer(
                200,
                json.dumps({"token": self.host.token(record, self.session())}).encode(),
                "application/json",
            )
        elif url.path == "/viewtrail/beacon.js":
            self.answer(200, beacon_js(), "text/javascript")
        elif first in PAGES and self.session():
            told = PAGES[first](
                self.host, record, self.session(), parse_qs(url.query, keep_blank_values=True)
            )
            self.answer(200, told.encode())
        else:
            self.answer(404, b"no such page")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        answer = self.host.relay.answer(body, session=self.session())
        self.answer(answer.status, answer.body, "application/json")

    def session(self) -> str:
        morsel = SimpleCookie(self.headers.get("Cookie", "")).get("sid")
        return morsel.value if morsel else ""

    def answer(
        self, status: int, body: bytes, kind: str = "text/html; charset=utf-8", cookie: str = ""
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        if cookie:
            self.send_header("Set-Cookie", f"{cookie}; Path=/; HttpOnly")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        pass
