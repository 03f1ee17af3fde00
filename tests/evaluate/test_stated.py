"""Stated rarities are counted on honest days, ordinary ones and lookalikes apart, and so are reasons."""

from __future__ import annotations

from dataclasses import replace

from evaluate.told import at, company, incident, noted
from viewtrail.evaluate.noted import Days
from viewtrail.evaluate.stated import ALIKE, ORDINARY, explained, stated
from viewtrail.patterns.base import Signal

THEFT = incident("a", "ann", at(70, 10), at(70, 11))
REVIEW = incident("review", "bob", at(70, 10), at(71, 11))
TRUTH = company([THEFT, REVIEW]).truth


def test_a_day_counts_at_every_level_that_it_was_stated_at_or_below() -> None:
    found = stated(TRUTH, [noted("bob", 80, stated=3.0), noted("bob", 81, stated=2.2), noted("bob", 82)])
    levels = {
        level: n for (kind, queue, level), n in found.rare.items() if (kind, queue) == (ORDINARY, "access")
    }
    assert levels == {1.0: 1, 5.0: 1, 20.0: 2}
    assert found.days == {ORDINARY: 3}


def test_days_of_theft_are_no_honest_days_and_lookalikes_are_counted_apart() -> None:
    days = [noted("ann", 70, stated=9.0), noted("bob", 70, stated=9.0), noted("ann", 71), noted("bob", 50)]
    found = stated(TRUTH, days)
    assert found.days == {ALIKE: 1, ORDINARY: 1}
    assert {kind for kind, _, _ in found.rare} == {ALIKE}


def test_openings_without_a_reason_are_those_of_ordinary_days() -> None:
    signals = [Signal(name, "day", 1, 1.0) for name in ("unexplained", "unexplained_hard")]
    days = [
        noted("ann", 5, 2, 3)._replace(opened=40),
        noted("ann", 70, 150, 150)._replace(opened=150),
        noted("bob", 71, 30, 30)._replace(opened=30),
    ]
    truth = replace(TRUTH, openings={"own": 95, "none": 5, "sync": 1_000})
    found = explained(truth, Days(days, signals, {}))
    assert found is not None
    assert (found.opened, found.unexplained, found.hard, found.told, found.truly) == (40, 2, 3, 100, 5)


def test_a_truth_that_does_not_say_gives_no_share() -> None:
    signals = [Signal(name, "day", 1, 1.0) for name in ("unexplained", "unexplained_hard")]
    assert explained(TRUTH, Days([noted("ann", 5, 2, 3)], signals, {})) is None
    assert explained(replace(TRUTH, openings={"own": 1}), Days([], signals[:1], {})) is None
