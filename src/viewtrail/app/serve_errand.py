"""What `viewtrail serve` has done now and then, by a process that ends by itself; all else goes before."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass
class Errand:
    """A module run every `every` seconds, one at a time, from `at` (monotonic seconds) on."""

    name: str
    arguments: Sequence[str]
    every: float
    say: Callable[[str], None]
    at: float = 0.0
    running: subprocess.Popen[bytes] | None = None

    def look(self) -> None:
        """Start it when its time has come; say when it went wrong."""
        if self.running is not None:
            if self.running.poll() is None:
                return
            if self.running.returncode:
                self.say(f"{self.name} ended with exit code {self.running.returncode}; tried again later")
            self.running = None
        if time.monotonic() >= self.at:
            self.at = time.monotonic() + self.every
            self.running = subprocess.Popen(
                [sys.executable, "-P", "-m", *self.arguments],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                start_new_session=True,
                preexec_fn=_politely,
            )

    def stop(self) -> None:
        """End it: what it had not done is done the next time."""
        if self.running is not None:
            self.running.terminate()
            self.running.wait()
            self.running = None


def _politely() -> None:
    os.nice(15)
