"""How sure a figure is: companies drawn again with replacement, and exact Poisson limits for rates."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.random import Generator
from scipy.stats import chi2

DRAWS: Final = 2_000


def of_share(
    parts: Sequence[tuple[int, int]], rng: Generator, level: float = 0.95
) -> tuple[float, float] | None:
    """Bounds of a pooled share from (hits, of) by company; None with fewer than three companies.

    Companies differ more than chance within one does, so they are what is drawn again.
    """
    found = np.array([part for part in parts if part[1]], dtype=np.float64).reshape(-1, 2)
    if len(found) < 3:
        return None
    drawn = found[rng.integers(0, len(found), (DRAWS, len(found)))].sum(axis=1)
    tails = [(1 - level) / 2, (1 + level) / 2]
    low, high = np.quantile(drawn[:, 0] / drawn[:, 1], tails)
    return float(low), float(high)


def of_count(count: int, level: float = 0.95) -> tuple[float, float]:
    """Exact bounds of a Poisson mean of which `count` was seen (Garwood 1936)."""
    tail = (1 - level) / 2
    low = float(chi2.ppf(tail, 2 * count)) / 2 if count else 0.0
    return low, float(chi2.ppf(1 - tail, 2 * count + 2)) / 2
