"""The first day out of the ordinary: found with an interval, and seldom where there is none."""

from __future__ import annotations

from math import log10
from random import Random

from viewtrail.measure.look_back import evidence, turn


def ordinary(days: int, seed: int) -> list[float]:
    """-log10 p of days on which nothing is odd: p is any number between nothing and one."""
    chance = Random(seed)
    return [-log10(1 - chance.random()) for _ in range(days)]


def test_an_ordinary_history_has_no_first_odd_day() -> None:
    years = sum(turn(ordinary(230, seed)) is not None for seed in range(300))
    quarters = sum(turn(ordinary(60, seed)) is not None for seed in range(300))
    assert years <= 36, "one year in ten"
    assert quarters <= 9, "one quarter in fifty"


def test_the_first_of_the_odd_days_is_found_and_lies_in_the_interval() -> None:
    right = near = 0
    for seed in range(100):
        days = ordinary(120, seed)
        for place in range(90, 120, 3):
            days[place] += 2.5
        found = turn(days)
        assert found is not None
        assert found.low <= found.first <= found.high
        right += found.low <= 90 <= found.high
        near += abs(found.first - 90) <= 6
    assert right >= 85
    assert near >= 70


def test_one_day_that_is_hardly_ever_seen_is_enough_and_one_in_a_thousand_is_not() -> None:
    assert turn([*ordinary(50, 4), 4.5, *([0.3] * 10)]) is not None
    assert turn([0.3] * 50 + [3.0] + [0.3] * 10) is None


def test_a_day_that_was_told_of_is_out_of_the_ordinary_by_itself() -> None:
    days = [0.3] * 50 + [3.0] + [0.3] * 10
    found = turn(days, [place == 50 for place in range(len(days))])
    assert found is not None
    assert (found.first, found.high) == (50, 50)
    assert found.low >= 30, "ordinary days before it may have belonged to it"


def test_what_was_long_ago_is_not_hidden_by_ordinary_days_since() -> None:
    days = [0.3] * 40 + [4.5, 4.5] + [0.3] * 200
    found = turn(days)
    assert found is not None
    assert (found.first, found.last, found.odd) == (40, 41, 2)


def test_more_is_never_less_evidence() -> None:
    told = [evidence(n / 10) for n in range(80)]
    assert told == sorted(told)
    assert told[0] < 0 < told[-1]


def test_no_days_no_answer() -> None:
    assert turn([]) is None
