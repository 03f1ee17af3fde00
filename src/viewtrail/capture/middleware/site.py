"""What every middleware does: notes for a request, told after it, and the beacon's address."""

from __future__ import annotations

import inspect
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from viewtrail.capture.client import Client
from viewtrail.capture.notes import Notes, who_of
from viewtrail.capture.relay import Answer, Relay, beacon_js

PATH: Final = "/viewtrail/beacon"
SCRIPT: Final = "/viewtrail/beacon.js"
MOST_BODY: Final = 65_536
"""What a page may send while it closes; more than this is not read."""


class Site:
    """The host as its middleware sees it. `who` says who asks; with `beacon_key`, view tokens are issued and
    the beacon's script and address are answered here."""

    def __init__(
        self,
        client: Client,
        who: Callable[[Any], Any],
        beacon_key: bytes | None = None,
        views: Path | None = None,
    ) -> None:
        self.client = client
        self._who = who
        self._key = beacon_key
        self._views = views or client.folder / "views"  # workers must know of each other's pages
        self._relay: Relay | None = None
        self._pid = 0

    def notes(self, request: Any, user_agent: str, method: str | None) -> Notes:
        return Notes(self.client, lambda: self._who(request), self.relay(), user_agent, method)

    def relay(self) -> Relay | None:
        """This process's relay, made with the first request: never before a fork."""
        if self._pid != os.getpid():
            self._pid = os.getpid()
            self.client.start()
            if self._key is not None:
                self._relay = Relay(self.client, self._key, folder=self._views)
                self.client.beside(self._relay.close)
        return self._relay

    def tell(self, notes: Notes) -> None:
        """After an answer that succeeded. What goes wrong here is counted and never reaches the request."""
        try:
            notes.tell(notes.who())
        except Exception as error:  # the host's own functions say who asks and what a list showed
            self.client.trouble(error)

    async def tell_awaiting(self, notes: Notes) -> None:
        """As `tell`, where who asks may have to be awaited."""
        try:
            notes.tell(await said(notes))
        except Exception as error:  # as in `tell`
            self.client.trouble(error)

    def script(self, path: str) -> bytes | None:
        return beacon_js() if self._key is not None and path == SCRIPT else None

    def is_beacon(self, method: str, path: str) -> bool:
        return self._key is not None and method == "POST" and path == PATH

    def answer(self, asking: Any, body: bytes) -> Answer:
        """To a beacon's post of whoever is `asking`."""
        relay, who = self.relay(), who_of(asking)
        if relay is None or who is None:
            return Answer(403, b'{"error":"nobody is signed in"}', {"Content-Type": "application/json"})
        return relay.answer(body, session=who.session)


async def said(notes: Notes) -> Any:
    """Who asks, awaited where the host's function has to be."""
    who = notes.who()
    return await who if inspect.isawaitable(who) else who
