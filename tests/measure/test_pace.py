"""The line's long-run control: what is crossed more often than stated lifts it, whoever steals does not."""

from __future__ import annotations

from datetime import date, timedelta
from math import log10

import pytest

from viewtrail.measure.pace import FASTEST, LESSER, SLOWEST, Stated, pace

MONDAY = date(2026, 1, 5)
LINE = 3.0
BETWEEN = LINE - log10(LESSER) + 0.1
"""Above the lesser line, below the line itself."""


def days(agents: int, each: int, crossing: int) -> list[Stated]:
    """`each` days of so many agents; the first `crossing` agents cross the lesser line once."""
    return [
        Stated(MONDAY + timedelta(n), f"a-{a}", BETWEEN if a < crossing and n == 3 else 0.2, False)
        for a in range(agents)
        for n in range(each)
    ]


def test_what_was_stated_and_seen_alike_is_left_as_it_is() -> None:
    assert pace(days(250, 40, crossing=30), LINE) == pytest.approx(0.0, abs=1e-6)


def test_more_than_stated_lifts_the_line_and_less_lowers_it() -> None:
    assert pace(days(250, 40, crossing=60), LINE) < -0.1
    assert pace(days(250, 40, crossing=5), LINE) > 0.1


def test_it_stays_within_bounds_however_odd_the_company() -> None:
    assert pace(days(250, 40, crossing=250), LINE) == pytest.approx(-log10(FASTEST))
    assert pace(days(600, 60, crossing=0), LINE) == pytest.approx(-log10(SLOWEST))


def test_findings_that_stand_never_lift_the_line() -> None:
    honest = days(250, 40, crossing=30)
    thefts = [Stated(MONDAY + timedelta(5), f"b-{n}", 6.0, True) for n in range(60)]
    assert pace([*honest, *thefts], LINE) <= 0.0
    assert pace([*honest, *thefts], LINE) == pytest.approx(pace([*honest, *thefts[:10]], LINE), abs=0.01)
    closed_as_ordinary = [one._replace(stands=False) for one in thefts]
    assert pace([*honest, *closed_as_ordinary], LINE) < -0.2, "a person said that they were ordinary work"


def test_several_days_of_one_agent_are_one_episode() -> None:
    once = days(250, 40, crossing=30)
    again = {MONDAY + timedelta(4), MONDAY + timedelta(7)}
    often = [
        one._replace(unlikely=BETWEEN) if one.agent == "a-0" and one.day in again else one for one in once
    ]
    assert pace(often, LINE) == pace(once, LINE)


def test_a_company_of_a_few_people_hardly_moves_it() -> None:
    assert abs(pace(days(10, 40, crossing=2), LINE)) < 0.05
    assert pace([], LINE) == 0.0
