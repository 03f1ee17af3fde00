"""Is capture healthy: when each source was heard last, how much came, and what is proved missing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from statistics import median
from typing import Any, Final

from viewtrail.event import rfc3339
from viewtrail.log.entry import Logged
from viewtrail.review.sources import CAME_LATE, HOUSE, MISSING, NO_ORDER
from viewtrail.store.asking_answers import Gap, SourceSeen
from viewtrail.store.asking_hours import QUARTER, WEEKS

Ask = Callable[..., list[Any]]
Fetch = Callable[[Sequence[int]], list[Logged]]

DAY_QUARTERS: Final = 96
COUNTED: Final = frozenset({MISSING, CAME_LATE})
SHOWN: Final = 100
"""So many gaps of a source are listed; all are counted."""


def sources(ask: Ask, logged: Fetch, now: int | None) -> list[SourceSeen]:
    """Every source by name."""
    seen = ask("sources")
    if not seen:
        return []
    upto = max(row[2] for row in seen) if now is None else now
    days: dict[str, dict[int, int]] = defaultdict(dict)
    for source, week, entries in ask("source_days", now=upto // QUARTER + 1, weeks=WEEKS):
        days[source][week] = entries
    gaps, missing = _gaps(ask, logged)
    return [
        SourceSeen(
            source=source,
            last_seen=last,
            events_24h=days[source].get(0, 0),
            gaps=tuple(gaps[source][:SHOWN]),
            usual_24h=_usual(days[source], first, upto // QUARTER),
            events=entries,
            missing=missing[source],
        )
        for source, first, last, entries in seen
    ]


def _read(value: object) -> str:
    """A time as people read it; a date is one already."""
    return rfc3339(value) if isinstance(value, int) else str(value or "")


def _usual(days: dict[int, int], first: int, now: int) -> float | None:
    """The median of the same 24 hours in the weeks before, as far back as the source is known."""
    known = [days.get(week, 0) for week in range(1, WEEKS + 1) if now - 672 * week - DAY_QUARTERS >= first]
    return median(known) if known else None


def _gaps(ask: Ask, logged: Fetch) -> tuple[dict[str, list[Gap]], dict[str, int]]:
    """By source: numbers that are missing between others of its counting, and what it said that it lost."""
    gaps: dict[str, list[Gap]] = defaultdict(list)
    missing: dict[str, int] = defaultdict(int)
    lawless: list[tuple[str, str]] = []
    told_gaps = ask("told_gaps")
    for one, (index, source, feed, lost) in zip(
        logged([row[0] for row in told_gaps]), told_gaps, strict=True
    ):
        event, data = one.entry.event, one.entry.event.data
        if source == HOUSE and data.get("why") in COUNTED:
            continue  # the numbers themselves say it below, as it stands now
        if source == HOUSE and data.get("why") == NO_ORDER:
            lawless.append((feed, event.subject or ""))
            continue
        span = _read(data.get("from") or event.time), _read(data.get("to") or event.time)
        told = Gap(*span, lost, data.get("why") or "told", index)
        gaps[feed or source].append(told)
        missing[feed or source] += lost or 0
    last: tuple[str, str] | None = None
    high = 0
    for source, prefix, low, top in ask("source_runs"):
        if any(source == feed and numbers.startswith(prefix) for feed, numbers in lawless):
            continue
        if last == (source, prefix):
            if low > high + 1:
                gaps[source].append(
                    Gap(f"{prefix}{high + 1}", f"{prefix}{low - 1}", low - 1 - high, "numbering")
                )
                missing[source] += low - 1 - high
            high = max(high, top)
        else:
            last, high = (source, prefix), top
    return gaps, missing
