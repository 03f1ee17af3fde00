"""Bad list or bad agent: how long calls last, and whose or what list's are short."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from django.http import HttpResponseBase

from viewtrail.web import access, data
from viewtrail.web.page import Page
from viewtrail.web.spans import until
from viewtrail.web.visit import Visit

if TYPE_CHECKING:
    from viewtrail.store.asking_answers import CallGroup, TalkBin

SPANS: Final = {"7": 7, "28": 28, "91": 91}
LEAST: Final = 30
"""Answered calls from which a line is shown with a share: below, it would mean nothing."""


def calls(visit: Visit) -> HttpResponseBase:
    """Talk times of the span, then lists, hours, and agents whose share lies clearly above everybody's."""
    days = SPANS.get(visit.request.GET.get("days", ""), 28)
    zone = visit.viewer.time_zone or data.home().settings.time_zone
    told, bins = data.calls(days, until(visit), zone)
    total = told["all"]
    people = [
        one for one in told["agent"] if one.agent and access.sees_agent(visit.viewer, one.agent, visit.staff)
    ]
    return visit.render(
        "calls.html",
        days=days,
        spans=tuple(SPANS),
        total=total[0] if total else None,
        bins=_bars(bins),
        lists=[one for one in told["campaign"] if one.timed],
        hours=sorted(told["hour"], key=_hour),
        above=_above(people, total[0] if total else None),
        people=len(people),
        few=sum(one.timed < LEAST for one in people),
        zone=zone,
        least=LEAST,
    )


def _hour(one: CallGroup) -> int:
    return one.hour if one.hour is not None else -1


def _above(people: Sequence[CallGroup], total: CallGroup | None) -> list[CallGroup]:
    """Agents whose whole interval lies above everybody's share; by pseudonym, not by how much."""
    if total is None or total.share is None:
        return []
    found = [one for one in people if one.timed >= LEAST and one.low is not None and one.low > total.share]
    return sorted(found, key=lambda one: one.agent or "")


def _bars(bins: Sequence[TalkBin]) -> list[tuple[TalkBin, float]]:
    """Each bin with its share of the longest."""
    most = max((one.calls for one in bins), default=0)
    return [(one, one.calls / most if most else 0.0) for one in bins]


PAGE = Page(
    name="calls",
    path="calls",
    title="Calls",
    view=calls,
    roles=(access.COMPLIANCE, access.HEAD),
    rail=50,
)
