"""The findings somebody asks for: filtered by state, severity, queue, desk, agent and time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from viewtrail.finding import SEVERITIES, Finding
from viewtrail.measure.clocks import DAY, micros
from viewtrail.review.decision import Decision
from viewtrail.web import access
from viewtrail.web.findings import words
from viewtrail.web.templatetags.told import zone
from viewtrail.web.visit import Visit

SHOW: Final = {
    "look": "to look at",
    "off": "put off",
    "closed": "closed",
    "gone": "withdrawn or explained",
    "all": "all",
}
GONE: Final = frozenset(("withdrawn", "explained", "superseded"))
PAGE: Final = 50


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody filters by; empty parts filter nothing. Times are µs, half-open."""

    show: str = "look"
    severity: str = ""
    queue: str = ""
    desk: str = ""
    agent: str = ""
    since: int | None = None
    until: int | None = None
    page: int = 1


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the list."""

    finding: Finding
    decision: Decision | None
    state: str
    desk: str
    zone: str


def asked(query: Mapping[str, str], zone_name: str) -> Asked:
    """The filter that an address says; what cannot be is left out, as a filter is no input that is kept."""
    page = query.get("page", "1")
    return Asked(
        show=query.get("show", "") if query.get("show") in SHOW else "look",
        severity=query.get("severity", "") if query.get("severity") in SEVERITIES else "",
        queue=query.get("queue", "")[:40],
        desk=query.get("desk", "")[:100],
        agent=query.get("agent", "").strip()[:18],
        since=_day(query.get("since", ""), zone_name),
        until=_day(query.get("until", ""), zone_name, end=True),
        page=int(page) if page.isascii() and page.isdigit() and 0 < len(page) < 6 else 1,
    )


def _day(text: str, zone_name: str, *, end: bool = False) -> int | None:
    try:
        day = datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=zone(zone_name) or UTC)
    except ValueError:
        return None
    return micros(day) + (DAY if end else 0)


def listed(visit: Visit, wanted: Asked) -> list[Item]:
    """Those that this viewer may see, gravest first, then newest."""
    found = [item for item in _seen(visit, wanted) if _is_wanted(item, wanted)]
    order = {name: place for place, name in enumerate(reversed(SEVERITIES))}
    if wanted.show == "look":
        found.sort(key=lambda item: (order[item.finding.severity], -item.finding.detected_at))
    return found


def _seen(visit: Visit, wanted: Asked) -> Iterator[Item]:
    living = {"look": True, "off": True, "closed": False, "gone": False}.get(wanted.show)
    found = visit.board.findings(
        living=living,
        agent=wanted.agent or None,
        queue=wanted.queue or None,
        since=wanted.since,
        until=wanted.until,
    )
    staff = visit.staff
    mine = [one for one in found if access.sees_finding(visit.viewer, one, staff)]
    decisions = visit.board.decisions(one.id for one in mine)
    for one in mine:
        seen = staff.get(one.agent or "")
        decision = decisions.get(one.id)
        yield Item(
            one,
            decision,
            words.state(one, decision),
            (seen.desk or "") if seen is not None else "",
            (seen.time_zone or "") if seen is not None else "",
        )


def _is_wanted(item: Item, wanted: Asked) -> bool:
    if wanted.severity and item.finding.severity != wanted.severity:
        return False
    if wanted.desk and item.desk != wanted.desk:
        return False
    state = words.state_key(item.finding, item.decision)
    match wanted.show:
        case "look":
            return state not in GONE and state not in ("snoozed", "closed")
        case "off":
            return state == "snoozed"
        case "closed":
            return state == "closed"
        case "gone":
            return state in GONE
        case _:
            return True
