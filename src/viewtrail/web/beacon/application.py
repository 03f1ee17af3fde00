"""The ASGI application under /b/: the script, the rules of a site, and the signals of its pages."""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from http.cookies import CookieError, SimpleCookie
from importlib import resources
from typing import Any, Final
from urllib.parse import parse_qs

from viewtrail.capture.relay import Answer
from viewtrail.capture.rules import Site
from viewtrail.capture.signals import MAX_BODY
from viewtrail.errors import BadInput
from viewtrail.web.beacon.sites import Sites

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

log = logging.getLogger("viewtrail.beacon")

OFTEN: Final = 100
"""A reason for refusing is said the first time and then every so many times: seen, and not a flood."""

_JSON: Final = {"Content-Type": "application/json", "Cache-Control": "no-store"}


class Refusal(Exception):
    """A request that is not answered with results: its status and why."""

    def __init__(self, status: int, why: str, next: str) -> None:
        super().__init__(why)
        self.answer = Answer(status, json.dumps({"error": why, "next": next}).encode(), _JSON)


class BeaconApp:
    """Answers under /b/. To be mounted in another application, or run by `python -m viewtrail.web.beacon`."""

    def __init__(self, sites: Sites) -> None:
        self._sites = sites
        self._script = script()
        self.refused: Counter[str] = Counter()

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        headers = _headers(scope)
        try:
            found = await self._answer(scope, headers, receive)
        except Refusal as refusal:
            self._count(str(refusal))
            found = refusal.answer
        except BadInput as refusal:  # sites.json has a mistake: said to whoever runs this, not to the page
            log.error("%s", refusal)
            found = Answer(503, b'{"error":"the rules cannot be read now"}', {**_JSON, "Retry-After": "30"})
        await _send(send, found, scope["method"] == "HEAD")

    async def _answer(self, scope: dict[str, Any], headers: Mapping[str, str], receive: Receive) -> Answer:
        path, method = scope["path"], scope["method"]
        if path == "/b/signal":
            if method != "POST":
                raise Refusal(405, f"{method} is not answered here", "POST signals here")
            return await self._signal(headers, _address(scope), await _body(receive, headers))
        if path not in ("/b/beacon.js", "/b/rules.json"):
            raise Refusal(404, "nothing is here", "load /b/beacon.js")
        if method not in ("GET", "HEAD"):
            raise Refusal(405, f"{method} is not answered here", "GET it")
        if path == "/b/rules.json":
            site = self._site(parse_qs(scope["query_string"].decode("latin-1")).get("site", [""])[0])
            # Asked for anew with each page: a rule that has changed is not to be followed for a while longer.
            return _file(json.dumps(site.public()).encode(), "application/json", "no-cache", headers)
        return _file(self._script, "text/javascript; charset=utf-8", "max-age=3600", headers)

    async def _signal(self, headers: Mapping[str, str], address: str, body: bytes) -> Answer:
        key, says = _speaker(body)
        site = self._site(key)
        trusted = site.secret_is(headers.get("x-viewtrail-proxy", ""))
        origin = headers.get("origin", "")
        if not trusted and not site.speaks_from(origin):
            raise Refusal(
                403, "a page of this origin may not speak for the site", "add its host to sites.json"
            )
        agent = _agent(site, headers, trusted)
        relay = self._sites.relay(site)
        # The pace is one person's. Behind a proxy everybody has one address, so that alone would not do.
        pace = agent or f"{says}\n{address}"
        session = f"{site.key}\n{agent}"
        found = await asyncio.to_thread(relay.answer, body, session=session, pace=pace)
        self._refusals(found)
        return Answer(found.status, found.body, {**found.headers, **_cross(origin)})

    def _site(self, key: str) -> Site:
        site = self._sites.get(key)
        if site is None:
            raise Refusal(404, "the site is not known", "take the key from sites.json")
        return site

    def _refusals(self, found: Answer) -> None:
        for one in json.loads(found.body)["results"]:
            if "why" in one:
                self._count(one["why"])

    def _count(self, why: str) -> None:
        """Nothing is refused in silence: whoever runs this can see that it was, how often and why."""
        self.refused[why] += 1
        self._sites.refused(why)
        if self.refused[why] % OFTEN == 1:
            log.warning("refused (%d times so far): %s", self.refused[why], why)


