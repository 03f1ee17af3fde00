"""A company folded up to a day once, and onward from there as often as something else happens after it."""

from __future__ import annotations

import gc
import pickle
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from heapq import merge
from typing import Any

from viewtrail.evaluate.company import Company, still
from viewtrail.log import Entry, Logged, Stored
from viewtrail.settings import Settings
from viewtrail.watch import Loop


class Onward:
    """What the loop is at `since` (µs) is kept as the product keeps it; each fold starts from a copy."""

    def __init__(self, company: Company, settings: Settings, since: int) -> None:
        self.entries = company.entries
        self.place = bisect_left(self.entries, since, key=lambda one: one.known)
        loop = Loop(settings)
        with still():
            for logged in self.entries[: self.place]:
                loop.take(logged)
        self.state = pickle.dumps(loop, protocol=pickle.HIGHEST_PROTOCOL)

    def before(self) -> list[Stored]:
        """What had happened by then."""
        return [one.entry.event for one in self.entries[: self.place]]

    def fold(self, more: Sequence[Stored], until: int | None) -> tuple[Loop, list[Any]]:
        """The loop after what came next, with `more` in it, and the transitions from `since` on.

        Up to `until` alone, where given: for when nothing that comes later is asked about.
        """
        loop: Loop = pickle.loads(self.state)
        beyond = len(self.entries)
        if until is not None:
            beyond = bisect_left(self.entries, until, key=lambda one: one.known)
        ours = self.entries[self.place : beyond]
        theirs = sorted(_logged(len(self.entries), more), key=_order)
        gc.disable()
        try:
            told = list(loop.fold(merge(ours, theirs, key=_order)))
            told += loop.finish()
        finally:
            gc.enable()
        return loop, told


@contextmanager
def settled() -> Iterator[None]:
    """With what is in memory now never walked by the collector again: a company stays, its folds go."""
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def _order(one: Logged) -> tuple[int, int]:
    return one.known, one.index


def _logged(first: int, events: Sequence[Stored]) -> list[Logged]:
    return [Logged(first + n, one.time, _entry(one)) for n, one in enumerate(events)]


def _entry(event: Stored) -> Entry:
    return Entry(backfill=True, event=event, received=event.time, tenant="simulated", v=1)
