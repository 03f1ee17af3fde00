"""The sites of a home and their relays: what a page says becomes events of the site's source in the log."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from viewtrail.app.clock import now
from viewtrail.app.refusals import Refusals
from viewtrail.capture.relay import Relay
from viewtrail.capture.rules import PageRule, Site, read_sites
from viewtrail.capture.signals import Signal
from viewtrail.capture.tokens import KEY_BYTES, Tokens, ViewToken
from viewtrail.errors import BadInput
from viewtrail.event import Event, from_wire, rfc3339

FILE: Final = "sites.json"
"""The rules, in the home."""

BEFORE: Final = 60_000_000
"""µs that a view may have begun before the server first heard of it: a slow network, not an invented hour."""

UNDER_WAY: Final = 2_000
"""ms that a view's first signal may be under way longer than its last: else a true dwell is cut."""

Append = Callable[[Sequence[Event]], object]
"""Puts events into the log; they are on disk on return. Raises ViewtrailError if they are not."""


class SiteEvents:
    """What a relay needs of a client: here an event goes straight into the log."""

    def __init__(self, source: str, append: Append) -> None:
        self.source = source
        self._append = append

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
        wire: dict[str, Any] = {
            "specversion": "1.0",
            "id": id or secrets.token_hex(16),
            "source": self.source,
            "type": type,
            "time": rfc3339(now() if time is None else time),
            "data": data if agent is None else {"agent": agent, **data},
        }
        if subject is not None:
            wire["subject"] = subject
        self._append([from_wire(wire)])
        return str(wire["id"])


class Sites:
    """The sites in `sites.json` of a home, read again when the file changes; each with a relay of its own."""

    def __init__(self, home: Path, append: Append, *, clock: Callable[[], int] = now) -> None:
        self._file = home / FILE
        self._folder = home / "beacon"
        self._append = append
        self._clock = clock
        self._key = _key(self._folder)
        self._refusals = Refusals(self._folder)
        self._stamp: tuple[int, int] | None = None
        self._sites: Mapping[str, Site] = {}
        self._relays: dict[str, Relay] = {}

    def get(self, key: str) -> Site | None:
        """The site with this public key. A file with a mistake leaves what was read before in force."""
        stamp = _stamp(self._file)
        if stamp != self._stamp:
            self._stamp = stamp
            self._sites = read_sites(self._file) if stamp else {}
        return self._sites.get(key)

    def relay(self, site: Site) -> Relay:
        """The relay of that site; lost ends are remembered in the home, over a restart too."""
        found = self._relays.get(site.key)
        if found is None:
            found = self._relays[site.key] = Relay(
                SiteEvents(site.source, self._append),
                self._key,
                folder=self._folder / site.key,
                clock=self._clock,
                resolve=self._resolve,
            )
        return found

    def _resolve(self, tokens: Tokens, heard: Signal, session: str) -> tuple[ViewToken, Signal]:
        """The view of a signal: as the server signed it when it first heard of it, or as told now."""
        heard = replace(heard, began=UNDER_WAY)  # what `issued` lies before the view's beginning, see _first
        key, _, agent = session.partition("\n")
        site = self._sites.get(key)
        if site is None:
            raise BadInput("the site is not known", next="take the key from sites.json")
        agent = agent or _told(heard, "agent")
        if heard.token is not None:
            return tokens.read(heard.token, f"{key}\n{agent}"), heard
        rule = site.by_name.get(str(heard.said.get("rule")))
        if rule is None:
            raise BadInput("no rule of that name", next="load the page again: the rules have changed")
        record = rule.list if heard.kind == "list" else _told(heard, "record")
        if record is None:
            raise BadInput(
                f"rule {rule.name!r} is of no list", next="load the page again: the rules have changed"
            )
        return self._first(tokens, heard, agent, rule, record, site), heard

    def _first(
        self, tokens: Tokens, heard: Signal, agent: str, rule: PageRule, record: str, site: Site
    ) -> ViewToken:
        before = min((heard.age + heard.lasted) * 1_000, BEFORE) + UNDER_WAY * 1_000
        named = json.dumps([site.source, agent, heard.page, rule.name, record])
        more = {"list": record} if heard.kind == "list" else {"via": rule.via}
        return tokens.view(
            agent,
            record,
            session=f"{site.key}\n{agent}",
            kind=rule.kind,
            id=hashlib.sha256(named.encode()).hexdigest()[:32],
            issued=self._clock() - before,
            **more,
        )

    def refused(self, why: str) -> None:
        """Keep in the home that something was refused, for those who look after the sources."""
        self._refusals.note(why, self._clock())

    def close(self) -> None:
        self._refusals.keep(self._clock())
        for relay in self._relays.values():
            relay.close()


def _told(heard: Signal, name: str) -> str:
    value = heard.said.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= 400 or not value.isprintable():
        who = "who is looking is not known" if name == "agent" else f"{name} is missing"
        raise BadInput(who, next=f"see the rule for {name} in sites.json")
    return value


def _stamp(file: Path) -> tuple[int, int] | None:
    try:
        told = file.stat()
    except FileNotFoundError:
        return None
    return told.st_mtime_ns, told.st_size


def _key(folder: Path) -> bytes:
    """The key of this home's view tokens, drawn the first time it is asked for."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = folder / "tokens.key"
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return file.read_bytes()
    with os.fdopen(descriptor, "wb") as opened:
        opened.write(secrets.token_bytes(KEY_BYTES))
    return file.read_bytes()
