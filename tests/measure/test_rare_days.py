"""Rare days of one week: one alone adds nothing, a burst no more than a rare day, and each counts once."""

from __future__ import annotations

import pytest

from viewtrail.measure.rare_days import MOST, WITHIN, RareDay, Week, after, surprise_of


def rare(day: int, surprise: float = 3.0) -> RareDay:
    return RareDay(day, 20.0, 1.0, surprise, ())


def week(*days: int) -> Week:
    found: Week = ()
    for day in days:
        found = after(found, rare(day))
    return found


def test_one_day_alone_is_told_for_itself_or_not_at_all() -> None:
    assert surprise_of(week(1)) == 0.0


def test_days_of_one_week_add_up() -> None:
    assert surprise_of(week(1, 2, 4)) == 9.0


@pytest.mark.parametrize(("last", "left"), [(WITHIN, 2), (WITHIN + 1, 1)])
def test_a_day_a_week_ago_is_forgotten(last: int, left: int) -> None:
    assert len(week(1, last)) == left


def test_a_burst_counts_as_a_rare_day() -> None:
    assert surprise_of(after((rare(1, 40.0),), rare(2))) == MOST + 3.0


def test_the_same_day_closed_again_counts_once() -> None:
    assert len(after(week(1, 2), rare(2))) == 2
