"""kill -9 at any moment: the log verifies, nothing acknowledged is lost, going on gives the same content."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from viewtrail.store import open_log, open_reader, verify_home

# Appends in groups of 50, signs now and then, and says which groups are acknowledged, each after its return.
APPENDING = """
import os, sys
from pathlib import Path
from log.some_events import HOUR, MONDAY, viewed, with_detail
from viewtrail.store import open_log

log = open_log(Path(sys.argv[1]))
for group in range(60):
    numbers = range(group * 50, group * 50 + 50)
    events = [with_detail(n) if n % 9 == 0 else viewed(n) for n in numbers]
    log.append(events, received=MONDAY + HOUR)
    os.write(1, b"%d\\n" % (group * 50 + 50))
    if group % 4 == 3:
        log.checkpoint()
"""
TESTS = Path(__file__).parents[1]


def appending(home: Path, kill_at: int | None = None, wait: float = 0.0) -> int:
    """How many events the appending process acknowledged, killed `wait` s after the `kill_at`-th time."""
    environment = {**os.environ, "PYTHONPATH": f"{TESTS}:{TESTS.parent / 'src'}"}
    process = subprocess.Popen(
        [sys.executable, "-c", APPENDING, home], stdout=subprocess.PIPE, env=environment, text=True
    )
    assert process.stdout is not None
    told = ""
    if kill_at is not None:
        told = "".join([process.stdout.readline() for _ in range(kill_at)])
        time.sleep(wait)
        process.send_signal(signal.SIGKILL)
    told += process.stdout.read()
    process.stdout.close()
    process.wait()
    return max([int(line) for line in told.split("\n")[:-1]], default=0)


def content(home: Path) -> list[tuple[str, str, bytes]]:
    with open_reader(home) as reader:
        digests = b"".join(contents for _, _, contents, _ in reader.storage.segments())
        return [
            (each.entry.event.source, each.entry.event.id, digests[each.index * 16 : each.index * 16 + 16])
            for each in reader.read()
        ]


@pytest.mark.slow
def test_twenty_kills_lose_nothing_acknowledged(tmp_path: Path) -> None:
    chance = random.Random(20)
    whole = tmp_path / "whole"
    assert appending(whole) == 3_000
    killed = 0
    for turn in range(20):
        home = tmp_path / f"killed-{turn}"
        # A key decides the content digests, so both logs need the same ones to be compared.
        (home / "keys").mkdir(parents=True)
        for key in (whole / "keys").iterdir():
            (home / "keys" / key.name).write_bytes(key.read_bytes())
        # Some while the log is being made, before anything is acknowledged.
        at, wait = (
            (0, chance.uniform(0.1, 0.4)) if turn < 4 else (chance.randint(1, 55), chance.uniform(0, 0.006))
        )
        acknowledged = appending(home, at, wait)
        killed += acknowledged < 3_000
        report = verify_home(home)
        assert report.exit_code == 0 or (report.exit_code, acknowledged) == (3, 0), report.lines()
        assert report.size >= acknowledged
        if report.size:
            ids = [id for _, id, _ in content(home)]
            assert ids[:acknowledged] == [f"e-{n}" for n in range(acknowledged)]
        assert appending(home) == 3_000
        assert content(home) == content(whole)
        assert verify_home(home).exit_code == 0
        with open_log(home) as log:
            assert log.size == 3_000
    assert killed >= 15, f"only {killed} of 20 processes were killed before they were done"
