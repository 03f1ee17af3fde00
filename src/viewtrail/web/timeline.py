"""An agent's day as marks on a time axis: what the drawing needs, counted in its own units."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from viewtrail.event.kinds import EPOCH
from viewtrail.measure.clocks import HOUR, MINUTE, SECOND

if TYPE_CHECKING:
    from viewtrail.store.asking_rows import Row

WIDTH: Final = 1000
"""Units of the drawing from the first moment to the last."""

LANE: Final = 30
"""Units of height of one lane."""

THIN: Final = 1.6
"""Units of width of a mark whose length is not known, or shorter than can be seen."""

LANES: Final = {
    "opened": ("record.viewed", "record.left", "record.served"),
    "lists": ("list.viewed", "search.performed"),
    "revealed": ("contact.revealed", "contact.copied", "page.printed"),
    "calls": ("call.ended", "call.started", "message.sent"),
    "work": ("note.added", "record.updated", "task.completed", "status.changed", "document.decided"),
    "exports": ("export.created",),
    "context": (
        "visit.started",
        "visit.ended",
        "leave.booked",
        "notice.given",
        "work.declared",
        "record.assigned",
        "task.due",
        "agent.changed",
    ),
}
"""Lane -> the event types that lie on it, from the top down."""

_LANE_OF: Final = {name: lane for lane, names in LANES.items() for name in names}

STEPS: Final = (MINUTE, 5 * MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 4 * HOUR)
"""How far apart the lines of the axis may stand (µs): the first that gives at most MOST_LINES."""

MOST_LINES: Final = 14
LEAST_SPAN: Final = 10 * MINUTE


@dataclass(frozen=True, slots=True)
class Mark:
    """One thing done: where it stands on the axis, how long it took there, and its entry."""

    index: int
    x: float
    width: float
    kind: str
    open: bool


@dataclass(frozen=True, slots=True)
class Lane:
    """One kind of thing done."""

    name: str
    y: int
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the axis with the agent's clock beside it."""

    x: float
    text: str


@dataclass(frozen=True, slots=True)
class Timeline:
    """The drawing from `start` to `end` (µs) on the agent's clock; lanes without marks are left out."""

    start: int
    end: int
    lanes: tuple[Lane, ...]
    lines: tuple[Line, ...]

    @property
    def height(self) -> int:
        return LANE * len(self.lanes) + 24

    @property
    def floor(self) -> int:
        return LANE * len(self.lanes)


def timeline(rows: Sequence[Row], start: int, end: int, zone: str) -> Timeline:
    """What lies between `start` and `end` of these rows."""
    scale = WIDTH / max(end - start, 1)
    found: dict[str, list[Mark]] = {lane: [] for lane in LANES}
    for row in rows:
        lane = _LANE_OF.get(row.type)
        if lane is not None and start <= row.time < end:
            length = (row.dwell_s or row.talk_s or 0.0) * SECOND
            width = max(min(length, end - row.time) * scale, THIN)
            known = not row.dwell_is_least
            found[lane].append(Mark(row.index, (row.time - start) * scale, width, row.type, known))
    there = [lane for lane in LANES if found[lane]]
    lanes = tuple(Lane(name, place * LANE, tuple(found[name])) for place, name in enumerate(there))
    return Timeline(start, end, lanes, tuple(_lines(start, end, scale, zone)))


def _lines(start: int, end: int, scale: float, zone: str) -> Iterable[Line]:
    step = next((step for step in STEPS if (end - start) / step <= MOST_LINES), STEPS[-1])
    shift = _offset(start, zone)
    first = -(-(start + shift) // step) * step - shift
    for t in range(first, end, step):
        yield Line((t - start) * scale, _clock(t, zone))


def _offset(t: int, zone: str) -> int:
    gone = _moment(t, zone).utcoffset() or timedelta()
    return gone // timedelta(microseconds=1)


def _clock(t: int, zone: str) -> str:
    return _moment(t, zone).strftime("%H:%M")


def _moment(t: int, zone: str) -> datetime:
    return (EPOCH + timedelta(microseconds=t)).astimezone(ZoneInfo(zone) if zone else UTC)


def fitted(rows: Sequence[Row], start: int, end: int) -> tuple[int, int]:
    """The part of a day in which something was done, in whole hours; all of it where nothing was."""
    times = [row.time for row in rows if row.type in _LANE_OF and start <= row.time < end]
    if not times:
        return start, end
    last = max(
        row.time + int((row.dwell_s or row.talk_s or 0) * SECOND)
        for row in rows
        if row.time in (times[-1], max(times))
    )
    return max(start, min(times) // HOUR * HOUR), min(end, -(-(last + 1) // HOUR) * HOUR)


def zoomed(start: int, end: int, day: tuple[int, int]) -> dict[str, tuple[int, int] | None]:
    """Where in, out, earlier and later lead from here; None where there is nothing further."""
    span, middle = end - start, (start + end) // 2
    nearer = max(span // 2, LEAST_SPAN)
    wider = min(span * 2, day[1] - day[0])
    return {
        "in": _kept(middle - nearer // 2, nearer, day) if span > LEAST_SPAN else None,
        "out": _kept(middle - wider // 2, wider, day) if span < day[1] - day[0] else None,
        "earlier": _kept(start - span // 2, span, day) if start > day[0] else None,
        "later": _kept(start + span // 2, span, day) if end < day[1] else None,
    }


def _kept(start: int, span: int, day: tuple[int, int]) -> tuple[int, int]:
    """A span of that length that lies within the day."""
    start = max(day[0], min(start, day[1] - span))
    return start, start + span
