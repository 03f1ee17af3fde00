"""The attacker who adapts: what is put into a company, and what counts as staying under a line."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from evaluate.told import alert, at
from viewtrail.evaluate import load
from viewtrail.evaluate.attacker import WAYS, Taking, _most, _takings, _with, adaptive
from viewtrail.evaluate.company import Company
from viewtrail.simulate import simulate


def taking(agent: str, level: int) -> Taking:
    return Taking(agent, level, at(60, 9), at(60, 12), value=level * 3, records=level, entries=())


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Company:
    folder = tmp_path_factory.mktemp("company")
    simulate(12, 90, 5, out=folder, structure="standard")
    return load(folder)


def test_an_alert_that_overlaps_the_taking_sees_it_and_one_of_another_day_or_agent_does_not() -> None:
    one = taking("ann", 20)
    assert one.seen({"ann": [alert("ann", at(60, 11), at(60, 11, 30))]})
    assert one.seen({"ann": [alert("ann", at(60, 9), at(60, 9, 30), status="withdrawn")]})
    assert not one.seen({"ann": [alert("ann", at(61, 11), at(61, 12))]})
    assert not one.seen({"bob": [alert("bob", at(60, 11), at(60, 11, 30))]})


def test_what_can_be_taken_is_the_highest_level_at_which_half_stay_unseen() -> None:
    tried = [
        (taking("a", 4), False),
        (taking("b", 4), False),
        (taking("c", 8), True),
        (taking("d", 8), False),
    ]
    tried += [(taking("e", 12), True), (taking("f", 12), True)]
    assert _most(tried).level == 8
    assert _most(tried).value == 24


def test_a_level_that_only_luck_passes_does_not_count() -> None:
    tried = [(taking("a", 4), True), (taking("b", 4), True), (taking("c", 8), False)]
    assert _most(tried).level == 0


@pytest.mark.slow
def test_what_is_taken_is_others_and_lies_on_the_days_said(small: Company) -> None:
    found = list(_takings(small, 5, WAYS[0], (4, 8), Random(1)))
    assert found
    for one in found:
        assert one.records == 5 * one.level == len({e.subject for e in one.entries})
        assert {e.data["agent"] for e in one.entries} == {one.agent}
        assert one.first >= small.truth.scored_from
    attacked = _with(small, found[:1])
    assert len(attacked.entries) == len(small.entries) + 2 * found[0].records
    known = [entry.known for entry in attacked.entries]
    assert known == sorted(known)


@pytest.mark.slow
def test_the_curve_holds_both_lines_against_the_same_takings(small: Company) -> None:
    (curve,) = adaptive([small], 1.0, Random(1), lengths=(1,), ways=WAYS[:1], levels=(4, 140))
    assert curve.attackers == 4
    assert curve.limits.level == 4  # 140 beside the own work are more than 150 a day
    assert curve.detector.level in (0, 4, 140)


def test_a_company_too_short_for_the_length_gives_no_curve(tmp_path: Path) -> None:
    simulate(8, 60, 3, out=tmp_path, structure="small")
    assert list(adaptive([load(tmp_path)], 1.0, Random(1), lengths=(60,))) == []
