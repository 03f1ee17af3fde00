"""One process under `viewtrail serve`: started, watched, started again when it dies, stopped in its turn."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

FIRST_WAIT: Final = 1.0
"""Seconds before a process that died is started again; doubled each time it dies soon."""

LONGEST_WAIT: Final = 60.0

WELL: Final = 60.0
"""Seconds after which a process counts as well: its next death is a new one."""

PR_SET_PDEATHSIG: Final = 1

NICE: Final = 5
"""Of four parts of a processor that two processes want, the one behind gets one (nice(2))."""


@dataclass
class Child:
    """A process by name and module. `patience` is how many seconds it may take to stop; with `behind` it
    works where the processor is free, and gives way where it is not."""

    name: str
    arguments: Sequence[str]
    say: Callable[[str], None]
    patience: float = 20.0
    behind: bool = False
    deaths: int = 0
    running: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    again_at: float = 0.0
    last_words: str = ""
    _wait: float = field(default=FIRST_WAIT)

    def start(self) -> None:
        """Start it, in a session of its own: ctrl-C is for whoever supervises, who stops it in its turn."""
        self.running = subprocess.Popen(
            # -P: a file called click.py in the folder that serve is started from is none of ours
            [sys.executable, "-P", "-m", *self.arguments],
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=_behind if self.behind else _die_with_parent,
        )
        self.started_at = time.monotonic()

    @property
    def pid(self) -> int | None:
        return self.running.pid if self.alive and self.running is not None else None

    @property
    def alive(self) -> bool:
        return self.running is not None and self.running.poll() is None

    def watch(self) -> bool:
        """Whether it runs; one that died is started again when its time has come."""
        if self.alive:
            if time.monotonic() - self.started_at >= WELL:
                self._wait = FIRST_WAIT
            return True
        now = time.monotonic()
        if self.running is not None:
            self.deaths += 1
            self.last_words = _how(self.running.returncode)
            self.again_at = now + self._wait
            self.say(f"{self.name} {self.last_words}; started again in {self._wait:.0f} s")
            self._wait = min(2 * self._wait, LONGEST_WAIT)
            self.running = None
        if now >= self.again_at:
            self.start()
        return False

    def stop(self) -> None:
        """Ask it to stop, and end it when it does not."""
        if self.running is None:
            return
        if self.running.poll() is None:
            self.running.terminate()
        try:
            self.running.wait(self.patience)
        except subprocess.TimeoutExpired:
            self.say(f"{self.name} did not stop in {self.patience:.0f} s and is ended")
            self.running.kill()
            self.running.wait()


def _how(code: int) -> str:
    if code >= 0:
        return f"ended with exit code {code}"
    try:
        return f"was ended by {signal.Signals(-code).name}"
    except ValueError:
        return f"was ended by signal {-code}"


def _die_with_parent() -> None:
    """Where the system can (Linux), be told to stop when the supervising process dies without a word."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _behind() -> None:
    """What is not taken is lost to a sender without a spool; what is folded a second later is not."""
    _die_with_parent()
    os.nice(NICE)
