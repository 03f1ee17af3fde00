"""Odoo's audit log (OCA auditlog): rows of auditlog.log and auditlog.log.line, one record each.

A row is what search_read answers over JSON-RPC ({"result": [...]}), or a CSV of the table or of an export
with the technical names (OCA/server-tools, auditlog/models/log.py: id, create_date, user_id, model_model,
res_id, method, http_request_id).
- `read` is logged for every record of a read: one page of a list of 80 leaves 80 rows (rule.py, create_logs).
  The path of the request tells which it was: `read` or `web_read` of the same model is a form, an opening;
  anything else, and a row whose request is not told, is `record.served`: sent, and not opened.
- `write` is a change. Its lines say which field: a new owner is an assignment, a new stage a status changed.
  Of a line only the ids before the names are read, never a value. `export_data` is an export, told once for
  all rows of one request; how many it had is known where res_ids lists them.
- A record is model and id (`crm.lead,20931`), as two models number alike. Times are UTC from JSON-RPC and the
  table; Odoo's own export writes them in the user's zone: say time_zone then. `name` is not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from viewtrail.event import Event, derived_id
from viewtrail.sources.asked import Asked
from viewtrail.sources.connectors import Connector, Gives
from viewtrail.sources.crm_rows import NO_PERSON, NO_RECORD, NOT_READ, Crm
from viewtrail.sources.intake import Item, Tally
from viewtrail.sources.named_rows import Told, cell, has, read_named
from viewtrail.sources.streams import ByteSource

RECORDS: Final = {"crm.lead": "lead", "res.partner": "client", "sale.order": "account"}
NEEDED: Final = ("id", "create_date", "method", "res_id")
ROBOT: Final = "1"
"""OdooBot, in whose name Odoo's own jobs run."""

FORMS: Final = frozenset({"read", "web_read"})
LISTS: Final = frozenset({"search_read", "web_search_read", "read_group", "web_read_group", "name_search"})
OWNERS: Final = frozenset({"user_id"})
STAGES: Final = frozenset({"stage_id", "state", "active"})
A_LINE: Final = "one field of a change, which its log row tells"

_CALL: Final = re.compile(r"/(?:call_kw|call_button|json/2)/([\w.]+)/(\w+)", re.ASCII)
_LAST: Final = re.compile(r"/(\w+)(?: \(.*\))?$", re.ASCII | re.DOTALL)
_LEADING_ID: Final = re.compile(r"[(\[]?\s*(\d{1,12})\b", re.ASCII)
_IDS: Final = re.compile(r"\d{1,12}", re.ASCII)
_WORD: Final = re.compile(r"[a-z_]{1,40}", re.ASCII)


class Rows:
    """Makes the event of one row."""

    def __init__(self, asked: Asked) -> None:
        self.crm = Crm("odoo", asked, RECORDS)

    def tell(self, row: Told) -> list[Event] | str:
        model, method = cell(row, "model_model"), cell(row, "method")
        kind = self.crm.kind(model)
        if kind is None:
            return NO_RECORD.format(model[:40])
        user = _reference(row, "user_id")
        if user == ROBOT:
            return NO_PERSON
        at = self.crm.micros(cell(row, "create_date"), "create_date")
        record = f"{model},{cell(row, 'res_id')}"
        if has(row, "field_name"):
            return self._line(row, at, user, record)
        id_ = f"log-{cell(row, 'id')}"
        match method:
            case "read":
                return self._read(row, id_, at, user, model, kind)
            case "write":
                return self.crm.told("record.updated", id_, at, user, {}, record)
            case "create":
                return self.crm.told("record.created", id_, at, user, {"record_kind": kind}, record)
            case "unlink":
                data = {"field": "record", "to": "deleted"}
                return self.crm.told("status.changed", id_, at, user, data, record)
            case "export_data":
                return self._export(row, at, user, model)
        return NOT_READ.format(f"method {method[:40]}")

    def _read(self, row: Told, id_: str, at: int, user: str, model: str, kind: str) -> list[Event]:
        """A form that was opened, or a record that was only sent."""
        of, call = _asked(_path(row))
        record = f"{model},{cell(row, 'res_id')}"
        if call in FORMS and of == model:
            return self.crm.viewed(id_, at, user, record, kind)
        via = {"via": "list", "list": model} if call in LISTS else {}
        return self.crm.told("record.served", id_, at, user, {"record_kind": kind, **via}, record)

    def _export(self, row: Told, at: int, user: str, model: str) -> list[Event]:
        """One export, whether it has one row or one for every record."""
        ids = _IDS.findall(_plain(row, "res_ids"))
        told = {"rows": len(ids), "records": [f"{model},{one}" for one in ids[:1_000]]} if ids else {}
        request = _reference(row, "http_request_id") or str(at)
        known_by = [cell(row, "id")] if ids else ["export", request, user, model]
        id_ = derived_id("odoo", self.crm.mapping.source, known_by, 0)
        return self.crm.told("export.created", id_, at, user, {"list": model, **told})

    def _line(self, row: Told, at: int, user: str, record: str) -> list[Event] | str:
        field, id_ = cell(row, "field_name"), f"line-{cell(row, 'id')}"
        if cell(row, "method") not in ("write", "create"):
            return A_LINE
        old, new = _value(row, "old_value"), _value(row, "new_value")
        if field in OWNERS:
            data: dict[str, Any] = {"to": self.crm.agent(new, at)} if new else {}
            before = self.crm.known(old, at) if old else None
            data |= {"from": before} if before else {}
            return self.crm.told("record.assigned", id_, at, user, data, record)
        if field in STAGES:
            data = {"field": field, **({"from": old} if old else {}), **({"to": new} if new else {})}
            return self.crm.told("status.changed", id_, at, user, data, record)
        return A_LINE


