"""A demo that lives: people who may sign in, and the day's events sent over HTTP as a CRM would send them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from viewtrail.app import api_keys
from viewtrail.app.clock import OFFSET, RATE, now
from viewtrail.app.home import Home
from viewtrail.errors import ViewtrailError
from viewtrail.event import Event, rfc3339, to_wire
from viewtrail.settings import FILE
from viewtrail.stories import BEGINS

FASTER: Final = 10
"""The demo's clock runs ten times as fast: forty minutes of it can be watched."""

PASSWORD: Final = "meridian-demo-2026"

SOURCES: Final = ("/crm", "/pbx", "/hr")

MOST: Final = 500
"""Events of one request."""

LOOK: Final = 0.5
"""Seconds between two looks at what has become due."""


@dataclass(frozen=True, slots=True)
class Character:
    """Somebody to sign in as. `agent` is their id in the invented CRM."""

    email: str
    name: str
    roles: tuple[str, ...]
    sees: str
    desks: tuple[str, ...] = ()
    agent: str = ""


CAST: Final = (
    Character(
        "compliance@meridian.example", "Corinna Vale", ("compliance",), "everything, with a purpose", ("all",)
    ),
    Character(
        "sales@meridian.example",
        "Harun Demir",
        ("head-of-sales",),
        "the desks d-1 to d-3",
        ("d-1", "d-2", "d-3"),
    ),
    Character("agent@meridian.example", "Ivo Lindt", ("agent",), "the own trail", (), "a-131"),
    Character("admin@meridian.example", "Ada Novak", ("admin",), "people, keys and settings"),
)


def start_clock() -> None:
    """From here on this process and its children live on the Monday that the stories end on."""
    real = time.time_ns() // 1_000
    os.environ[OFFSET] = str(BEGINS - real)
    os.environ[RATE] = f"{FASTER}@{real}"


def let_in(home: Home) -> None:
    """The cast may sign in with the demo's password."""
    with (home.path / FILE).open("a", encoding="utf-8") as file:
        file.write('second_factor = "offered"\n')
    with home.reader() as log:
        known = {one.agent: log.pseudonym("a", one.agent) for one in CAST if one.agent}
    _wait(_adding(home.path, CAST[0], known))  # makes the tables, which only one may
    for process in [_adding(home.path, one, known) for one in CAST[1:]]:
        _wait(process)


def _wait(process: subprocess.Popen[str]) -> None:
    process.communicate(PASSWORD + "\n")
    if process.returncode:
        raise ViewtrailError("nobody could be let in", next="the lines above say why")


def _adding(home: Path, one: Character, known: dict[str, str]) -> subprocess.Popen[str]:
    command = [sys.executable, "-P", "-m", "viewtrail.web.console.people", "--home", str(home), one.email]
    command += ["--name", one.name, "--time-zone", "Europe/Nicosia"]
    command += [part for role in one.roles for part in ("--role", role)]
    command += [part for desk in one.desks for part in ("--desk", desk)]
    command += ["--agent", known[one.agent]] if one.agent else []
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)


class Trickle:
    """Sends each event of the day once its time has come, with a key, to the intake."""

    def __init__(
        self, home: Home, rest: Sequence[Event], intake: str, entropy: Callable[[int], bytes]
    ) -> None:
        self._rest, self._at, self._url = rest, 0, f"{intake}/v1/events"
        self._key = api_keys.add(home, "demo", SOURCES, now=now(), entropy=entropy)
        self._next = 0.0

    def __call__(self) -> None:
        """Send what has become due since the last call; what the intake does not take is sent again."""
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + LOOK
        end, clock = self._at, now()
        while end < len(self._rest) and end - self._at < MOST and self._rest[end].time <= clock:
            end += 1
        if end > self._at and self._sent(self._rest[self._at : end]):
            self._at = end

    def _sent(self, events: Sequence[Event]) -> bool:
        request = urllib.request.Request(
            self._url,
            json.dumps([to_wire(event) for event in events]).encode(),
            {
                "Content-Type": "application/cloudevents-batch+json",
                "Authorization": f"Bearer {self._key}",
                "Sent": rfc3339(now()),
            },
        )
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False  # it is tried again at the next look
