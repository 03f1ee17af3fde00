"""What is kept about me, and who looked at it? An agent's own page; no score, and never the alert line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.http import Http404, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse

from viewtrail.app.clock import now
from viewtrail.finding import LEAVERS, Reader, to_json
from viewtrail.measure.clocks import DAY, Clock
from viewtrail.web import access, data
from viewtrail.web.page import Page, Subject
from viewtrail.web.spans import asked_day, until
from viewtrail.web.timeline import fitted, timeline
from viewtrail.web.visit import Visit

if TYPE_CHECKING:
    from viewtrail.finding import Finding
    from viewtrail.review.decisions import Decision
    from viewtrail.store.asking_rows import Row

LOOKED: Final = frozenset(("timeline.viewed", "identity.unmasked", "evidence.exported"))
"""What says at once that somebody looked; that a finding was opened is told when it is closed."""

OWN: Final = frozenset(
    ("finding.updated", "finding.viewed", "finding.snoozed", "finding.closed", "clock.ticked")
)
"""What the day's table leaves out: it is not what the person did."""

WITHIN: Final = 30 * DAY
"""A closed finding is shown to whom it was about within so long; a hold by a named person can delay it."""

LOOKED_BACK: Final = 91 * DAY
LONGEST: Final = 2_000
"""Characters of a note or an answer."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that somebody put to this person, and whether it is answered."""

    finding: Finding
    words: str
    at: int
    answered: bool


def my_trail(visit: Visit) -> HttpResponseBase:
    """One own day, the questions, what was closed, and everybody who looked in three months."""
    me = visit.viewer.agent
    if not me:
        return visit.render("my_trail_none.html")
    if visit.request.method == "POST":
        return _said(visit, me)
    seen = visit.staff.get(me)
    zone = (seen.time_zone if seen else None) or data.home().settings.time_zone
    last = (seen.last_seen if seen else None) or until(visit)
    start, end, _ = asked_day(visit.request.GET.get("day", ""), Clock(zone), last)
    rows = [row for row in visit.questions.agent_entries(me, start, end, about=False) if row.type not in OWN]
    lately = until(visit)
    entries = visit.questions.agent_entries(me, lately - LOOKED_BACK, now() + DAY)
    findings = [one for one in visit.board.findings(agent=me, limit=100) if one.queue != LEAVERS]
    decisions = visit.board.decisions([one.id for one in findings])
    drawn = fitted(rows, start, end)
    days = visit.questions.agent_days(me, lately - 28 * DAY, lately + DAY)
    return visit.render(
        "my_trail.html",
        me=me,
        zone=zone,
        start=start,
        drawn=timeline(rows, *drawn, zone),
        rows=rows[:400],
        more=max(0, len(rows) - 400),
        days=list(reversed(days)),
        looked=[row for row in reversed(entries) if _looked(row, me)][:50],
        notes=[row for row in reversed(entries) if row.type == "case.noted" and row.agent == me][:20],
        asked=[one for found in findings for one in _asked(found, decisions.get(found.id), me)],
        closed=[
            (to_json(one, Reader(hr=False)), decisions[one.id])
            for one in findings
            if one.id in decisions and decisions[one.id].state == "closed"
        ],
        longest=LONGEST,
    )


def _looked(row: Row, me: str) -> bool:
    return row.type in LOOKED and row.about == me and row.agent != me


def _asked(found: Finding, decision: Decision | None, me: str) -> list[Asked]:
    """The questions put to this person about a finding; the rest of it is shown once it is closed."""
    if decision is None:
        return []
    told = [note for note in decision.notes if note.said == "asked"]
    answers = [note for note in decision.notes if note.said == "answered"]
    with data.home().reader() as log:
        to_me = [note for note in told if log.entry(note.index).entry.event.data.get("about") == me]
        return [
            Asked(found, _words(log.detail(note.index)), note.at, any(a.index > note.index for a in answers))
            for note in to_me
        ]


def _words(detail: dict[str, object] | None) -> str:
    inside = (detail or {}).get("data")
    return str(inside.get("words", "")) if isinstance(inside, dict) else ""


def _said(visit: Visit, me: str) -> HttpResponseBase:
    """A note of one's own to a day, or the answer to a question; both are entries, the words encrypted."""
    words = visit.request.POST.get("words", "").strip()
    finding = visit.request.POST.get("finding", "")
    if not words or len(words) > LONGEST:
        wrong = f"Write something, at most {LONGEST:,} characters."
        return visit.render("my_trail_none.html", status=422, wrong=wrong)
    if not finding:
        visit.subject = Subject("case.noted", agent=me)
        visit.tell("case.noted", what="own-note", words=words)
        return HttpResponseRedirect(reverse("my-trail"))
    found = visit.board.finding(finding)
    if found is None or not _asked(found, visit.board.decision(finding), me):
        raise Http404("nobody has asked you about that")
    visit.subject = Subject("finding.asked", finding=finding)
    visit.tell("finding.asked", transition="answered", words=words)
    return HttpResponseRedirect(reverse("my-trail"))


PAGE = Page(
    name="my-trail",
    path="my-trail",
    title="My trail",
    view=my_trail,
    roles=access.ROLES,
    rail=95,
)
