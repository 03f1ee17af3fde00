"""ECOD and COPOD agree with sums done by hand; the forest finds what lies apart, or says what it needs."""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib.util import find_spec
from math import log

import numpy as np
import pytest

from support import require
from viewtrail.errors import BadInput
from viewtrail.evaluate.outliers import Model, copod, ecod, isolation_forest
from viewtrail.measure.baseline import Matrix

PAST = np.array([[0.0, 5.0], [0.0, 5.0], [1.0, 5.0], [5.0, 0.0]])
"""The first count has its long tail above, the second below."""


def of(share: int) -> float:
    """-log of that many of five: the four past days and the day itself."""
    return -log(share / 5)


def test_ecod_is_the_largest_of_three_sums_of_tails() -> None:
    # (3, 5): 3 of the past are at or below 3 and 1 at or above; all are at or below 5 and 3 at or above
    left, right, auto = of(4) + of(5), of(2) + of(4), of(2) + of(5)
    assert ecod(PAST)(np.array([[3.0, 5.0]])) == pytest.approx([max(left, right, auto)])
    # (9, 0): nothing is as high as 9, one is as low as 0: the longer side of each count
    assert ecod(PAST)(np.array([[9.0, 0.0]])) == pytest.approx([of(1) + of(2)])


def test_copod_takes_the_longer_side_or_the_mean_of_both_count_by_count() -> None:
    first = max(of(2), (of(4) + of(2)) / 2)
    second = max(of(5), (of(5) + of(4)) / 2)
    assert copod(PAST)(np.array([[3.0, 5.0]])) == pytest.approx([first + second])


def test_the_two_differ_where_tails_lie_on_both_sides() -> None:
    row = np.array([[3.0, 5.0]])
    assert ecod(PAST)(row) != pytest.approx(copod(PAST)(row))


@pytest.mark.parametrize("method", [ecod, copod])
def test_more_of_what_is_rare_above_is_never_less_unusual(method: Callable[[Matrix], Model]) -> None:
    rng = np.random.default_rng(1)
    model = method(rng.poisson(3, (300, 4)).astype(np.float64))
    rising = model(np.array([[float(n)] * 4 for n in range(4, 40)]))
    assert (np.diff(rising) >= 0).all()


def test_a_count_that_never_moves_says_nothing_until_it_does() -> None:
    model = ecod(np.zeros((50, 1)))
    assert model(np.array([[0.0], [4.0]])) == pytest.approx([0.0, log(51)])


def test_the_forest_finds_what_lies_apart_and_is_the_same_twice() -> None:
    require(find_spec("sklearn"), "scikit-learn", "pip install 'viewtrail[evaluate]'")
    rng = np.random.default_rng(2)
    past = rng.poisson(3, (400, 3)).astype(np.float64)
    asked = np.array([[3.0, 3.0, 3.0], [3.0, 30.0, 3.0]])
    usual, apart = isolation_forest(past)(asked)
    assert apart > usual
    assert isolation_forest(past)(asked).tolist() == [usual, apart]


def test_without_scikit_learn_the_error_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sklearn.ensemble", None)
    with pytest.raises(BadInput, match=r"viewtrail\[evaluate\]"):
        isolation_forest(PAST)
