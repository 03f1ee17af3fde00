"""What is known of people, and since when: notice, leave, newcomers, hours, declared work."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewtrail.measure.clocks import DAY, HOUR, Clock, micros
from viewtrail.measure.context import NEW_HIRE, People, Person

ME, BOSS = "a-1", "m-1"


def local(text: str) -> int:
    moment = datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Europe/Nicosia"))
    return micros(moment.astimezone(UTC))


T = local("2026-03-10T11:00")


def people(*facts: tuple[str, int, dict[str, Any]]) -> People:
    found = People("Europe/Nicosia")
    for type_, at, data in facts:
        found.tell(ME, type_, at, data)
    return found


def person(*facts: tuple[str, int, dict[str, Any]]) -> Person:
    return people(*facts).get(ME)


# -- notice -----------------------------------------------------------------------------------------

GIVEN = ("notice.given", T, {"last_day": "2026-03-31", "told_from": T + DAY})


def test_notice_counts_from_the_moment_it_is_known_to_the_day_after_the_last() -> None:
    told = person(GIVEN)
    assert told.notice_at(T - 1) is None
    assert told.notice_at(T) == (T, "2026-03-31", T + DAY)
    assert told.notice_at(local("2026-04-01T23:59")) is not None
    assert told.notice_at(local("2026-04-02T00:00")) is None


def test_notice_withdrawn_is_none_from_then_on() -> None:
    told = person(GIVEN, ("notice.withdrawn", T + 2 * DAY, {}))
    assert told.notice_at(T + 2 * DAY - 1) is not None
    assert told.notice_at(T + 2 * DAY) is None


def test_notice_given_again_counts_again() -> None:
    again = ("notice.given", T + 3 * DAY, {"last_day": "2026-05-31"})
    told = person(GIVEN, ("notice.withdrawn", T + 2 * DAY, {}), again)
    assert told.notice_at(T + 2 * DAY) is None
    assert told.notice_at(T + 3 * DAY) == (T + 3 * DAY, "2026-05-31", None)


def test_what_is_learned_later_does_not_change_what_was_known_then() -> None:
    told = people(("notice.withdrawn", T + 5 * DAY, {}))
    told.tell(ME, *GIVEN)
    assert told.get(ME).notice_at(T) is not None
    assert told.get(ME).notice_at(T + 5 * DAY) is None


# -- leave ------------------------------------------------------------------------------------------

WEEK = {"from": "2026-03-02", "to": "2026-03-06"}
MONDAY = local("2026-03-09T04:00")


def test_leave_runs_from_its_first_to_the_end_of_its_last_day() -> None:
    told = person(("leave.booked", T - 20 * DAY, WEEK))
    for moment, away in [
        ("03-01T23:59", False),
        ("03-02T00:00", True),
        ("03-06T23:59", True),
        ("03-07T00:00", False),
    ]:
        t = local(f"2026-{moment}")
        assert told.on_leave(t, t) is away


HIRED = (
    "agent.joined",
    T - 90 * DAY,
    {"hours": {day: ["09:00-18:00"] for day in ("mon", "tue", "wed", "thu", "fri")}},
)


def test_the_last_date_of_leave_may_be_the_day_of_return_and_makes_nobody_off_duty() -> None:
    told = person(HIRED, ("leave.booked", T - 20 * DAY, {"from": "2026-03-02", "to": "2026-03-09"}))
    assert told.shift(date(2026, 3, 6)) == (local("2026-03-06T12:00"), local("2026-03-06T12:00"))
    begin, end = told.shift(date(2026, 3, 9)) or (0, 0)
    assert begin < end, "some sources write the last day off, some the first one back"
    assert told.on_leave(local("2026-03-09T10:00"), T), "for colleagues the owner may still be away"
    assert told.back_today(local("2026-03-09T04:00"))
    assert told.back_today(local("2026-03-10T04:00"))


def test_one_day_off_is_off_by_either_reading() -> None:
    told = person(HIRED, ("leave.booked", T - 20 * DAY, {"from": "2026-03-04", "to": "2026-03-04"}))
    begin, end = told.shift(date(2026, 3, 4)) or (0, 1)
    assert begin == end


def test_leave_is_leave_once_it_is_known() -> None:
    told = person(("leave.booked", local("2026-03-03T09:00"), WEEK))
    monday = local("2026-03-02T12:00")
    assert not told.on_leave(monday, monday)
    assert told.on_leave(monday, local("2026-03-03T09:00"))


def test_cancelled_leave_is_no_leave_and_nobody_is_back_from_it() -> None:
    told = person(("leave.booked", T - 20 * DAY, WEEK), ("leave.cancelled", T - 15 * DAY, WEEK))
    wednesday = local("2026-03-04T12:00")
    assert not told.on_leave(wednesday, wednesday)
    assert told.on_leave(wednesday, T - 16 * DAY), "as it was known before"
    assert not told.back_today(MONDAY)


def test_back_from_leave_is_the_day_after_it_weekends_between() -> None:
    told = person(("leave.booked", T - 20 * DAY, WEEK))
    assert told.back_today(MONDAY)
    assert not told.back_today(MONDAY - 4 * DAY), "still away"
    assert not told.back_today(MONDAY + 3 * DAY)


def test_who_is_back_was_away_for_as_long_as_the_leave_that_ended() -> None:
    day_off = {"from": "2026-03-06", "to": "2026-03-06"}
    assert person(("leave.booked", T - 20 * DAY, WEEK)).away_before(MONDAY) == 5 * DAY
    assert person(("leave.booked", T - 20 * DAY, day_off)).away_before(MONDAY) == DAY
    assert person(("leave.booked", T - 20 * DAY, WEEK)).away_before(MONDAY + DAY) == 0


def test_the_own_days_off_lie_between_not_everybodys_weekend() -> None:
    """Away until Monday, off on Tuesdays: Wednesday is the first day back."""
    away = ("leave.booked", T - 20 * DAY, {"from": "2026-02-23", "to": "2026-03-09"})
    days = {day: ["09:00-18:00"] for day in ("mon", "wed", "thu", "fri")}
    part_time = person(("agent.joined", T - 300 * DAY, {"hours": days}), away)
    wednesday = MONDAY + 2 * DAY
    assert part_time.back_today(wednesday)
    assert not person(away).back_today(wednesday)


def test_who_has_left_again_is_not_back() -> None:
    more = {"from": "2026-03-09", "to": "2026-03-13"}
    told = person(("leave.booked", T - 20 * DAY, WEEK), ("leave.booked", T - 20 * DAY, more))
    assert not told.back_today(MONDAY)
    assert told.back_today(MONDAY + 7 * DAY)


# -- who somebody is --------------------------------------------------------------------------------


def test_somebody_is_new_for_thirty_days() -> None:
    told = person(("agent.joined", T, {"role": "agent"}))
    assert [told.is_new(t) for t in (T - 1, T, T + NEW_HIRE - 1, T + NEW_HIRE)] == [False, True, True, False]
    assert NEW_HIRE == 30 * DAY
    assert not Person(ME).is_new(T), "nobody said when they joined"


def test_somebody_who_comes_back_has_not_left() -> None:
    told = person(
        ("agent.joined", T - 90 * DAY, {}), ("agent.left", T - 50 * DAY, {}), ("agent.joined", T, {})
    )
    assert (told.left, told.joined) == (None, T)


def test_a_change_leaves_alone_what_it_does_not_name() -> None:
    told = person(
        ("agent.joined", T, {"role": "senior", "desk": "d-1"}), ("agent.changed", T + DAY, {"desk": "d-2"})
    )
    assert (told.role, told.desk) == ("senior", "d-2")


def test_the_hours_say_when_a_day_begins() -> None:
    told = person(
        ("agent.joined", T, {"hours": {"tue": ["13:00-18:00", "09:30-12:00"]}, "time_zone": "Asia/Manila"})
    )
    expected = micros(datetime(2026, 3, 10, 9, 30, tzinfo=ZoneInfo("Asia/Manila")).astimezone(UTC))
    assert told.begins_at(date(2026, 3, 10)) == expected
    assert told.begins_at(date(2026, 3, 11)) is None


def test_each_time_has_the_clock_that_was_in_force() -> None:
    told = person(
        ("agent.joined", T, {"time_zone": "Europe/Nicosia"}),
        ("agent.changed", T + DAY, {"time_zone": "Asia/Manila", "hours": {"mon": ["22:00-06:00"]}}),
    )
    assert told.clock_at(T) == Clock("Europe/Nicosia")
    assert told.clock_at(T + DAY) == Clock("Asia/Manila", 12 * 60)
    assert told.clock_at(T - DAY) == Clock("Europe/Nicosia"), "before the introduction: the first one told"


def test_a_zone_that_there_is_none_of_is_a_gap() -> None:
    told = person(("agent.joined", T, {"time_zone": "Mars/Olympus"}))
    assert (told.clock.zone, told.zone_known) == ("Europe/Nicosia", False)


def test_a_person_stays_the_same_object_when_facts_come_late() -> None:
    found = people(
        ("agent.joined", T, {"role": "agent"}), ("notice.given", T + 5 * DAY, {"last_day": "2026-05-01"})
    )
    held = found.get(ME)  # as the day that is going on holds it
    found.tell(ME, "work.declared", T + DAY, {"from": T, "to": T + 9 * DAY, "declared_by": BOSS})
    assert found.get(ME) is held
    assert [work.by for work in held.work] == [BOSS]


# -- any order --------------------------------------------------------------------------------------

days = st.integers(0, 40).map(lambda n: T + n * DAY)
dates = st.integers(1, 28).map(lambda n: f"2026-03-{n:02}")
spans = st.fixed_dictionaries({"from": dates, "to": dates})
works = st.fixed_dictionaries(
    {
        "work": st.sampled_from(["w-1", "w-2"]),
        "from": dates,
        "to": dates,
        "declared_by": st.sampled_from([ME, BOSS]),
    },
    optional={"records_expected": st.integers(1, 90), "scope": st.just({"desk": "all"})},
)
introductions = st.fixed_dictionaries(
    {},
    optional={
        "role": st.sampled_from(["agent", "manager"]),
        "desk": st.sampled_from(["d-1", "d-2"]),
        "time_zone": st.sampled_from(["Asia/Manila", "Europe/Nicosia", "none such"]),
        "hours": st.just({"mon": ["22:00-06:00"]}),
    },
)
facts = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["agent.joined", "agent.changed", "agent.left"]), days, introductions),
        st.tuples(st.just("notice.given"), days, st.fixed_dictionaries({"last_day": dates})),
        st.tuples(st.just("notice.withdrawn"), days, st.just({})),
        st.tuples(st.sampled_from(["leave.booked", "leave.cancelled"]), days, spans),
        st.tuples(st.sampled_from(["work.declared", "work.cancelled"]), days, works),
    ),
    max_size=8,
)


@given(facts, st.randoms(use_true_random=False))
def test_facts_told_in_any_order_give_the_same_person(
    told: list[tuple[str, int, dict[str, Any]]], rng: Any
) -> None:
    shuffled = list(told)
    rng.shuffle(shuffled)
    assert person(*told) == person(*shuffled)


# -- who may declare --------------------------------------------------------------------------------


@pytest.mark.parametrize(("role", "may"), [
    ("manager", True), ("compliance", True), ("admin", True), ("back-office", True),
    ("agent", False), ("senior", False), ("service", False),
])  # fmt: skip
def test_declaring_work_for_others_needs_authority(role: str, may: bool) -> None:
    found = people(("agent.joined", T, {"role": "agent"}))
    found.tell(BOSS, "agent.joined", T, {"role": role})
    assert found.may_declare(BOSS, found.get(ME)) is may
    assert not found.may_declare(ME, found.get(ME))
    assert not found.may_declare(None, found.get(ME))
    assert found.may_declare("hr-system", found.get(ME)), "somebody outside the desks, whom no agent is"


def test_work_stands_from_its_start_to_its_end_once_known() -> None:
    work = {"from": T, "to": T + 2 * HOUR, "declared_by": BOSS, "work": "w"}
    found = people(("work.declared", T - DAY, work))
    me = found.get(ME)
    assert [bool(list(found.declared(me, t, t))) for t in (T - 1, T, T + 2 * HOUR)] == [False, True, False]
    assert list(found.declared(me, T, T - 2 * DAY)) == []
