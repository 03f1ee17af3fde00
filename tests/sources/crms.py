"""A small brokerage for tests of CRMs' audit rows: who is who, and rows as each system writes them."""

from __future__ import annotations

import json
from typing import Any, Final

from viewtrail.sources.directory import Claim, Directory

ANNA, BEN = "65f0a1b2c3d4e5f60", "65f0a1b2c3d4e5f61"
"""Ids of users as EspoCRM makes them."""

PEOPLE: Final = Directory(
    [
        Claim("a-1", "crm", ANNA),
        Claim("a-1", "crm", "7"),
        Claim("a-1", "email", "anna@example.test"),
        Claim("a-2", "crm", BEN),
        Claim("a-2", "crm", "8"),
        Claim("a-2", "email", "ben@example.test"),
        Claim("m-1", "email", "maria@example.test"),
    ]
)


def lines(*rows: dict[str, Any]) -> str:
    return "".join(json.dumps(row) + "\n" for row in rows)


def head(row: dict[str, Any]) -> str:
    """The header of a CSV file with the columns of this row."""
    return _line(list(row))


def rows(*told: dict[str, Any]) -> str:
    """Lines of a CSV file."""
    return "".join(_line(["" if cell is None else str(cell) for cell in row.values()]) for row in told)


def table(*told: dict[str, Any]) -> str:
    """A CSV file; its rows have the same columns."""
    return head(told[0]) + rows(*told)


def _line(cells: list[str]) -> str:
    return ",".join('"' + cell.replace('"', '""') + '"' for cell in cells) + "\n"


def espo(number: int = 4711, **more: Any) -> dict[str, Any]:
    """A row of EspoCRM's action history, as its REST interface lists it."""
    return {
        "id": f"65f0a1b2c3d4e5{number:03x}",
        "number": number,
        "targetType": "Lead",
        "targetId": "65e9d8c7b6a594830",
        "targetName": "Eleni Georgiou",
        "action": "read",
        "createdAt": "2026-03-02 07:14:03",
        "userId": ANNA,
        "userName": "Anna",
        "ipAddress": "10.0.3.17",
        "authTokenId": "65f0a1b2c3d4e5aaa",
    } | more


def tracked(number: int = 9001, **more: Any) -> dict[str, Any]:
    """A row of SuiteCRM's tracker table."""
    return {
        "id": str(number),
        "monitor_id": "b1f2c3d4-0000-4000-8000-000000000001",
        "user_id": ANNA,
        "module_name": "Leads",
        "item_id": "8d3f0c2a-5b1e-4c77-9d55-6a1f2e3b4c5d",
        "item_summary": "Mr. Andreas Ioannou",
        "date_modified": "2026-03-02 07:14:03",
        "action": "detailview",
        "session_id": "k3v9s8d7f6g5h4j3k2l1",
        "visible": "1",
        "deleted": "0",
    } | more


def viewed(number: int = 1, **more: Any) -> dict[str, Any]:
    """A row of Frappe's View Log."""
    return {
        "name": f"v8k2m4n6p{number}",
        "owner": "anna@example.test",
        "creation": "2026-03-02 09:14:03.120456",
        "viewed_by": "anna@example.test",
        "reference_doctype": "CRM Lead",
        "reference_name": "CRM-LEAD-2026-00417",
    } | more


def accessed(number: int = 1, **more: Any) -> dict[str, Any]:
    """A row of Frappe's Access Log."""
    return {
        "name": f"x8k2m4n6p{number}",
        "owner": "anna@example.test",
        "creation": "2026-03-02 09:20:11.000001",
        "user": "anna@example.test",
        "export_from": "CRM Lead",
        "reference_document": None,
        "file_type": "Excel",
        "report_name": None,
        "method": None,
        "filters": '[["CRM Lead","email","like","%georgiou%"]]',
        "columns": None,
        "page": None,
    } | more


def active(number: int = 1, **more: Any) -> dict[str, Any]:
    """A row of Frappe's Activity Log."""
    return {
        "name": f"y8k2m4n6p{number}",
        "creation": "2026-03-02 08:55:40.000000",
        "user": "anna@example.test",
        "full_name": "Anna Christou",
        "subject": "Anna Christou logged in",
        "operation": "Login",
        "status": "Success",
        "ip_address": "10.0.3.17",
    } | more


def audited(
    number: int = 501, path: str = "/web/dataset/call_kw/crm.lead/web_read", **more: Any
) -> dict[str, Any]:
    """A row of Odoo's auditlog.log, as search_read answers it."""
    return {
        "id": number,
        "create_date": "2026-03-02 07:14:03",
        "user_id": [7, "Anna Christou"],
        "name": "Eleni Georgiou",
        "model_model": "crm.lead",
        "res_id": 20931,
        "method": "read",
        "http_request_id": [88, f"{path} (2026-03-02 09:14:03)"] if path else False,
        "log_type": "fast",
    } | more


def field_line(number: int = 901, **more: Any) -> dict[str, Any]:
    """A row of Odoo's auditlog.log.line."""
    return {
        "id": number,
        "create_date": "2026-03-02 07:20:00",
        "log_id": [502, "Eleni Georgiou"],
        "user_id": [7, "Anna Christou"],
        "model_model": "crm.lead",
        "res_id": 20931,
        "method": "write",
        "field_name": "user_id",
        "old_value": "(8, 'Ben Odysseos')",
        "new_value": "(7, 'Anna Christou')",
    } | more


def acted(number: int = 1, **more: Any) -> dict[str, Any]:
    """A row of HubSpot's audit log."""
    return {
        "id": f"jAzNiQgaEZUTlJISRtE{number}",
        "category": "CRM_OBJECT",
        "subCategory": "CONTACT",
        "action": "CREATE",
        "targetObjectId": "97742230563",
        "occurredAt": "2026-03-02T07:14:03.529Z",
        "actingUser": {"userId": 7, "userEmail": "anna@example.test"},
    } | more


def signed_in(number: int = 1, **more: Any) -> dict[str, Any]:
    """A row of HubSpot's sign-ins."""
    return {
        "id": f"login-{number}",
        "loginAt": "2026-03-02T06:58:01.500Z",
        "userId": 7,
        "email": "anna@example.test",
        "loginSucceeded": True,
        "ipAddress": "10.0.3.17",
        "location": "nicosia",
        "userAgent": "Mozilla/5.0",
    } | more


def secured(number: int = 5432653, **more: Any) -> dict[str, Any]:
    """A row of HubSpot's security activity."""
    return {
        "id": str(number),
        "type": "CONTACT_EXPORT",
        "userId": 7,
        "objectId": "7654",
        "infoUrl": "app.hubspot.com/contacts/1/objects",
        "ipAddress": "10.0.3.17",
        "createdAt": "2026-03-02T07:30:00.303Z",
        "actingUser": "anna@example.test",
    } | more
