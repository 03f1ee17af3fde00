"""One finding: what happened, what is usual, what explains it, what speaks against, what people do."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponseBase
from django.urls import reverse

from viewtrail.app.source_owners import owner_of, owners, source_of
from viewtrail.finding import Finding, to_json
from viewtrail.web import access, charts, charts_of_days, data
from viewtrail.web.findings import acts, declaring, history, precedent, proofs, records, unmasking, words
from viewtrail.web.page import KNOWN, Page
from viewtrail.web.visit import Visit, about_finding, seen_finding

SHOWN: Final = 20
"""Entries of a finding that are listed at once."""

MORE_ACTS: Final = {
    "declare": declaring.propose,
    "agree": declaring.answer,
    "unmask": unmasking.ask,
    "let-see": unmasking.answer,
}


def finding(visit: Visit, finding: str) -> HttpResponseBase:
    """The page, or what a form on it asks for."""
    found = seen_finding(visit, finding)
    if visit.request.method == "POST":
        return _act(visit, found)
    return _page(visit, found)


def _act(visit: Visit, found: Finding) -> HttpResponseBase:
    what = visit.request.POST.get("act", "")
    try:
        acts.suits(visit, found, what)
        more = MORE_ACTS.get(what)
        done = more(visit, found) if more is not None else acts.act(visit, found, what)
    except acts.Refused as error:
        return _page(visit, found, refused=(what, str(error)))
    if not visit.settle(done.index):
        messages.info(
            visit.request, f"{done.said} It is in the log; the page follows once the loop has read it."
        )
    elif done.undo:
        visit.offer_undo(done.said, done.undo, [found.id])
    else:
        messages.success(visit.request, done.said)
    return visit.back_to(reverse("finding", args=[found.id]))


def _page(visit: Visit, found: Finding, refused: tuple[str, str] = ("", "")) -> HttpResponseBase:
    visit.crumbs = [("Findings", reverse("findings"))]
    decision = visit.board.decision(found.id)
    told = to_json(found, visit.reader)
    seen = visit.staff.get(found.agent or "")
    zone = seen.time_zone or "" if seen is not None else ""
    everything = visit.request.GET.get("entries") == "all"
    proof = proofs.proof(visit, found, visit.request.GET.get("proof", proofs.ALL))
    closed, ordinary = visit.board.ordinary(50)
    return visit.render(
        "finding.html",
        status=422 if refused[0] else 200,
        one=found,
        told=told,
        zone=zone,
        seen=seen,
        decision=decision,
        state=words.state(found, decision),
        claim=words.proved(found.claim),
        usual=words.clauses(found.usual, "#precedent"),
        tier=words.TIERS.get(found.tier, found.tier),
        reasons=words.reasons(told),
        total=round(found.score, 2),
        chart=_chart(found),
        records=records.worth(found),
        proof=proof,
        entries=[
            (row, proof.reasons.get(row.index, "")) for row in proof.rows[: None if everything else SHOWN]
        ],
        everything=everything,
        steps=history.steps(visit.board.transitions(found.id), decision),
        closed=closed,
        ordinary=ordinary,
        names=data.deciders(),
        source_owner=_source_owner(visit, found),
        outcomes=words.outcomes(found),
        purposes=declaring.PURPOSES,
        scopes=declaring.SCOPES,
        declared=declaring.waiting(found),
        days=declaring.days_of(found, zone),
        unmaskings=unmasking.waiting(found),
        unmasked=visit.names.until.get(found.agent or ""),
        alone=access.may_unmask_alone(visit.viewer, found, visit.staff, data.home().settings.unmasking),
        refused=refused[0],
        why=refused[1],
    )


def _source_owner(visit: Visit, found: Finding) -> str:
    """Who looks after the source that a finding is about, as the setting says; "" for nobody and nothing."""
    source = source_of(found, visit.board.heard()) if found.subject_kind == "source" else ""
    return owner_of(source, owners(data.home().settings.source_owners)) if source else ""


def _chart(found: Finding) -> dict[str, Any] | None:
    told = precedent.precedent(found)
    if told is None or not told.days:
        return None
    spec = charts_of_days.spec(told.days, told.measure)
    return {
        "svg": charts.svg(spec, charts_of_days.said(told.days, told.measure)),
        "title": charts_of_days.MEASURES[told.measure],
        "days": list(reversed(told.days)),
        "peers": told.of,
        "enough": told.peers >= charts_of_days.FEWEST,
    }


PAGE = Page(
    name="finding",
    path="findings/<str:finding>",
    title="Finding",
    view=finding,
    roles=(access.COMPLIANCE, access.HEAD, access.SECURITY),
    about=about_finding,
    purpose=KNOWN,
)
