"""What was told of people's dates: for HR, who know them better than any feed, to see whether it is right."""

from __future__ import annotations

from itertools import groupby

from django.http import HttpResponseBase

from viewtrail.app.clock import now
from viewtrail.web import access, data
from viewtrail.web.page import NO_PURPOSE, Page, Subject
from viewtrail.web.visit import Visit

LONGEST = 200
"""Characters of a staff number."""


def dates(visit: Visit) -> HttpResponseBase:
    """Everybody's dates by desk and under no name; or one person's, asked for by the staff number.

    No pseudonym stands here: beside a date that HR knows, it would take itself off.
    """
    told = [
        one
        for one in visit.questions.dates(now())
        if one.role != "service" and one.agent != visit.viewer.agent
    ]
    asked = visit.request.POST.get("number", "").strip()[:LONGEST]
    if asked:
        wanted = data.pseudonym(asked)
        told = [one for one in told if one.agent == wanted]
        if told:
            visit.subject = Subject("timeline.viewed", agent=wanted)
            visit.tell("timeline.viewed", what="dates")
    here = sorted(told, key=lambda one: (one.desk or "~", one.joined or 0))
    return visit.render(
        "dates.html",
        desks=[(desk, list(people)) for desk, people in groupby(here, key=lambda one: one.desk)],
        count=len(told),
        asked=asked,
        longest=LONGEST,
    )


def everybody(visit: Visit) -> Subject:
    """Of everybody at once: the log says that it was opened, and names nobody."""
    return Subject("timeline.viewed")


PAGE = Page(
    name="dates",
    path="dates",
    title="Dates",
    view=dates,
    roles=(access.HR,),
    about=everybody,
    purpose=NO_PURPOSE,
    rail=35,
)
