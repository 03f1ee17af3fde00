"""How fast one browser session may send: a bucket that refills, for a bounded number of sessions."""

from __future__ import annotations

from collections import OrderedDict
from typing import Final

AT_ONCE: Final = 300
"""Signals at once: a browser that was offline for a while with twenty tabs brings them together."""

PER_SECOND: Final = 10
"""Signals a second for ever: far above what one person's tabs send (about one in five seconds each)."""

SESSIONS: Final = 10_000
"""Sessions remembered; the one longest silent is forgotten, its bucket full by then."""


class Pace:
    """Asked with the clock's microseconds; safe enough under threads: a race lets one signal more through."""

    def __init__(
        self, *, at_once: float = AT_ONCE, per_second: float = PER_SECOND, sessions: int = SESSIONS
    ) -> None:
        self._at_once = at_once
        self._per_second = per_second
        self._most = sessions
        self._buckets: OrderedDict[str, tuple[float, int]] = OrderedDict()

    def wait(self, session: str, wanted: int, at: int) -> float:
        """0 if `wanted` signals may come now, else the seconds after which they may."""
        left, since = self._buckets.pop(session, (self._at_once, at))
        left = min(self._at_once, left + max(0, at - since) / 1_000_000 * self._per_second)
        enough = left >= wanted
        self._buckets[session] = (left - wanted if enough else left, max(at, since))
        while len(self._buckets) > self._most:
            self._buckets.popitem(last=False)
        return 0.0 if enough else (wanted - left) / self._per_second
