"""From a model's tail to how rare a value really was here: empirical body, exponential tail, shared slope."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from viewtrail.measure.baseline import Matrix

BODY: Final = 0.97
"""Quantile up to which ranks are trusted; above it too few days are left to count."""

PRIOR_DAYS: Final = 200.0
"""Agent-days that the prior (a well-specified model) weighs in the body of a role with little history."""

PRIOR_TAIL: Final = 10.0
"""Exceedances that the slope of all roles weighs against the role's own."""

SLOPE: Final = 0.6
"""Prior mean excess of -log10 p above the body: 0.434 for a perfect model; real ones are wider."""

LEAST_SLOPE: Final = 0.15

GRID: Final = 64


@dataclass(frozen=True, slots=True)
class Tail:
    """Calibrated rarity of a value u (larger is rarer): P(U >= u) by grid up to `edge`, exponential above.

    `beyond` is -log10 P(U > edge): on counts that are mostly zero it is far above that of the edge itself.
    """

    values: Matrix
    surprise: Matrix
    edge: float
    beyond: float
    slope: float

    def surprise_of(self, u: Matrix) -> Matrix:
        """-log10 P(U >= u), rounded so that a comparison is the same on every machine."""
        body = np.interp(u, self.values, self.surprise)
        above = self.beyond + np.maximum(u - self.edge, 0.0) / self.slope * np.log10(np.e)
        found: Matrix = np.round(np.where(u <= self.edge, body, above), 9).astype(np.float64)
        return found


def tails(samples: Sequence[Matrix], prior: Matrix) -> list[Tail]:
    """A tail for each role's sample, slopes shrunk to all roles'; `prior` is what a perfect model would show.

    A role with n agent-days is mixed with `prior` at weight PRIOR_DAYS : n, so an empty role answers like
    the model and a long history answers for itself.
    """
    mixed = [_mixed(sample, prior) for sample in samples]
    edges = [_quantile(values, weights, BODY) for values, weights in mixed]
    over = [sample[sample > edge] - edge for sample, edge in zip(samples, edges, strict=True)]
    pooled = np.concatenate([*over, np.empty(0)])
    shared = (pooled.sum() + PRIOR_TAIL * SLOPE) / (len(pooled) + PRIOR_TAIL)
    found = []
    for (values, weights), edge, excess in zip(mixed, edges, over, strict=True):
        slope = float((excess.sum() + PRIOR_TAIL * shared) / (len(excess) + PRIOR_TAIL))
        found.append(_tail(values, weights, edge, max(slope, LEAST_SLOPE)))
    return found


def _mixed(sample: Matrix, prior: Matrix) -> tuple[Matrix, Matrix]:
    values = np.concatenate([sample, prior])
    weight = PRIOR_DAYS * PRIOR_DAYS / (PRIOR_DAYS + len(sample)) / max(len(prior), 1)
    weights = np.concatenate([np.ones(len(sample)), np.full(len(prior), weight)])
    order = np.argsort(values, kind="stable")
    return values[order], weights[order]


def _quantile(values: Matrix, weights: Matrix, q: float) -> float:
    reached = np.cumsum(weights) / weights.sum()
    return float(values[min(int(np.searchsorted(reached, q)), len(values) - 1)])


def _tail(values: Matrix, weights: Matrix, edge: float, slope: float) -> Tail:
    """Thin the ranks below the edge to a grid; P(U >= edge) is what is really seen there."""
    total = weights.sum()
    at_least = np.concatenate([[total], total - np.cumsum(weights)[:-1]]) / total
    unique, first = np.unique(values, return_index=True)
    keep = unique <= edge
    points, chance = unique[keep], at_least[first][keep]
    if len(points) > GRID:
        chosen = np.unique(np.linspace(0, len(points) - 1, GRID).astype(int))
        points, chance = points[chosen], chance[chosen]
    over = max(float(weights[values > edge].sum() / total), 1e-6)
    return Tail(points, -np.log10(np.maximum(chance, 1e-12)), edge, -float(np.log10(over)), slope)
