"""How fast the log grows, and how the loop gives way while it grows fast."""

from __future__ import annotations

import time
from typing import Final

RUSH: Final = 3_000
"""Entries a second from which on processor and disk are wanted for taking them: what can wait, waits."""

BREATH: Final = 0.02
"""Seconds between two rounds: what comes meanwhile is shown in one commit. A person does not see it."""

LONG_BREATH: Final = 0.25
"""The same in a rush: some 6,000 entries a second are folded still; the rest of the time is the intake's."""


class Pace:
    """The growth of a log by the second, as far as its size is shown to it."""

    def __init__(self, size: int) -> None:
        self._size, self._at = size, time.monotonic()
        self.rush = False
        "Whether the log grew fast in the last second."

    def look(self, size: int) -> None:
        """The log has `size` entries now."""
        now = time.monotonic()
        if now - self._at >= 1.0:
            self.rush = size - self._size >= RUSH * (now - self._at)
            self._size, self._at = size, now

    @property
    def breath(self) -> float:
        """Seconds to leave the processor to others after a round."""
        return LONG_BREATH if self.rush else BREATH
