"""The server's clock: it never goes back, and a step of the machine's clock becomes an event."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Final

from viewtrail.event import Event

BACK: Final = 1_000_000
"""Microseconds; a smaller step back is the slewing of a time service."""

FORWARD: Final = 60 * 1_000_000
"""Microseconds; a smaller one forward moves no finding."""


def running() -> int:
    """Microseconds that have passed, whatever is done to the wall clock; the time asleep is in it."""
    clock = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
    return time.clock_gettime_ns(clock) // 1_000


class ServerClock:
    """`now` for all threads; `stepped` for the one that writes. `last` is the last receipt of the log."""

    def __init__(self, wall: Callable[[], int], *, last: int, running: Callable[[], int] = running) -> None:
        self._wall = wall
        self._running = running
        self._lock = threading.Lock()
        self._last = last
        self._seen = (max(last, wall()) if last > wall() + BACK else wall(), running())

    def now(self) -> int:
        """The wall clock, or the latest time it has shown."""
        with self._lock:
            self._last = max(self._last, self._wall())
            return self._last

    def stepped(self) -> Event | None:
        """What has been done to the wall clock since the last call, if it was more than slewing."""
        wall, passed = self._wall(), self._running()
        expected = self._seen[0] + passed - self._seen[1]
        self._seen = wall, passed
        if -BACK <= wall - expected <= FORWARD:
            return None
        why = "back" if wall < expected else "forward"
        span = {"from": min(wall, expected), "to": max(wall, expected)}
        return self._own("clock.stepped", f"{why}-{wall}", {**span, "why": why})

    def heartbeat(self) -> Event:
        """Says that the log is alive though nobody adds to it."""
        return self._own("clock.ticked", f"heartbeat-{self.now()}", {})

    def _own(self, type: str, id: str, data: dict[str, object]) -> Event:
        told = {"actor_kind": "system", "feed": "viewtrail", **data}
        return Event("viewtrail", id, type, self.now(), told)
