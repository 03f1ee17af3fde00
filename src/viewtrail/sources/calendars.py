"""A calendar file as its series: each appointment parsed alone, its repetitions within a window.

1. The text is cut into its components by their BEGIN and END lines, so that a broken one is set aside alone.
2. Components of one UID are one series: the rule and what was said of single instances (RFC 5545 3.8.4.4).
3. Zones are the file's own VTIMEZONE, else the name, Windows' names too (icalendar knows them). A time
   without a zone is the mapping's or the file's (X-WR-TIMEZONE); one that nobody knows is refused.
4. Rules that repeat within a day are refused: nothing that is announced for people needs them, and a single
   line of them could stand for millions of instances.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from viewtrail.errors import BadInput
from viewtrail.sources.calendar_zones import Zones
from viewtrail.sources.rows import check_text
from viewtrail.sources.times import Clock, localised, shown

MOST: Final = 1_000
"""Instances of one series in the window; a working day each for two years is 520."""

OLDEST: Final = 1990
FREQUENCIES: Final = frozenset({"DAILY", "WEEKLY", "MONTHLY", "YEARLY"})
WITHIN_A_DAY: Final = ("BYHOUR", "BYMINUTE", "BYSECOND")
_EDGE: Final = re.compile(r"(BEGIN|END):([A-Z-]+)[ \t]*", re.IGNORECASE)
KEPT: Final = frozenset({"VEVENT", "VTODO", "VJOURNAL", "VFREEBUSY", "VTIMEZONE"})

READ: Final = (
    "DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "RECURRENCE-ID", "STATUS", "LAST-MODIFIED",
    "CREATED", "DTSTAMP", "SUMMARY", "CATEGORIES", "ORGANIZER", "ATTENDEE",
)  # fmt: skip
"""What is read of a component; anything else may be as it likes."""

Moment = date | datetime


@dataclass(frozen=True, slots=True)
class Block:
    """One component as it stands in the file, from which line on; `whole`: its END is there."""

    kind: str
    text: str
    line: int
    whole: bool = True


@dataclass(frozen=True, slots=True)
class Slot:
    """When one instance is. All-day ones are dates, the last one included; else times with a zone."""

    start: Moment
    end: Moment


@dataclass(frozen=True, slots=True)
class Instance:
    """One instance of a series: the component that says so, when it is, and whether it stands."""

    component: Any
    slot: Slot
    stands: bool = True


@dataclass(slots=True)
class Series:
    """The components of one UID: the rule, if there is one, and the single instances."""

    uid: str
    line: int
    text: str = ""
    components: list[Any] = field(default_factory=list)


def blocks(text: str) -> Iterator[Block]:
    """The components of a calendar's text, in their order."""
    kind, start, taken = "", 0, list[str]()
    for number, line in enumerate(text.split("\n"), 1):
        edge = _EDGE.fullmatch(line.strip("\r"))
        begins = edge is not None and edge[1].upper() == "BEGIN"
        name = edge[2].upper() if edge else ""
        if begins and name in KEPT:
            if kind:  # the one before has no end
                yield Block(kind, "\n".join(taken), start, whole=False)
            kind, start, taken = name, number, []
        if not kind:
            continue
        taken.append(line)
        if edge and not begins and name == kind:
            yield Block(kind, "\n".join(taken), start)
            kind, taken = "", []
    if kind:
        yield Block(kind, "\n".join(taken), start, whole=False)


def parsed(block: Block, zones: Zones) -> Any:
    """The component of one block; BadInput when it is none."""
    check_text(block.text)
    if not block.whole:
        raise BadInput(f"{block.kind} has no END")
    from icalendar import Calendar  # 0.1 s, which only calendars should cost
    from icalendar.prop.broken import vBroken

    told = zones.named(block.text).strip()
    text = f"BEGIN:VCALENDAR\r\n{zones.described}{told}\r\nEND:VCALENDAR\r\n"
    try:
        [component] = Calendar.from_ical(text).walk(block.kind)
        for name in READ:
            told = component.get(name)
            if any(isinstance(one, vBroken) for one in (told if isinstance(told, list) else [told])):
                raise BadInput(f"{name} cannot be read")
        if not str(component.get("UID", "")).strip():
            raise BadInput("has no UID")
    except BadInput:
        raise
    except Exception as error:  # the library raises what its parts raise
        raise BadInput(f"is no {block.kind} ({str(error)[:100]})") from None
    return component


