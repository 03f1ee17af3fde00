"""Activity by hour beside what is usual for that hour of that weekday, on the clock of a zone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Any, Final

from viewtrail.errors import BadInput
from viewtrail.measure.clocks import DAY, HOUR, MINUTE, SECOND, micros
from viewtrail.measure.clocks import zone as zone_of
from viewtrail.store.asking_answers import HourCount

Ask = Callable[..., list[Any]]

QUARTER: Final = 15 * MINUTE
"""Counts are kept by quarters of an hour: every zone's hours are made of them."""

WEEKS: Final = 8
"""So many weeks before say what is usual."""


def local(t: int, zone: str) -> datetime:
    """The instant `t` (µs) as the clock in `zone` shows it; BadInput for a zone that there is not."""
    known = zone_of(zone)
    if known is None:
        raise BadInput(f"there is no time zone {zone[:60]!r}", next="write a name such as Europe/Nicosia")
    return datetime.fromtimestamp(t // SECOND, UTC).astimezone(known)


def hours(start: int, end: int, zone: str) -> Iterator[tuple[int, int]]:
    """(start in µs, hour of the day) of each clock hour in the span; the first begins with it."""
    t = start
    while t < end:
        told = local(t, zone)
        yield t, told.hour
        t += HOUR - (told.minute * MINUTE + told.second * SECOND + t % SECOND)


def clocks(start: int, end: int, zone: str) -> list[tuple[int, int]]:
    """(from when on, µs ahead of UTC) for the clock of a zone in this span: one row for each change of it."""
    found: list[tuple[int, int]] = []
    t = start
    while True:
        ahead = _ahead(t, zone)
        if not found:
            found.append((t, ahead))
        elif found[-1][1] != ahead:
            found.append((_change(t - DAY, t, zone), ahead))
        if t >= end:
            return found
        t += DAY


def _ahead(t: int, zone: str) -> int:
    return (local(t, zone).utcoffset() or timedelta()) // timedelta(microseconds=1)


def _change(low: int, high: int, zone: str) -> int:
    """The second at which the clock that `low` is on gives way to that of `high`."""
    before = _ahead(low, zone)
    while high - low > SECOND:
        middle = low + (high - low) // 2 // SECOND * SECOND
        low, high = (middle, high) if _ahead(middle, zone) == before else (low, middle)
    return high // SECOND * SECOND


def activity(ask: Ask, start: int, end: int, zone: str) -> list[HourCount]:
    """The hours that begin in the span. An hour that a week before did not have, for the clocks were put
    forward in it, takes that week out of the usual."""
    spans = [(begin, _week_hours(begin, zone)) for begin, _ in hours(_whole_hour(start, zone), end, zone)]
    if not spans:
        return []
    first = min([begin for begin, _ in spans] + [t for _, before in spans for t in before])
    found = ask("activity", start=first // QUARTER, end=-(-(spans[-1][0] + HOUR) // QUARTER))
    counts = {quarter: (openings, reveals, calls) for quarter, openings, reveals, calls in found}
    ((begins,),) = ask("first_quarter")
    known = begins * QUARTER if begins is not None else end
    return [_hour(counts, begin, [t for t in before if t >= known]) for begin, before in spans]


def _whole_hour(t: int, zone: str) -> int:
    told = local(t, zone)
    past = told.minute * MINUTE + told.second * SECOND + t % SECOND
    return t if past == 0 else t + HOUR - past


def _week_hours(t: int, zone: str) -> list[int]:
    """The same hour on the clock, one to eight weeks before."""
    told = local(t, zone)
    found = []
    for week in range(1, WEEKS + 1):
        naive = told.replace(tzinfo=None) - timedelta(weeks=week)
        before = naive.replace(tzinfo=told.tzinfo, fold=told.fold).astimezone(UTC)
        if before.astimezone(told.tzinfo).replace(tzinfo=None) == naive:
            found.append(micros(before))
    return found


def _sum(counts: dict[int, tuple[int, int, int]], start: int) -> tuple[int, int, int]:
    parts = [counts.get(start // QUARTER + n, (0, 0, 0)) for n in range(4)]
    return sum(one[0] for one in parts), sum(one[1] for one in parts), sum(one[2] for one in parts)


def _hour(counts: dict[int, tuple[int, int, int]], start: int, before: list[int]) -> HourCount:
    weeks = [_sum(counts, t) for t in before]
    openings, reveals, calls = (median(one[n] for one in weeks) if weeks else None for n in range(3))
    return HourCount(start, *_sum(counts, start), openings, reveals, calls, len(weeks))
