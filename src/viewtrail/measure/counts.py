"""Counts of one agent's day: different records in any 40 minutes and in the day, as they rise."""

from __future__ import annotations

from bisect import bisect_right
from collections import deque
from collections.abc import Hashable, Iterable, Sequence
from heapq import heappop, heappush
from typing import Final, NamedTuple

from viewtrail.measure.clocks import MINUTE, SECOND

NEEDS: Final = {
    "record.viewed": {"surface", "actor_kind", "campaign", "visit", "via", "dwell_ms"},
    "contact.revealed": {"field"},
    "contact.copied": {"field"},
    "page.printed": set(),
    "list.viewed": {"rows", "records", "list", "filter", "sort", "visit"},
    "search.performed": {"rows", "records", "list", "filter", "visit"},
    "call.ended": {"answered", "talk_ms", "direction"},
    "export.created": {"rows"},
    "record.served": {"surface", "list", "visit", "via"},
}

WINDOW: Final = 40 * MINUTE
"""The scan statistic's window: long enough for a walked list, too short for an ordinary day to fit in."""

SLOT: Final = 5 * MINUTE
"""Provisional scores compare with the peers as they stood at the last full five minutes."""

EXPORT_ROWS: Final = 50
"""One export counts one for each 50 rows begun."""


SHOWN_AT_ONCE: Final = 200
"""Rows that a list shows at once at most, where its records are not named: `rows` may be all it has."""

PAGE: Final = 50
"""Rows that are counted as one page, and that one opening from a list accounts for: so records are found."""

AGAIN: Final = 20 * SECOND
"""The same list asked for again so long after may have loaded itself; going from page to page is quicker."""


class Mark(NamedTuple):
    """One thing an agent did, as far as counts need it; `entry` is its index, `identity` its (source, id).

    `weight` is the rows of an export or a list. Of a list, `via` is what was asked for: its filter and order.
    """

    t: int
    kind: str
    key: str
    weight: int
    entry: int
    identity: tuple[str, str]
    campaign: str | None = None
    list: str | None = None
    visit: str | None = None
    via: str | None = None


OPENED: Final = "opened"
REVEALED: Final = "revealed"
SHORT_OUT: Final = "short-out"
SHORT_IN: Final = "short-in"
EXPORTED: Final = "exported"
SERVED: Final = "served"
LISTED: Final = "listed"


def _before(rises: list[tuple[int, int, int]], t: int) -> tuple[int, int]:
    place = bisect_right(rises, (t, -1, -1))
    return (0, 0) if place == 0 else (rises[place - 1][1], rises[place - 1][2])


class Span:
    """Different keys in any 40 minutes (the most so far) and in the day, while time goes forward.

    A key is in the window at t if it was last seen at most 40 minutes before. `rises` keeps (t, day, most)
    at each change, so that what the count was at any earlier moment can still be asked.
    """

    __slots__ = ("all", "most", "oldest", "recent", "rises")

    def __init__(self) -> None:
        self.oldest = self.most = 0
        "No key in the window was last seen before `oldest`."
        self.all: set[Hashable] | frozenset[Hashable] = frozenset()  # most spans of most days stay empty
        self.recent: dict[Hashable, int] = {}
        self.rises: list[tuple[int, int, int]] = []

    def add(self, t: int, key: Hashable) -> bool:
        """Count `key` at `t`; whether the day's or the window's count rose."""
        recent = self.recent
        if key in recent:
            del recent[key]
        recent[key] = t
        if self.oldest < t - WINDOW:
            self._let_go(t - WINDOW)
        rose = len(recent) > self.most
        if rose:
            self.most = len(recent)
        if key not in self.all:
            if isinstance(self.all, set):
                self.all.add(key)
            else:
                self.all = {key}
            rose = True
        if rose:
            self.rises.append((t, len(self.all), self.most))
        return rose

    def _let_go(self, edge: int) -> None:
        """Drop what was last seen before `edge` from the window."""
        recent = self.recent
        while True:
            key = next(iter(recent))
            if recent[key] >= edge:
                self.oldest = recent[key]
                return
            del recent[key]

    @property
    def day(self) -> int:
        return len(self.all)

    def before(self, t: int) -> tuple[int, int]:
        """(day, most in 40 minutes) as they stood just before `t`."""
        return _before(self.rises, t)


class Tally:
    """The same for things that are summed, not told apart: exported rows and pages, in steps of fifty."""

    __slots__ = ("day", "most", "recent", "rises", "window")

    def __init__(self) -> None:
        self.day = 0
        self.window = 0
        self.most = 0
        self.recent: deque[tuple[int, int]] = deque()
        self.rises: list[tuple[int, int, int]] = []

    def add(self, t: int, weight: int) -> bool:
        self.day += weight
        self.window += weight
        self.recent.append((t, weight))
        while self.recent[0][0] < t - WINDOW:
            self.window -= self.recent.popleft()[1]
        self.most = max(self.most, self.window)
        self.rises.append((t, self.day, self.most))
        return weight > 0

    def before(self, t: int) -> tuple[int, int]:
        """(day, most in 40 minutes) as they stood just before `t`."""
        return _before(self.rises, t)


class Peak(NamedTuple):
    """The most keys waiting at once, in 40 minutes and in the day, and how many wait at the end."""

    most: int
    day: int
    now_most: int
    now_day: int


NONE_WAITING: Final = Peak(0, 0, 0, 0)

ENDLESS: Final = 2**60
"""Of a key that nothing came of: it waits for ever."""


def waiting(marks: Iterable[tuple[int, Hashable, int]]) -> Peak:
    """Of (t, key, until) in time order: each key waits from `t` to `until`; looked at when one is added."""
    recent: dict[Hashable, int] = {}
    day: dict[Hashable, int] = {}
    ends: list[tuple[int, int, Hashable]] = []
    most = whole = 0
    for number, (t, key, until) in enumerate(marks):
        while ends and ends[0][0] <= t:
            end, _, gone = heappop(ends)
            if day.get(gone) == end:
                del day[gone]
                recent.pop(gone, None)
        if until <= t:
            continue
        day[key] = max(until, day.get(key, 0))
        recent.pop(key, None)
        recent[key] = t
        if until < ENDLESS:
            heappush(ends, (until, number, key))
        while recent[first := next(iter(recent))] < t - WINDOW:
            del recent[first]
        most, whole = max(most, len(recent)), max(whole, len(day))
    return Peak(most, whole, len(recent), len(day))


def sweep(marks: Iterable[Mark]) -> Span:
    """The counts of time-ordered marks by their keys."""
    span = Span()
    for mark in marks:
        span.add(mark.t, mark.key)
    return span


def distinct(marks: Iterable[Mark]) -> Span:
    """The counts of time-ordered marks, each for itself."""
    span = Span()
    for mark in marks:
        span.add(mark.t, mark.entry)
    return span


def busiest(marks: Sequence[Mark]) -> tuple[int, int]:
    """(start, end) of the 40 minutes that hold most different keys: the window that ends at its last rise."""
    span, best, when = Span(), 0, (marks[0].t, marks[0].t)
    for mark in marks:
        span.add(mark.t, mark.key)
        if len(span.recent) > best:
            best, when = len(span.recent), (min(span.recent.values()), mark.t)
    return when


def longest_run(short: Sequence[bool]) -> int:
    """The most short calls one after another."""
    best = now = 0
    for one in short:
        now = now + 1 if one else 0
        best = max(best, now)
    return best
