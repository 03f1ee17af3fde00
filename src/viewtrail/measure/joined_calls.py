"""Calls whose record became known later: a telephone system knows a number, the directory whose it is."""

from __future__ import annotations

from typing import Final, NamedTuple

from viewtrail.measure.kept import Kept

NEEDS: Final = {
    "call.ended": {"call", "direction", "answered", "ring_ms", "talk_ms"},
    "call.matched": {"call", "record"},
}

Name = tuple[str, str]
"""A call's source and its own name there."""


class Unjoined(NamedTuple):
    """A call without a record: whose, from when to when (µs), and whether it is contact with the client."""

    agent: str
    start: int
    end: int
    out: bool
    contact: bool


class JoinedCalls:
    """Brings calls and their records together, whichever of the two is told first."""

    def __init__(self) -> None:
        self.calls: Kept[Name, tuple[Unjoined, ...]] = Kept()
        self.records: Kept[Name, str] = Kept()

    def called(self, name: Name, call: Unjoined, now: int) -> str | None:
        """A call ended that names no record; its record where that is known already."""
        others = self.calls.get(name) or ()  # a call that was put through ends for each of them
        if call not in others:
            self.calls.keep(name, (*others, call), now)
        return self.records.get(name)

    def matched(self, name: Name, record: str, now: int) -> tuple[Unjoined, ...]:
        """The record of a call is known now; the calls of that name that waited for it."""
        known = self.records.get(name) == record
        self.records.keep(name, record, now)
        return () if known else self.calls.get(name) or ()
