"""Signals that a page numbered and that never came: a table without clock or disk.

A page of the browser numbers what it says of views, their ends, copies, prints and lists, from 1 on;
heartbeats have no number, as a later one says all that an earlier one said. It sends in order and again until
it is answered, so a number that is still missing five minutes after a later one was lost, or held back.
Whoever changes the page's script can number as they like: it proves a loss, and never that there was none.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

SECOND: Final = 1_000_000

LOST_AFTER: Final = 300 * SECOND
"""µs after which a missing number is lost: a page that is offline tries again at least every minute."""

MOST: Final = 20_000
"""Pages remembered, about 10 MB; of one that is forgotten no more gaps are told."""

MOST_HOLES: Final = 20
"""Gaps of one page that are told apart; a page with more has no order in its numbers."""

HIGHEST: Final = 1_000_000
"""No page says so much in its life; a higher number is made up."""


@dataclass(slots=True)
class Hole:
    """Numbers `first` to `last` did not come; a later one came at `since` (µs)."""

    first: int
    last: int
    since: int


@dataclass(slots=True)
class _Page:
    low: int
    high: int
    holes: list[Hole] = field(default_factory=list)


class PageNumbers:
    """The table, fed with lines that `said` makes; any other is left out."""

    def __init__(self, *, most: int = MOST) -> None:
        self._most = most
        self._pages: OrderedDict[str, _Page] = OrderedDict()

    def apply(self, line: list[Any]) -> None:
        match line:
            case ["said", str(page), int(number), int(at)] if 0 < number <= HIGHEST:
                self._said(page, number, at)
            case ["page", str(page), int(low), int(high), list(holes)]:
                self._known(page, low, high, [Hole(*one) for one in holes])
            case _:
                pass

    def _said(self, page: str, number: int, at: int) -> None:
        known = self._pages.setdefault(page, _Page(number, number))
        self._pages.move_to_end(page)
        while len(self._pages) > self._most:
            self._pages.popitem(last=False)
        if number > known.high + 1 and len(known.holes) < MOST_HOLES:
            known.holes.append(Hole(known.high + 1, number - 1, at))
        elif number < known.high:
            known.holes = [left for hole in known.holes for left in _without(hole, number)]
        known.low, known.high = min(known.low, number), max(known.high, number)

    def _known(self, page: str, low: int, high: int, holes: list[Hole]) -> None:
        """What another process, or this one before a restart, knew of a page."""
        here = self._pages.get(page)
        if here is None:
            self._pages[page] = _Page(low, high, holes)
            return
        if here.low > high + 1:
            here.holes.insert(0, Hole(high + 1, here.low - 1, holes[-1].since if holes else 0))
        here.holes = [hole for hole in holes if hole.last < here.low] + here.holes
        here.low, here.high = min(here.low, low), max(here.high, high)

    def due(self, now: int) -> Iterator[tuple[str, Hole]]:
        """(page, hole) of what is lost at `now` (µs); each is gone once the next is asked for."""
        for page, known in list(self._pages.items()):
            for hole in [one for one in known.holes if one.since + LOST_AFTER <= now]:
                yield page, hole
                known.holes.remove(hole)

    def lines(self) -> Iterator[list[Any]]:
        """Lines that make this table again in another process."""
        for page, known in self._pages.items():
            holes = [[hole.first, hole.last, hole.since] for hole in known.holes]
            yield ["page", page, known.low, known.high, holes]


def _without(hole: Hole, number: int) -> list[Hole]:
    """What is left of a hole when that number came after all."""
    if not hole.first <= number <= hole.last:
        return [hole]
    parts = (Hole(hole.first, number - 1, hole.since), Hole(number + 1, hole.last, hole.since))
    return [part for part in parts if part.first <= part.last]


def said(page: str, number: int, at: int) -> list[Any]:
    """The page said something under this number at `at` (µs)."""
    return ["said", page, number, at]
