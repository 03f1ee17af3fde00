"""How sure a figure is: companies drawn again with replacement, exact limits for rates and for one share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.random import Generator
from scipy.stats import beta, chi2

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


def of_part(hits: int, of: int, level: float = 0.95) -> tuple[float, float]:
    """Exact bounds of a share of which `hits` of `of` were seen (Clopper and Pearson 1934)."""
    if not of:
        return 0.0, 1.0
    tail = (1 - level) / 2
    low = float(beta.ppf(tail, hits, of - hits + 1)) if hits else 0.0
    return low, float(beta.ppf(1 - tail, hits + 1, of - hits)) if hits < of else 1.0
