"""Local times of a telephone system in microseconds UTC, many a second, also in the hour that comes twice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from viewtrail.errors import BadInput
from viewtrail.event import EPOCH
from viewtrail.event.kinds import LATEST
from viewtrail.sources.times import Clock, localised, shown, time_reader

_MICROSECOND: Final = timedelta(microseconds=1)
_SECOND: Final = 1_000_000
PAST: Final = {
    f":{minute:02}:{second:02}": (minute * 60 + second) * _SECOND
    for minute in range(60)
    for second in range(60)
}
"""Minutes and seconds as they are written, in microseconds past the hour."""


_MINUTES: Final = {f":{minute:02}": minute * 60 * _SECOND for minute in range(60)}
_SECONDS: Final = {f":{second:02}": second * _SECOND for second in range(60)}
MINUTES_KEPT: Final = 10_000


class WallClock:
    """Reads times like 2026-03-02 09:14:03 (or with slashes) by their minute, which is kept once known.

    Rows are written in order, so the minutes that are asked for are few and at hand.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._read = time_reader(clock)
        self._hours: dict[str, int | None] = {}
        self._minutes: dict[str, int] = {}

    def steady(self, told: str) -> int | None:
        """The instant, for a time in a minute that was read before and is in an hour with one offset."""
        minute, past = self._minutes.get(told[:16]), _SECONDS.get(told[16:])
        return None if minute is None or past is None else minute + past

    def micros(self, told: str, after: int | None = None) -> int:
        """The instant. In the hour that comes twice: the first one that is not before `after`."""
        minute, past = self._minutes.get(told[:16]), _SECONDS.get(told[16:])
        return self._rare(told, after) if minute is None or past is None else minute + past

    def span(self, start: str, end: str) -> tuple[int, int]:
        """The instants of two times, the second not before the first where its hour comes twice."""
        minutes = self._minutes
        minute, past = minutes.get(start[:16]), _SECONDS.get(start[16:])
        begun = self._rare(start, None) if minute is None or past is None else minute + past
        minute, past = minutes.get(end[:16]), _SECONDS.get(end[16:])
        return begun, self._rare(end, begun) if minute is None or past is None else minute + past

    def _rare(self, told: str, after: int | None) -> int:
        """The first time of a minute, or of an hour without one offset."""
        hour, minute, past = told[:13], _MINUTES.get(told[13:16]), _SECONDS.get(told[16:])
        start = self._hours.get(hour)
        if start is not None and minute is not None and past is not None:
            if len(self._minutes) >= MINUTES_KEPT:
                self._minutes.clear()
            self._minutes[told[:16]] = start + minute
            return start + minute + past
        instant = self._slow(told, after)
        if hour not in self._hours and len(self._hours) < 100_000:
            self._hours[hour] = self._hour(told)
        return instant

    def _hour(self, told: str) -> int | None:
        """When the hour of this time starts; None if the clock changes in it or it is written otherwise."""
        if len(told) != 19 or told[10] not in " T":
            return None
        first, last = told[:14] + "00:00", told[:14] + "59:59"
        try:
            start, end = self._read(self._plain(first)), self._read(self._plain(last))
        except BadInput:
            return None
        begun = _micros(start)
        return begun if _micros(end) - begun == 3_599 * _SECOND else None

    def _slow(self, told: str, after: int | None) -> int:
        try:
            return _micros(self._read(self._plain(told)))
        except BadInput:
            if after is None or self._clock.zone is None:
                raise
            return self._twice(told, after)

    def _twice(self, told: str, after: int) -> int:
        """One of the two instants of an hour that came twice; whatever else is wrong is raised again."""
        asked = Clock(self._clock.format, self._clock.zone, self._clock.overrule, "first")
        value = time_reader(asked)(self._plain(told))
        first = _micros(value)
        if first >= after or value.tzinfo is None:
            return first
        later = Clock(asked.format, asked.zone, asked.overrule, "second")
        return _micros(localised(value.replace(tzinfo=None, fold=0), later))

    def _plain(self, told: str) -> str:
        return _dashed(told) if self._clock.format == "iso" else told


def _dashed(told: str) -> str:
    """2026/03/02 09:14:03 as 2026-03-02 09:14:03."""
    if len(told) > 10 and told[4] == told[7] and told[4] in "/.":
        return f"{told[:4]}-{told[5:7]}-{told[8:]}"
    return told


def _micros(moment: datetime) -> int:
    return in_range((moment.astimezone(UTC) - EPOCH) // _MICROSECOND)


def in_range(micros: int) -> int:
    """The instant, if an event can have it."""
    if not 0 <= micros < LATEST:
        raise BadInput("the time is outside 1970 to 2199")
    return micros


def whole(told: str, what: str) -> int:
    """A whole number of seconds from a column; BadInput names the column."""
    if told.isascii() and told.isdigit() and len(told) < 10:
        return int(told)
    raise BadInput(f"{what} {shown(told)} is not a whole number of seconds")
