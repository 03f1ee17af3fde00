"""HubSpot's account activity: exports, sign-ins, records made and changed. There is no log of views.

A row is one of three that /account-info/v3/activity/ answers as {"results": [...]}, or a table of the same
fields (developers.hubspot.com, account activity API):
- audit-logs: id, category, subCategory, action, targetObjectId, occurredAt, actingUser (Enterprise only)
- login: id, loginAt, userId, email, loginSucceeded
- security: id, type, userId, objectId, createdAt, actingUser
HubSpot tells no opening of a record, no list and no revealed number or address, so nothing here can say that
records were gone through; of what is watched, only exports can be judged. An export's rows are not told. A
change says that a record was changed, and not which property: an assignment cannot be told from another.
The same sign-in stands in two of the three and is one event. ipAddress, location and userAgent are not read.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from viewtrail.event import Event, derived_id
from viewtrail.sources.asked import Asked
from viewtrail.sources.connectors import Connector, Gives
from viewtrail.sources.crm_rows import NO_PERSON, NO_RECORD, NOT_READ, Crm
from viewtrail.sources.intake import Item, Tally
from viewtrail.sources.named_rows import Told, cell, has, read_named
from viewtrail.sources.streams import ByteSource

RECORDS: Final = {"CONTACT": "client", "COMPANY": "client", "LEAD": "lead", "DEAL": "account"}
NEEDED: Final = ("id",)
CHANGED: Final = frozenset({"CRM_OBJECT", "PROPERTY_VALUE"})
EXPORTED: Final = "EXPORT"
"""What every type and subcategory of an export has in its name; HubSpot publishes no list of them."""

REFUSED: Final = "a sign-in that failed"
NO_LOG: Final = "a row of none of the three logs"


class Rows:
    """Makes the event of one row."""

    def __init__(self, asked: Asked) -> None:
        self.crm = Crm("hubspot", asked, RECORDS)

    def tell(self, row: Told) -> list[Event] | str:
        if has(row, "loginAt"):
            return self._login(row)
        if has(row, "occurredAt"):
            return self._audit(row)
        return self._security(row) if has(row, "createdAt") and has(row, "type") else NO_LOG

    def _login(self, row: Told) -> list[Event] | str:
        if cell(row, "loginSucceeded").lower() != "true":
            return REFUSED
        at = self.crm.micros(cell(row, "loginAt"), "loginAt")
        return self._signed_in(at, self.crm.one_of((cell(row, "userId"), cell(row, "email")), at))

    def _audit(self, row: Told) -> list[Event] | str:
        category, part, action = (cell(row, name).upper() for name in ("category", "subCategory", "action"))
        users = cell(row, "actingUser.userId"), cell(row, "actingUser.userEmail")
        if not any(users):
            return NO_PERSON
        if category == "LOGIN" and part != "LOGIN_SUCCEEDED":
            return REFUSED
        known = category in CHANGED or category == "LOGIN" or EXPORTED in f"{category} {part} {action}"
        if not known:
            return NOT_READ.format(f"category {category[:40]}")
        at = self.crm.micros(cell(row, "occurredAt"), "occurredAt")
        user = self.crm.one_of(users, at)
        if category == "LOGIN":
            return self._signed_in(at, user)
        if EXPORTED in f"{category} {part} {action}":
            return self._export(cell(row, "id"), at, user, part or category)
        return self._change(row, at, user, part, action)

    def _change(self, row: Told, at: int, user: str, part: str, action: str) -> list[Event] | str:
        kind = self.crm.kind(part)
        if kind is None:
            return NO_RECORD.format(part[:40])
        id_, target = cell(row, "id"), cell(row, "targetObjectId")
        record = f"{part.lower()}-{target}" if target else None  # objects of two kinds may number alike
        if cell(row, "category").upper() == "CRM_OBJECT" and action.startswith("CREATE"):
            return self.crm.told("record.created", id_, at, user, {"record_kind": kind}, record)
        if action.startswith("DELETE"):
            return self.crm.told(
                "status.changed", id_, at, user, {"field": "record", "to": "deleted"}, record
            )
        return self.crm.told("record.updated", id_, at, user, {}, record)

    def _security(self, row: Told) -> list[Event] | str:
        what = cell(row, "type").upper()
        if EXPORTED not in what:
            return NOT_READ.format(f"type {what[:40]}")
        at = self.crm.micros(cell(row, "createdAt"), "createdAt")
        user = self.crm.one_of((cell(row, "userId"), cell(row, "actingUser")), at)
        return self._export(f"security-{cell(row, 'id')}", at, user, what)

    def _export(self, id_: str, at: int, user: str, what: str) -> list[Event]:
        return self.crm.told("export.created", id_, at, user, {"list": what.lower().replace("_", "-")})

    def _signed_in(self, at: int, user: str) -> list[Event]:
        """Known by who and when, as two of the logs have it under ids of their own."""
        agent = self.crm.agent(user, at)
        id_ = derived_id("hubspot", self.crm.mapping.source, ["login", agent, str(at // 1_000_000)], 0)
        return self.crm.told("visit.started", id_, at // 1_000_000 * 1_000_000, user, {})


def read_activity(source: ByteSource, tally: Tally, asked: Asked) -> Iterator[list[Item]]:
    """Events of HubSpot's account activity; a bad row is set aside with its place."""
    rows = Rows(asked)
    return read_named(
        source, tally, asked.mapping, rows.tell, needed=NEEDED, within=("results",), renamed=rows.crm.renamed
    )


def _looks_like(first: bytes) -> bool:
    return any(
        all(name in first for name in names)
        for names in (
            (b"subCategory", b"occurredAt", b"actingUser"),
            (b"loginAt", b"loginSucceeded"),
            (b"infoUrl", b"objectId", b"createdAt", b"actingUser"),
        )
    )


CONNECTOR = Connector(
    name="hubspot",
    reads="HubSpot's account activity: audit log, sign-ins, security activity; it has no views",
    suffixes=(),
    looks_like=_looks_like,
    read=read_activity,
    gives=Gives(
        types=("export.created", "visit.started", "record.created", "record.updated", "status.changed"),
        unknown=(
            "which records were opened, and for how long: HubSpot keeps no log of views",
            "revealed numbers and addresses, lists and searches: none of them is logged",
            "how many rows an export had, and which",
            "which property was changed, so whether a change was an assignment",
            "a change that no user made, such as by a form or a workflow",
        ),
        latency="minutes when it is fetched every minute; sign-ins are kept 90 days",
    ),
)
