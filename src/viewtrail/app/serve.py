"""Console, intake and loop under one roof: started in order, watched, and stopped in order.

1. The intake, which is the log's one writer: nothing else can begin without it.
2. The loop, which needs the writer for what it has to say.
3. The console, and what sends notices, which read what the others wrote.
Stopping goes the other way: nobody looks any more, nothing new is taken, the loop folds and tells what is
there, and the writer signs and ends last.
"""

from __future__ import annotations

import http.client
import json
import os
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from viewtrail.app.home import Home
from viewtrail.app.serve_child import Child
from viewtrail.app.serve_errand import Errand
from viewtrail.errors import ViewtrailError
from viewtrail.settings import Settings
from viewtrail.store.loop_lock import LoopLock
from viewtrail.store.remote_log import RemoteLog

STATE: Final = "serve.json"
LOCK: Final = "serve.lock"

START: Final = 900.0
"""Seconds in which writer and console have to be there: a long log is checked before it is opened, and ten
million entries that are not in memory yet are read from the disk for that, in two minutes or more."""

LOOK: Final = 0.25
"""Seconds between two looks at the processes."""

SEAL_EVERY: Final = 600.0
"""Seconds between two sealings: what is sealed is read faster, and nothing waits for it."""

SOURCES_EVERY: Final = 300.0
"""Seconds between two looks at the sources: half an hour of silence is the least that says anything."""

SAY_EVERY: Final = 5.0
"""Seconds between two notes of the state for `viewtrail status`."""


@dataclass(frozen=True, slots=True)
class Ports:
    """Where people and other systems reach it."""

    host: str
    console: int
    intake: int

    @property
    def console_url(self) -> str:
        return f"http://{_address(self.host)}:{self.console}"

    @property
    def intake_url(self) -> str:
        return f"http://{_address(self.host)}:{self.intake}"


@dataclass(frozen=True, slots=True)
class ChildState:
    """One process as `viewtrail status` shows it."""

    name: str
    pid: int | None
    deaths: int
    last_words: str


def notices_wanted(settings: Settings) -> bool:
    """Whether there is anywhere to send notices to."""
    return bool(settings.notify_mail or settings.digest_mail or settings.notify_webhook)


class Serve:
    """The supervising process: one for each home (LogBusy otherwise)."""

    def __init__(self, home: Home, ports: Ports, say: Callable[[str], None]) -> None:
        home.path.mkdir(parents=True, exist_ok=True, mode=0o700)
        what = "another `viewtrail serve` is at work on this data directory"
        self.lock = LoopLock(home.path, LOCK, what=what, next="use that one, or stop it first")
        self.home, self.ports, self.say = home, ports, say
        place = ("--home", str(home.path.absolute()))
        listen = ("--host", ports.host, "--port")
        self.intake = Child(
            "the intake", ("viewtrail.web.intake", *place, *listen, str(ports.intake)), say, patience=60
        )
        self.loop = Child("the loop", ("viewtrail.app.live", *place), say, patience=60, behind=True)
        self.console = Child(
            "the console", ("viewtrail.web.console", *place, *listen, str(ports.console)), say, patience=10
        )
        self.children = [self.intake, self.loop, self.console]
        if notices_wanted(home.settings):
            self.children.append(Child("notices", ("viewtrail.app.notify", *place), say, patience=10))
        self.errands = [
            Errand("sealing", ("viewtrail.store.segments", *place), SEAL_EVERY, say),
            Errand("looking after the sources", ("viewtrail.app.source_watch", *place), SOURCES_EVERY, say),
        ]
        self.note_at = 0.0

    def run(self, stopped: Callable[[], bool]) -> None:
        """Start everything, watch until `stopped`, stop everything. ViewtrailError when it cannot start."""
        try:
            self._start(stopped)
            while not stopped():
                for child in self.children:
                    child.watch()
                for errand in self.errands:
                    errand.look()
                self._note()
                time.sleep(LOOK)
        finally:
            self.stop()

    def _start(self, stopped: Callable[[], bool]) -> None:
        self.intake.start()
        self._until(self.intake, self.ports.intake, "/ready", stopped)
        for child in self.children[1:]:
            if not stopped():
                child.start()
        self._until(self.console, self.ports.console, "/health", stopped)
        if not stopped():
            self._note()
            self.say(f"console {self.ports.console_url}")
            self.say(f"intake  {self.ports.intake_url}/v1/events (keys: `viewtrail keys add`)")

    def _until(self, child: Child, port: int, path: str, stopped: Callable[[], bool]) -> None:
        """Wait for a process to answer; an error when it ends or takes too long."""
        last = time.monotonic() + START
        while not stopped() and not _answers(self.ports.host, port, path):
            if not child.alive:
                raise ViewtrailError(f"{child.name} did not start", next="the lines above say why")
            if time.monotonic() > last:
                raise ViewtrailError(f"{child.name} did not answer in {START:.0f} seconds")
            time.sleep(LOOK)

    def _note(self) -> None:
        """What runs, for `viewtrail status`."""
        if time.monotonic() < self.note_at:
            return
        self.note_at = time.monotonic() + SAY_EVERY
        told = {
            "pid": os.getpid(),
            "ports": asdict(self.ports),
            "children": [asdict(one) for one in self.states()],
        }
        part = self.home.path / f"{STATE}.part"
        with suppress(OSError):  # a full disk stops no process
            part.write_text(json.dumps(told), encoding="utf-8")
            part.replace(self.home.path / STATE)

    def states(self) -> list[ChildState]:
        return [ChildState(one.name, one.pid, one.deaths, one.last_words) for one in self.children]

    def stop(self) -> None:
        """In order; each is given its time."""
        for child in reversed(self.children[2:]):
            child.stop()
        with suppress(ViewtrailError, OSError), RemoteLog(self.home.path) as log:
            log.drain()
        self.loop.stop()
        for errand in self.errands:
            errand.stop()
        self.intake.stop()
        with suppress(OSError):
            (self.home.path / STATE).unlink(missing_ok=True)
        self.lock.close()


def _address(host: str) -> str:
    named = "localhost" if host in ("0.0.0.0", "::", "") else host
    return f"[{named}]" if ":" in named else named


def _answers(host: str, port: int, path: str) -> bool:
    wire = http.client.HTTPConnection(_address(host).strip("[]"), port, timeout=2)
    try:
        wire.request("GET", path)
        return wire.getresponse().status < 400
    except (OSError, http.client.HTTPException):
        return False
    finally:
        wire.close()


def running(home: Path) -> dict[str, object] | None:
    """What the serve at work on `home` last said of itself; None when there is none."""
    try:
        told = json.loads((home / STATE).read_text(encoding="utf-8"))
        os.kill(int(told["pid"]), 0)
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return dict(told)
