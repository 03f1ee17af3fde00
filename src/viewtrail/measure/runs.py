"""A little every day: what days add up to, each of which stays below what stands out (CUSUM; Page, 1954)."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from scipy.special import ndtri

from viewtrail.measure.baseline import LEARN_CAP, Matrix, Usual
from viewtrail.measure.counts import Mark

SLACK: Final = 0.5
"""Standard deviations above usual that a day may lie without adding to a run."""

STEP_DOWN, STEP_UP = -2.0, 2.5
"""One day moves a run by no more standard deviations than these: a burst is not a habit."""

LONGEST: Final = 30
"""Active days after which a run begins anew: what went on longer is how this agent works."""

FEWEST_DAYS: Final = 3
"""Days a run must have lasted before it is asked about."""

START: Final = 0.5
"""Added to a run's level: the walk is watched at days, not continuously, and overshoots between them."""


class Run(NamedTuple):
    """The days since an agent's count was last no higher than usual: what was seen and what was expected."""

    level: float = 0.0
    seen: float = 0.0
    expected: float = 0.0
    days: int = 0
    marks: tuple[Mark, ...] = ()

    @property
    def asked(self) -> bool:
        return self.days >= FEWEST_DAYS


NO_RUN: Final = Run()


def steps(x: Matrix, mu: Matrix, usual: Usual) -> Matrix:
    """How far each count lies above usual, as a normal deviate of its mid-p value, clipped."""
    middle = (usual.tail(x, mu) + usual.tail(x + 1.0, mu)) / 2.0
    found: Matrix = np.clip(-ndtri(np.clip(middle, 1e-12, 1.0 - 1e-9)), STEP_DOWN, STEP_UP)
    return found


def most_of_a_day(mu: Matrix, usual: Usual) -> Matrix:
    """As much of one day's count as a run takes in: a burst is told of for itself, not for weeks after."""
    found: Matrix = mu + LEARN_CAP * np.sqrt(usual.variance(mu)) + 1.0
    return found


def after(run: Run, step: float, seen: float, expected: float, marks: tuple[Mark, ...]) -> Run:
    """The run with one more active day."""
    level = round(max(0.0, run.level + step - SLACK), 9)
    if level == 0.0 or run.days >= LONGEST:
        return NO_RUN
    return Run(level, run.seen + seen, run.expected + expected, run.days + 1, (*run.marks, *marks))


def surprise_of(run: Run) -> float:
    """-log10 of how often a run gets as high while nothing has changed.

    The walk of standard normal steps less SLACK, reflected at 0, is above h for exp(-2 SLACK (h + a bit)) of
    the time (Siegmund, Sequential Analysis, 1985); calibration then compares with what is really seen.
    """
    return round(2.0 * SLACK * float(np.log10(np.e)) * (run.level + START), 9) if run.level > 0 else 0.0
