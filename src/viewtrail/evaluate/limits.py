"""The baseline: plain thresholds on raw counts, the article's numbers, alike for everybody."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from typing import Final

from viewtrail.evaluate.alert import Alert, Telling
from viewtrail.evaluate.company import EXPORTED, OPENED, REVEALED, SHORT, Act, AgentDay, Company
from viewtrail.measure.counts import WINDOW

IN_40_MINUTES: Final = 80
A_DAY: Final = 150
REVEALS_A_DAY: Final = 90
SHORT_CALLS_A_DAY: Final = 20
ROWS_A_DAY: Final = 1_000


def limit_alerts(company: Company) -> list[Alert]:
    """One alert for each agent-day and limit that is reached, at the moment when it is."""
    found: list[Alert] = []
    for day in company.days:
        acts = company.acts[day.agent]
        first = bisect_left(acts, (day.start,))
        last = bisect_left(acts, (day.end,))
        found += _of_day(day, acts[first:last])
    return sorted(found, key=lambda alert: (alert.detected_at, alert.agent))


def _of_day(day: AgentDay, acts: list[Act]) -> Iterator[Alert]:
    opened = [act for act in acts if act.kind == OPENED]
    asked = (
        ("opened:40m", "access", opened, _crowded(opened)),
        ("opened:day", "access", opened, _reached(_first_of_each(opened), A_DAY)),
        ("revealed:day", "access", *_counted(acts, REVEALED, REVEALS_A_DAY)),
        ("short calls:day", "calls", *_counted(acts, SHORT, SHORT_CALLS_A_DAY)),
        ("rows:day", "access", *_counted(acts, EXPORTED, ROWS_A_DAY)),
    )
    for signal, queue, counted, at in asked:
        if at is not None:
            first, last = counted[0].t, counted[-1].t
            records = frozenset(act.key for act in counted if act.key)
            told = (Telling(at, first, last, live=True),)
            yield Alert(
                day.agent, queue, "limits", signal, "limit", "open", first, last, at, 0.0, records, told
            )


def _counted(acts: Iterable[Act], kind: str, limit: int) -> tuple[list[Act], int | None]:
    found = [act for act in acts if act.kind == kind]
    return found, _reached(found, limit)


def _reached(acts: Iterable[Act], limit: int) -> int | None:
    total = 0
    for act in acts:
        total += act.weight
        if total >= limit:
            return act.t
    return None


def _first_of_each(acts: Iterable[Act]) -> list[Act]:
    seen: dict[str, Act] = {}
    for act in acts:
        seen.setdefault(act.key, act)
    return list(seen.values())


def _crowded(acts: list[Act]) -> int | None:
    """When the openings of the last 40 minutes first reach the limit."""
    for place in range(IN_40_MINUTES - 1, len(acts)):
        if acts[place].t - acts[place - IN_40_MINUTES + 1].t <= WINDOW:
            return acts[place].t
    return None
