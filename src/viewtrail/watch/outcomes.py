"""What people made of findings, as far as it changes what is learned: ordinary work frees its days."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any, Final

from viewtrail.finding import Finding
from viewtrail.measure.clocks import Clock, day_of
from viewtrail.patterns.scorer import Row

BREACH: Final = "breach-established"
"""The outcome that takes two persons; its days never enter what is usual."""

BOTH: Final = 2
"""Persons who must close a finding as a breach."""


class Outcomes:
    """Closings by finding, in the order in which they became known."""

    def __init__(self) -> None:
        self.closed: dict[str, tuple[str, date, date, dict[str, str]]] = {}
        "Finding -> agent, first and last day, and the outcome that each person gave."
        self.ended: dict[str, int] = {}
        "Finding -> when (µs) what people said of it closed it: what begins later is another one."
        self.told = 0
        "How often something was said."

    def tell(self, finding: Finding, clock: Clock, data: Mapping[str, Any], t: int) -> None:
        """A person closed a finding at `t`, or took a closing back."""
        self.told += 1
        first, last = day_of(clock, finding.first_at), day_of(clock, finding.last_at)
        by = str(data.get("agent", ""))
        told = self.closed.get(finding.id)
        given = {} if told is None else dict(told[3])
        if data.get("transition") == "undone":
            given.pop(by, None)
        else:
            given[by] = str(data.get("what", ""))
        self.closed[finding.id] = (finding.agent or "", first, last, given)
        if _outcome(given):
            self.ended.setdefault(finding.id, t)
        else:
            self.ended.pop(finding.id, None)

    def judged(self, rows: Iterable[Row]) -> list[Row]:
        """The rows with what people said of their findings: freed, left out, or as they were."""
        spans: dict[str, list[tuple[date, date, str]]] = {}
        for agent, first, last, given in self.closed.values():
            outcome = _outcome(given)
            if outcome:
                spans.setdefault(agent, []).append((first, last, outcome))
        return [kept for row in rows if (kept := _judged(row, spans.get(row.agent, ()))) is not None]


def _outcome(given: Mapping[str, str]) -> str:
    """The outcome that holds; "" while none does."""
    if sum(1 for said in given.values() if said == BREACH) >= BOTH:
        return BREACH
    others = [said for said in given.values() if said and said != BREACH]
    return others[-1] if others else ""


def _judged(row: Row, spans: Iterable[tuple[date, date, str]]) -> Row | None:
    said = [outcome for first, last, outcome in spans if first <= row.day <= last]
    if BREACH in said:
        return None
    return replace(row, stands=False) if said and row.stands else row
