"""The last days of a log: up to now where it is live, up to its last entry where it is history."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from viewtrail.app.clock import now
from viewtrail.measure.clocks import DAY, Clock, bounds, start_of
from viewtrail.web.insiders import insiders

if TYPE_CHECKING:
    from viewtrail.web.visit import Visit

YEARS: Final = (1980, 2100)
"""Nobody asks for a day outside of these, and calendars end somewhere."""


def until(visit: Visit) -> int:
    """The end (µs) of what people mean by "lately"."""
    looking = insiders()
    last = max((one.last_seen or 0 for one in visit.staff.values() if one.agent not in looking), default=0)
    clock = now()
    return clock if last == 0 or last > clock - DAY else int(last) + 1


def asked_day(text: str, clock: Clock, last: int) -> tuple[int, int, date]:
    """(start, end, day) of the behaviour day asked for as 2026-03-11; else that of `last` (µs)."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = date.min
    if not YEARS[0] <= day.year <= YEARS[1]:
        day, start, end = bounds(clock, last)
        return start, end, day
    return start_of(clock, day), start_of(clock, day + timedelta(days=1)), day


def last_days(visit: Visit, days: int) -> tuple[int, int]:
    """(start, end) in µs of the last so many days."""
    end = until(visit)
    return end - days * DAY, end
