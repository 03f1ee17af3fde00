"""The findings: what should I look at first?"""

from __future__ import annotations

from typing import Final

from django.contrib import messages
from django.http import Http404, HttpResponseBase, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from viewtrail.finding import SEVERITIES
from viewtrail.review.decision import BREACH
from viewtrail.web import access
from viewtrail.web.accounts.models import SavedView
from viewtrail.web.findings import acts, listing, words
from viewtrail.web.page import Page
from viewtrail.web.visit import Visit, seen_finding

AT_ONCE: Final = ("take", "snooze", "close", "undo")
"""What can be done with several findings in one go. Asking is for one, in words of its own."""

MOST_VIEWS: Final = 30


def findings(visit: Visit) -> HttpResponseBase:
    """The list, as filtered; or what is to be done with the marked ones."""
    if visit.request.method == "POST":
        return _act(visit)
    wanted = listing.asked(visit.request.GET, visit.viewer.time_zone)
    found = listing.listed(visit, wanted)
    start = (wanted.page - 1) * listing.PAGE
    people = visit.staff.values()
    return visit.render(
        "findings.html",
        items=found[start : start + listing.PAGE],
        total=len(found),
        wanted=wanted,
        more=len(found) > start + listing.PAGE,
        show=listing.SHOW,
        severities=list(reversed(SEVERITIES)),
        queues=sorted({item.finding.queue for item in found} | ({wanted.queue} - {""})),
        desks=sorted({one.desk for one in people if one.desk and one.desk != access.ALL_DESKS}),
        views=SavedView.objects.filter(person_id=visit.viewer.id),
        outcomes={key: text for key, text in words.OUTCOME_WORDS.items() if key != BREACH},
        closed=visit.board.ordinary(50),
    )


def _act(visit: Visit) -> HttpResponseBase:
    said = visit.request.POST
    back = said.get("back", "")
    there = back if url_has_allowed_host_and_scheme(back, allowed_hosts=None) else reverse("findings")
    match said.get("act", ""):
        case "keep-view":
            _keep_view(visit)
        case "forget-view":
            SavedView.objects.filter(person_id=visit.viewer.id, pk=said.get("view") or 0).delete()
        case what if what in AT_ONCE:
            _with_all(visit, what, said.getlist("finding"))
        case what:
            messages.error(visit.request, f"Not done: {what[:40]!r} is nothing that one can do here.")
    return HttpResponseRedirect(there)


def _with_all(visit: Visit, what: str, ids: list[str]) -> None:
    if not ids:
        messages.error(visit.request, "Nothing was marked. Mark findings with x, or by their boxes.")
        return
    done: list[tuple[str, acts.Done]] = []
    refused: list[str] = []
    for id_ in dict.fromkeys(ids):
        try:
            done.append((id_, acts.act(visit, seen_finding(visit, id_), what)))
        except (acts.Refused, Http404) as error:
            refused.append(str(error))
    for why in dict.fromkeys(refused):
        messages.error(visit.request, f"{refused.count(why)} not done: {why}.")
    if done:
        last = done[-1][1]
        visit.settle(last.index)
        said = last.said if len(done) == 1 else f"{len(done)} findings: {last.said[0].lower()}{last.said[1:]}"
        if last.undo:
            visit.offer_undo(said, last.undo, [id_ for id_, _ in done])
        else:
            messages.success(visit.request, said)


def _keep_view(visit: Visit) -> None:
    said = visit.request.POST
    name, query = said.get("name", "").strip()[:60], QueryDict(said.get("query", "")[:500]).urlencode()
    mine = SavedView.objects.filter(person_id=visit.viewer.id)
    if not name:
        messages.error(visit.request, "A view needs a name.")
    elif mine.count() >= MOST_VIEWS:
        messages.error(visit.request, f"You have {MOST_VIEWS} views; forget one first.")
    else:
        SavedView.objects.update_or_create(
            person_id=visit.viewer.id, name=name, defaults={"query": query[:500]}
        )
        messages.success(visit.request, f"Kept as “{name}”.")


PAGE = Page(
    name="findings",
    path="findings",
    title="Findings",
    view=findings,
    roles=(access.COMPLIANCE, access.HEAD, access.SECURITY),
    rail=20,
)
