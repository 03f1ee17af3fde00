"""Who looked at this client, when, how long and why; and what a client may be told of it."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Final

from django.http import Http404, HttpResponse, HttpResponseBase
from django.urls import reverse

from viewtrail.event import rfc3339
from viewtrail.web import access
from viewtrail.web.page import ASKED, Page, Subject
from viewtrail.web.visit import Visit

if TYPE_CHECKING:
    from viewtrail.store.asking_rows import Row

PAGE_OF: Final = 200
"""Entries of one page of a record's history."""

LOOKED: Final = frozenset(
    ("record.viewed", "record.served", "contact.revealed", "contact.copied", "page.printed", "call.ended")
)
"""What counts as somebody having looked at a client or reached for them."""


def about(visit: Visit, record: str) -> Subject:
    """The record, if the log knows it."""
    if not record.startswith("r-") or not visit.questions.search(record):
        raise Http404("there is no such record in this log")
    return Subject("timeline.viewed", record=record)


def record(visit: Visit, record: str) -> HttpResponseBase:
    """Every view, reveal, call and export of one record, the latest first."""
    before = _place(visit.request.GET.get("before", ""))
    rows = visit.questions.record_entries(record, limit=PAGE_OF + 1, before=before)
    more = rows[PAGE_OF - 1].place if len(rows) > PAGE_OF else None
    rows = rows[:PAGE_OF]
    everything = visit.request.GET.get("all") == "yes"
    shown = [row for row in rows if everything or row.type in LOOKED or row.type == "export.created"]
    reasons = visit.reasons(shown)
    visit.crumbs = [("Records", reverse("records"))]
    return visit.render(
        "record.html",
        record=record,
        rows=[(row, _may_follow(visit, row), reasons.get(row.index, "")) for row in shown],
        everything=everything,
        hidden=len(rows) - len(shown),
        more=f"{more[0]}-{more[1]}" if more else "",
        people=len({row.agent for row in shown if row.agent}),
        opened=sum(row.type == "record.viewed" for row in shown),
        revealed=sum(row.type == "contact.revealed" for row in shown),
    )


def report(visit: Visit, record: str) -> HttpResponseBase:
    """What a client may be handed who asks who looked at their data: dates and purposes, no employee."""
    rows = visit.questions.record_entries(record, limit=10_000)
    told = io.StringIO()
    out = csv.writer(told)
    out.writerow(["time (UTC)", "what", "way", "purpose"])
    looked = sorted((row for row in rows if row.type in LOOKED), key=lambda one: one.place)
    reasons = visit.reasons(looked)
    for row in looked:
        why = row.reason or reasons.get(row.index, "")
        out.writerow([rfc3339(row.time), row.type, _safe(row.via or row.direction), _safe(why)])
    answer = HttpResponse(told.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="access-report-{record}.csv"'
    return answer


def _safe(text: str | None) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text and text[0] in "=+-@\t\r" else text or ""


def _may_follow(visit: Visit, row: Row) -> bool:
    """Whether the page of the agent behind a row is this viewer's to open."""
    return row.agent is not None and access.sees_agent(visit.viewer, row.agent, visit.staff)


def _place(text: str) -> tuple[int, int] | None:
    time, _, index = text.partition("-")
    return (int(time), int(index)) if time.isdecimal() and index.isdecimal() else None


PAGES = (
    Page(
        name="record",
        path="records/<str:record>",
        title="Record",
        view=record,
        roles=(access.COMPLIANCE, access.AUDITOR),
        about=about,
        purpose=ASKED,
    ),
    Page(
        name="access-report",
        path="records/<str:record>/access-report.csv",
        title="Access report",
        view=report,
        roles=(access.COMPLIANCE,),
        about=about,
        purpose=ASKED,
    ),
)
