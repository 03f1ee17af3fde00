"""Why somebody opens what a person did: asked once, kept for an hour, and written with each opening."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from django.http import HttpResponse, HttpResponseRedirect

if TYPE_CHECKING:
    from viewtrail.web.visit import Visit

PURPOSES: Final = {
    "review-of-a-finding": "A finding is being looked into",
    "question-of-the-agent": "The agent has asked a question about their own days",
    "request-of-a-client": "A client has asked who opened their record",
    "handover": "Work is being handed over",
    "complaint": "A complaint is being answered",
    "audit": "An audit or a regulator has asked",
}

HOUR: Final = 3600
_KEPT: Final = "purposes"


def ask(visit: Visit) -> HttpResponse | None:
    """The form that asks why, or None when it has been said; sets the visit's purpose."""
    about = visit.subject.key if visit.subject is not None else ""
    request = visit.request
    said = request.POST.get("purpose") if request.method == "POST" else request.GET.get("purpose")
    if said in PURPOSES:
        keep(visit, about, said)
        if request.method == "POST":
            return HttpResponseRedirect(request.get_full_path())
    visit.purpose = kept(visit, about)
    if visit.purpose:
        return None
    wrong = "Choose one of these." if request.method == "POST" else ""
    return visit.render("purpose.html", purposes=PURPOSES, wrong=wrong, status=422 if wrong else 200)


def keep(visit: Visit, about: str, purpose: str) -> None:
    held = visit.request.session.get(_KEPT, {})
    now = int(time.time())
    fresh = {key: one for key, one in held.items() if one[1] > now}
    visit.request.session[_KEPT] = {**fresh, about: [purpose, now + HOUR]}


def kept(visit: Visit, about: str) -> str:
    purpose, until = visit.request.session.get(_KEPT, {}).get(about, ("", 0))
    return str(purpose) if until > time.time() else ""
