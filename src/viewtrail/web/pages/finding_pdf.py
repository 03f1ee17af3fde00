"""One finding on paper: the same claim, chart, reasons and doubts, for whoever is shown a printout."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.template.loader import render_to_string

from viewtrail.app.clock import now
from viewtrail.finding import Finding, to_json
from viewtrail.web import access, charts, charts_of_days, data
from viewtrail.web.findings import history, precedent, records, words
from viewtrail.web.page import KNOWN, Page, Subject
from viewtrail.web.paper import pdf
from viewtrail.web.visit import Visit, about_finding, seen_finding


def about(visit: Visit, finding: str) -> Subject:
    """As the page itself, but what leaves the house is an export."""
    told = about_finding(visit, finding)
    return Subject("evidence.exported", agent=told.agent, finding=told.finding)


def printout(visit: Visit, finding: str) -> HttpResponseBase:
    """The PDF. Pseudonyms stay on, and stand in full, whatever this viewer may see: paper has no expiry."""
    found = seen_finding(visit, finding)
    html = render_to_string("finding_print.html", _told(visit, found))
    response = HttpResponse(pdf(html), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{found.id}.pdf"'
    return response


def _told(visit: Visit, found: Finding) -> dict[str, Any]:
    told = to_json(found, visit.reader)
    decision = visit.board.decision(found.id)
    seen = visit.staff.get(found.agent or "")
    closed, ordinary = visit.board.ordinary(50)
    return {
        "one": found,
        "told": told,
        "now": now(),
        "zone": (seen.time_zone or "") if seen is not None else "",
        "state": words.state(found, decision),
        "tier": words.TIERS.get(found.tier, found.tier),
        "reasons": words.reasons(told),
        "records": records.worth(found),
        "steps": history.steps(visit.board.transitions(found.id), decision),
        "chart": _chart(found),
        "closed": closed,
        "ordinary": ordinary,
        "size": data.board().made().size,
    }


def _chart(found: Finding) -> dict[str, str] | None:
    told = precedent.precedent(found)
    if told is None or not told.days:
        return None
    drawn = charts.printed(charts_of_days.spec(told.days, told.measure))
    return {
        "src": f"data:image/svg+xml;base64,{b64encode(drawn.encode()).decode()}",
        "said": charts_of_days.said(told.days, told.measure),
        "title": charts_of_days.MEASURES[told.measure],
        "peers": told.of if told.peers >= charts_of_days.FEWEST else "",
    }


PAGE = Page(
    name="finding_pdf",
    path="findings/<str:finding>/paper.pdf",
    title="Finding on paper",
    view=printout,
    roles=(access.COMPLIANCE, access.HEAD, access.SECURITY),
    about=about,
    purpose=KNOWN,
)
