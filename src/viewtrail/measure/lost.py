"""What is known to be missing: stretches of which a source, or the house, says that events were lost."""

from __future__ import annotations

from typing import Final, NamedTuple

from viewtrail.log.entry import Stored
from viewtrail.measure.clocks import Clock, instant

HOUSE: Final = "viewtrail"
"""Who alone may speak of another source: the others speak for themselves."""

MISSING: Final = "numbers-missing"
CAME_LATE: Final = "numbers-came-late"
NO_ORDER: Final = "numbers-have-no-order"
NO_LOSS: Final = frozenset({CAME_LATE, NO_ORDER})
"""Why of a gap that says: what was told to be missing is not."""

NEEDS: Final = {"capture.gap": {"feed", "from", "to", "why"}}

_UTC: Final = Clock()


class Gap(NamedTuple):
    """From `start` to `end` (µs) less came of `source` than was there; `numbers` are the missing ones."""

    source: str
    start: int
    end: int
    numbers: str
    why: str

    def takes_back(self, other: Gap) -> bool:
        """Whether this says that what `other` told to be missing came late, or proves nothing."""
        if self.why not in NO_LOSS or other.source != self.source or other.why != MISSING:
            return False
        within = self.start <= other.start and other.end <= self.end
        return within and (self.why == NO_ORDER or other.numbers == self.numbers)


def gap_of(event: Stored) -> Gap | None:
    """The gap that a `capture.gap` tells of; None where it does not say from when to when."""
    data = event.data
    source = data.get("feed") if event.source == HOUSE else event.source
    start, end = instant(data.get("from"), _UTC), instant(data.get("to"), _UTC, end=True)
    if not isinstance(source, str) or start is None or end is None or end <= start:
        return None
    return Gap(source, start, end, event.subject or "", str(data.get("why", "")))


def complete(start: int, end: int, lost: list[tuple[int, int | None]]) -> float:
    """The share of the span for which nothing is known to be missing; what overlaps is missing once."""
    end = max(end, start + 1)
    covered, upto = 0, start
    for first, last in sorted((max(a, start), end if b is None else min(b, end)) for a, b in lost):
        covered += max(0, last - max(first, upto))
        upto = max(upto, last)
    return round(1.0 - covered / (end - start), 4)
