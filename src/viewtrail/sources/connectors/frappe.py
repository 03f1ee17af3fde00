"""Frappe and ERPNext: the View Log, the Access Log and the Activity Log, each row by the fields that it has.

A row is a document of one of the three DocTypes: a page of /api/resource, {"data": [...]}, or CSV with the
names of fields (frappe/core/doctype/{view_log,access_log,activity_log}).
- View Log (viewed_by, reference_doctype, reference_name) is written when a form is loaded or loaded anew,
  where the DocType has "Track Views" (Document.add_viewed): an opening, and nobody is known to have looked.
  `owner` is whose session wrote the row. Where it names another than viewed_by, as when a script notes a view
  for whoever was assigned, nobody opened anything: such rows are counted and are no openings.
- Access Log (export_from, reference_document, file_type, method) is an export, or a print where it names one
  document. How many rows an export had is not said; its filters, columns and page are not read.
- Activity Log rows of Login and Logout begin and end a visit.
Times are the site's own zone (System Settings), which the mapping has to name. Users are addresses and are
known by the directory alone; ip_address, subject and full_name are not read.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from viewtrail.event import Event
from viewtrail.sources.asked import Asked
from viewtrail.sources.connectors import Connector, Gives
from viewtrail.sources.crm_rows import NO_PERSON, NO_RECORD, NOT_READ, Crm
from viewtrail.sources.intake import Item, Tally
from viewtrail.sources.named_rows import Told, cell, has, read_named
from viewtrail.sources.streams import ByteSource

RECORDS: Final = {
    "Lead": "lead",
    "CRM Lead": "lead",
    "Customer": "client",
    "Contact": "client",
    "CRM Deal": "client",
}
NEEDED: Final = ("name", "creation")
GUEST: Final = "Guest"
FOR_ANOTHER: Final = "a view noted by another's session: nobody opened it"
NO_LOG: Final = "a row of none of the three logs"
REFUSED: Final = "a sign-in that failed"


class Rows:
    """Makes the event of one row."""

    def __init__(self, asked: Asked) -> None:
        self.crm = Crm("frappe", asked, RECORDS, zone="")

    def tell(self, row: Told) -> list[Event] | str:
        if has(row, "viewed_by"):
            return self._view(row)
        if has(row, "export_from"):
            return self._access(row)
        return self._activity(row) if has(row, "operation") else NO_LOG

    def _view(self, row: Told) -> list[Event] | str:
        user, doctype = cell(row, "viewed_by"), cell(row, "reference_doctype")
        kind = self.crm.kind(doctype)
        if kind is None:
            return NO_RECORD.format(doctype[:40])
        if user == GUEST:
            return NO_PERSON
        if cell(row, "owner") not in ("", user):
            return FOR_ANOTHER
        record = cell(row, "reference_name")
        return self.crm.viewed(f"view-{cell(row, 'name')}", self._at(row), user, record, kind, surface="ui")

    def _access(self, row: Told) -> list[Event] | str:
        user, doctype, record = (cell(row, name) for name in ("user", "export_from", "reference_document"))
        if user == GUEST:
            return NO_PERSON
        id_, at, form = f"access-{cell(row, 'name')}", self._at(row), cell(row, "file_type").lower()
        if record and self.crm.kind(doctype) is None:
            return NO_RECORD.format(doctype[:40])
        if record:
            return self.crm.told("page.printed", id_, at, user, {"list": doctype}, record)
        # A report's own name is somebody's words; that it was the whole site's backup is worth knowing
        listed = doctype or ("backup" if cell(row, "report_name") == "Backup" else "report")
        data = {"list": listed, **({"format": form} if form else {})}
        return self.crm.told("export.created", id_, at, user, data)

    def _activity(self, row: Told) -> list[Event] | str:
        user, what = cell(row, "user"), cell(row, "operation")
        if what not in ("Login", "Logout"):
            return NOT_READ.format(f"operation {what[:40] or 'of none'}")
        if what == "Login" and cell(row, "status") != "Success":
            return REFUSED
        if user == GUEST:
            return NO_PERSON
        type_ = "visit.started" if what == "Login" else "visit.ended"
        return self.crm.told(type_, f"activity-{cell(row, 'name')}", self._at(row), user, {})

    def _at(self, row: Told) -> int:
        return self.crm.micros(cell(row, "creation"), "creation")


def read_logs(source: ByteSource, tally: Tally, asked: Asked) -> Iterator[list[Item]]:
    """Events of Frappe's logs; a bad row is set aside with its place. BadInput when no zone is named."""
    rows = Rows(asked)
    return read_named(
        source, tally, asked.mapping, rows.tell, needed=NEEDED, within=("data",), renamed=rows.crm.renamed
    )


def _looks_like(first: bytes) -> bool:
    return (b"viewed_by" in first and b"reference_doctype" in first) or (
        b"export_from" in first and b"reference_document" in first
    )


CONNECTOR = Connector(
    name="frappe",
    reads="Frappe, ERPNext: View Log, Access Log and Activity Log",
    suffixes=(),
    looks_like=_looks_like,
    read=read_logs,
    gives=Gives(
        types=("record.viewed", "page.printed", "export.created", "visit.started", "visit.ended"),
        unknown=(
            "how long a record was looked at, and whether it was",
            "openings of DocTypes without Track Views, and of apps with pages of their own",
            "lists that were walked, and what was searched for",
            "how many rows an export had, and which",
            "revealed contacts: a page shows them all",
        ),
        latency="a minute when it is fetched every minute",
    ),
)