def slot(component: Any, clock: Clock) -> Slot:
    """When a component is."""
    start = _moment(component, "DTSTART", clock)
    if component.get("DTEND") is not None:
        end = _moment(component, "DTEND", clock)
    else:
        length = component.get("DURATION")
        whole_day = not isinstance(start, datetime)
        end = start + (length.dt if length is not None else timedelta(days=1 if whole_day else 0))
    if isinstance(start, datetime) is not isinstance(end, datetime) or end < start:
        raise BadInput("ends before it starts")
    if not isinstance(end, datetime) and end > start:
        end -= timedelta(days=1)  # a date at the end is the day after (RFC 5545 3.6.1)
    return Slot(start, end)


def _moment(component: Any, name: str, clock: Clock) -> Moment:
    told = component.get(name)
    if told is None or isinstance(told, list):
        raise BadInput(f"has no {name}" if told is None else f"has two of {name}")
    return fixed(told.dt, str(told.params.get("TZID", "")), clock)


def fixed(value: Any, zone: str, clock: Clock) -> Moment:
    """A date as it is, or a time with a zone."""
    if not isinstance(value, date):
        raise BadInput(f"{shown(value)} is no date or time")
    if not isinstance(value, datetime) or value.tzinfo is not None:
        return value
    if zone:
        raise BadInput(f"time zone {shown(zone)} is unknown, and the file does not say what it is")
    return localised(value, clock)


def instances(series: Series, clock: Clock, window: tuple[datetime, datetime]) -> Iterator[Instance]:
    """The instances of a series: of a rule those in the window, else all. What does not stand is told too."""
    master = next((one for one in series.components if one.get("RECURRENCE-ID") is None), None)
    if master is None or not (master.get("RRULE") or master.get("RDATE")):
        for one in series.components:
            cancelled = str(one.get("STATUS", "")).upper() == "CANCELLED"
            yield from _single(one, clock, stands=not cancelled)
        return
    _check(master)
    import recurring_ical_events
    from icalendar import Calendar

    calendar = Calendar()
    for one in series.components:
        calendar.add_component(one)
    found = recurring_ical_events.of(calendar).between(*window)
    if len(found) > MOST:
        raise BadInput(f"repeats more than {MOST:,} times in the window", next="end the series, or narrow it")
    whole = slot(master, clock)
    for one in sorted(found, key=lambda one: str(one["DTSTART"].dt)):
        yield from _instance(one, whole, clock)
    for gone in _excluded(master, clock):
        here = gone if isinstance(gone, datetime) else datetime(gone.year, gone.month, gone.day, tzinfo=UTC)
        if window[0] <= here < window[1]:
            yield Instance(master, _moved(whole, gone), stands=False)


def _single(component: Any, clock: Clock, *, stands: bool) -> Iterator[Instance]:
    """An appointment that does not repeat, or one instance whose series is in another file."""
    here = slot(component, clock)
    planned = component.get("RECURRENCE-ID")
    if planned is not None:
        yield from _instance(component, here, clock)
    else:
        yield Instance(component, here, stands)


def _instance(component: Any, whole: Slot, clock: Clock) -> Iterator[Instance]:
    """One instance; where it was moved or cancelled, the time that was planned no longer stands."""
    here, planned = slot(component, clock), component.get("RECURRENCE-ID")
    was = here if planned is None else _moved(whole, fixed(planned.dt, "", clock))
    if str(component.get("STATUS", "")).upper() == "CANCELLED":
        yield Instance(component, was, stands=False)
        return
    if was != here:
        yield Instance(component, was, stands=False)
    yield Instance(component, here)


def _moved(whole: Slot, start: Moment) -> Slot:
    """The slot of the whole series' length that starts then, by the wall clock of the series."""
    if isinstance(whole.start, datetime) and isinstance(start, datetime):
        start = start.astimezone(whole.start.tzinfo)
    length: timedelta = whole.end - whole.start  # type: ignore[operator]  # both dates, or both times
    return Slot(start, start + length)


def _excluded(master: Any, clock: Clock) -> Iterator[Moment]:
    told = master.get("EXDATE") or []
    for one in told if isinstance(told, list) else [told]:
        for when in one.dts:
            yield fixed(when.dt, "", clock)


def _check(master: Any) -> None:
    rules = master.get("RRULE") or []
    for rule in rules if isinstance(rules, list) else [rules]:
        often = str((rule.get("FREQ") or [""])[0]).upper()
        if often not in FREQUENCIES or any(part in rule for part in WITHIN_A_DAY):
            raise BadInput("repeats within a day", next="only DAILY, WEEKLY, MONTHLY and YEARLY are read")
        if any(int(one) < 1 for one in rule.get("INTERVAL") or []):
            raise BadInput("repeats after no time at all")
    start = master.get("DTSTART")
    if start is None or start.dt.year < OLDEST:
        raise BadInput(f"is a series since before {OLDEST}")
