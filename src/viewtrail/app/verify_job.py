"""A verification in a process of its own: it goes on when the page that asked for it is left.

`python -m viewtrail.app.verify_job --home DIR` writes HOME/verification.json while it works and when it is
done; `read` says what is in there. Only one runs at a time.
"""

from __future__ import annotations

import argparse
import fcntl
import os
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from viewtrail.app.clock import now
from viewtrail.app.home import open_home
from viewtrail.app.verify import verify

FILE: Final = "verification.json"
LOCK: Final = "verification.lock"
EVERY: Final = 0.3
"""Seconds between two words about how far it is."""


@dataclass(frozen=True, slots=True)
class State:
    """How far the last verification is: `done` of `of` entries; `lines` and `exit_code` once it has ended.

    `running` is False with no `exit_code` where it was killed before its end. Times are µs.
    """

    began: int
    done: int = 0
    of: int = 0
    ended: int | None = None
    exit_code: int | None = None
    lines: tuple[str, ...] = ()
    running: bool = False


def read(home: Path) -> State | None:
    """The last verification that was asked for; None when there was none."""
    try:
        state = msgspec.json.decode((home / FILE).read_bytes(), type=State)
    except (OSError, msgspec.DecodeError):
        return None
    return _with(state, running=_held(home))


def start(home: Path) -> bool:
    """Begin a verification, unless one runs; whether it was begun."""
    if _held(home):
        return False
    _write(home, State(now(), running=True))
    command = [sys.executable, "-P", "-m", "viewtrail.app.verify_job", "--home", str(home)]
    with open(os.devnull, "rb") as nothing:
        process = subprocess.Popen(command, stdin=nothing, start_new_session=True)
    threading.Thread(target=process.wait, daemon=True).start()  # whoever starts a child hears its end
    until = time.monotonic() + 5
    while not _held(home) and time.monotonic() < until:
        time.sleep(0.02)
    return True


def _with(state: State, *, running: bool) -> State:
    return State(state.began, state.done, state.of, state.ended, state.exit_code, state.lines, running)


def _held(home: Path) -> bool:
    """Whether a process is verifying: it holds the lock as long as it lives."""
    try:
        with (home / LOCK).open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return False
    except BlockingIOError:
        return True
    except OSError:
        return False


def _write(home: Path, state: State) -> None:
    part = home / f"{FILE}.part"
    part.write_bytes(msgspec.json.encode(state))
    os.replace(part, home / FILE)


def run(home: Path) -> int:
    """Verify the log of `home` and keep word of it; the exit code of `viewtrail verify`."""
    began, told = now(), 0.0
    with (home / LOCK).open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return 3
        os.nice(10)

        def tell(done: int, of: int) -> None:
            nonlocal told
            if time.monotonic() - told > EVERY:
                told = time.monotonic()
                _write(home, State(began, done, of))

        report = verify(open_home(home), None, tell)
        size = report.size
        _write(home, State(began, size, size, now(), report.exit_code, tuple(report.lines())))
    return report.exit_code


def main(args: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m viewtrail.app.verify_job")
    parser.add_argument("--home", type=Path, required=True)
    return run(parser.parse_args(args).home)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
