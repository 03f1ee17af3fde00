"""What left with whom: records seen or revealed by somebody in a span, by value band, in money where set."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.http import HttpResponseBase
from django.urls import reverse

from viewtrail.web import access, data
from viewtrail.web.page import ASKED, Page
from viewtrail.web.spans import last_days
from viewtrail.web.visit import Visit, about_agent

if TYPE_CHECKING:
    from viewtrail.store.asking_answers import Exposed

SPANS: Final = {"7": 7, "28": 28, "91": 91, "364": 364}


def exposure(visit: Visit, agent: str) -> HttpResponseBase:
    """How many records, of which value, and how many of them for the first time; no word about intent."""
    days = SPANS.get(visit.request.GET.get("days", ""), 28)
    start, end = last_days(visit, days)
    found = visit.questions.exposure(agent, start, end)
    cost = data.home().settings.cost_per_lead
    visit.crumbs = [("Agents", reverse("agents")), (visit.names.of(agent), reverse("agent", args=[agent]))]
    return visit.render(
        "exposure.html",
        agent=agent,
        seen=visit.staff[agent],
        found=found,
        days=days,
        spans=tuple(SPANS),
        money=_money(found, cost, data.home().settings.cost_currency),
    )


def _money(found: Exposed, cost: float, currency: str) -> str:
    """What acquiring so many records has cost, where the company has said what one costs; else nothing."""
    return f"{currency} {found.records * cost:,.0f}" if cost and found.records else ""


PAGE = Page(
    name="exposure",
    path="agents/<str:agent>/exposure",
    title="Exposure",
    view=exposure,
    roles=(access.COMPLIANCE, access.HEAD),
    about=about_agent,
    purpose=ASKED,
)
