"""What is remembered for some days and then forgotten: by key, for as long as a day can still change."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Final, Generic, TypeVar

from viewtrail.measure.clocks import DAY, LATE

KEPT: Final = LATE + DAY
"""Kept for one to two of these: as long as the day that it is about can change."""

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Kept(Generic[K, V]):
    """A dictionary that forgets: two halves, the older of which is dropped when the newer is full of days."""

    __slots__ = ("before", "now", "since")

    def __init__(self) -> None:
        self.now: dict[K, V] = {}
        self.before: dict[K, V] = {}
        self.since = 0

    def keep(self, key: K, value: V, t: int) -> None:
        """Remember `value`, as known at log time `t` (µs)."""
        if t - self.since > KEPT:
            self.now, self.before, self.since = {}, self.now, t
        self.now[key] = value

    def get(self, key: K) -> V | None:
        found = self.now.get(key)
        return self.before.get(key) if found is None else found
