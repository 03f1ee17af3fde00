"""Runs: a little every day adds up, a burst does not, and what was made up for is forgotten."""

from __future__ import annotations

import numpy as np
import pytest

from viewtrail.measure.baseline import Usual
from viewtrail.measure.runs import (
    FEWEST_DAYS,
    LONGEST,
    NO_RUN,
    SLACK,
    STEP_DOWN,
    STEP_UP,
    after,
    most_of_a_day,
    steps,
    surprise_of,
)


def usual(rate: float) -> Usual:
    one = np.array([[rate]])
    return Usual(one, np.array([[20.0]]), np.array([[10.0]]))


def step(x: float, mu: float = 2.0) -> float:
    return float(steps(np.array([[x]]), np.array([[mu]]), usual(mu))[0, 0])


def test_a_step_grows_with_the_count_and_is_bounded() -> None:
    found = [step(x) for x in range(60)]
    assert found == sorted(found)
    assert STEP_DOWN <= found[0] < 0 < SLACK < found[6]
    assert found[-1] == STEP_UP


def test_seven_a_day_add_up_and_seven_at_once_do_not() -> None:
    slow = NO_RUN
    for _ in range(10):
        slow = after(slow, step(7), 7.0, 2.0, ())
    once = after(NO_RUN, step(70), 70.0, 2.0, ())
    for _ in range(9):
        once = after(once, step(2), 2.0, 2.0, ())
    assert surprise_of(slow) > 4 > 1 > surprise_of(once)
    assert (slow.seen, slow.expected, slow.days) == (70.0, 20.0, 10)


def test_quiet_days_end_a_run_and_what_it_held() -> None:
    run = after(after(NO_RUN, 1.5, 5.0, 2.0, ()), 1.5, 5.0, 2.0, ())
    assert run.level == pytest.approx(2.0)
    for _ in range(2):
        run = after(run, STEP_DOWN, 0.0, 2.0, ())
    assert run is NO_RUN


def test_a_run_is_asked_about_from_the_third_day_and_begins_anew_after_thirty() -> None:
    run = NO_RUN
    for n in range(1, LONGEST + 1):
        run = after(run, 1.0, 3.0, 2.0, ())
        assert run.asked is (n >= FEWEST_DAYS)
    assert after(run, 1.0, 3.0, 2.0, ()) is NO_RUN


def test_a_burst_enters_a_run_as_no_more_than_a_loud_day() -> None:
    most = float(most_of_a_day(np.array([[2.0]]), usual(2.0))[0, 0])
    assert 5 < most < 20
