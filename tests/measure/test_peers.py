"""The same day among the peers: the median of the others, never of oneself, where there are enough."""

from __future__ import annotations

from statistics import median

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewtrail.measure.baseline import Matrix
from viewtrail.measure.peers import FEWEST, MOST, factor_of, factors, shared

rows = st.lists(
    st.tuples(st.integers(0, 60), st.floats(0.02, 40.0), st.sampled_from("pqr"), st.sampled_from("xy")),
    min_size=1,
    max_size=24,
)


def naive(ratios: list[float], near: list[str], wide: list[str], me: int) -> float:
    """One agent's factor, by looking at every colleague in turn."""
    found = 1.0
    for names in (wide, near):
        others = [r for n, r in enumerate(ratios) if n != me and names[n] == names[me]]
        if len(others) >= FEWEST:
            found = min(max(median(others), 1.0), MOST)
    return found


@given(rows)
def test_it_is_the_median_of_the_others(told: list[tuple[int, float, str, str]]) -> None:
    x = np.array([[float(row[0])] for row in told])
    rate = np.array([[row[1]] for row in told])
    near, wide = [row[2] + row[3] for row in told], [row[3] for row in told]
    ratios = [float(r) for r in ((x + 1) / (rate + 1))[:, 0]]
    expected = [naive(ratios, near, wide, me) for me in range(len(told))]
    assert factors(x, rate, near, wide)[:, 0] == pytest.approx(expected)


@given(st.lists(st.floats(0.0, 60.0), max_size=20))
def test_the_live_factor_is_the_same_rule(ratios: list[float]) -> None:
    expected = 1.0 if len(ratios) < FEWEST else min(max(median(ratios), 1.0), MOST)
    assert factor_of(ratios) == expected


def day(busy: list[float], size: int) -> Matrix:
    """Everybody usually does ten; today this many times as much."""
    usual = np.full((size, 1), 10.0)
    return factors(np.array(busy)[:, None] * 10, usual, ["d"] * size, ["r"] * size)


def test_fewer_than_five_peers_say_nothing() -> None:
    assert day([3.0] * 5, 5).tolist() == [[1.0]] * 5
    assert (day([3.0] * 6, 6) > 2.5).all()


def test_ones_own_burst_does_not_excuse_itself() -> None:
    found = day([30.0, 1.0, 1.0, 1.0, 1.0, 1.0], 6)[:, 0]
    assert found.tolist() == [1.0] * 6


def test_a_quiet_day_of_the_others_makes_nobody_look_busier() -> None:
    assert (day([0.0] * 8, 8) == 1.0).all()


def test_no_day_is_more_than_twenty_times_its_usual() -> None:
    assert (day([900.0] * 8, 8) == MOST).all()


def test_a_small_desk_is_compared_with_the_role_in_the_company() -> None:
    x, usual = np.array([[20.0]] * 9), np.full((9, 1), 4.0)
    near = ["small"] * 3 + ["large"] * 6
    assert (factors(x, usual, near, ["agent"] * 9) > 4).all()
    assert factors(x, usual, near, ["senior"] * 3 + ["agent"] * 6)[:3].tolist() == [[1.0]] * 3


def test_a_large_desk_is_compared_with_itself_alone() -> None:
    x = np.array([[20.0]] * 6 + [[4.0]] * 20)
    found = factors(x, np.full((26, 1), 4.0), ["ours"] * 6 + ["theirs"] * 20, ["agent"] * 26)[:, 0]
    assert (found[:6] > 4).all()
    assert (found[6:] == 1.0).all()


def test_each_signal_has_its_own_day() -> None:
    x = np.array([[20.0, 4.0]] * 7)
    found = factors(x, np.full((7, 2), 4.0), ["d"] * 7, ["r"] * 7)
    assert (found[:, 0] > 4).all()
    assert (found[:, 1] == 1.0).all()


def expected(counts: list[float], rare: list[bool], desks: str) -> list[float]:
    """What is expected of each where two were, on desks named by letters in one role."""
    x, mu = np.array([counts]).T, np.full((len(counts), 1), 2.0)
    rarity = np.where(np.array([rare]).T, 3.0, 0.1)
    found: list[float] = shared(x, mu, rarity, list(desks), ["agent"] * len(counts))[:, 0].tolist()
    return found


LATE, EARLY = [True] * 4, [False] * 4


def test_an_outage_of_one_shift_is_no_rare_day_of_four_people() -> None:
    """The others of the desk were at home, and the rest of the company had its dialler."""
    counts = [70.0, 80.0, 90.0, 60.0, 2.0, 1.0, 2.0, 0.0, *[2.0] * 16]
    found = expected(counts, [*LATE, *EARLY, *[False] * 16], "d" * 8 + "e" * 16)
    assert found[:4] == [60.0, 60.0, 60.0, 70.0]
    assert found[4:] == [2.0] * 20


def test_who_did_far_more_than_those_who_share_the_day_still_does() -> None:
    counts = [70.0, 80.0, 400.0, 60.0, *[2.0] * 20]
    assert expected(counts, [*LATE, *[False] * 20], "d" * 8 + "e" * 16)[2] == 60.0


def test_two_who_split_a_list_are_no_measure_for_each_other() -> None:
    """Nor with a third and a fourth of the desk who had a few more than usual."""
    counts = [40.0, 42.0, 3.0, 3.0, *[2.0] * 20]
    two = expected(counts, [True, True, *[False] * 22], "d" * 8 + "e" * 16)
    four = expected(counts, [*LATE, *[False] * 20], "d" * 8 + "e" * 16)
    assert two == [2.0] * 24
    assert four[:2] == [3.0, 3.0]


def test_four_of_a_large_company_are_chance() -> None:
    counts = [40.0] * 4 + [2.0] * 36
    assert expected(counts, [*LATE, *[False] * 36], "defg" * 10) == [2.0] * 40
