"""Where reasons cannot be seen, what nobody has touched for a fortnight is still nobody's work of the day."""

from __future__ import annotations

import pytest

from patterns.told import AGENTS, TODAY, Desk, at, book_of, founded, ordinary, today
from viewtrail.measure.clocks import DAY

NAME = "resting-records"
BLIND = ("record.assigned", "task.due")
"""Without assignment no reason can be told from its absence."""

OLD = [f"r-old-{n}" for n in range(60)]


def desk_with_old_clients(**told: tuple[str, ...]) -> Desk:
    desk = ordinary(silent=told.get("silent", BLIND))
    for record in OLD:
        desk.say("record.created", at(0, "00:00"), record, agent="system")
    return desk


def example() -> Desk:
    """Old clients over a whole morning: no more records a day than the busiest days here hold."""
    return desk_with_old_clients().opens("a-1", OLD, today("10:00"), 90)


def counter_example() -> Desk:
    return example().calls("a-1", OLD, today("10:02"), 90, talk=45)


def test_old_clients_opened_one_after_another_are_asked_about() -> None:
    (finding,) = example().fold().standing()
    assert (finding.agent, finding.pattern, finding.state) == ("a-1", NAME, "unscoreable")
    assert "on which nobody had done anything for a fortnight" in finding.claim
    assert set(finding.records) >= set(OLD)
    assert "no business reason" not in finding.claim, "what cannot be seen is not claimed"


def test_as_many_records_of_the_day_are_not() -> None:
    """The same morning with clients on whom somebody is working: only the number could tell."""
    fresh = desk_with_old_clients()
    for record in OLD:
        fresh.say("note.added", at(TODAY - 2, "12:00"), record, agent="a-2", fields=["note"])
    assert NAME not in {f.pattern for f in fresh.opens("a-1", OLD, today("10:00"), 90).fold().findings}


def test_whoever_calls_them_takes_them_up_again() -> None:
    assert counter_example().fold().standing() == []


def test_a_note_on_each_takes_nothing_up() -> None:
    """The cheapest fake: it costs seconds."""
    assert [f.pattern for f in example().notes("a-1", OLD, today("10:01"), 90).fold().standing()] == [NAME]


def test_values_set_anew_every_night_wake_nobody_up() -> None:
    desk = example()
    for record in OLD:
        desk.say("record.valued", today("02:00"), record, agent="system", value_band=3)
    assert [f.pattern for f in desk.fold().standing()] == [NAME]


def test_clients_whom_no_entry_ever_named_are_not_said_to_rest() -> None:
    desk = ordinary(silent=BLIND).opens("a-1", OLD, today("10:00"), 90)
    assert NAME not in {f.pattern for f in desk.fold().findings}


def test_where_reasons_can_be_seen_it_does_not_ask() -> None:
    told = desk_with_old_clients(silent=()).opens("a-1", OLD, today("10:00"), 90).fold()
    assert NAME not in {f.pattern for f in told.findings}


def test_work_that_the_manager_declared_is_a_reason_here_too() -> None:
    desk = example().declare("a-1", TODAY, at(TODAY - 1, "16:00"), scope={"desk": "all"})
    assert desk.fold().standing() == []


def test_back_from_leave_the_own_clients_are_looked_through() -> None:
    """They rested because their agent was away; nobody else was to call them."""
    desk = founded(silent=BLIND)
    for n in range(TODAY + 1):
        desk.ordinary_day(n, AGENTS if n < TODAY - 12 else AGENTS[1:])
    desk.opens("a-1", book_of("a-1", 0, 60), today("10:00"), 90)
    assert NAME not in {f.pattern for f in desk.fold().findings}


@pytest.mark.parametrize("hours", [2, 30])
def test_a_call_of_last_week_told_late_withdraws_it(hours: int) -> None:
    """The telephone system's records of the days before come hours after the openings, or the day after."""
    desk = example()
    for record in OLD:
        told = {"answered": True, "direction": "out", "talk_ms": 90_000}
        desk.say(
            "call.ended",
            today("10:00") - DAY,
            record,
            today("10:00") + hours * DAY // 24,
            agent="a-3",
            **told,
        )
    desk.ordinary_day(TODAY + 1).ordinary_day(TODAY + 2)
    assert NAME not in {f.pattern for f in desk.fold().standing()}
