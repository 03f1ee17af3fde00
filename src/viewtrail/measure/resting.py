"""When anybody last did anything with a record: what rested for a fortnight is nobody's present work."""

from __future__ import annotations

from typing import Final

from viewtrail.measure.clocks import DAY

RESTED: Final = 14 * DAY
"""A record on which nobody did anything for so long rests: work on it would be taken up anew."""

RECENT: Final = 8 * DAY
"""So far back a day can still be computed again; of what lies before, the latest moment is enough."""


class LastWork:
    """For each record when it was first touched on each of the latest days, in order of time (µs).

    One moment a day (UTC) is enough to tell a fortnight by, and keeps this small. Of a record not heard of
    before nothing is known: it does not rest. People and clients are told of here, never a nightly job.
    """

    __slots__ = ("moments",)

    def __init__(self) -> None:
        self.moments: dict[str, tuple[int, ...]] = {}

    def touched(self, record: str, t: int) -> None:
        """Somebody did something with the record at `t`, in whatever order that is told."""
        known = self.moments.get(record)
        if known is None:
            self.moments[record] = (t,)
            return
        last = known[-1]
        if t < last:
            self.moments[record] = _kept([*known, t])
        elif t // DAY > last // DAY:
            self.moments[record] = (*_late(known, t - RECENT), t)

    def latest(self, record: str, before: int) -> int | None:
        """The latest moment `before`, to the day; None where nothing had been heard of it."""
        for t in reversed(self.moments.get(record, ())):
            if t < before:
                return t
        return None

    def rests(self, record: str, before: int, since: int) -> bool:
        """Whether the record was known `before`, and nobody touched it from a fortnight before `since` on."""
        latest = self.latest(record, before)
        return latest is not None and since - latest > RESTED


def _kept(moments: list[int]) -> tuple[int, ...]:
    """The first of each of the latest days, and the last one before them."""
    firsts: dict[int, int] = {}
    for t in sorted(moments):
        firsts.setdefault(t // DAY, t)
    found = tuple(firsts.values())
    return _late(found, found[-1] - RECENT)


def _late(moments: tuple[int, ...], edge: int) -> tuple[int, ...]:
    """Those from `edge` on, and the last one before it."""
    first = 0
    while first + 1 < len(moments) and moments[first + 1] < edge:
        first += 1
    return moments[first:]
