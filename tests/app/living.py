"""A loop at work in a test: on an open log with a clock of the test's own, or as real processes."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from support import ROOT
from viewtrail.app.home import Home, open_home
from viewtrail.app.live_loop import Live
from viewtrail.app.live_telling import UPDATED
from viewtrail.event import Event
from viewtrail.finding import Transition
from viewtrail.log import Log, Receipt
from viewtrail.store.projections import NAMES, read_projections
from viewtrail.store.remote_log import RemoteLog

HOUR = 3_600_000_000
MINUTE = 60_000_000

Rows = dict[str, list[tuple[Any, ...]]]


class OpenLog:
    """A log opened by the test, with the calls that the loop makes of a running writer."""

    def __init__(self, log: Log, now: Callable[[], int]) -> None:
        self.log, self.now = log, now

    def append(self, events: Sequence[Event], *, masked: bool = False) -> list[Receipt]:
        return self.log.append(events, received=self.now(), masked=masked)

    def wait(self, size: int, timeout: float) -> int:
        return self.log.size


class Told:
    """A home with a loop on it, whose clock is where the test puts it; `restart` is what a death leaves."""

    def __init__(self, path: Path) -> None:
        self.home: Home = open_home(path)
        self.log = self.home.own_log()
        self.now = 0
        self.said: list[str] = []
        self.live: Live = self._begin()

    def _begin(self) -> Live:
        log: Any = OpenLog(self.log, lambda: self.now)
        reader = self.home.reader()
        return Live(self.home, log, reader, now=lambda: self.now, say=self.said.append)

    def hear(self, events: Sequence[Event], at: int, *, backfill: bool = False) -> None:
        """These events arrive at `at`."""
        self.now = max(self.now, at)
        receipts = self.log.append(events, received=self.now, backfill=backfill)
        assert all(receipt.outcome in ("added", "repeated") for receipt in receipts), receipts

    def settle(self) -> None:
        """Rounds until there is nothing left to do."""
        while self.live.round() or self.live.pending or self.live.next < self.log.size:
            pass

    def restart(self) -> None:
        """The process died: what it had in memory is gone."""
        self.live.showing.close()
        self.live.reader.close()
        self.live = self._begin()

    def stop(self) -> None:
        self.live.drain()
        self.live.reader.close()
        self.log.checkpoint()
        self.log.close()


def rows(home: Path) -> Rows:
    """All that projections say, as rows."""
    with closing(sqlite3.connect(home / "projections.db")) as db:
        return {name: sorted(db.execute(f"SELECT * FROM {name}").fetchall(), key=str) for name in NAMES}


def told(home: Path) -> list[tuple[str, str, str]]:
    """(finding, transition, id) of what the log holds of the loop's own words, in the order of the log."""
    with open_home(home).reader() as reader:
        events = [one.entry.event for one in reader.read() if one.entry.event.type == UPDATED]
    return [(e.data["finding"], e.data["transition"], e.id) for e in events]


def transitions(home: Path) -> list[Transition]:
    return list(read_projections(home).transitions)


# -- real processes -------------------------------------------------------------------------------------


def environment(**more: str) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR", "LANG") if name in os.environ}
    return {**kept, "PYTHONPATH": str(ROOT / "src"), "PYTHONWARNINGS": "error", **more}


def start(module: str, *args: str, **more: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", module, *args]
    return subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment(**more))


def line_with(process: subprocess.Popen[str], word: str) -> str:
    """The next line on the process's stderr with `word` in it."""
    assert process.stderr is not None
    seen = []
    for line in process.stderr:
        seen.append(line)
        if word in line:
            return line
    raise AssertionError(f"the process ended without saying {word!r}: {''.join(seen)}")


def end(process: subprocess.Popen[str], how: int = signal.SIGTERM) -> str:
    """Stop a process; what it still had to say."""
    if process.poll() is None:
        process.send_signal(how)
    _, said = process.communicate(timeout=180)
    return said or ""


@contextmanager
def writer(home: Path, **more: str) -> Iterator[str]:
    """A running intake and writer; its address."""
    process = start("viewtrail.web.intake", "--home", str(home), "--host", "127.0.0.1", "--port", "0", **more)
    try:
        line = line_with(process, "intake http")
        yield line.split()[2]
    finally:
        end(process)


def loop(home: Path, **more: str) -> subprocess.Popen[str]:
    """A running loop that has folded what there was."""
    process = start("viewtrail.app.live", "--home", str(home), **more)
    line_with(process, "loop ready")
    return process


def until(what: Callable[[], bool], seconds: float = 120.0) -> None:
    """Wait until it is so; the time is for machines that do much else."""
    last = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < last, "it did not come to be in time"
        time.sleep(0.02)


def views(agent: str, count: int, *, first: int = 0, at: int | None = None) -> list[Event]:
    """So many different records opened by one agent, the last just now."""
    last = at if at is not None else time.time_ns() // 1000
    return [
        Event(
            "/crm",
            f"{agent}-{n}",
            "record.viewed",
            last - (first + count - n) * 1_000_000,
            {"agent": agent, "record_kind": "client", "via": "list"},
            f"L-{n}",
        )
        for n in range(first, first + count)
    ]


def remote(home: Path) -> RemoteLog:
    return RemoteLog(home, patience=10.0)
