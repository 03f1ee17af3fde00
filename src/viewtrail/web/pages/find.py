"""The search field: a pseudonym, a finding, an entry's number, or the source's own id of a record."""

from __future__ import annotations

import re

from django.http import HttpResponseBase, HttpResponseRedirect
from django.urls import NoReverseMatch, reverse

from viewtrail.app.findings import PSEUDONYM
from viewtrail.web import access, data
from viewtrail.web.page import Page
from viewtrail.web.visit import Visit

FINDING = re.compile(r"f-[0-9a-f]{24}")


def find(visit: Visit) -> HttpResponseBase:
    """To the one thing that was meant, or what can be looked for and that it was not there."""
    asked = visit.request.GET.get("q", "").strip()[:400]
    there = _place(asked) if asked else None
    if there is not None:
        return HttpResponseRedirect(there)
    return visit.render("find.html", asked=asked)


def _place(asked: str) -> str | None:
    try:
        if FINDING.fullmatch(asked):
            return reverse("finding", args=[asked])
        if PSEUDONYM.fullmatch(asked):
            return reverse("agent" if asked.startswith("a-") else "record", args=[asked])
        number = asked.replace(",", "").removeprefix("#")
        if number.isascii() and number.isdigit() and len(number) < 16:
            with data.home().reader() as log:
                if int(number) < log.size:
                    return reverse("entry", args=[int(number)])
        with data.home().reader() as log:
            record = log.pseudonym("r", asked)
            # An agent is not found by the source's id: that would take a pseudonym off without a word.
            return reverse("record", args=[record]) if log.storage.name(record) is not None else None
    except NoReverseMatch:
        return None


PAGE = Page(name="find", path="find", title="Find", view=find, roles=access.ROLES)
