"""Rows of Frappe's three logs as lines of JSON: openings, an export, sign-ins, a time that is none."""

from sources.connectors.samples import Sample
from sources.crms import accessed, active, lines, viewed

SAMPLE = Sample(
    "frappe.jsonl",
    (
        lines(viewed(1)),
        lines(viewed(2, owner="cleo@example.test", viewed_by="cleo@example.test", creation="soon")),
        lines(accessed(3, user="cleo@example.test"), active(4, user="dora@example.test")),
        lines(viewed(5, owner="cleo@example.test")),
        lines(accessed(6, reference_document="CRM-LEAD-2026-00417", user="emil@example.test")),
    ),
    ids=frozenset({"view-v8k2m4n6p1", "access-x8k2m4n6p3", "activity-y8k2m4n6p4"}),
    mapping='connector = "frappe"\nsource = "/erp"\n[time]\ntime_zone = "Asia/Nicosia"\n[crm]\n',
)
