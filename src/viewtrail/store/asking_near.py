"""Whose rows of a table are enough for a question: one agent's, some records', or the calls of clients."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from viewtrail.measure.clocks import DAY
from viewtrail.store.segments_files import table_sql

KEYS: Final = {"acts": "person", "touches": "record", "told": "record", "calls": "direction"}
"""Tables in which single people or records are looked up, and the column that says whose a row is.

Of calls those by clients, which are few among all: whose they are is known only once they are found.
"""

MENTIONED: Final = {
    "acts": ("agent", "about"),
    "touches": ("record",),
    "told": ("record",),
    "calls": ("direction",),
}
"""Where an entry names a person or a record whose rows it comes to, beside the records of a list."""

ON_LISTS: Final = frozenset({"touches", "told"})
"""Tables that have rows for the records of an entry's list."""

LEFT_OUT: Final = {
    "touches": ("agent", "human", "surface", "via"),
    "acts": ("human", "direction"),
    "told": ("type", "owner", "effective"),
    "calls": (
        *("agent", "human", "source", "call", "campaign", "dialer", "answered", "machine"),
        *("talk_ms", "ring_ms", "ended_by"),
    ),
}
"""Columns that no question about single people or records asks for: each costs every one of them a little."""

ALWAYS: Final = 2**62
"""Later than any time in a log (µs)."""

AROUND: Final = 16 * DAY
"""So much more is found before and after what is asked for: the days beside one are looked at next."""


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
        return f"SELECT {self._columns} FROM read_parquet([{{files}}]) WHERE {self._whose}"

    @property
    def fresh_sql(self) -> str:
        """The question for these rows of what entries named `mentioning` come to."""
        made = f"WITH entries AS (SELECT * FROM mentioning) SELECT * FROM ({table_sql(self.table)}\n)"
        return f"SELECT {self._columns} FROM ({made}) WHERE {self._whose}"

    def among(self, rows: pa.Table) -> pa.Table:
        """These rows of more of them."""
        mine: Any = pc.is_in(rows.column(KEYS[self.table]), value_set=self._names)
        time: Any = rows.column("time")
        for part in (pc.greater_equal(time, pa.scalar(self.start)), pc.less(time, pa.scalar(self.end))):
            mine = pc.and_(mine, part)
        return rows.filter(mine)

    def shortened(self, turned: pa.Table) -> pa.Table:
        """A whole table without the columns that nobody asks of these rows."""
        return turned.drop_columns(list(LEFT_OUT.get(self.table, ())))

    def mentioning(self, entries: pa.Table) -> pa.Table:
        """The entries from which these rows could come."""
        found: Any = pa.nulls(entries.num_rows, pa.bool_()).fill_null(False)
        for name in MENTIONED[self.table]:
            found = pc.or_(found, pc.is_in(entries.column(name), value_set=self._names))
        if self.table in ON_LISTS:
            found = pc.or_(found, pc.is_valid(entries.column("records")))
        return entries.filter(found)

    @property
    def _names(self) -> Any:
        return pa.array(sorted(self.keys), pa.string())

    @property
    def _columns(self) -> str:
        left_out = LEFT_OUT.get(self.table, ())
        return f"* EXCLUDE ({', '.join(left_out)})" if left_out else "*"

    @property
    def _whose(self) -> str:
        # Only where the one name stands in the question is a segment without it left at the first look.
        key = KEYS[self.table]
        whose = f"{key} = $key" if len(self.keys) == 1 else f"{key} IN (SELECT unnest($keys))"
        if self.start > -ALWAYS:
            whose += " AND time >= $start"
        return f"{whose} AND time < $end" if self.end < ALWAYS else whose

    @property
    def values(self) -> dict[str, object]:
        """What these questions want to be told."""
        told: dict[str, object] = (
            {"key": min(self.keys)} if len(self.keys) == 1 else {"keys": sorted(self.keys)}
        )
        if self.start > -ALWAYS:
            told["start"] = self.start
        return told | {"end": self.end} if self.end < ALWAYS else told


@cache
def near_sql(question: str, table: str) -> str:
    """The question, asked of the rows in here_TABLE alone."""
    lines = question.splitlines()
    while lines and lines[0].startswith("--"):
        lines.pop(0)
    asked = "\n".join(lines)
    rest = f", {asked[len('WITH ') :]}" if asked.startswith("WITH ") else f" {asked}"
    return f"WITH {table} AS (SELECT * FROM here_{table}){rest}"
