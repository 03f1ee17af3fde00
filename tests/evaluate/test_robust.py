"""Robust distances agree with sums done by hand, and look only at what is past or beside."""

from __future__ import annotations

import numpy as np
import pytest

from evaluate.told import noted
from viewtrail.evaluate.robust import LEAST, MEMORY, best, distance, from_own, from_peers


def test_the_distance_is_from_the_median_in_median_deviations() -> None:
    others = np.array([[1.0], [2.0], [4.0], [8.0], [100.0]])  # median 4; deviations 3 2 0 4 96, median 3
    assert distance(np.array([10.0]), others) == pytest.approx([6 / (1.4826 * 3)])


def test_a_count_that_never_moved_is_not_infinitely_far_when_it_does() -> None:
    assert distance(np.array([7.0]), np.zeros((20, 1))) == pytest.approx([7.0])


def test_own_days_are_compared_with_the_days_before_them_alone() -> None:
    days = [noted("ann", n, 3.0) for n in range(LEAST)] + [noted("ann", LEAST, 9.0), noted("bob", 30, 9.0)]
    found = from_own(days, np.array([day.counts for day in days]))[:, 0]
    assert found.tolist() == [0.0] * LEAST + [6.0, 0.0]


def test_what_was_long_ago_is_forgotten() -> None:
    days = [noted("ann", n, 50.0) for n in range(60)] + [noted("ann", 60 + n, 1.0) for n in range(MEMORY + 1)]
    found = from_own(days, np.array([day.counts for day in days]))[:, 0]
    assert found[60] == -49.0
    assert found[-1] == 0.0


def test_peers_are_the_desk_and_where_it_is_small_the_role() -> None:
    desk = [noted(f"a{n}", 1, 2.0) for n in range(5)] + [noted("ann", 1, 12.0)]
    far = [noted(f"b{n}", 1, 12.0, desk="desk-2") for n in range(4)]
    alone = [noted("eve", 2, 40.0), noted("mo", 1, 40.0, role="manager")]
    days = [*desk, *far, *alone]
    found = from_peers(days, np.array([day.counts for day in days]))[:, 0]
    assert found[5] == 10.0  # five others on the desk did 2
    wide = np.array([[2.0]] * 5 + [[12.0]] * 4)
    assert found[6] == distance(np.array([12.0]), wide)[0]  # three others on the desk are too few
    assert found[-2:].tolist() == [0.0, 0.0]


def test_a_count_below_its_floor_does_not_speak() -> None:
    far = np.array([[9.0, 2.0], [9.0, 2.0]])
    assert best(far, np.array([[False, True], [False, False]])).tolist() == pytest.approx(
        [np.log(3.0), -np.inf]
    )


def test_a_count_at_or_below_what_is_usual_does_not_speak() -> None:
    assert best(np.array([[0.0], [-3.0]]), np.array([[True], [True]])).tolist() == [-np.inf, -np.inf]
