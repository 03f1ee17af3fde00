"""Who do these clients have in common? Paste records, see who opened most of them, and what chance gives."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from django.http import HttpResponseBase

from viewtrail.app.findings import PSEUDONYM
from viewtrail.web import access, data
from viewtrail.web.page import Page, Subject
from viewtrail.web.visit import Visit

if TYPE_CHECKING:
    from viewtrail.store.asking_answers import Common

MOST: Final = 2_000
"""Records of one question."""

SHOWN: Final = 25

_BETWEEN: Final = re.compile(r"[\s,;]+")


def records(visit: Visit) -> HttpResponseBase:
    """A field to paste records into; the answer is about people, so it is logged with what was asked."""
    asked = visit.request.POST.get("records", "") if visit.request.method == "POST" else ""
    names = [name for name in _BETWEEN.split(asked) if name]
    if len(names) > MOST:
        wrong = f"{len(names):,} records; {MOST:,} are enough to see whom they have in common"
        return visit.render("records.html", asked=asked, wrong=wrong, status=422)
    context: dict[str, Any] = {"asked": asked, "names": len(names)}
    if names:
        context |= _answer(visit, names)
    return visit.render("records.html", **context)


def _answer(visit: Visit, names: list[str]) -> dict[str, Any]:
    with data.home().reader() as log:
        wanted = list(
            dict.fromkeys(name if PSEUDONYM.fullmatch(name) else log.pseudonym("r", name) for name in names)
        )
        known = [one for one in wanted if log.storage.name(one) is not None]
    visit.subject = Subject("timeline.viewed")
    visit.tell("timeline.viewed", what="records in common", why="request-of-a-client", rows=len(known))
    found = [one for one in visit.questions.in_common(known) if one.touched] if known else []
    return {
        "known": len(known),
        "unknown": len(wanted) - len(known),
        "found": [(one, access.sees_agent(visit.viewer, one.agent, visit.staff)) for one in found[:SHOWN]],
        "others": max(0, len(found) - SHOWN),
        "enough": any(one.enough for one in found),
        "first": found[0] if found and _stands_out(found[0]) else None,
    }


def _stands_out(one: Common) -> bool:
    """More than chance and more than the own book explains."""
    return one.enough and one.surprise is not None and one.surprise >= 3 and one.touched > one.owned


PAGE = Page(
    name="records",
    path="records",
    title="Records",
    view=records,
    roles=(access.COMPLIANCE, access.SECURITY),
    rail=40,
)
