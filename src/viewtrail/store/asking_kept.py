"""What was found of one agent or of some records, kept for the next question about them.

A page asks five things about the same agent, and the next page about the same: to find their rows in the
segments takes ten times as long as to ask something of the rows found. Segments never change and entries
never go, so what was found stays right: until there are other segments, and for what is not sealed yet up to
the last entry that was looked through.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import Final

import pyarrow as pa

from viewtrail.store.asking_near import Near
from viewtrail.store.segments_manifest import Segment

MOST_ROWS: Final = 200_000
"""Rows that are kept, some 40 MB: a busy agent has 2,000 in a month."""

MOST_HERE: Final = 50
"""So many people's and records' rows that are not sealed are kept; they are few, and a page needs four."""


class Kept:
    """The rows found last, of one state of the segments. Safe to use from threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._segments: tuple[Segment, ...] = ()
        self._found: OrderedDict[Near, pa.Table] = OrderedDict()
        self._sealed = 0
        self._unsealed: OrderedDict[Near, tuple[int, pa.Table]] = OrderedDict()

    def sealed(
        self, segments: tuple[Segment, ...], near: Near, find: Callable[[Near], pa.Table]
    ) -> tuple[Near, pa.Table | None]:
        """All sealed rows that `near` wants, and of what they are all; `find` looks them up.

        None where nothing is sealed.
        """
        with self._lock:
            if segments != self._segments:
                self._found.clear()
                self._segments = segments
            for one, rows in self._found.items():
                if one.holds(near):
                    self._found.move_to_end(one)
                    return one, rows
        wide = near.widened()
        if not segments:
            return wide, None
        rows = find(wide)
        with self._lock:
            if segments == self._segments:
                self._found[wide] = rows
                while sum(kept.num_rows for kept in self._found.values()) > MOST_ROWS:
                    self._found.popitem(last=False)
        return wide, rows

    def unsealed(self, sealed: int, size: int, near: Near) -> tuple[int, pa.Table] | None:
        """The entry up to which those after the first `sealed` were looked through, and the rows found.

        None where nothing was kept that helps for a log of `size` entries.
        """
        with self._lock:
            held = self._unsealed.get(near) if sealed == self._sealed else None
        return held if held is not None and held[0] <= size else None

    def keep_unsealed(self, sealed: int, size: int, near: Near, rows: pa.Table) -> None:
        """Keep the rows that `near` wants of the entries from `sealed` up to `size`."""
        with self._lock:
            if sealed < self._sealed:
                return  # an older view's: another thread is further
            if sealed > self._sealed:
                self._unsealed.clear()
                self._sealed = sealed
            held = self._unsealed.get(near)
            if held is None or held[0] < size:
                self._unsealed[near] = size, rows
            self._unsealed.move_to_end(near)
            while len(self._unsealed) > MOST_HERE:
                self._unsealed.popitem(last=False)
