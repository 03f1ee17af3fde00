"""Which of a finding's entries prove which clause: all of them, the busiest forty minutes, one reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from viewtrail.finding import Finding
from viewtrail.measure.clocks import MINUTE, Clock, bounds
from viewtrail.measure.counts import WINDOW
from viewtrail.store.asking_rows import Row
from viewtrail.web import data
from viewtrail.web.findings import records
from viewtrail.web.visit import Visit

ALL, PEAK, OPEN, REASON = "all", "peak", "open", "reason"
"""Names of proofs, as they stand in an address; a reason's is "reason:" and its name."""

_HEADS: Final = {
    ALL: "The entries that prove it",
    PEAK: f"The busiest {WINDOW // MINUTE} minutes of them",
    OPEN: "Those of which it is known how long they were open",
}


MOST: Final = 300
"""Entries whose reasons are looked up for one page: an episode seldom has more, and each costs a moment."""


@dataclass(frozen=True, slots=True)
class Proof:
    """Entries that belong together, under the heading that says what they show."""

    name: str
    head: str
    rows: Sequence[Row]
    reasons: Mapping[int, str]


def proof(visit: Visit, finding: Finding, name: str) -> Proof:
    """The entries behind one clause of the finding; all of its entries where there is no such proof."""
    kind, _, said = name.partition(":")
    if kind == REASON and said and finding.agent is not None:
        return _given(visit, finding, said)
    rows = records.entries(finding, finding.entries)
    if kind == PEAK:
        rows = busiest(rows)
    elif kind == OPEN:
        rows = [row for row in rows if row.dwell_s is not None]
    else:
        kind = ALL
    return Proof(kind, _HEADS[kind], rows, {} if finding.agent is None else visit.reasons(rows[:MOST]))


def busiest(rows: Sequence[Row]) -> list[Row]:
    """The rows of the window in which the most different records were opened; the earliest if several."""
    best = (0, 0, 0)
    inside: dict[str, int] = {}
    first = 0
    ordered = sorted(rows, key=lambda row: row.place)
    for last, row in enumerate(ordered):
        inside[_key(row)] = inside.get(_key(row), 0) + 1
        while ordered[first].time <= row.time - WINDOW:
            _leave(inside, _key(ordered[first]))
            first += 1
        if len(inside) > best[0]:
            best = (len(inside), first, last + 1)
    return list(ordered[best[1] : best[2]])


def _key(row: Row) -> str:
    return row.record or row.id


def _leave(inside: dict[str, int], key: str) -> None:
    inside[key] -= 1
    if not inside[key]:
        del inside[key]


def _given(visit: Visit, finding: Finding, said: str) -> Proof:
    """The agent's openings on the days of the finding that have this reason now."""
    assert finding.agent is not None
    seen = visit.staff.get(finding.agent)
    clock = Clock((seen.time_zone if seen is not None else None) or data.home().settings.time_zone)
    _, start, _ = bounds(clock, finding.first_at)
    _, _, end = bounds(clock, min(finding.last_at, start + records.LONGEST))
    span = data.questions().agent_entries(finding.agent, start, end, about=False)
    reasons = visit.reasons(span)
    rows = [row for row in span if said in reasons.get(row.index, "").split(", ")]
    return Proof(
        f"{REASON}:{said}", f"Openings of that day or those days, on file now: {said}", rows, reasons
    )
