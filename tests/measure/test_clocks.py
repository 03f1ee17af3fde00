"""Behaviour days run from cut to cut on the agent's own clock, whatever daylight saving does."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewtrail.measure.clocks import (
    CUT,
    DAY,
    HOUR,
    MINUTE,
    NOON,
    Clock,
    bounds,
    day_of,
    instant,
    micros,
    night_cut,
    start_of,
    zone,
)

NICOSIA, MANILA = Clock("Europe/Nicosia"), Clock("Asia/Manila")
ZONES = ("UTC", "Europe/Nicosia", "Asia/Manila", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata")


def utc(text: str) -> int:
    return micros(datetime.fromisoformat(text).replace(tzinfo=UTC))


def local(text: str, name: str = "Europe/Nicosia", fold: int = 0) -> int:
    return micros(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(name), fold=fold).astimezone(UTC))


def test_the_day_is_cut_at_four_in_the_morning() -> None:
    assert CUT == 240
    assert start_of(NICOSIA, date(2026, 1, 7)) == utc("2026-01-07T02:00")
    assert start_of(MANILA, date(2026, 1, 7)) == utc("2026-01-06T20:00")


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        ("2026-01-07T03:59:59.999999", date(2026, 1, 6)),
        ("2026-01-07T04:00", date(2026, 1, 7)),
        ("2026-01-08T00:30", date(2026, 1, 7)),
        ("2026-01-08T04:00", date(2026, 1, 8)),
    ],
)
def test_days_are_half_open(moment: str, day: date) -> None:
    assert day_of(NICOSIA, local(moment)) == day
    assert bounds(NICOSIA, local(moment))[0] == day


@pytest.mark.parametrize(
    ("day", "hours"),
    [
        (date(2026, 3, 27), 24),
        (date(2026, 3, 28), 23),  # the clock goes forward on the 29th at three: before that day's cut
        (date(2026, 3, 29), 24),
        (date(2026, 10, 24), 25),  # back on the 25th at four: the hour from three comes twice
        (date(2026, 10, 25), 24),
    ],
)
def test_daylight_saving_makes_days_of_23_and_25_hours_in_nicosia(day: date, hours: int) -> None:
    noon = start_of(NICOSIA, day) + 8 * HOUR
    found, start, end = bounds(NICOSIA, noon)
    assert (found, (end - start) // HOUR) == (day, hours)


def test_every_day_in_manila_has_24_hours() -> None:
    starts = [start_of(MANILA, date(2026, 1, 1) + timedelta(days=n)) for n in range(366)]
    assert {later - one for one, later in pairwise(starts)} == {DAY}


def test_both_passes_of_the_hour_that_comes_twice_belong_to_the_same_day() -> None:
    first, second = local("2026-10-25T03:30"), local("2026-10-25T03:30", fold=1)
    assert second - first == HOUR
    assert bounds(NICOSIA, first) == bounds(NICOSIA, second)
    assert bounds(NICOSIA, first)[0] == date(2026, 10, 24)


def test_a_cut_within_the_hour_that_comes_twice_still_cuts_once() -> None:
    clock = Clock("Europe/Nicosia", 3 * 60 + 30)
    before, after = local("2026-10-25T03:29"), local("2026-10-25T03:31", fold=1)
    (early, _, end), (late, start, _) = bounds(clock, before), bounds(clock, after)
    assert (early, late) == (date(2026, 10, 24), date(2026, 10, 25))
    assert end == start


def test_a_cut_within_the_hour_that_is_left_out_still_cuts_once() -> None:
    clock = Clock("Europe/Nicosia", 3 * 60 + 30)  # on 29 March 2026 there is no half past three
    moments = [utc("2026-03-29T00:00") + minute * MINUTE for minute in range(180)]
    found = [bounds(clock, t) for t in moments]
    assert all(start <= t < end for t, (_, start, end) in zip(moments, found, strict=True))
    assert len(set(found)) == 2
    assert found[0][2] == found[-1][1]


@given(
    st.sampled_from(ZONES),
    st.integers(0, 1439),
    st.integers(1_704_067_200, 1_830_000_000),
)
def test_every_moment_is_in_exactly_one_day(name: str, cut: int, second: int) -> None:
    clock, t = Clock(name, cut), second * 1_000_000 + 999_999
    day, start, end = bounds(clock, t)
    assert start <= t < end
    assert end == start_of(clock, day + timedelta(days=1))
    assert bounds(clock, end)[1] == end, "the next day starts where this one ends"
    assert bounds(clock, start - 1)[2] == start
    assert 22 * HOUR <= end - start <= 26 * HOUR


@given(st.sampled_from(ZONES), st.integers(0, 1439), st.integers(1_700_000_000, 1_800_000_000))
def test_a_second_later_is_never_an_earlier_day(name: str, cut: int, second: int) -> None:
    clock = Clock(name, cut)
    for step in (1, 1800, 3600, 86_400):
        assert bounds(clock, second * 1_000_000)[0] <= bounds(clock, (second + step) * 1_000_000)[0]


def test_a_zone_that_there_is_none_of_is_none_and_the_clock_is_utc() -> None:
    assert zone("Mars/Olympus") is None
    assert start_of(Clock("Mars/Olympus"), date(2026, 1, 7)) == utc("2026-01-07T04:00")


@pytest.mark.parametrize(
    ("hours", "cut"),
    [
        ({}, CUT),
        ({"mon": ["09:00-18:00"]}, CUT),
        ({"mon": ["20:00-04:00"]}, CUT),  # over when the day is cut
        ({"mon": ["22:00-06:00"]}, NOON),
        ({"mon": ["20:00-05:00"]}, NOON),  # who shares the night shares the day
        ({"mon": ["22:00-06:00"], "sat": ["12:00-20:00"]}, 9 * 60),  # the gap of the whole week
        ({"mon": ["00:00-06:00", "22:00-24:00"]}, NOON),
        ({"mon": ["03:00-04:01"]}, NOON),
        ({"mon": ["22:00-06:00"], "tue": ["11:30-14:00"]}, 18 * 60),
        ({"mon": ["00:00-24:00"]}, CUT),  # no gap at all
    ],
)
def test_a_night_shift_is_cut_at_noon_or_in_its_longest_gap(hours: dict[str, list[str]], cut: int) -> None:
    assert night_cut(hours) == cut


def test_a_night_shift_is_one_day() -> None:
    clock = Clock("Europe/Nicosia", night_cut({"mon": ["22:00-06:00"]}))
    assert bounds(clock, local("2026-01-07T22:05"))[0] == bounds(clock, local("2026-01-08T05:55"))[0]


@given(st.integers(0, 1439), st.integers(1, 1380))
def test_a_cut_never_falls_into_the_working_hours(start: int, length: int) -> None:
    end = (start + length) % 1440
    told = f"{start // 60:02}:{start % 60:02}-{end // 60:02}:{end % 60:02}"
    cut = night_cut({"wed": [told]})
    assert (cut - start) % 1440 >= length or length == 0


def test_a_date_is_its_local_midnight_and_with_end_the_end_of_it() -> None:
    assert instant("2026-03-28", NICOSIA) == local("2026-03-28T00:00")
    assert instant("2026-03-29", NICOSIA, end=True) == local("2026-03-30T00:00")
    assert instant(5 * MINUTE, NICOSIA, end=True) == 5 * MINUTE
    assert instant(None, NICOSIA) is None
