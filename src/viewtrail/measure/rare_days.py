"""Several rare days in one week: each of them below what stands out alone, together far above it."""

from __future__ import annotations

from typing import Final, NamedTuple

from viewtrail.measure.counts import Mark

WITHIN: Final = 7
"""Days, today's among them, that are looked at together: as long as an episode."""

RARE: Final = 2.0
"""-log10 of one of the agent's days in a hundred: what is more usual adds nothing."""

MOST: Final = 4.0
"""A day rarer than one in 10,000 adds no more than that: beyond it a model's tail says nothing."""


class RareDay(NamedTuple):
    """A day (its ordinal) rarer than one in a hundred that no finding told of, and what it was made of."""

    day: int
    seen: float
    expected: float
    surprise: float
    marks: tuple[Mark, ...]


Week = tuple[RareDay, ...]


def after(week: Week, today: RareDay) -> Week:
    """The rare days of the week that ends today, today's the last."""
    return (*(one for one in week if today.day - WITHIN < one.day < today.day), today)


def surprise_of(week: Week) -> float:
    """How rare they are together, as a number to be calibrated: the sum of -log10 p; 0 for one day alone."""
    return round(sum(min(one.surprise, MOST) for one in week), 9) if len(week) > 1 else 0.0
