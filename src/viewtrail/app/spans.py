"""Days and times as people write them on the command line, as a half-open span of time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from viewtrail.errors import BadInput, SettingError
from viewtrail.event import EPOCH


@dataclass(frozen=True, slots=True)
class Span:
    """From `start` up to and without `end`, both µs; None is open."""

    start: int | None = None
    end: int | None = None

    def holds(self, t: int) -> bool:
        return (self.start is None or t >= self.start) and (self.end is None or t < self.end)


def span(start: str | None, end: str | None, zone: str) -> Span:
    """The span from one day or time to another; BadInput when it ends before it starts."""
    made = Span(moment(start, zone, "--from"), moment(end, zone, "--to"))
    if made.start is not None and made.end is not None and made.end <= made.start:
        raise BadInput(f"--to {end} is not after --from {start}")
    return made


def moment(text: str | None, zone: str, where: str) -> int | None:
    """A date (its midnight in `zone`) or an RFC 3339 time as µs; a time without a zone is in `zone`."""
    if text is None:
        return None
    try:
        day = date.fromisoformat(text) if len(text) == 10 else None
        told = datetime(day.year, day.month, day.day) if day else datetime.fromisoformat(text)  # noqa: DTZ001 -- its zone is set below
    except ValueError:
        step = "write 2026-03-02 or 2026-03-02T09:14:03+02:00"
        raise BadInput(f"{text!r} is neither a date nor a time", where=where, next=step) from None
    aware = told if told.tzinfo else told.replace(tzinfo=zone_of(zone))
    return (aware.astimezone(UTC) - EPOCH) // EPOCH.resolution


def zone_of(name: str) -> ZoneInfo:
    """The time zone of that name; SettingError when there is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise SettingError(f"there is no time zone {name!r}", where="time_zone") from None


def local(t: int, zone: str) -> datetime:
    """A time as the clock in `zone` shows it."""
    return (EPOCH + t * EPOCH.resolution).astimezone(zone_of(zone))
