"""`python -m viewtrail.app.live`: the loop as a process, with its signals, its lock and its last words."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import FrameType
from typing import Final

from viewtrail.app.clock import now
from viewtrail.app.fold import few_collections, keep, whole
from viewtrail.app.home import Home, open_home
from viewtrail.app.live_loop import Live
from viewtrail.errors import BadInput, LogBusy, ViewtrailError
from viewtrail.log import LogReader
from viewtrail.store.loop_lock import LoopLock
from viewtrail.store.remote_log import RemoteLog

COULD_NOT: Final = 3
FOR_A_WRITER: Final = 30.0
"""Seconds to wait for the writer at the start."""


FOR_THE_LOCK: Final = 15.0


class _Stop:
    """Set by SIGTERM and SIGINT; the round at hand is finished first."""

    def __init__(self) -> None:
        self.asked = False
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, self._ask)

    def _ask(self, _signal: int, _frame: FrameType | None) -> None:
        self.asked = True

    def __call__(self) -> bool:
        return self.asked


def main(args: Sequence[str] | None = None) -> int:
    """Run the loop until it is told to stop; 3 and one line when it cannot."""
    parser = argparse.ArgumentParser(prog="python -m viewtrail.app.live", description=__doc__)
    parser.add_argument("--home", type=Path, required=True, metavar="DIR")
    parser.add_argument("--refold", action="store_true", help="fold everything once, leave the state, stop")
    asked = parser.parse_args(args)
    try:
        home = open_home(asked.home)
        if asked.refold:
            _refold(home)
        else:
            _follow(home)
    except (ViewtrailError, OSError) as error:
        _say(str(error))
        return COULD_NOT
    return 0


def _follow(home: Home) -> None:
    stop = _Stop()
    with (
        RemoteLog(home.path, patience=FOR_A_WRITER) as log,
        _lock(home),
        _reader(home) as reader,
    ):
        Live(home, log, reader, now=now, say=_say).run(stop)
    _say("loop stopped")


def _lock(home: Home) -> LoopLock:
    """The loop's lock; one that was killed may have left a copy of itself that still writes a snapshot."""
    until = time.monotonic() + FOR_THE_LOCK
    while True:
        try:
            step = "one `viewtrail serve` for each home"
            return LoopLock(home.path, what="another loop is at work here", next=step)
        except LogBusy:
            if time.monotonic() >= until:
                raise
        time.sleep(0.1)


def _refold(home: Home) -> None:
    os.nice(5)
    with _reader(home) as reader, few_collections():
        keep(home, reader, whole(home, reader))


def _reader(home: Home) -> LogReader:
    """The log for reading; a writer that has just begun may not have made it yet."""
    until = time.monotonic() + FOR_A_WRITER
    while True:
        try:
            return home.reader()
        except BadInput:
            if time.monotonic() >= until:
                raise
        time.sleep(0.1)


def _say(text: str) -> None:
    print(f"viewtrail: {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
