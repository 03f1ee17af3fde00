"""The best of the own book: how much of what an agent opened and did not work on is worth more than usual.

Whether a client is worth much depends on whose client it is: what counts is the better half of what this
agent usually opens and leaves, by value band, from a decayed histogram of the own past. A day's share of it
is judged by a beta-binomial tail: openings of one day are alike (a list sorted by deposits, one client's
family), which a plain binomial would not allow for.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import exp, lgamma, log10
from typing import Final, NamedTuple

from viewtrail.measure.baseline import RHO
from viewtrail.measure.counts import Mark

BANDS: Final = 21
"""Value bands 0 to 20."""

BETTER: Final = 0.5
"""The share of the usual openings that is called the better part: nearest to a half that bands allow."""

ALIKE: Final = 0.02
"""Correlation between the openings of one day; calibration corrects what is more."""

LEAST_TODAY: Final = 5
"""Fewer such openings say nothing of a day."""

LEAST_KNOWN: Final = 20.0
"""Past openings from which an agent has a usual."""

MOST_LEARNED: Final = 15.0
"""A day teaches at most so many openings: a day of hundreds must not become the usual."""

LITTLE_BELOW: Final = 0.9
"""Where bands put more than this into the better part, there is no better part."""

ByValue = tuple[float, ...]
NOTHING: Final[ByValue] = (0.0,) * BANDS


MOST_SHARED: Final = 0.95
"""However the peers' day was, at least one opening in twenty is expected to lie below."""


class Chosen(NamedTuple):
    """What of a day's `opened` lay in the better part, and the share of it that is usual."""

    marks: tuple[Mark, ...]
    opened: int
    share: float

    @property
    def seen(self) -> int:
        return len(self.marks)

    def expected(self, factor: float) -> float:
        """How many would be usual on a day on which the peers had `factor` times their usual."""
        return self.opened * min(self.share * factor, MOST_SHARED)

    def surprise(self, factor: float) -> float:
        """-log10 of how often so many lie there, by the usual share and the peers' day."""
        share = min(self.share * factor, MOST_SHARED)
        return round(-log10(max(_at_least(self.seen, self.opened, share), 1e-300)), 9)


def chosen(opened: Iterable[tuple[Mark, int]], usual: ByValue) -> Chosen | None:
    """The day's (opening, value band) against the usual; None where one of them says nothing."""
    today = list(opened)
    known = sum(usual)
    if len(today) < LEAST_TODAY or known < LEAST_KNOWN:
        return None
    least, share = _better(usual, known)
    if not 0.0 < share <= LITTLE_BELOW:
        return None
    return Chosen(tuple(mark for mark, band in today if band >= least), len(today), share)


def learned(usual: ByValue, opened: Iterable[tuple[Mark, int]]) -> ByValue:
    """The usual with one more active day."""
    today = [0] * BANDS
    for _, band in opened:
        today[min(band, BANDS - 1)] += 1
    weight = min(1.0, MOST_LEARNED / max(sum(today), 1))
    return tuple(RHO * before + weight * now for before, now in zip(usual, today, strict=True))


def _better(usual: ByValue, known: float) -> tuple[int, float]:
    """(lowest band of the better part, its share of the usual)."""
    above, best = 0.0, (BANDS, 0.0)
    for band in reversed(range(BANDS)):
        above += usual[band]
        if abs(above / known - BETTER) < abs(best[1] - BETTER):
            best = (band, above / known)
    return best


def _at_least(hits: int, of: int, share: float) -> float:
    """P(X >= hits), beta-binomial with mean `share` and correlation ALIKE."""
    if hits <= 0:
        return 1.0
    spread = 1.0 / ALIKE - 1.0
    a, b = share * spread, (1.0 - share) * spread
    start = lgamma(a + b) - lgamma(a) - lgamma(b) - lgamma(of + a + b) + lgamma(of + 1)
    return sum(
        exp(start + lgamma(k + a) + lgamma(of - k + b) - lgamma(k + 1) - lgamma(of - k + 1))
        for k in range(hits, of + 1)
    )
