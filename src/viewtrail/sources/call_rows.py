"""Rows gathered until their call is complete, then told; the same rows give the same calls in any portions.

A call is complete when its telephone system says so, when 2,000 other lines came since its last row, when a
followed file was quiet for long enough, or at the end of the file. Rows that come later still are told on
their own: people not yet told are told then; for one who was, the log keeps what it had and says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from viewtrail.sources.asked import Held
from viewtrail.sources.calls import Row, Teller
from viewtrail.sources.intake import Item

KEPT_OPEN: Final = 2_000
"""Lines after a call's last row: the rows of one call are written within seconds of each other."""


TOLD_EVERY: Final = 200
"""Lines after which the calls that are complete are told, all at once: looking at each line takes long."""


class CallRows:
    """The open calls of one reading, in the order in which they were last heard of."""

    def __init__(self, teller: Teller, held: Held | None) -> None:
        self._teller = teller
        self._held = held
        # Most calls have one row, which stands alone: the less is kept of each, the more of it is at hand
        self._open: dict[str, Row | list[Row]] = {}
        self._line = 0  # of the last row
        self._due = 0  # the line at which to tell what is complete

    def add(self, call: str, row: Row, into: list[Item], *, over: bool = False) -> None:
        """One more row. `over`: the telephone system says that this is the call's last."""
        still = self._open
        rows = self._with(call, row, into) if call in still else row
        if over:
            self._teller.tell(call, _all_of(rows), into)
            return
        still[call] = rows
        self._line = line = row[1]
        if line >= self._due and self._held is None:
            self._tell_complete(into)
            self._due = line + TOLD_EVERY

    def _with(self, call: str, row: Row, into: list[Item]) -> Row | list[Row]:
        """The call's rows with this one; it alone if it comes too late for the others, which are told now."""
        rows = _all_of(self._open.pop(call))
        if self._held is None and rows[-1].line + KEPT_OPEN <= self._line:
            self._open[call] = rows
            self._tell_complete(into)
            return row
        rows.append(row)
        return rows

    def _tell_complete(self, into: list[Item]) -> None:
        """Tell the calls that nothing was heard of for long enough."""
        quiet = self._line - KEPT_OPEN
        told = []
        for call, rows in self._open.items():
            if (rows[-1] if isinstance(rows, list) else rows)[1] > quiet:
                break
            told.append(call)
        tell, taken = self._teller.tell, self._open.pop
        for call in told:
            rows = taken(call)
            tell(call, rows if isinstance(rows, list) else (rows,), into)

    def end(self, into: list[Item]) -> None:
        """Tell what is complete at the end of the reading: all, or what was quiet for long enough."""
        held = self._held
        still = sorted(((call, _all_of(rows)) for call, rows in self._open.items()), key=_began)
        for call, rows in still:
            if held is None or rows[-1].read <= held.quiet:
                del self._open[call]
                self._teller.tell(call, rows, into)
        if held is not None:
            held.open = sorted((row.read, row.raw) for told in self._open.values() for row in _all_of(told))


def _all_of(rows: Row | list[Row]) -> list[Row]:
    return rows if isinstance(rows, list) else [rows]


def _began(one: tuple[str, Sequence[Row]]) -> int:
    return one[1][0].read
