"""Times as other systems write them: formats, local clocks, and the hour that comes twice."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any, Final
from zoneinfo import ZoneInfo

from viewtrail.errors import BadInput
from viewtrail.event import EPOCH

UNITS = {"epoch": 1_000_000, "epoch-ms": 1_000, "epoch-us": 1}  # microseconds in one of them
_SECONDS = {f"{number:02}": timedelta(seconds=number) for number in range(60)}
_DIRECTIVES = {
    "%Y": r"(?P<year>\d{4})",
    "%m": r"(?P<month>\d{1,2})",
    "%d": r"(?P<day>\d{1,2})",
    "%H": r"(?P<hour>\d{1,2})",
    "%M": r"(?P<minute>\d{2})",
    "%S": r"(?P<second>\d{2})",
}


@dataclass(frozen=True, slots=True)
class Clock:
    """How a file writes its times. `overrule`: the zone written in the file is wrong, `zone` is right."""

    format: str = "iso"
    zone: ZoneInfo | None = None
    overrule: bool = False
    ambiguous: str = "set-aside"  # or "first", "second": the hour that comes twice in autumn


def time_reader(clock: Clock) -> Callable[[Any], datetime]:
    """A function from a cell (text, number or datetime) to an aware datetime; BadInput says what is wrong."""
    parse = _parser(clock.format)
    hours: dict[tuple[int, int, int, int], timezone | None] = {}  # looked up 3 times as fast as worked out

    def local(value: datetime) -> datetime:
        hour = (value.year, value.month, value.day, value.hour)
        if hour not in hours:
            if len(hours) > 100_000:
                hours.clear()
            hours[hour] = _steady(value, clock.zone)
        zone = hours[hour]
        return value.replace(tzinfo=zone) if zone else localised(value, clock)

    def read(cell: Any) -> datetime:
        value = cell if isinstance(cell, datetime) else parse(cell)
        if value.tzinfo is None:
            return local(value)
        return local(value.replace(tzinfo=None)) if clock.overrule else value

    return _by_minute(read) if clock.format.endswith("%S") and _pattern(clock.format) else read


def _by_minute(read: Callable[[Any], datetime]) -> Callable[[Any], datetime]:
    """The same for times that end with their second: the minute is read once, and many rows are of it."""
    minutes: dict[str, datetime] = {}

    def quick(cell: Any) -> datetime:
        if type(cell) is not str:
            return read(cell)
        minute, second = minutes.get(cell[:-2]), _SECONDS.get(cell[-2:])
        if minute is None or second is None:
            value = read(cell)
            if (
                isinstance(value.tzinfo, timezone) and len(minutes) < 100_000
            ):  # one offset for all of its hour
                minutes[cell[:-2]] = value.replace(second=0)
            return value
        return minute + second

    return quick


def _steady(value: datetime, zone: ZoneInfo | None) -> timezone | None:
    """The offset that holds for all of this local hour, or None if it changes in it or no zone is known."""
    if zone is None:
        return None
    first = value.replace(minute=0, second=0, microsecond=0, tzinfo=zone)
    last = first.replace(minute=59, second=59, microsecond=999_999)
    offsets = {moment.replace(fold=fold).utcoffset() for moment in (first, last) for fold in (0, 1)}
    offset = offsets.pop()
    return timezone(offset) if offset is not None and not offsets else None


def _parser(form: str) -> Callable[[Any], datetime]:
    if form == "iso":
        return _iso
    if form in UNITS:
        return lambda cell: _epoch(cell, form)
    quick = _pattern(form)
    return (lambda cell: _by_pattern(cell, quick, form)) if quick else (lambda cell: _by_format(cell, form))


def _iso(cell: Any) -> datetime:
    try:
        return datetime.fromisoformat(cell)
    except (ValueError, TypeError):
        raise BadInput(f"{shown(cell)} is not an ISO 8601 time", next="name its format in [time]") from None


def _epoch(cell: Any, form: str) -> datetime:
    try:
        return EPOCH + timedelta(microseconds=round(float(cell) * UNITS[form]))
    except (ValueError, TypeError, OverflowError):
        raise BadInput(f"{shown(cell)} is not a time in {form}") from None


def _pattern(form: str) -> re.Pattern[str] | None:
    """A pattern for a format of numbers only: three times as quick as strptime."""
    parts = re.split(r"(%.)", form)
    if len(set(parts[1::2])) != len(parts[1::2]) or not set(parts[1::2]) <= set(_DIRECTIVES):
        return None
    return re.compile("".join(_DIRECTIVES.get(part) or re.escape(part) for part in parts), re.ASCII)


def _by_pattern(cell: Any, pattern: re.Pattern[str], form: str) -> datetime:
    found = pattern.fullmatch(cell) if isinstance(cell, str) else None
    try:
        if found:
            return datetime(**{name: int(part) for name, part in found.groupdict().items()})  # type: ignore[arg-type]  # noqa: DTZ001  # its zone is given by localised()
    except (ValueError, TypeError):
        pass
    raise BadInput(f"{shown(cell)} is not a time as {form}")


def _by_format(cell: Any, form: str) -> datetime:
    try:
        return datetime.strptime(cell, form)  # noqa: DTZ007  # its zone is given by localised()
    except (ValueError, TypeError):
        raise BadInput(f"{shown(cell)} is not a time as {form}") from None


def localised(value: datetime, clock: Clock) -> datetime:
    """A wall-clock time in the clock's zone; refused where that does not say which instant it is."""
    if clock.zone is None:
        raise BadInput(f"time {value.isoformat(' ')} has no zone", next="name it: time_zone in [time]")
    first = value.replace(tzinfo=clock.zone)
    second = first.replace(fold=1)
    before, after = first.utcoffset(), second.utcoffset()
    if before == after or before is None or after is None:
        return first
    if before < after:  # the clock sprang over it
        raise BadInput(
            f"time {value.isoformat(' ')} never was in {clock.zone.key}", next="check time_zone in [time]"
        )
    if clock.ambiguous == "set-aside":
        raise BadInput(
            f"time {value.isoformat(' ')} was twice in {clock.zone.key}",
            next='say which is meant: ambiguous = "first" or "second" in [time]',
        )
    return first if clock.ambiguous == "first" else second


_DATE = re.compile(r"\D*(?:\d{4}[-./]\d\d?[-./]\d\d?|\d\d?[-./]\d\d?[-./]\d{4})(?!\d)")
_NUMBER = re.compile(r"\+?[\d\s()./-]+")
_LETTER, _DIGIT = re.compile(r"[^\W\d_]"), re.compile(r"\d")
FEWEST: Final = 7
"""Digits from which on a number may be somebody's telephone; an extension or a count has fewer."""


def shown(cell: Any) -> str:
    """A cell as an error message shows it: of what may be somebody's address or number only its shape."""
    told = repr(cell if isinstance(cell, (str, int, float, bool)) else str(cell))
    if "@" in told or _is_number(told.strip("'\"")):
        told = _DIGIT.sub("9", _LETTER.sub("x", told))
    return told[:60]


def _is_number(told: str) -> bool:
    digits = len(_DIGIT.findall(told))
    return digits >= FEWEST and bool(_NUMBER.fullmatch(told)) and not _DATE.match(told)


def named(agent: str) -> str:
    """An agent as an error message names them: who is to be looked up has to be known."""
    return repr(agent)[:60]
