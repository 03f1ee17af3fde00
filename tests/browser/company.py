"""A company to click through: ten weeks as history, one morning still to come, and all processes running."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path

from support import ROOT
from viewtrail.app.home import open_home
from viewtrail.event import Event
from viewtrail.measure.clocks import HOUR
from viewtrail.stories import Told, tell
from viewtrail.stories.calendar import ZONE_NAME, midnight

PASSWORD = "a long enough password"
DAY = date(2026, 3, 27)
"""The day on which the company is looked at, the morning after somebody opened 151 records."""

NOW = midnight(DAY) + 13 * HOUR
COLLEAGUE = "a-147"
"""Who will do the same again while one looks."""

GROUP = 2_000

PEOPLE = {
    "maria": ("Maria Georgiou", ["compliance"], []),
    "lena": ("Lena Novak", ["compliance"], []),
    "nikos": ("Nikos Petrou", ["head-of-sales"], ["d-1", "d-2", "d-3"]),
    "adele": ("Adele Moreau", ["admin"], []),
    "hana": ("Hana Roth", ["hr"], []),
}


@dataclass
class Company:
    """Where it runs; `coming` is the morning that has not been told to the log yet."""

    home: Path
    port: int
    intake_port: int
    coming: Sequence[Event]
    offset: int
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    def environment(self, **more: str) -> dict[str, str]:
        return {
            **{name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR", "LANG") if name in os.environ},
            "PYTHONPATH": str(ROOT / "src"),
            "VIEWTRAIL_DEMO_OFFSET": str(self.offset),
            "VIEWTRAIL_CONSOLE_URL": self.url,
            **more,
        }

    def start(self) -> None:
        """Writer, loop and console, as `viewtrail serve` starts them; returns when all of them answer."""
        self._process("viewtrail.web.intake", "--port", str(self.intake_port))
        wait_for(lambda: (self.home / "writer.sock").exists(), "the writer")
        self._process("viewtrail.app.live")
        self._process("viewtrail.web.console", "--port", str(self.port))
        wait_for(lambda: answers(f"{self.url}/health"), "the console")
        wait_for(lambda: folded(self.home), "the loop")

    def _process(self, module: str, *more: str) -> None:
        """A process of the house, its words in a file beside the home."""
        with (self.home.parent / f"{module}.txt").open("ab") as log:
            command = [sys.executable, "-m", module, "--home", str(self.home), *more]
            self.processes.append(subprocess.Popen(command, env=self.environment(), stdout=log, stderr=log))

    def an_hour_later(self) -> None:
        """All processes again, with their clock an hour on."""
        self.stop()
        self.offset += HOUR
        self.start()

    def add_people(self) -> None:
        """All of them in one process: Django takes its time to start."""
        people = [
            (f"{key}@example.com", name, PASSWORD, roles, desks)
            for key, (name, roles, desks) in PEOPLE.items()
        ]
        code = (
            "import json, sys; from viewtrail.web.console.start import tables; tables();"
            "from viewtrail.web.first_admin import add_person;"
            "[add_person(*one[:4], desks=one[4], time_zone='Europe/London') for one in json.load(sys.stdin)]"
        )
        settings = {
            "VIEWTRAIL_HOME": str(self.home),
            "DJANGO_SETTINGS_MODULE": "viewtrail.web.console.settings",
        }
        subprocess.run(
            [sys.executable, "-c", code],
            env=self.environment(**settings),
            input=json.dumps(people).encode(),
            check=True,
        )

    def the_morning_comes(self) -> None:
        """Tell the log what was done that morning, as the CRM would."""
        from viewtrail.store.remote_log import RemoteLog

        with RemoteLog(self.home) as log:
            for start in range(0, len(self.coming), GROUP):
                log.append(self.coming[start : start + GROUP])

    def entries(self, type_: str) -> list[dict[str, object]]:
        """What the log has of that type, oldest first."""
        with open_home(self.home).reader() as log:
            return [
                {"index": one.index, "subject": one.entry.event.subject, **one.entry.event.data}
                for one in log.read()
                if one.entry.event.type == type_
            ]

    def stop(self) -> None:
        for process in reversed(self.processes):
            process.send_signal(signal.SIGTERM)
        for process in self.processes:
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(5)
        self.processes.clear()


def again(told: Told) -> list[Event]:
    """What the agent of that story did, done the next day by a colleague on another desk."""
    episode = next(one for one in told.episodes if one.day == DAY - timedelta(days=1) and one.unusual)
    theirs = [
        one
        for one in told.events
        if episode.start <= one.time < episode.end and one.data.get("agent") == episode.agent
    ]
    return [
        replace(
            one,
            id=f"again-{one.id}",
            sequence=None,
            time=one.time + 24 * HOUR,
            data={**one.data, "agent": COLLEAGUE},
        )
        for one in theirs
        if one.type in ("record.viewed", "record.left")
    ]


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextmanager
def company(folder: Path, port: int | None = None) -> Iterator[Company]:
    """The company with writer, loop and console running; stopped and gone afterwards."""
    home = folder / "home"
    home.mkdir(parents=True)
    (home / "viewtrail.toml").write_text(f'time_zone = "{ZONE_NAME}"\nsecond_factor = "offered"\n')
    told = tell()
    with open_home(home).own_log() as log:
        before = [one for one in told.events if one.time < midnight(DAY)]
        for start in range(0, len(before), GROUP):
            log.append(before[start : start + GROUP], received=midnight(DAY), backfill=True)
    morning = [one for one in told.events if midnight(DAY) <= one.time < NOW] + again(told)
    morning.sort(key=lambda one: one.time)
    offset = NOW - time.time_ns() // 1_000
    found = Company(home, port or free_port(), free_port(), morning, offset)
    found.add_people()
    try:
        found.start()
        yield found
    finally:
        found.stop()


def folded(home: Path) -> bool:
    from viewtrail.store.board import Board

    board = Board(home)
    return board.made().size > 0 and board.lag() < 50


def answers(url: str) -> bool:
    with suppress(OSError), urllib.request.urlopen(url, timeout=2) as answer:
        return bool(answer.status == 200)
    return False


def wait_for(true: object, what: str, seconds: float = 60.0) -> None:
    """Until it is true; a failure names what did not come."""
    assert callable(true)
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until, f"{what} did not come within {seconds:.0f} s"
        time.sleep(0.05)
