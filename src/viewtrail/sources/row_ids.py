"""Ids for the rows of one file whose source gives none: each made of the row, identical rows told apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from viewtrail.event import derived_id

ENOUGH = 16
"""Letters of an id that stand for its row: 80 bits, a chance of 1 in 10^10 for a clash among 10 million."""


class RowIds:
    """Ids by the row's content and by which occurrence it is, whatever file it comes from.

    Identical rows have identical times, so counting the row counts it within its own second.
    """

    def __init__(self, connector: str, source: str) -> None:
        self._connector, self._source = connector, source
        self._seen: set[str] = set()
        self._repeats: Counter[str] = Counter()

    def of(self, cells: Sequence[str | None]) -> str:
        first = derived_id(self._connector, self._source, cells, 0)
        row = first[:ENOUGH]
        if row not in self._seen:
            self._seen.add(row)
            return first
        self._repeats[row] += 1
        return derived_id(self._connector, self._source, cells, self._repeats[row])
