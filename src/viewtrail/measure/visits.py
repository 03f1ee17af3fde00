"""Visits: what an agent opened in one sitting, and how long each record stayed open."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median
from typing import Final

from viewtrail.measure.clocks import MINUTE
from viewtrail.measure.counts import OPENED, Mark
from viewtrail.measure.kept import Kept

NEEDS: Final = {"record.viewed": {"visit", "dwell_ms"}, "record.left": {"view", "dwell_ms", "complete"}}

PAUSE: Final = 30 * MINUTE
"""Where the source names no visits, a pause of this length begins another."""


@dataclass(frozen=True, slots=True)
class Visit:
    """One sitting: from the first to the last opening (µs), and the different records opened in it."""

    start: int
    end: int
    records: int


def visits(marks: Iterable[Mark]) -> list[Visit]:
    """The visits that these marks make, in time order; openings alone count."""
    found: list[Visit] = []
    records: set[str] = set()
    start = end = 0
    name: str | None = None
    for mark in sorted((mark for mark in marks if mark.kind == OPENED), key=lambda one: one.t):
        apart = mark.t - end > PAUSE if name is None or mark.visit is None else mark.visit != name
        if records and apart:
            found.append(Visit(start, end, len(records)))
            records = set()
        if not records:
            start = mark.t
        end, name = mark.t, mark.visit
        records.add(mark.key)
    if records:
        found.append(Visit(start, end, len(records)))
    return found


def largest_visit(marks: Iterable[Mark]) -> Visit | None:
    """The visit with most different records, the first of equals."""
    return max(visits(marks), key=lambda visit: visit.records, default=None)


class Dwells:
    """How long each opening lasted, for some days: told at the opening or when the record was left.

    A lower bound (the page's last signal was lost) is not how long: the opening stays unknown.
    """

    def __init__(self) -> None:
        self._told: Kept[tuple[str, str], int] = Kept()

    def tell(self, opening: tuple[str, str], milliseconds: int, t: int, *, complete: bool = True) -> None:
        """The opening of that (source, id) lasted so long, as known at log time `t` (µs)."""
        if complete:
            self._told.keep(opening, milliseconds, t)

    def get(self, opening: tuple[str, str]) -> int | None:
        return self._told.get(opening)


def usual_dwell_ms(marks: Iterable[Mark], dwells: Dwells) -> tuple[int, int] | None:
    """(median milliseconds open, of how many openings that is known); None when of none."""
    told = [dwells.get(mark.identity) for mark in marks]
    known = [milliseconds for milliseconds in told if milliseconds is not None]
    return (round(median(known)), len(known)) if known else None
