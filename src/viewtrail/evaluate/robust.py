"""Robust distances of an agent-day: from the agent's own past, and from the peers of the same day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

import numpy as np
import numpy.typing as npt

from viewtrail.evaluate.noted import Noted
from viewtrail.measure.baseline import Matrix
from viewtrail.measure.peers import FEWEST

Flags = npt.NDArray[np.bool_]

MEMORY: Final = 40
"""An agent's own past is so many active days: eight working weeks, as calibration has."""

LEAST: Final = 10
"""With fewer own days nothing is said."""

NORMAL: Final = 1.4826
"""The median absolute deviation times this is the standard deviation, were the counts normal."""

LEAST_SPREAD: Final = 1.0
"""Counts are whole: no spread is below one, or the first event would be infinitely far away."""


def distance(x: Matrix, others: Matrix) -> Matrix:
    """(x - median)/(1.4826 MAD), each column by itself; `others` are the rows compared with."""
    middle = np.median(others, axis=0)
    spread = NORMAL * np.median(np.abs(others - middle), axis=0)
    found: Matrix = (x - middle) / np.maximum(spread, LEAST_SPREAD)
    return found


def from_own(days: Sequence[Noted], x: Matrix) -> Matrix:
    """Each agent-day's distance from the agent's own days before it; 0 with too few of them."""
    found, past = np.zeros_like(x), dict[str, list[int]]()
    for place, day in enumerate(days):
        mine = past.setdefault(day.agent, [])
        if len(mine) >= LEAST:
            found[place] = distance(x[place], x[mine[-MEMORY:]])
        mine.append(place)
    return found


def from_peers(days: Sequence[Noted], x: Matrix) -> Matrix:
    """Each agent-day's distance from the same day's other agents of the desk and role, else of the role.

    0 where even in the role fewer than five others were at work: such a day has no peers.
    """
    found = np.zeros_like(x)
    near, wide = dict[tuple[date, str, str], list[int]](), dict[tuple[date, str], list[int]]()
    for place, day in enumerate(days):
        near.setdefault((day.day, day.role, day.desk), []).append(place)
        wide.setdefault((day.day, day.role), []).append(place)
    for place, day in enumerate(days):
        for group in (near[day.day, day.role, day.desk], wide[day.day, day.role]):
            if len(group) > FEWEST:
                found[place] = distance(x[place], x[[other for other in group if other != place]])
                break
    return found


def best(found: Matrix, at_floor: Flags) -> Matrix:
    """log(1 + the largest distance) of the counts at their floor and above the median; else minus infinity.

    Distances have longer tails than exponential ones; their logarithm can be drawn out like other scores.
    """
    spoken: Matrix = np.where(at_floor & (found > 0), np.log1p(np.maximum(found, 0.0)), -np.inf)
    largest: Matrix = spoken.max(axis=1, initial=-np.inf)
    return largest
