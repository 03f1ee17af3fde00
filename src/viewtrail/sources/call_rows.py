"""Rows gathered until their call is complete, then told; the same rows give the same calls in any portions.

A call is complete when its telephone system says so, when 2,000 other lines came since its last row, when a
followed file was quiet for long enough, or at the end of the file. Rows that come later still are told on
their own: people not yet told are told then; for one who was, the log keeps what it had and says so.
"""

from __future__ import annotations

from collections import deque
from typing import Final

from viewtrail.sources.asked import Held
from viewtrail.sources.calls import Row, Teller
from viewtrail.sources.intake import Item

KEPT_OPEN: Final = 2_000
"""Lines after a call's last row: the rows of one call are written within seconds of each other."""


class CallRows:
    """The open calls of one reading, in the order in which they were last heard of."""

    def __init__(self, teller: Teller, held: Held | None) -> None:
        self._teller = teller
        self._held = held
        self._open: dict[str, list[Row]] = {}
        self._heard: deque[tuple[str, Row]] = deque()  # every row with its call, oldest first

    def add(self, call: str, row: Row, into: list[Item], *, over: bool = False) -> None:
        """One more row. `over`: the telephone system says that this is the call's last."""
        still = self._open
        if call in still:
            still[call].append(row)
        else:
            still[call] = [row]
        if over:
            self._teller.tell(call, still.pop(call), into)
        elif self._held is None:
            heard = self._heard
            heard.append((call, row))
            while heard[0][1].line + KEPT_OPEN <= row.line:
                first, oldest = heard.popleft()
                if first in still and still[first][-1] is oldest:  # nothing was heard of it since
                    self._teller.tell(first, still.pop(first), into)

    def end(self, into: list[Item]) -> None:
        """Tell what is complete at the end of the reading: all, or what was quiet for long enough."""
        held = self._held
        for call in list(self._open):
            if held is None or self._open[call][-1].read <= held.quiet:
                self._teller.tell(call, self._open.pop(call), into)
        if held is not None:
            rows = sorted(row for told in self._open.values() for row in told)
            held.open = [(row.read, row.raw) for row in rows]
