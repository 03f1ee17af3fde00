"""Other methods are held to the same rules: only the past draws the line, and small counts do not speak."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import numpy as np
import pytest

from evaluate.told import at as moment
from evaluate.told import company, incident, noted
from viewtrail.evaluate.baselines import METHODS, OURS, Compared, Told, _weeks, compared, line
from viewtrail.evaluate.baselines_pooled import above, at, hindsight, rate, recall
from viewtrail.evaluate.noted import Days, Noted
from viewtrail.evaluate.truth import Incident, Truth
from viewtrail.patterns.base import Signal

SIGNALS = (Signal("unexplained", "day", floor=8, severity=1.0),)


def truth_with(*incidents: Incident) -> Truth:
    return company(incidents).truth


def told_by(
    days: list[Noted], truth: Truth, *, floors: bool = True, only: Collection[str] = METHODS.keys()
) -> dict[str, Compared]:
    days.sort(key=lambda one: (one.day, one.agent))
    of = Days(days, SIGNALS, {"access": [0]})
    return compared(truth, of, (1.0, 5.0), floors=floors, only=only)


def quiet(agents: int = 8, days: int = 100) -> list[Noted]:
    rng = np.random.default_rng(3)
    return [
        noted(f"a{a}", day, float(rng.integers(0, 4)), score=-np.inf)
        for a in range(agents)
        for day in range(days)
    ]


def test_the_line_is_where_the_budget_lies_in_the_past() -> None:
    past = np.arange(4_000.0)
    assert (past > line(past, 1.0)).sum() == 4
    assert (past > line(past, 5.0)).sum() == 20


def test_a_short_past_draws_its_tail_out_and_a_smaller_budget_further() -> None:
    past = np.random.default_rng(1).exponential(2.0, 500)
    lines = [line(past, budget) for budget in (5.0, 1.0, 0.5)]
    assert past.max() * 0.5 < lines[0] < lines[1] < lines[2]


def test_a_past_in_which_nothing_could_speak_lets_the_first_that_does_speak() -> None:
    assert line(np.full(300, -np.inf), 1.0) == -np.inf
    assert line(np.full(3_000, -np.inf), 1.0) == -np.inf


def test_a_burst_of_one_agent_is_told_by_every_method_and_is_the_only_thing_told() -> None:
    theft = incident("a", "a0", moment(80, 9), moment(80, 17))
    days = [
        d if (d.agent, d.first) != ("a0", moment(80, 9)) else noted("a0", 80, 60.0, score=6.0)
        for d in quiet()
    ]
    found = told_by(days, truth_with(theft))
    assert set(found) >= {OURS, "ECOD", "COPOD", "own robust z", "own x peer robust z", "isolation forest"}
    for name, one in found.items():
        assert recall([one], above({"access": 0.0}), own=False).hits == 1, name
        assert rate([one], at(5.0), "access").count == 0, name
        assert len(one.told) == 1, name


def test_what_everybody_does_that_day_is_no_distance_from_the_peers() -> None:
    days = [d if d.first != moment(80, 9) else noted(d.agent, 80, 60.0) for d in quiet()]
    found = told_by(days, truth_with(), only=("own robust z", "own x peer robust z"))
    assert len({one.agent for one in found["own robust z"].told if one.over <= 5}) == 8
    assert not [one for one in found["own x peer robust z"].told if one.over <= 5]


def test_a_line_knows_nothing_of_what_comes_after_it() -> None:
    later = [d if d.first < moment(90, 0) else noted(d.agent, 92, 500.0) for d in quiet()]
    theft = noted("a0", 70, 60.0)
    for days in (quiet(), later):
        days = [d for d in days if (d.agent, d.first) != ("a0", theft.first)] + [theft]
        one = told_by(days, truth_with(), only=("own robust z",))["own robust z"]
        assert [told.over for told in one.told if told.at == theft.last] == [1.0]


def test_every_scored_day_is_asked_once_and_learned_from_days_that_ended_a_week_before() -> None:
    days = [*quiet(days=100), *(noted("mo", day, 1.0, role="manager") for day in range(0, 100, 2))]
    asked: list[int] = []
    for past, new in _weeks(truth_with(), days):
        asked += new.tolist()
        first = min(days[place].day for place in new)
        assert all(7 < (first - days[place].day).days <= 63 + 7 for place in past)
        assert (
            len({days[place].role for place in [*past, *new]}) == 1
        )  # here each has its own line, or is alone
    assert sorted(asked) == [n for n, day in enumerate(days) if day.day >= truth_with().scored_on]


def test_without_floors_small_counts_speak_and_the_detectors_own_score_is_left_out() -> None:
    found = told_by(quiet(), truth_with(), floors=False, only=(OURS, "ECOD"))
    assert set(found) == {"ECOD"}
    assert len(found["ECOD"].told) == 8 * 44
    assert not told_by(quiet(), truth_with(), only=("ECOD",))["ECOD"].told


def test_what_the_detector_does_not_ask_about_is_nothing_to_the_others() -> None:
    days = [d._replace(asked=np.array([False]), counts=np.array([90.0])) for d in quiet()]
    assert not told_by(days, truth_with(), only=("own robust z",))["own robust z"].told


# -- several companies ----------------------------------------------------------------------------------


def told(agent: str, day: int, score: float, *thefts: int, over: float = 1.0) -> Told:
    return Told("access", agent, moment(day, 17), score, over, thefts)


def test_one_person_is_falsely_named_once_in_seven_days() -> None:
    one = Compared("x", 1_000, {}, tuple(told("bob", day, 3.0) for day in (60, 63, 66, 68)))
    assert rate([one], at(1.0), "access").count == 2


def test_thefts_are_found_once_each_and_those_of_the_own_book_apart() -> None:
    one = Compared("x", 1_000, {4: "a", 5: "e", 6: "a"}, (told("ann", 60, 3, 4), told("ann", 61, 3, 4, 5)))
    assert str(recall([one], at(1.0), own=False)) == "0.50 (1 of 2)"
    assert str(recall([one], at(1.0), own=True)) == "1.00 (1 of 1)"
    assert recall([replace(one, told=(told("ann", 60, 3, 4, over=5.0),))], at(1.0), own=False).hits == 0


@pytest.mark.parametrize("budget", [1.0, 5.0, 20.0])
def test_hindsight_finds_the_lowest_line_that_keeps_to_the_budget(budget: float) -> None:
    rng = np.random.default_rng(7)
    some = tuple(
        told(f"p{rng.integers(40)}", int(rng.integers(60, 90)), float(s)) for s in rng.permutation(200)
    )
    one = Compared("x", 1_000, {}, some)
    least = hindsight([one], ["access"], budget)
    assert rate([one], above(least), "access").each_1000 <= budget
    lower = {"access": least["access"] - 1.0}
    assert rate([one], above(lower), "access").each_1000 > budget


def test_where_even_everything_keeps_to_the_budget_hindsight_has_no_line() -> None:
    one = Compared("x", 1_000, {}, (told("bob", 60, 2.0),))
    assert hindsight([one], ["access"], 5.0) == {"access": -np.inf}
