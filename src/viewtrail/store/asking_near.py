"""What segments have of one agent or of some records, kept while pages ask for it again and again.

A page asks five things about the same agent, and the next page about the same: to find their rows in the
segments takes ten times as long as to ask something of the rows found. Segments never change, so what was
found stays right until there are others.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from threading import Lock
from typing import Final

import pyarrow as pa

from viewtrail.measure.clocks import DAY
from viewtrail.store.segments_files import table_sql
from viewtrail.store.segments_manifest import Segment

KEYS: Final = {"acts": "person", "touches": "record", "told": "record"}
"""Tables in which single people or records are looked up, and the column that says whose a row is."""

ALWAYS: Final = 2**62
"""Later than any time in a log (µs)."""

AROUND: Final = 16 * DAY
"""So much more is found before and after what is asked for: the days beside one are looked at next."""

MOST_ROWS: Final = 200_000
"""Rows that are kept, some 40 MB: a busy agent has 2,000 in a month."""


@dataclass(frozen=True, slots=True)
class Near:
    """The rows of a table that are about these people or records, from `start` up to `end` (µs)."""

    table: str
    keys: frozenset[str]
    start: int = -ALWAYS
    end: int = ALWAYS

    def holds(self, other: Near) -> bool:
        """Whether all that the other wants is among these."""
        same = self.table == other.table and other.keys <= self.keys
        return same and self.start <= other.start and other.end <= self.end

    def widened(self) -> Near:
        """The same with some days around it."""
        return Near(self.table, self.keys, max(self.start - AROUND, -ALWAYS), min(self.end + AROUND, ALWAYS))

    @property
    def sealed_sql(self) -> str:
        """The question for these rows of the segments; `{files}` are those of the table, as SQL text."""
        return f"SELECT * FROM read_parquet([{{files}}]) {self._where}"

    @property
    def here_sql(self) -> str:
        """The question for all of these rows, those of the segments being in near_TABLE."""
        fresh = (
            f"WITH entries AS (SELECT * FROM fresh) SELECT * FROM ({table_sql(self.table)}\n) {self._where}"
        )
        known = f"SELECT * FROM turned_{self.table} {self._where}"
        return f"SELECT * FROM near_{self.table} UNION ALL ({known}) UNION ALL ({fresh})"

    @property
    def _where(self) -> str:
        whose = KEYS[self.table]
        return f"WHERE {whose} IN (SELECT unnest($keys)) AND time >= $start AND time < $end"

    @property
    def values(self) -> dict[str, object]:
        """What these questions want to be told."""
        return {"keys": sorted(self.keys), "start": self.start, "end": self.end}


class Kept:
    """The rows found last, of one state of the segments. Safe to use from threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._segments: tuple[Segment, ...] = ()
        self._found: OrderedDict[Near, pa.Table] = OrderedDict()

    def sealed(
        self, segments: tuple[Segment, ...], near: Near, find: Callable[[Near], pa.Table]
    ) -> tuple[Near, pa.Table]:
        """All sealed rows that `near` wants, and of what they are all; `find` looks them up."""
        with self._lock:
            if segments != self._segments:
                self._found.clear()
                self._segments = segments
            for one, rows in self._found.items():
                if one.holds(near):
                    self._found.move_to_end(one)
                    return one, rows
        wide = near.widened()
        rows = find(wide)
        with self._lock:
            if segments == self._segments:
                self._found[wide] = rows
                while sum(kept.num_rows for kept in self._found.values()) > MOST_ROWS:
                    self._found.popitem(last=False)
        return wide, rows


@cache
def near_sql(question: str, table: str) -> str:
    """The question, asked of the rows in here_TABLE alone."""
    lines = question.splitlines()
    while lines and lines[0].startswith("--"):
        lines.pop(0)
    asked = "\n".join(lines)
    rest = f", {asked[len('WITH ') :]}" if asked.startswith("WITH ") else f" {asked}"
    return f"WITH {table} AS (SELECT * FROM here_{table}){rest}"
