"""The same day among the peers: what absorbs a campaign or an outage that no calendar tells of."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median
from typing import Final

import numpy as np
from scipy.special import bdtrc

from viewtrail.measure.baseline import Matrix

FEWEST: Final = 5
"""Fewer active peers than this say nothing about the day (and would show single persons)."""

MOST: Final = 20.0
"""A day is never taken to be more than this many times its usual."""


RARE_FOR_ONE: Final = 1.3
"""-log10 of one day in twenty: as rare as that, a day may be one that several share."""

SHARED_BY: Final = 4
"""So many people of a desk or role with such a day at once, and far more than chance gives, share a cause."""

TOO_MANY: Final = 0.001
"""The chance of so many on one day, were each day as likely as any other, below which it is the day."""


def factor_of(ratios: Sequence[float]) -> float:
    """f = clip(median of (x + 1)/(usual + 1) over the peers, 1, 20); 1 with fewer than five."""
    if len(ratios) < FEWEST:
        return 1.0
    return min(max(median(ratios), 1.0), MOST)


def factors(x: Matrix, rate: Matrix, groups: Sequence[str], wider: Sequence[str]) -> Matrix:
    """For every agent and signal the factor of that agent's peers, the agent left out.

    `groups` names the desk and role of each row; a row with fewer than five peers there is compared with
    `wider` (the role in the whole company).
    """
    ratio = (x + 1.0) / (rate + 1.0)
    found = np.ones_like(ratio)
    for names in (wider, groups):
        for name in sorted(set(names)):
            here = [place for place, other in enumerate(names) if other == name]
            if len(here) > FEWEST:
                found[here] = np.clip(_median_of_the_others(ratio[here]), 1.0, MOST)
    return found


def shared(x: Matrix, mu: Matrix, rarity: Matrix, groups: Sequence[str], wider: Sequence[str]) -> Matrix:
    """What to expect where part of a desk, or of a role, had such a day at once: what the others of them had.

    An outage reaches one shift, a merger those who were at work: the median of the whole desk does not show
    it. The lower quartile of those who share the day does, and who did far more stands out as before: two
    who split a list are no measure for each other. `rarity` is -log10 of how often each count is seen;
    elsewhere `mu` stays as it is.
    """
    found = mu.copy()
    for names in (wider, groups):
        for name in sorted(set(names)):
            here = np.array([place for place, other in enumerate(names) if other == name])
            rare = rarity[here] >= RARE_FOR_ONE
            many = rare.sum(axis=0)
            chance = bdtrc(np.maximum(many - 1, 0), len(here), 10.0**-RARE_FOR_ONE)
            for column in np.flatnonzero((many >= SHARED_BY) & (chance < TOO_MANY)).tolist():
                rows = here[rare[:, column]]
                found[rows, column] = np.maximum(found[rows, column], _lower_of_the_others(x[rows, column]))
    return found


def _lower_of_the_others(counts: Matrix) -> Matrix:
    """The lower quartile with each left out in turn."""
    ranks = np.argsort(np.argsort(counts, kind="stable"), kind="stable")
    ordered, place = np.sort(counts), (len(counts) - 1) // 4
    found: Matrix = np.where(ranks > place, ordered[place], ordered[place + 1])
    return found


def _median_of_the_others(values: Matrix) -> Matrix:
    """Column medians with each row left out in turn, by rank: n log n instead of n medians."""
    n = len(values)
    order = np.argsort(values, axis=0, kind="stable")
    ranks = np.empty_like(order)
    np.put_along_axis(ranks, order, np.arange(n)[:, None], axis=0)
    ordered = np.take_along_axis(values, order, axis=0)

    def nth(j: int) -> Matrix:
        """The j-th smallest of the others."""
        found: Matrix = np.where(ranks > j, ordered[j], ordered[min(j + 1, n - 1)])
        return found

    half = (n - 1) // 2
    found: Matrix = nth(half) if (n - 1) % 2 else (nth(half - 1) + nth(half)) / 2.0
    return found
