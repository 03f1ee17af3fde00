"""The search field: a pseudonym, a finding, an entry's number, or the source's own id of a record."""

from __future__ import annotations

import re
from typing import Final

from django.http import HttpResponseBase, HttpResponseRedirect
from django.urls import reverse

from viewtrail.app.findings import PSEUDONYM
from viewtrail.web import access, data
from viewtrail.web.page import Page, page
from viewtrail.web.visit import Visit

FINDING = re.compile(r"f-[0-9a-f]{24}")


def find(visit: Visit) -> HttpResponseBase:
    """To the one thing that was meant, or what can be looked for and that it was not there."""
    asked = visit.request.GET.get("q", "").strip()[:400]
    there = _place(asked) if asked else None
    if there is not None and visit.viewer.has(*page(there[0]).roles):
        return HttpResponseRedirect(reverse(there[0], args=[there[1]]))
    return visit.render("find.html", asked=asked)


def _place(asked: str) -> tuple[str, str | int] | None:
    """Which page it is, and of what."""
    if FINDING.fullmatch(asked):
        return "finding", asked
    if PSEUDONYM.fullmatch(asked):
        return "agent" if asked.startswith("a-") else "record", asked
    number = asked.replace(",", "").removeprefix("#")
    with data.home().reader() as log:
        if number.isascii() and number.isdigit() and len(number) < 16 and int(number) < log.size:
            return "entry", int(number)
        record = log.pseudonym("r", asked)
        # An agent is not found by the source's id: that would take a pseudonym off without a word.
        return ("record", record) if log.storage.name(record) is not None else None


LOOKERS: Final = (access.COMPLIANCE, access.HEAD, access.SECURITY, access.AUDITOR)
"""Who has pages about somebody to find."""

PAGE = Page(name="find", path="find", title="Find", view=find, roles=LOOKERS)
