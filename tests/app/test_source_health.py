"""A source is judged by its own ways: what is usually quiet is never silence, and a day off is no fault."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from viewtrail.app.source_health import Health, beacon_matter, days_off, hook_matter, judge
from viewtrail.errors import SettingError
from viewtrail.store.asking_answers import Arrival, Gap, SourceFacts, SourceSeen, SourcesHeard

QUARTER = 900_000_000
ZONE = "Europe/Nicosia"
MONDAY = date(2026, 4, 6)
"""A week after the clocks there were put forward."""


def at(day: date, clock: str, zone: str = ZONE) -> int:
    told = datetime.fromisoformat(f"{day}T{clock}:00").replace(tzinfo=ZoneInfo(zone))
    return int(told.timestamp()) * 1_000_000


def office(name: str, stops: int, *, days: int = 42, events: int = 9, until: str = "18:00") -> SourceFacts:
    """Working days from nine to six with lunch, by the clock on the wall; from `stops` on nothing comes."""
    quarters: list[int] = []
    for back in range(days, -1, -1):
        day = MONDAY + timedelta(days=4 - back)
        if day.weekday() < 5:
            first, last = at(day, "09:00") // QUARTER, at(day, until) // QUARTER
            noon = at(day, "12:30") // QUARTER
            quarters += [q for q in range(first, last) if not noon <= q < noon + 4]
    return source(name, [q for q in quarters if (q + 1) * QUARTER <= stops], events)


def source(name: str, quarters: list[int], events: int) -> SourceFacts:
    came = tuple(Arrival(q, events, q * QUARTER + 1, (q + 1) * QUARTER - 1) for q in quarters)
    seen = SourceSeen(name, came[-1].last, 100, (), None, events * len(came), 0)
    return SourceFacts(seen, came[0].first, came[-1].last, came, 0, 0, 0, 0, 0, None)


def state(now: int, *facts: SourceFacts, off: str = "", listened: frozenset[int] | None = None) -> Health:
    """How the first of them does."""
    first = now // QUARTER - 70 * 96
    there = frozenset(range(first, now // QUARTER + 1)) if listened is None else listened
    found = judge(SourcesHeard(facts, there), now, ZONE, days_off(off))
    return next(one for one in found if one.source.source == facts[0].seen.source)


TUESDAY, WEDNESDAY = MONDAY + timedelta(days=1), MONDAY + timedelta(days=2)


def test_one_that_speaks_as_ever_is_alive() -> None:
    now = at(MONDAY, "15:02")
    assert state(now, office("/crm", now)).state == "alive"


def test_one_that_stops_in_the_middle_of_its_day_is_silent_after_half_an_hour() -> None:
    crm = office("/crm", at(MONDAY, "10:15"))
    assert state(at(MONDAY, "10:29"), crm).state == "alive"
    assert state(at(MONDAY, "10:44"), crm).state == "alive", "nine are usual, too few to say anything"
    assert state(at(MONDAY, "10:46"), crm).state == "silent"
    assert state(at(MONDAY, "10:46"), crm).since == crm.last


def test_late_comes_before_silent() -> None:
    crm = office("/crm", at(MONDAY, "10:15"), events=40)
    told = state(at(MONDAY, "10:31"), crm)
    assert (told.state, told.matter) == ("late", "late: something usually comes at this time")


@pytest.mark.parametrize(
    ("stops", "now"),
    [
        ((MONDAY, "12:30"), (MONDAY, "13:29")),  # lunch
        ((MONDAY, "18:00"), (TUESDAY, "09:14")),  # a night
        ((MONDAY - timedelta(days=3), "18:00"), (MONDAY, "09:01")),  # a weekend, and the clocks were changed
    ],
)
def test_what_is_usually_quiet_is_no_silence(stops: tuple[date, str], now: tuple[date, str]) -> None:
    assert state(at(*now), office("/crm", at(*stops))).state == "alive"


def test_a_whole_day_without_anything_may_be_a_day_off() -> None:
    crm = office("/crm", at(MONDAY, "18:00"))
    assert state(at(TUESDAY, "17:00"), crm).state == "late"
    assert state(at(WEDNESDAY, "08:00"), crm).state == "late"
    assert state(at(WEDNESDAY, "09:46"), crm).state == "silent", "two of them are none"


def test_no_day_off_when_others_work() -> None:
    crm, pbx = office("/crm", at(MONDAY, "18:00")), office("/pbx", at(TUESDAY, "10:00"))
    assert state(at(TUESDAY, "10:01"), crm, pbx).state == "silent"
    assert state(at(TUESDAY, "10:01"), pbx, crm).state == "alive"


def test_a_named_day_off_is_no_silence_even_when_somebody_works() -> None:
    crm, pbx = office("/crm", at(MONDAY, "18:00")), office("/pbx", at(TUESDAY, "16:00"))
    assert state(at(TUESDAY, "16:01"), crm, pbx, off="2026-04-07").state == "alive"


def test_one_holiday_in_four_weeks_does_not_excuse_today() -> None:
    crm = office("/crm", at(MONDAY, "10:15"))
    free = range(at(date(2026, 3, 23), "04:00") // QUARTER, at(date(2026, 3, 24), "04:00") // QUARTER)
    crm = replace(crm, arrivals=tuple(one for one in crm.arrivals if one.quarter not in free))
    assert state(at(MONDAY, "10:46"), crm).state == "silent"


def test_hours_in_which_nobody_listened_do_not_count() -> None:
    crm, now = office("/crm", at(MONDAY, "10:15")), at(MONDAY, "16:00")
    down = frozenset(range(at(MONDAY, "04:00") // QUARTER, at(MONDAY, "10:15") // QUARTER))
    assert state(now, crm, listened=down).state == "alive"


def test_one_known_for_less_than_two_weeks_is_new() -> None:
    crm = office("/crm", at(MONDAY, "10:15"), days=14)
    assert state(at(MONDAY, "16:00"), crm).state == "new"


def test_one_that_came_as_files_alone_is_not_judged() -> None:
    crm = replace(office("/crm", at(MONDAY, "10:15")), begun=None, last=None, arrivals=())
    assert state(at(MONDAY, "16:00"), crm).state == "history"


def test_one_that_ended_long_ago_is_no_news() -> None:
    crm = replace(office("/crm", at(MONDAY, "10:15")), arrivals=())
    assert state(at(MONDAY + timedelta(days=90), "16:00"), crm).state == "ended"


def test_one_that_speaks_once_a_week_is_never_silent_by_the_hour() -> None:
    fridays = [at(MONDAY - timedelta(days=3 + 7 * n), "17:00") // QUARTER for n in range(8, -1, -1)]
    hr = source("/hr", fridays, 5)
    last = MONDAY - timedelta(days=3)
    for days in (3, 7, 8, 14, 20):
        assert state(at(last + timedelta(days=days), "17:30"), hr).state == "seldom", days
    assert state(at(last + timedelta(days=22), "17:30"), hr).state == "silent"


def test_what_the_log_calls_silent_is_silent_until_something_comes() -> None:
    crm = office("/crm", at(MONDAY, "10:15"))
    said = replace(crm, silent_since=crm.last)
    assert state(at(MONDAY + timedelta(days=40), "12:00"), said).state == "silent"
    assert state(
        at(MONDAY, "11:01"), replace(office("/crm", at(MONDAY, "11:00")), silent_since=crm.last)
    ).state == ("alive")


def test_the_other_matters_are_told_in_words() -> None:
    now = at(MONDAY, "15:02")
    crm = office("/crm", now)
    seen = replace(crm.seen, missing=3, usual_24h=900.0, gaps=(Gap("1", "2", 3, "numbering"),))
    ill = replace(crm, seen=seen, skew_ms=-240_000, calls=200, unmatched=70, served=30, viewed=70)
    assert state(now, ill).matters == (
        "much quieter than usual on this weekday",
        "3 events are proved missing",
        "its clock is 4 minutes behind",
        "35% of 200 calls in seven days belong to no record known",
        "30% of 100 records shown in seven days gave no sign of being seen",
    )
    few = replace(crm, skew_ms=119_000, calls=40, unmatched=40, served=40, viewed=0)
    assert state(now, few).matters == ()


def test_the_house_itself_is_no_source() -> None:
    now = at(MONDAY, "15:02")
    assert [
        one.source.source for one in judge(SourcesHeard((office("viewtrail", now),), frozenset()), now, ZONE)
    ] == []


def test_refused_signals_are_told_with_the_reason_most_often_given() -> None:
    assert beacon_matter({"the site is not known": 12}) == ""
    told = beacon_matter({"the site is not known": 12, "no rule of that name": 30})
    assert told == "42 signals refused in 24 hours, 30 of them: no rule of that name"


def test_any_refused_post_of_a_hook_is_told() -> None:
    assert hook_matter({}) == ""
    assert hook_matter({"no hook of that name": 19}) == "", "strangers try addresses"
    told = hook_matter({"hq: the signature does not fit": 2, "no hook of that name": 1})
    assert told == "2 posts refused in 24 hours, 2 of them: hq: the signature does not fit"
    told = hook_matter({"no hook of that name": 20})
    assert told == "20 posts refused in 24 hours, 20 of them: no hook of that name"


def test_a_day_off_that_is_no_date_is_named() -> None:
    assert days_off(" 2026-12-25,2026-12-26 ,") == {date(2026, 12, 25), date(2026, 12, 26)}
    with pytest.raises(SettingError, match="'Christmas' is not a date"):
        days_off("2026-12-26, Christmas")
