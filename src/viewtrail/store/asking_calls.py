"""Bad list or bad agent: how many calls were answered and short, how long people talked, who hung up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from viewtrail.errors import BadInput
from viewtrail.measure.reasons import SHORT_TALK_MS
from viewtrail.store.asking_answers import CallGroup, TalkBin
from viewtrail.store.asking_chance import wilson
from viewtrail.store.asking_hours import clocks, local

Ask = Callable[..., list[Any]]

WAYS: Final = {
    "all": (),
    "agent": ("agent",),
    "campaign": ("campaign",),
    "direction": ("direction",),
    "hour": ("hour",),
    "agent-hour": ("agent", "hour"),
    "agent-campaign": ("agent", "campaign"),
}
"""What calls can be put together by."""

EDGES: Final = (0, 5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 300, 600, 1200, 3600)
"""Seconds at which a bin begins: narrow where short calls are told from talks, at 20 s."""


TOGETHER: Final = ("all", "agent", "campaign", "hour")
"""The ways that one question puts together at once."""


def groups(ask: Ask, start: int, end: int, by: str, agent: str | None, zone: str) -> list[CallGroup]:
    """The groups, most calls first."""
    if by not in WAYS:
        raise BadInput(f"calls by {by[:40]!r}", where="by", next=f"there are {', '.join(WAYS)}")
    way = WAYS[by]
    shifts = _shifts(ask, start, end, zone)
    if not shifts:
        return []
    found = ask(
        "calls",
        start=start,
        end=end,
        agent=agent,
        by_agent="agent" in way,
        by_campaign="campaign" in way,
        by_direction="direction" in way,
        by_hour="hour" in way,
        clock_starts=[begin for begin, _ in shifts],
        clock_shifts=[shift for _, shift in shifts],
        short_ms=SHORT_TALK_MS,
    )
    return [_group(*row) for row in found]


def together(ask: Ask, start: int, end: int, zone: str) -> dict[str, list[CallGroup]]:
    """By way, the same groups for each of `TOGETHER`."""
    found: dict[str, list[CallGroup]] = {way: [] for way in TOGETHER}
    shifts = _shifts(ask, start, end, zone)
    if not shifts:
        return found
    rows = ask(
        "calls_together",
        start=start,
        end=end,
        clock_starts=[begin for begin, _ in shifts],
        clock_shifts=[shift for _, shift in shifts],
        short_ms=SHORT_TALK_MS,
    )
    for way, *row in rows:
        found[way].append(_group(*row))
    return found


def _shifts(ask: Ask, start: int, end: int, zone: str) -> list[tuple[int, int]]:
    """The clock of the zone over the calls of the span; nothing where there are none."""
    local(start, zone)  # a zone that there is not is told even where there are no calls
    ((first, last),) = ask("calls_span", start=start, end=end)
    return [] if first is None else clocks(first, last + 1, zone)


def _group(agent: Any, campaign: Any, direction: Any, hour: Any, *counts: Any) -> CallGroup:
    calls, answered, unanswered, unknown, timed, short, machines, talk_ms, *ended = counts
    bounds = wilson(short, timed)
    return CallGroup(
        *(agent, campaign, direction, hour, calls, answered, unanswered, unknown, timed, short, machines),
        share=short / timed if timed else None,
        low=bounds[0] if bounds else None,
        high=bounds[1] if bounds else None,
        median_talk_s=None if talk_ms is None else talk_ms / 1000,
        ended_by_agent=ended[0],
        ended_by_client=ended[1],
        ended_by_unknown=ended[2],
    )


def talk_times(ask: Ask, start: int, end: int, agent: str | None) -> list[TalkBin]:
    """Every bin, empty ones too."""
    counts = [0] * len(EDGES)
    for second, calls in ask("talk_times", start=start, end=end, agent=agent):
        counts[sum(1 for edge in EDGES if edge <= second) - 1] += calls
    return [
        TalkBin(low, high, calls) for low, high, calls in zip(EDGES, (*EDGES[1:], None), counts, strict=True)
    ]
