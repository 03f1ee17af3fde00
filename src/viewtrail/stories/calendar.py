"""When things happen at Meridian Markets: days, wall-clock minutes and microseconds in Nicosia."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

ZONE_NAME = "Europe/Nicosia"
SECOND = 1_000_000  # µs
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
MS = 1_000  # µs in a millisecond

END = date(2026, 4, 6)  # the Monday after the first quarter's end; no story is told on or after it
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@cache
def midnight(day: date) -> int:
    """The day's 00:00 in Nicosia, in µs since 1970 UTC."""
    local = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(ZONE_NAME))
    return (local - _EPOCH) // timedelta(microseconds=1)


def at(day: date, clock: str) -> int:
    """`at(day, "17:05")` in µs. The clocks change on Sundays at three: no story is told then."""
    hours, minutes = clock.split(":")
    return midnight(day) + int(hours) * HOUR + int(minutes) * MINUTE


def is_working(day: date) -> bool:
    return day.weekday() < 5


def days(start: date, end: date) -> Iterator[date]:
    """Every day of the half-open interval, weekends too."""
    for n in range((end - start).days):
        yield start + timedelta(days=n)


def working_day(day: date, n: int) -> date:
    """The working day `n` working days after `day` (before it, if negative)."""
    step = timedelta(days=1 if n >= 0 else -1)
    left = abs(n)
    while left:
        day += step
        left -= is_working(day)
    return day


def last_working_day(year: int, month: int) -> date:
    following = date(year + month // 12, month % 12 + 1, 1)
    return working_day(following, -1)
