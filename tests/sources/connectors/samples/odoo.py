"""Rows of Odoo's audit log as lines of JSON: a form, a list, an export in three rows, an assignment."""

from sources.connectors.samples import Sample
from sources.crms import audited, field_line, lines

DORA = [20, "Dora"]

SAMPLE = Sample(
    "audit.jsonl",
    (
        lines(audited(1, user_id=DORA)),
        lines(audited(2, "/web/dataset/call_kw/crm.lead/web_search_read", user_id=DORA)),
        lines(audited(3, user_id=DORA, create_date="soon")),
        lines(*(audited(4 + n, "/web/export/csv", method="export_data", user_id=DORA) for n in range(3))),
        lines(field_line(8, user_id=DORA, new_value="(19, 'Cleo')", old_value="False")),
        lines(audited(9, user_id=DORA, model_model="mail.message")),
    ),
    ids=frozenset({"log-1", "log-2", "line-8"}),
)
