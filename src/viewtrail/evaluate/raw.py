"""The same agent-days with raw counts alone: what other methods have to go by where nobody judges reasons."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping, Sequence
from typing import Final

import numpy as np

from viewtrail.evaluate.company import ANSWERED, EXPORTED, OPENED, REVEALED, SHORT, Act, Company
from viewtrail.evaluate.noted import Days
from viewtrail.measure.counts import Span
from viewtrail.patterns.base import Signal

Count = Callable[[Sequence[Act]], float]


def _sum_of(kind: str) -> Count:
    return lambda acts: float(sum(act.weight for act in acts if act.kind == kind))


def _opened(acts: Sequence[Act]) -> Span:
    span = Span()
    for act in acts:
        if act.kind == OPENED:
            span.add(act.t, act.key)
    return span


COUNTS: Final[Mapping[tuple[str, str], Count]] = {
    ("access", "records opened"): lambda acts: float(_opened(acts).day),
    ("access", "records opened in 40 minutes"): lambda acts: float(_opened(acts).most),
    ("access", "contacts revealed"): _sum_of(REVEALED),
    ("access", "rows exported"): _sum_of(EXPORTED),
    ("calls", "short calls"): _sum_of(SHORT),
    ("calls", "answered calls of some length"): _sum_of(ANSWERED),
}
"""(queue, what is counted) -> how."""


def raw(company: Company, of: Days) -> Days:
    """The noted days with these counts in the place of the detector's, all of them asked."""
    asked = np.ones(len(COUNTS), dtype=bool)
    days = []
    for day in of.days:
        acts = company.acts.get(day.agent, [])
        mine = acts[bisect_left(acts, (day.first,)) : bisect_right(acts, (day.last + 1,))]
        counts = np.array([count(mine) for count in COUNTS.values()])
        days.append(day._replace(counts=counts, asked=asked, score={}))
    signals = [Signal(name, "day", 0, 1.0) for _, name in COUNTS]
    places = {
        queue: [n for n, (of_queue, _) in enumerate(COUNTS) if of_queue == queue] for queue in of.queues
    }
    return Days(days, signals, {queue: here for queue, here in places.items() if here})
