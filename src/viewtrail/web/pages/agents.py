"""Everybody whose days this viewer may look at, by desk; in no order of how much they do."""

from __future__ import annotations

from collections import Counter
from itertools import groupby

from django.http import HttpResponseBase

from viewtrail.web import access
from viewtrail.web.insiders import insiders
from viewtrail.web.page import Page
from viewtrail.web.visit import Visit


def agents(visit: Visit) -> HttpResponseBase:
    """Desks with their people: role, when last seen, how many open findings there are about them."""
    wanted = visit.request.GET.get("left") == "yes"
    looking = insiders()
    mine = [
        one
        for one in visit.staff.values()
        if one.agent not in looking and access.sees_agent(visit.viewer, one.agent, visit.staff)
    ]
    shown = [one for one in mine if one.human and (wanted or not one.left)]
    shown.sort(key=lambda one: (one.desk or "~", one.role or "", one.agent))
    open_ones = Counter(
        one.agent
        for one in visit.board.findings(living=True)
        if access.sees_finding(visit.viewer, one, visit.staff)
    )
    desks = [
        (desk, [(one, open_ones[one.agent]) for one in people])
        for desk, people in groupby(shown, key=lambda one: one.desk or "no desk told")
    ]
    return visit.render(
        "agents.html",
        desks=desks,
        count=len(shown),
        gone=sum(one.human and one.left for one in mine),
        services=sum(not one.human for one in mine),
        with_left=wanted,
    )


PAGE = Page(
    name="agents",
    path="agents",
    title="Agents",
    view=agents,
    roles=(access.COMPLIANCE, access.HEAD),
    rail=30,
)
