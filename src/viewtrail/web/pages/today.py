"""Today: what is unusual right now, and is capture healthy?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django.http import HttpResponseBase

from viewtrail.app.clock import now as clock
from viewtrail.measure.clocks import DAY
from viewtrail.web import access, charts, data
from viewtrail.web.findings import listing
from viewtrail.web.page import Page
from viewtrail.web.today import capture, desks, hours
from viewtrail.web.visit import Visit

SHOWN: Final = 6
"""Findings that stand on Today; the others are a link away."""

LOOKERS: Final = (access.COMPLIANCE, access.HEAD, access.SECURITY)


def today(visit: Visit) -> HttpResponseBase:
    """What each role may see of it: findings for those who look at them, capture for all but agents."""
    now = clock()
    told = hours.hours(now, visit.viewer.time_zone)
    openings, usual = hours.so_far(told, now, visit.viewer.time_zone)
    sources = data.health()
    looks = visit.viewer.has(*LOOKERS)
    look = listing.listed(visit, listing.Asked()) if looks else []
    return visit.render(
        "today.html",
        now=now,
        looks=looks,
        **(_findings(visit, look, now) if looks else {}),
        openings=openings,
        usual=usual,
        hours=told,
        chart=charts.svg(hours.spec(told), _said(openings, usual)),
        desks=desks.today(visit, hours.day_start(now, visit.viewer.time_zone), now, look),
        fewest=desks.FEWEST,
        sources=sources,
        capture=capture.sentence(sources),
        lag=visit.board.lag(),
        left=visit.board.left(4) if visit.viewer.has(access.COMPLIANCE) else [],
    )


def _findings(visit: Visit, found: Sequence[listing.Item], now: int) -> dict[str, Any]:
    month = visit.board.count(since=now - 28 * DAY, behaviour=True)
    days = data.active_days(now - 28 * DAY, now)
    return {
        "items": found[:SHOWN],
        "waiting": len(found),
        "grave": sum(item.finding.severity == "high" for item in found),
        "fresh": sum(item.decision is None for item in found),
        "month": month,
        "agent_days": days,
        "rate": 1000 * month / days if days else None,
        "budget": data.home().settings.budget,
    }


def _said(openings: int, usual: float | None) -> str:
    beside = f"; usual by now {usual:,.0f}" if usual is not None else ""
    return f"Openings by hour today: {openings:,} so far{beside}."


PAGE = Page(
    name="today",
    path="",
    title="Today",
    view=today,
    roles=tuple(role for role in access.ROLES if role != access.AGENT),
    rail=10,
)
