"""The beacon's end for a CRM without code: whatever is sent has a clear answer, and a page's loss is told."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from capture.browser.crm import Clock
from viewtrail.event import Event
from viewtrail.web.beacon.application import BeaconApp
from viewtrail.web.beacon.sites import Sites

SECRET = "the proxy's alone"
SITE = {
    "key": "site-4f1c9a",
    "source": "/crm-web",
    "hosts": ["crm.example.test"],
    "agent": {"header": True},
    "proxy_secret_sha256": hashlib.sha256(SECRET.encode()).hexdigest(),
    "pages": [
        {"name": "lead", "url": "/leads/{record}", "kind": "lead"},
        {"name": "leads", "url": "/leads", "list": "leads", "rows": "a", "row": "/leads/{record}"},
    ],
}
HEADERS = {"X-Viewtrail-Proxy": SECRET, "X-Viewtrail-Agent": "anna"}


class End:
    """The application in this process, and what it put into the log."""

    def __init__(self, home: Path) -> None:
        home.mkdir()
        (home / "sites.json").write_text(json.dumps({"sites": [SITE]}))
        self.clock = Clock()
        self.log: list[Event] = []
        self.sites = Sites(home, self.keep, clock=self.clock)
        self.app = BeaconApp(self.sites)

    def keep(self, events: Sequence[Event]) -> None:
        self.log += events

    def ask(self, method: str, path: str, body: bytes = b"", **headers: str) -> httpx.Response:
        async def asked() -> httpx.Response:
            transport = httpx.ASGITransport(self.app, raise_app_exceptions=True)
            async with httpx.AsyncClient(transport=transport, base_url="http://crm.example.test") as client:
                return await client.request(method, path, content=body, headers={**HEADERS, **headers})

        return asyncio.run(asked())

    def say(self, **more: Any) -> httpx.Response:
        said = {
            "kind": "visible",
            "site": "site-4f1c9a",
            "rule": "lead",
            "record": "L-1",
            "page": "p1",
            **more,
        }
        return self.ask("POST", "/b/signal", json.dumps([said]).encode())


@pytest.fixture
def end(tmp_path: Path) -> Iterator[End]:
    made = End(tmp_path / "home")
    yield made
    made.sites.close()


def test_a_view_is_told_under_who_the_proxy_says(end: End) -> None:
    assert end.say(seq=1).status_code == 200
    (opening,) = end.log
    assert (opening.type, opening.subject, opening.data["agent"]) == ("record.viewed", "L-1", "anna")


def test_a_page_whose_signals_are_held_back_leaves_a_gap_of_its_source_and_of_nobody(end: End) -> None:
    end.say(seq=1)
    assert end.say(record="L-9", seq=4).status_code == 200
    end.clock.skip(301)
    for relay in (end.sites.relay(site) for site in [end.sites.get("site-4f1c9a")] if site):
        relay.served.sweep()
    (gap,) = [event for event in end.log if event.type == "capture.gap"]
    assert (gap.source, gap.data) == ("/crm-web", {"feed": "/crm-web", "lost": 2, "why": "beacon-signals"})


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=10,
)
NAMES = [
    "kind",
    "token",
    "page",
    "part",
    "began",
    "lasted",
    "age",
    "dwell",
    "active",
    "n",
    "seq",
    "rows",
    "records",
]
SIGNALS = st.dictionaries(st.sampled_from([*NAMES, "rule", "record", "field", "agent"]), PLAIN, max_size=6)
MANY = settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.mark.slow
@given(
    said=st.lists(SIGNALS, min_size=1, max_size=3),
    kind=st.sampled_from(["visible", "left", "list", "copied"]),
)
@MANY
def test_strange_signals_have_a_clear_answer_and_never_an_error_of_ours(
    end: End, said: list[dict[str, Any]], kind: str
) -> None:
    body = [
        {"kind": kind, "site": "site-4f1c9a", "rule": "lead", "record": "L-1", "page": "p1", **one}
        for one in said
    ]
    answer = end.ask("POST", "/b/signal", json.dumps(body).encode())
    end.clock.skip(60)  # a person's pace
    assert answer.status_code in (200, 400, 403, 413, 429), answer.text
    assert all("part" in one or "why" in one for one in answer.json()["results"])


@given(body=st.binary(max_size=300), method=st.sampled_from(["GET", "POST", "PUT", "HEAD"]))
@MANY
def test_any_bytes_have_a_clear_answer(end: End, body: bytes, method: str) -> None:
    for path in ("/b/signal", "/b/beacon.js", "/b/rules.json", "/b/rules.json?site=%ff", "/b/", "/x"):
        assert end.ask(method, path, body).status_code < 500
