"""General anomaly detectors, learned on past agent-days: ECOD, COPOD, isolation forest.

ECOD: Li, Zhao, Hu, Botta, Ionescu, Chen, "ECOD: Unsupervised Outlier Detection Using Empirical Cumulative
Distribution Functions", IEEE TKDE 2022. COPOD: Li, Zhao, Botta, Ionescu, Hu, "COPOD: Copula-Based Outlier
Detection", ICDM 2020. Isolation forest: Liu, Ting, Zhou, ICDM 2008, as scikit-learn has it.
Unlike common implementations, the tails come from the past sample alone: the day that is asked about, and the
days beside it, are not in it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np
from scipy.stats import skew

from viewtrail.errors import BadInput
from viewtrail.measure.baseline import Matrix

TREES: Final = 100
SEED: Final = 0

Model = Callable[[Matrix], Matrix]
"""Rows of counts -> how unusual each row is; larger is rarer."""


def ecod(past: Matrix) -> Model:
    """The largest of three sums over the counts: left tails, right tails, and the tail of the longer side."""
    tails, longer = _Tails(past), _right_is_longer(past)

    def score(x: Matrix) -> Matrix:
        left, right = tails(x)
        auto = np.where(longer, right, left)
        found: Matrix = np.max([left.sum(axis=1), right.sum(axis=1), auto.sum(axis=1)], axis=0)
        return found

    return score


def copod(past: Matrix) -> Model:
    """Count by count the larger of the longer side's tail and the mean of both, summed: the authors' code."""
    tails, longer = _Tails(past), _right_is_longer(past)

    def score(x: Matrix) -> Matrix:
        left, right = tails(x)
        found: Matrix = np.maximum(np.where(longer, right, left), (left + right) / 2.0).sum(axis=1)
        return found

    return score


def isolation_forest(past: Matrix) -> Model:
    """A hundred trees, each on 256 past days: the fewer cuts part a day from the others, the rarer it is."""
    forest = _forest()(n_estimators=TREES, random_state=SEED).fit(past)

    def score(x: Matrix) -> Matrix:
        found: Matrix = -forest.score_samples(x)
        return found

    return score


def _forest() -> Any:
    try:
        from sklearn.ensemble import IsolationForest
    except ImportError as error:
        raise BadInput(
            f"the baselines need scikit-learn ({error})",
            where="viewtrail evaluate --baselines",
            next="pip install 'viewtrail[evaluate]'",
        ) from None
    return IsolationForest


class _Tails:
    """-log of the share of the past at or below (left) and at or above (right), count by count.

    The day itself is counted in, so that no share is nothing.
    """

    def __init__(self, past: Matrix) -> None:
        self.ordered = np.sort(past, axis=0)

    def __call__(self, x: Matrix) -> tuple[Matrix, Matrix]:
        n, left, right = len(self.ordered), np.empty_like(x), np.empty_like(x)
        for column in range(x.shape[1]):
            known = self.ordered[:, column]
            left[:, column] = np.searchsorted(known, x[:, column], side="right")
            right[:, column] = n - np.searchsorted(known, x[:, column], side="left")
        return -np.log((left + 1.0) / (n + 1.0)), -np.log((right + 1.0) / (n + 1.0))


def _right_is_longer(past: Matrix) -> Matrix:
    """Which counts have the longer tail above; one that never moves has none and is asked above."""
    moves = past.std(axis=0) > 0
    found = np.ones(past.shape[1])
    found[moves] = skew(past[:, moves], axis=0) >= 0
    return found.astype(bool)