def _file(body: bytes, kind: str, kept: str, headers: Mapping[str, str]) -> Answer:
    """The file, or 304 where the browser has it."""
    tag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
    told = {"Content-Type": kind, "ETag": tag, "Cache-Control": kept}
    return Answer(304, b"", told) if headers.get("if-none-match") == tag else Answer(200, body, told)


def script() -> bytes:
    """beacon.js and rules.js as one file."""
    folder = resources.files("viewtrail.capture")
    return b"\n".join(folder.joinpath(name).read_bytes() for name in ("beacon.js", "rules.js"))


def _agent(site: Site, headers: Mapping[str, str], trusted: bool) -> str:
    """Who is looking, where somebody other than the page says it; "" leaves it to the signal."""
    way = site.agent["way"]
    if way == "header":
        told = headers.get("x-viewtrail-agent", "").strip()
        if not trusted:
            raise Refusal(403, "the proxy's secret is missing or wrong", "set X-Viewtrail-Proxy in the proxy")
        if not 0 < len(told) <= 400 or not told.isprintable():
            raise Refusal(403, "the proxy does not say who is looking", "set X-Viewtrail-Agent in the proxy")
        return told
    if way == "cookie":
        value = _cookie(headers, site.agent["cookie"])
        if not value:
            raise Refusal(
                403, "the cookie that says who is looking is missing", "let the proxy pass cookies on"
            )
        return "c-" + hashlib.sha256(f"{site.key}\n{value}".encode()).hexdigest()[:24]
    return ""


def _cookie(headers: Mapping[str, str], name: str) -> str:
    try:
        morsel = SimpleCookie(headers.get("cookie", "")).get(name)
    except CookieError:
        return ""
    return morsel.value if morsel else ""


def _speaker(body: bytes) -> tuple[str, str]:
    """The site and the agent that the first signal names; what else is wrong with the body the relay says."""
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        raise Refusal(400, "the body is not JSON", "send what beacon.js sends") from None
    first = told[0] if isinstance(told, list) and told else told
    said = first if isinstance(first, dict) else {}
    return str(said.get("site", "")), str(said.get("agent", ""))[:400]


def _cross(origin: str) -> dict[str, str]:
    """A script loaded from elsewhere may read the answer: its origin was checked."""
    return {"Access-Control-Allow-Origin": origin, "Vary": "Origin"} if origin else {}


def _headers(scope: dict[str, Any]) -> dict[str, str]:
    return {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}


def _address(scope: dict[str, Any]) -> str:
    client = scope.get("client")
    return str(client[0]) if client else ""


async def _body(receive: Receive, headers: Mapping[str, str]) -> bytes:
    length = headers.get("content-length", "0")
    told = bytearray()
    more = not (length.isdigit() and int(length) > MAX_BODY)
    if not more:
        raise Refusal(413, f"more than {MAX_BODY:,} bytes", "send fewer signals")
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Refusal(400, "the sender went away", "send again")
        told += message.get("body", b"")
        more = message.get("more_body", False)
        if len(told) > MAX_BODY:
            raise Refusal(413, f"more than {MAX_BODY:,} bytes", "send fewer signals")
    return bytes(told)


async def _send(send: Send, found: Answer, head: bool) -> None:
    headers = {**found.headers, "Content-Length": str(len(found.body)), "X-Content-Type-Options": "nosniff"}
    sent = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": found.status, "headers": sent})
    await send({"type": "http.response.body", "body": b"" if head else found.body})
