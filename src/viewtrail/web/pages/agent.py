"""What one agent's days looked like: a timeline of one day, its entries, and the days around it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from django.http import HttpResponseBase
from django.urls import reverse

from viewtrail.measure.clocks import DAY, Clock
from viewtrail.web import access, data
from viewtrail.web.page import ASKED, Page
from viewtrail.web.spans import asked_day
from viewtrail.web.timeline import fitted, timeline, zoomed
from viewtrail.web.visit import Visit, about_agent

if TYPE_CHECKING:
    from viewtrail.store.asking_answers import DayCounts
    from viewtrail.store.asking_rows import Row

AROUND: Final = 14
"""Days before the one shown that are listed beside it."""

SHOWN: Final = 150
"""Rows of the table at once: a working day has 80 to 400, and the others are a page further on."""

PLAIN: Final = frozenset(("finding.updated", "clock.ticked"))


def agent(visit: Visit, agent: str) -> HttpResponseBase:
    """One behaviour day on the agent's clock; the last one with an entry, if none is asked for."""
    seen = visit.staff[agent]
    zone = seen.time_zone or data.home().settings.time_zone
    start, end, day = asked_day(visit.request.GET.get("day", ""), Clock(zone), seen.last_seen or 0)
    rows = [row for row in visit.questions.agent_entries(agent, start, end) if row.type not in PLAIN]
    shown = _zoom(visit.request.GET, rows, (start, end))
    inside = [row for row in rows if shown[0] <= row.time < shown[1]]
    part = _part(visit.request.GET.get("part", ""), len(inside))
    days = visit.questions.agent_days(agent, start - AROUND * DAY, end + DAY)
    visit.crumbs = [("Agents", reverse("agents"))]
    findings = [
        one
        for one in visit.board.findings(agent=agent, limit=20)
        if access.sees_finding(visit.viewer, one, visit.staff)
    ]
    return visit.render(
        "agent.html",
        agent=agent,
        seen=seen,
        zone=zone,
        day=day,
        counts=next((one for one in days if one.day == day), None),
        days=list(reversed(days)),
        before=_nearest(days, day, back=True),
        after=_nearest(days, day, back=False),
        drawn=timeline(inside, *shown, zone),
        zoom=zoomed(*shown, (start, end)),
        rows=_with_reasons(visit, rows, inside[part.first - 1 : part.last]),
        part=part,
        beyond={row.index for row in (*inside[: part.first - 1], *inside[part.last :])},
        findings=findings,
    )


@dataclass(frozen=True, slots=True)
class Part:
    """Rows `first` to `last` of `all`, counted from 1; before and after it the numbers of other parts."""

    first: int
    last: int
    all: int
    before: int | None
    after: int | None
    size: int

    @property
    def next(self) -> int:
        """How many rows the part after it has."""
        return min(self.size, self.all - self.last)


def _part(asked: str, rows: int) -> Part:
    """The part of that number, from 1; the nearest there is where there is none of that number."""
    parts = max(1, -(-rows // SHOWN))
    number = min(int(asked), parts) if asked.isascii() and asked.isdecimal() and len(asked) < 9 else 1
    number = max(number, 1)
    first = (number - 1) * SHOWN
    before, after = number - 1 or None, number + 1 if number < parts else None
    return Part(first + 1, min(first + SHOWN, rows), rows, before, after, SHOWN)


def _with_reasons(visit: Visit, day: Sequence[Row], shown: Sequence[Row]) -> list[tuple[Row, str]]:
    """The rows with the reason that is on file for each opening; the whole day says how many had one."""
    reasons = visit.reasons(day)
    return [(row, reasons.get(row.index, "")) for row in shown]


def _zoom(asked: Any, rows: Sequence[Row], day: tuple[int, int]) -> tuple[int, int]:
    """The part of the day that is drawn: as asked for, else where something was done."""
    try:
        start, end = int(asked["start"]), int(asked["end"])
    except (KeyError, ValueError):
        return fitted(rows, *day)
    start, end = max(start, day[0]), min(end, day[1])
    return (start, end) if start < end else fitted(rows, *day)


def _nearest(days: Sequence[DayCounts], day: date, *, back: bool) -> date | None:
    beside = [one.day for one in days if (one.day < day if back else one.day > day)]
    return (max(beside) if back else min(beside)) if beside else None


PAGE = Page(
    name="agent",
    path="agents/<str:agent>",
    title="Agent",
    view=agent,
    roles=(access.COMPLIANCE, access.HEAD),
    about=about_agent,
    purpose=ASKED,
)
