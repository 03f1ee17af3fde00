"""Somebody at the own list at night, somebody who always works late, and a newcomer."""

from __future__ import annotations

import pytest

from patterns.told import HISTORY, Desk, at, book_of, ordinary, today

NAME = "off-hours-openings"
NIGHT = "22:30"


def example() -> Desk:
    """Own clients, so each has a reason; but at half past ten in the evening, and nothing comes of it."""
    return ordinary().opens("a-1", book_of("a-1", 0, 30), today(NIGHT), 60)


def counter_example() -> Desk:
    """The same by somebody who prepares the next day at night, every day."""
    desk = ordinary()
    for n in range(HISTORY):
        desk.opens("a-1", book_of("a-1", n % 40, n % 40 + 26), at(n, NIGHT), 60)
    return desk.opens("a-1", book_of("a-1", 0, 30), today(NIGHT), 60)


def test_thirty_own_clients_at_night() -> None:
    (finding,) = example().fold().findings
    assert (finding.agent, finding.pattern, finding.status) == ("a-1", NAME, "confirmed")
    assert "outside the own working hours (09:00 to 18:00)" in finding.claim
    assert len(finding.records) == 30


def test_it_is_told_of_while_it_goes_on() -> None:
    told = example().fold()
    assert told.transitions[0].finding.tier == "provisional"
    assert today(NIGHT) < told.transitions[0].at < today("23:30")


def test_who_always_works_late_is_left_alone() -> None:
    assert counter_example().fold().findings == []


def test_the_same_thirty_by_day_are_nothing() -> None:
    assert ordinary().opens("a-1", book_of("a-1", 0, 30), today("14:00"), 60).fold().standing(NAME) == []


def test_who_calls_the_clients_late_works() -> None:
    desk = example().calls("a-1", book_of("a-1", 0, 30), today(NIGHT) + 60_000_000, 60, talk=120)
    assert desk.fold().standing() == []


def test_what_was_asked_for_that_night_is_not_off_hours() -> None:
    assert example().declare("a-1", HISTORY, today("16:00")).fold().standing() == []


def test_no_more_than_was_asked_for() -> None:
    three = example().declare("a-1", HISTORY, today("16:00"), records_expected=3)
    (finding,) = three.fold().standing(NAME)
    assert len(finding.records) < 30


def test_work_declared_for_oneself_turns_no_night_into_day() -> None:
    desk = example().declare("a-1", HISTORY, today("16:00"), by="a-1")
    assert len(desk.fold().standing(NAME)) == 1


def leaves(desk: Desk, n: int, clock: str) -> Desk:
    return desk.say("agent.left", at(n, clock), "a-1", agent="system")


def test_a_sign_in_that_goes_on_after_its_owners_last_day_is_told_of_and_is_nobodys_yet() -> None:
    desk = leaves(ordinary(), HISTORY - 1, "18:00").opens("a-1", book_of("a-1", 0, 30), today("14:00"), 60)
    (finding,) = desk.fold().standing(NAME)
    assert "outside the own working hours (none: the last day had passed)" in finding.claim
    assert "the agent had left by then" in finding.attribution
    assert finding.severity != "high"


@pytest.mark.parametrize(("n", "clock"), [(HISTORY, "00:00"), (HISTORY, "18:00"), (HISTORY + 1, "00:00")])
def test_the_last_day_itself_is_a_day_at_work_however_it_is_told(n: int, clock: str) -> None:
    desk = leaves(ordinary(), n, clock).opens("a-1", book_of("a-1", 0, 30), today("14:00"), 60)
    assert desk.fold().standing(NAME) == []


def test_within_an_hour_of_the_working_day_nobody_is_off_duty() -> None:
    assert ordinary().opens("a-1", book_of("a-1", 0, 30), today("18:05"), 50).fold().standing(NAME) == []


def test_a_newcomer_has_a_plain_limit() -> None:
    records = book_of("a-2", 0, 45)
    desk = ordinary().joins("a-9", today("08:00"))
    for record in records:
        desk.assign(record, "a-9", at(10, "10:00"))
    (finding,) = desk.opens("a-9", records, today(NIGHT), 60).fold().standing(NAME)
    assert finding.tier == "limit"


def test_a_newcomer_who_stays_late_for_a_few_is_below_it() -> None:
    desk = ordinary().joins("a-9", today("08:00")).opens("a-9", book_of("a-2", 0, 12), today(NIGHT), 30)
    assert desk.fold().standing() == []
