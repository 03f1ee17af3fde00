"""Bounds agree with the tables, and are not given where nothing can be drawn again."""

from __future__ import annotations

import numpy as np
import pytest

from viewtrail.evaluate.interval import of_count, of_part, of_share


@pytest.mark.parametrize(
    ("count", "low", "high"), [(0, 0.0, 3.689), (1, 0.0253, 5.572), (5, 1.623, 11.668), (10, 4.795, 18.390)]
)
def test_poisson_bounds_are_those_of_the_tables(count: int, low: float, high: float) -> None:
    assert of_count(count) == pytest.approx((low, high), abs=1e-3)


def test_companies_that_agree_leave_no_doubt_and_companies_that_differ_do() -> None:
    rng = np.random.default_rng(1)
    assert of_share([(5, 10)] * 6, rng) == (0.5, 0.5)
    low, high = of_share([(10, 10), (0, 10)] * 4, rng) or (0, 0)
    assert low < 0.3 < 0.7 < high


def test_two_companies_are_too_few_to_draw_from() -> None:
    assert of_share([(1, 2), (2, 2), (0, 0)], np.random.default_rng(1)) is None


@pytest.mark.parametrize(
    ("hits", "of", "low", "high"),
    [(8, 8, 0.631, 1.0), (7, 8, 0.473, 0.997), (0, 5, 0.0, 0.522), (20, 20, 0.832, 1.0), (0, 0, 0.0, 1.0)],
)
def test_bounds_of_one_share_are_those_of_the_tables(hits: int, of: int, low: float, high: float) -> None:
    assert of_part(hits, of) == pytest.approx((low, high), abs=1e-3)
