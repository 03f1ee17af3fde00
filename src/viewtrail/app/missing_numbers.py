"""Holes in the numbers that sources give their events: told in the log when they stay, and when filled."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from viewtrail.event import Event
from viewtrail.log import Log, Part, Receipt
from viewtrail.log.numbering import Run, numbered, runs

GRACE: Final = 60_000_000
"""Microseconds a hole may stay before it is told: what was sent at once arrives in any order."""

MOST: Final = 200
"""Holes of one counter at a time; a source with more numbers its events in no order that we know."""

LOOKED_BACK: Final = 50_000
"""Entries that are read at the start, to go on with the sources' numbers where they were."""

KEPT: Final = 5_000
"""Counters remembered; the one not heard of for longest goes first. A boot id makes one for each start."""


@dataclass(slots=True)
class Hole:
    """Numbers that are missing, as runs, between events of the times `before` and `after`."""

    first: int
    last: int
    before: int
    after: int
    since: int
    runs: list[tuple[int, int]]
    told: bool = False

    def fill(self, first: int, last: int) -> None:
        """What of these was missing has come."""
        if first <= self.last and last >= self.first:
            before = [(begin, min(end, first - 1)) for begin, end in self.runs]
            after = [(max(begin, last + 1), end) for begin, end in self.runs]
            self.runs = sorted(run for run in before + after if run[0] <= run[1])

    @property
    def lost(self) -> int:
        return sum(last - first + 1 for first, last in self.runs)


@dataclass(slots=True)
class Counter:
    """The highest number so far and the time of its event."""

    high: int
    time: int
    holes: list[Hole] = field(default_factory=list)
    lawless: bool = False


class MissingNumbers:
    """Follows `sequence` by source and by what stands before the number (a boot id begins a new counter)."""

    def __init__(self) -> None:
        self._counters: dict[tuple[str, str], Counter] = {}
        self._holed: set[tuple[str, str]] = set()

    def note(self, runs: Iterable[Run], now: int) -> None:
        """Numbers of events that were added to the log, in their order."""
        for run in runs:
            self._run(run, now)

    def seen(self, source: str, sequence: str, time: int, now: int) -> None:
        """A number that has come."""
        found = numbered(sequence)
        if found is not None:
            prefix, number = found
            self._run((source, prefix, number, number, time, time), now)

    def _run(self, run: Run, now: int) -> None:
        source, prefix, first, last, began, ended = run
        counter = self._counters.get((source, prefix))
        if counter is None:
            self._begin((source, prefix), Counter(last, ended))
            return
        for hole in counter.holes if first <= counter.high else ():
            hole.fill(first, last)
        if first > counter.high + 1:
            self._leap((source, prefix), counter, first, began, now)
        if last > counter.high:
            counter.high, counter.time = last, ended

    def _begin(self, key: tuple[str, str], counter: Counter) -> None:
        if len(self._counters) >= KEPT:
            oldest = min(self._counters, key=lambda held: self._counters[held].time)
            del self._counters[oldest]
            self._holed.discard(oldest)
        self._counters[key] = counter

    def _leap(self, key: tuple[str, str], counter: Counter, number: int, time: int, now: int) -> None:
        first, last = counter.high + 1, number - 1
        if not counter.lawless:
            span = min(counter.time, time), max(counter.time, time)
            counter.holes.append(Hole(first, last, *span, now, [(first, last)]))
            self._holed.add(key)

    def settled(self, now: int) -> None:
        """What is open and older than the grace was told by whoever wrote the log before."""
        for key in self._holed:
            for hole in self._counters[key].holes:
                hole.told = hole.since < now - 2 * GRACE

    def due(self, now: int) -> list[Event]:
        """What the log has to be told now."""
        return [event for key in list(self._holed) for event in self._due(key, now)]

    def _due(self, key: tuple[str, str], now: int) -> Iterator[Event]:
        counter = self._counters[key]
        if len(counter.holes) > MOST:
            yield _gap(key, _whole(counter), "numbers-have-no-order", 0, now)
            counter.lawless, counter.holes = True, []
        for hole in counter.holes:
            if hole.runs and not hole.told and now - hole.since >= GRACE:
                hole.told = True
                yield _gap(key, hole, "numbers-missing", hole.lost, now)
            elif not hole.runs and hole.told:
                yield _gap(key, hole, "numbers-came-late", 0, now)
        counter.holes = [hole for hole in counter.holes if hole.runs]
        if not counter.holes:
            self._holed.discard(key)


def _whole(counter: Counter) -> Hole:
    first, last = counter.holes[0], counter.holes[-1]
    return Hole(first.first, last.last, first.before, max(last.after, first.before), last.since, [])


def _gap(key: tuple[str, str], hole: Hole, why: str, lost: int, now: int) -> Event:
    """The same hole has the same id, whoever tells it."""
    source, prefix = key
    about = f"{source}\0{prefix}\0{hole.first}\0{hole.last}\0{why}"
    return Event(
        "viewtrail",
        f"gap-{hashlib.sha256(about.encode()).hexdigest()[:32]}",
        "capture.gap",
        hole.since,
        {
            "actor_kind": "system",
            "feed": source,
            "from": hole.before,
            "to": hole.after,
            "lost": lost,
            "why": why,
        },
        f"{prefix}{hole.first}-{hole.last}",
    )


def from_log(entries: Iterable[tuple[str, str | None, int, int]], now: int) -> MissingNumbers:
    """What (source, sequence, time, received) of the last entries leave open."""
    found = MissingNumbers()
    for source, sequence, time, received in entries:
        if sequence is not None:
            found.seen(source, sequence, time, received)
    found.settled(now)
    return found


def left_open(log: Log, now: int) -> MissingNumbers:
    """The same from the log itself; history comes in any order and is left out."""
    last = (logged.entry for logged in log.read(max(0, log.size - LOOKED_BACK)))
    told = (
        (one.event.source, one.event.sequence, one.event.time, one.received)
        for one in last
        if not one.backfill
    )
    return from_log(told, now)


def added(part: Part, receipts: list[Receipt]) -> list[Run]:
    """The numbers of what the log added of a part."""
    if part.ready is not None and all(receipt.outcome == "added" for receipt in receipts):
        return part.ready.runs
    told = zip(part.events, receipts, strict=True)
    new = [event for event, receipt in told if receipt.outcome == "added"]
    return runs([one.source for one in new], [one.sequence for one in new], [one.time for one in new])
