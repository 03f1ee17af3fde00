"""When a behaviour day starts, ends and closes: 04:00 to 04:00 for the agent, closed 30 minutes later."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

SECOND: Final = 1_000_000
MINUTE: Final = 60 * SECOND
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR

CUT: Final = 4 * 60
"""Minutes after midnight at which a behaviour day starts: when nearly nobody works."""

NOON: Final = 12 * 60
"""Minutes after midnight at which the day of a night shift is cut."""

CLOSING: Final = 30 * MINUTE
"""A day closes this long after its end: the follow-up of its last opening may still come until then."""

LATE: Final = 72 * HOUR
"""What arrives up to this late has its day computed again; older entries enter history alone."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, order=True)
class Clock:
    """A zone and the minute after local midnight at which its behaviour days are cut."""

    zone: str = "UTC"
    cut: int = CUT


@lru_cache(maxsize=256)
def zone(name: str) -> ZoneInfo | None:
    """The zone of that name, or None if there is none such: the clock is then UTC and a gap is shown."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return None


def micros(moment: datetime) -> int:
    since = moment - _EPOCH
    return (since.days * 86_400 + since.seconds) * SECOND + since.microseconds


@lru_cache(maxsize=4096)
def start_of(clock: Clock, day: date) -> int:
    """The instant (µs) at which `day` starts on `clock`; daylight saving makes some days 23 or 25 hours."""
    local = datetime.combine(day, time(clock.cut // 60, clock.cut % 60), zone(clock.zone) or UTC)
    return micros(local.astimezone(UTC))


def day_of(clock: Clock, t: int) -> date:
    """The behaviour day that the instant `t` (µs) falls in; days are half-open."""
    local = datetime.fromtimestamp(t // SECOND, zone(clock.zone) or UTC)
    return (local - timedelta(minutes=clock.cut)).date()


def bounds(clock: Clock, t: int) -> tuple[date, int, int]:
    """The behaviour day of `t` with its start and end (µs)."""
    day = day_of(clock, t)
    start, end = start_of(clock, day), start_of(clock, day + timedelta(days=1))
    # An hour that daylight saving repeats or drops can put `t` beside the day its local time names.
    if t < start:
        day, start, end = day - timedelta(days=1), start_of(clock, day - timedelta(days=1)), start
    elif t >= end:
        day, start, end = day + timedelta(days=1), end, start_of(clock, day + timedelta(days=2))
    return day, start, end


def instant(value: int | str | None, clock: Clock, *, end: bool = False) -> int | None:
    """A stored time (µs, or a date) as an instant; a date is its start, with `end` the end of it, local."""
    if not isinstance(value, str):
        return value
    whole = date.fromisoformat(value) + timedelta(days=1 if end else 0)
    return start_of(Clock(clock.zone, 0), whole)


def night_cut(hours: dict[str, list[str]]) -> int:
    """The cut for these weekly working hours: 04:00, or for night shifts noon if they are off then.

    One cut for all who work at night, not the middle of each one's own longest gap: people who share a
    night desk are each other's peers only if their days begin together. Only who works at noon too has the
    middle of the longest gap, looked for in the union of all days' spans.
    """
    busy = [False] * 1440
    for spans in hours.values():
        for span in spans:
            first, last = (int(part[:2]) * 60 + int(part[3:]) for part in span.split("-"))
            for minute in range(first, last if last > first else last + 1440):
                busy[minute % 1440] = True
    if not any(busy) or not busy[CUT] or all(busy):
        return CUT
    if not any(busy[NOON - 60 : NOON + 60]):
        return NOON
    best, length = CUT, 0
    for minute in range(1440):
        if busy[minute] or not busy[minute - 1]:
            continue
        gap = 0
        while not busy[(minute + gap) % 1440]:
            gap += 1
        if gap > length:
            best, length = (minute + gap // 2) % 1440, gap
    return best
