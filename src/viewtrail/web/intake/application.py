"""The ASGI application of the intake: which request is answered by what."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import parse_qsl

from viewtrail.app.allowing import Allowing
from viewtrail.app.api_keys import ApiKey, KeyRing
from viewtrail.app.home import Home
from viewtrail.app.writer import Writer
from viewtrail.errors import BadInput, ViewtrailError
from viewtrail.web.beacon.application import BeaconApp
from viewtrail.web.beacon.sites import Sites
from viewtrail.web.intake.allow import allow
from viewtrail.web.intake.answers import (
    COME_AGAIN,
    Headers,
    Receive,
    Refused,
    Result,
    Send,
    accepted,
    answer,
    answer_refused,
)
from viewtrail.web.intake.body import Disconnected
from viewtrail.web.intake.events import Limits, Sending, take, unavailable
from viewtrail.web.intake.hooks import PATH as HOOKS
from viewtrail.web.intake.hooks import Hooks
from viewtrail.web.intake.openapi import openapi
from viewtrail.web.intake.reading import Reading
from viewtrail.web.intake.skew import Skew

HELD: Final = 8
"""As many of the longest bodies as may be held in memory at once; senders of more are told to come again."""

ALLOWED: Final[Headers] = ((b"allow", b"POST"),)


class Intake:
    """Takes events for the log of `home` from when `opened` gives it the writer until `drain`."""

    def __init__(self, home: Home) -> None:
        told = home.settings
        self._home = home
        self._limits = Limits(told.intake_body_mib << 20, told.intake_batch)
        self._keys = KeyRing(home.path)
        self._skew = Skew()
        self._held = 0  # bytes that the requests being answered may have
        self._draining = False
        self._writer: Writer
        self._reading: Reading
        self._allowing: Allowing
        self._sites: Sites
        self._beacon: BeaconApp
        self._hooks: Hooks

    def opened(self, writer: Writer) -> None:
        self._writer = writer
        self._reading = Reading(writer.tenant_key)
        self._allowing = Allowing(self._home, writer.now)
        self._sites = Sites(self._home.path, lambda events: writer.submit(events).result())
        self._beacon = BeaconApp(self._sites)
        self._hooks = Hooks(self._home, writer)

    def drain(self) -> None:
        """Take nothing more; requests that have begun are answered."""
        self._draining = self._hooks.draining = True

    def close(self) -> None:
        """What runs beside ends; before the log does."""
        self._hooks.close()
        self._sites.close()
        self._allowing.close()

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        path, method = scope["path"], scope["method"]
        if path == "/v1/events":
            await self._events(scope, receive, send)
        elif path == "/v1/allow":
            await self._allow(scope, receive, send)
        elif path.startswith(HOOKS):
            await self._hooks(scope, receive, send)
        elif path.startswith("/b/"):
            await self._beacon(scope, receive, send)
        elif path not in ("/health", "/ready", "/v1/openapi.json"):
            await answer(send, 404, {"error": "nothing is here", "next": "POST events to /v1/events"})
        elif method not in ("GET", "HEAD"):
            await answer(send, 405, {"error": f"{method} is not answered here"}, ((b"allow", b"GET"),))
        elif path == "/health":
            await answer(send, 200, {"status": "alive"})
        elif path == "/ready":
            await answer(send, *self._ready())
        else:
            await answer(send, 200, openapi())

    async def _events(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        results: list[Result] = []
        claim = self._claim(dict(scope["headers"]))
        self._held += claim
        try:
            sending = self._sending(scope)
            results = sending.results
            await take(receive, self._writer, sending, self._limits, self._allowing)
            told = {"accepted": accepted(results), "results": results}
            await answer(send, sending.status(), told)
        except Refused as refused:
            await answer_refused(send, refused, results)
        except Disconnected:
            pass
        except ViewtrailError as error:
            await answer_refused(send, unavailable(error), results)
        finally:
            self._held -= claim

    async def _allow(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        headers: dict[bytes, bytes] = dict(scope["headers"])
        try:
            if scope["method"] != "POST":
                told = BadInput(f"{scope['method']} is not answered here", next="POST the question here")
                raise Refused(405, told, ALLOWED)
            await answer(send, 200, await allow(receive, headers, self._key(headers), self._allowing))
        except Refused as refused:
            await answer_refused(send, refused)
        except Disconnected:
            pass

    def _claim(self, headers: dict[bytes, bytes]) -> int:
        """The most bytes that this request's body may have in memory."""
        length = headers.get(b"content-length", b"")
        known = length.isdigit() and b"content-encoding" not in headers
        return min(int(length), self._limits.body) if known else self._limits.body

    def _sending(self, scope: dict[str, Any]) -> Sending:
        """The request as far as its head says, or Refused."""
        if scope["method"] != "POST":
            told = BadInput(f"{scope['method']} is not answered here", next="POST events here")
            raise Refused(405, told, ALLOWED)
        headers: dict[bytes, bytes] = dict(scope["headers"])
        key = self._key(headers)
        if self._draining:
            raise Refused(503, ViewtrailError("the intake is being stopped", next="come again"), COME_AGAIN)
        if self._held > HELD * self._limits.body:
            busy = ViewtrailError("too many long bodies are being read", next="send the same again soon")
            raise Refused(429, busy, COME_AGAIN)
        skew = self._skew.note(key.name, headers.get(b"sent"), self._writer.now())
        return Sending(key, self._reading, headers, skew, _dry_run(scope["query_string"]))

    def _key(self, headers: dict[bytes, bytes]) -> ApiKey:
        how, _, secret = headers.get(b"authorization", b"").partition(b" ")
        key = self._keys.find(secret.strip().decode("latin-1")) if how.lower() == b"bearer" else None
        if key is None:
            step = "send the header Authorization: Bearer vt_...; `viewtrail keys add` makes a key"
            raise Refused(
                401, BadInput("no key in force was sent", next=step), ((b"www-authenticate", b"Bearer"),)
            )
        return key

    def _ready(self) -> tuple[int, dict[str, Any]]:
        """Whether events would be taken now."""
        writer = self._writer
        signed = writer.signed.size if writer.signed else 0
        told = {"entries": writer.size, "waiting": writer.waiting, "signed": signed}
        try:
            if writer.broken is not None:
                raise writer.broken
            writer.check_disk()
        except ViewtrailError as error:
            return 503, {"status": "not ready", "error": str(error), **told}
        return (503, {"status": "draining", **told}) if self._draining else (200, {"status": "ready", **told})


def _dry_run(query: bytes) -> bool:
    """Whether the request only asks what would happen; Refused where it says so in no known word.

    A mistyped dry_run would write, and what is written stays: so a word that means nothing is refused too.
    """
    asked = dict(parse_qsl(query.decode("latin-1"), keep_blank_values=True))
    told = asked.pop("dry_run", "0")
    if asked:
        other = next(iter(asked))[:40]
        raise Refused(400, BadInput(f"the query has {other!r}", next="dry_run=1 is all that it may say"))
    if told not in ("0", "1"):
        raise Refused(400, BadInput(f"dry_run is {told[:40]!r}", next="write dry_run=1, or leave it out"))
    return told == "1"
