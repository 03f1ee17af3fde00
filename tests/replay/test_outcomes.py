"""What people make of a finding decides what may be learned from its days."""

from __future__ import annotations

from datetime import timedelta

import pytest

from patterns.test_unexplained_openings import example
from patterns.told import TODAY, Desk, Outcome, at, day, others_of, today
from viewtrail.finding import Finding
from viewtrail.measure.clocks import HOUR
from viewtrail.patterns.scorer import Row


def closed(*by: tuple[str, str], undone: str | None = None) -> tuple[Outcome, list[Row]]:
    """Sixty openings were found; people close the finding so. That day's rows as calibration sees them."""
    desk: Desk = example()
    (finding,) = desk.fold().findings
    t = today("18:00")
    for n, (person, outcome) in enumerate(by):
        desk.say("finding.closed", t + n * HOUR // 60, agent=person, finding=finding.id, what=outcome)
    if undone is not None:
        desk.say("finding.closed", t + HOUR, agent=undone, finding=finding.id, transition="undone")
    told = desk.fold()
    rows = [row for row in told.loop.learned.rows[day(TODAY)] if row.agent == "a-1"]
    return told, told.loop.facts.outcomes.judged(rows)


def test_a_day_that_stands_is_not_learned_from_for_how_rare_counts_are() -> None:
    _, (row,) = closed()
    assert row.stands


@pytest.mark.parametrize("outcome", ["ordinary-work", "declared-afterwards", "bad-list-or-data"])
def test_ordinary_work_frees_its_day(outcome: str) -> None:
    _, (row,) = closed(("m-1", outcome))
    assert not row.stands


def test_a_breach_takes_two_and_then_its_day_is_never_learned() -> None:
    _, (row,) = closed(("m-1", "breach-established"))
    assert row.stands, "one person alone establishes nothing"
    _, rows = closed(("m-1", "breach-established"), ("m-2", "breach-established"))
    assert rows == []


def test_a_closing_taken_back_was_none() -> None:
    _, (row,) = closed(("m-1", "ordinary-work"), undone="m-1")
    assert row.stands


def after_closing(*by: tuple[str, str], undone: str | None = None) -> list[Finding]:
    """Sixty openings, closed so at 18:00; two days later sixty others."""
    desk: Desk = example()
    (finding,) = desk.fold().findings
    for n, (person, outcome) in enumerate(by):
        told = {"agent": person, "finding": finding.id, "what": outcome}
        desk.say("finding.closed", today("18:00") + n, **told)
    if undone is not None:
        told = {"agent": undone, "finding": finding.id, "transition": "undone"}
        desk.say("finding.closed", today("19:00"), **told)
    for n in (TODAY + 1, TODAY + 2):
        desk.ordinary_day(n)
    desk.opens("a-1", others_of("a-1", 200)[100:160], at(TODAY + 2, "15:00"), 38)
    return desk.fold().findings


def test_what_people_closed_does_not_hide_the_next() -> None:
    first, second = after_closing(("m-1", "ordinary-work"))
    assert first.agent == second.agent
    assert len(first.records) == 60
    assert first.last_at < today("18:00") < second.first_at


def test_what_nobody_closed_goes_on() -> None:
    (finding,) = after_closing()
    assert len(finding.records) == 120
    (again,) = after_closing(("m-1", "ordinary-work"), undone="m-1")
    assert again.records == finding.records
    (proposed,) = after_closing(("m-1", "breach-established"))
    assert proposed.records == finding.records, "one person alone establishes nothing"


def test_other_days_and_other_people_are_as_they_were() -> None:
    told, _ = closed(("m-1", "ordinary-work"))
    before = told.loop.learned.rows[day(TODAY) - timedelta(days=day(TODAY).weekday() + 3)]
    assert told.loop.facts.outcomes.judged(before) == list(before)


def test_a_closing_of_a_finding_that_nobody_told_of_is_nothing() -> None:
    desk = example()
    desk.say("finding.closed", today("18:00"), agent="m-1", finding="f-unheard-of", what="ordinary-work")
    assert desk.fold().loop.facts.outcomes.closed == {}
