"""What the chart of a finding needs: the agent's own days and those of the peers, asked for once."""

from __future__ import annotations

import time
from dataclasses import dataclass
from threading import Lock
from typing import Final

from viewtrail.finding import Finding
from viewtrail.measure.clocks import DAY
from viewtrail.store.asking_answers import DayCounts
from viewtrail.web import data
from viewtrail.web.charts_of_days import FEWEST, Day, days, measure_of

BACK: Final = 63 * DAY
"""Nine weeks, as the finding's own words count them."""

AFTER: Final = 2 * DAY

KEPT: Final = 900.0
"""Seconds for which days are taken as they were: those of a finding lie behind it."""

MOST: Final = 200
"""Findings whose days are kept; a day is 150 bytes, so this is some tens of megabytes at most."""


@dataclass(frozen=True, slots=True)
class Precedent:
    """The days to draw, which count they show, and how many peers stand behind the band."""

    days: list[Day]
    measure: str
    peers: int
    of: str


def precedent(finding: Finding) -> Precedent | None:
    """The agent's days up to the finding beside the peers'; None for a finding about no one agent."""
    if finding.agent is None:
        return None
    measure = measure_of(finding)
    start, end = finding.first_at - BACK, finding.last_at + AFTER
    found, of = peers_of(finding.agent)
    told = _days((finding.agent, *found), start, end)
    own = told.pop(finding.agent, [])
    strong = {one.day for one in own if one.start <= finding.last_at and finding.first_at < one.end}
    return Precedent(days(own, told, measure, strong), measure, len(found), of)


def peers_of(agent: str) -> tuple[tuple[str, ...], str]:
    """Who does the same work: the same role on the same desk, or in the company where those are too few."""
    staff = data.staff()
    me = staff.get(agent)
    if me is None or me.role is None:
        return (), ""
    same = [name for name, one in staff.items() if name != agent and one.role == me.role]
    desk = [name for name in same if staff[name].desk == me.desk]
    if len(desk) >= FEWEST:
        return tuple(sorted(desk)), f"{len(desk)} others in this role on the desk"
    return tuple(sorted(same))[:60], f"{len(same)} others in this role in the company"


_lock = Lock()
_kept: dict[tuple[tuple[str, ...], int, int], tuple[float, dict[str, list[DayCounts]]]] = {}


def _days(agents: tuple[str, ...], start: int, end: int) -> dict[str, list[DayCounts]]:
    """Each agent's days in the span, as they were at most `KEPT` ago."""
    key = (agents, start // DAY * DAY, end // DAY * DAY)
    with _lock:
        at, found = _kept.get(key, (0.0, {}))
    if found and time.monotonic() - at < KEPT:
        return dict(found)
    found = data.questions().peer_days(*key)
    with _lock:
        if len(_kept) >= MOST:
            _kept.clear()
        _kept[key] = (time.monotonic(), found)
    return dict(found)