def _reference(row: Told, name: str) -> str:
    """The id of a many-to-one field: [7, "Anna"] over JSON-RPC, a number in the table, name/.id exported."""
    value = row.get(name)
    if isinstance(value, list) and value:
        return str(value[0])
    return cell(row, f"{name}/.id") or cell(row, name)


def _path(row: Told) -> str:
    """The path of the request, which is the request's name (auditlog/models/http_request.py)."""
    value = row.get("http_request_id")
    if isinstance(value, list) and len(value) > 1 and isinstance(value[1], str):
        return value[1]
    return cell(row, "http_request_id/name") or cell(row, "http_request_id/display_name") or cell(row, "path")


def _asked(path: str) -> tuple[str, str]:
    """The model and the method that a request called; "" where its path does not say."""
    found = _CALL.search(path)
    if found:
        return found[1], found[2]
    last = _LAST.search(path)
    return "", last[1] if last else ""


def _value(row: Told, name: str) -> str:
    """What a field held, without any words: (3, 'Qualified') is 3; a state's own code stays."""
    told = _plain(row, name)
    found = _LEADING_ID.match(told)
    if found:
        return found[1]
    word = told.lower()
    return word if _WORD.fullmatch(word) and word not in ("false", "none") else ""


def _plain(row: Told, name: str) -> str:
    value = row.get(name)
    return str(value) if isinstance(value, list) else cell(row, name)


def read_audit(source: ByteSource, tally: Tally, asked: Asked) -> Iterator[list[Item]]:
    """Events of Odoo's audit log; a bad row is set aside with its place."""
    rows = Rows(asked)
    return read_named(
        source,
        tally,
        asked.mapping,
        rows.tell,
        needed=NEEDED,
        within=("result", "result.records", "records"),
        renamed=rows.crm.renamed,
    )


def _looks_like(first: bytes) -> bool:
    return all(name in first for name in (b"create_date", b"res_id", b"method", b"model_model"))


CONNECTOR = Connector(
    name="odoo",
    reads="Odoo's audit log (OCA auditlog): logs and their lines",
    suffixes=(),
    looks_like=_looks_like,
    read=read_audit,
    gives=Gives(
        types=(
            "record.viewed", "record.served", "record.updated", "record.created", "record.assigned",
            "status.changed", "export.created",
        ),
        unknown=(
            "how long a record was looked at, and whether it was",
            "openings where the request's path is not exported: all reads are then only served",
            "what was searched for, and how many rows an export had where res_ids is empty",
            "models without a rule of the audit log, and users whom a rule leaves out",
            "revealed contacts: a page shows them all",
        ),
        latency="a minute when it is fetched every minute",
    ),
)  # fmt: skip
