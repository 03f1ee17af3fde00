"""EspoCRM's action history: records that were read, changed, created and deleted, by whom and when.

A row is an ActionHistoryRecord (number, targetType, targetId, action, createdAt, userId): a page of the REST
interface, {"total": ..., "list": [...]}, or the CSV that the list's export writes, by names of attributes.
- `read` is logged when the interface is asked for one record (Espo/Core/Record/Service.php, `read`): an
  opening, whether or not it was looked at. Lists, searches, mass updates and exports leave no row.
- `update` is also how a record is assigned; it is a change and never an opening. Which fields is not said.
- createdAt is UTC; ipAddress and the session (authToken) are not read.
Fields: application/Espo/Resources/metadata/entityDefs/ActionHistoryRecord.json in espocrm/espocrm.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from viewtrail.event import Event
from viewtrail.sources.asked import Asked
from viewtrail.sources.connectors import Connector, Gives
from viewtrail.sources.crm_rows import NO_PERSON, NO_RECORD, NOT_READ, Crm
from viewtrail.sources.intake import Item, Tally
from viewtrail.sources.named_rows import Told, cell, read_named
from viewtrail.sources.streams import ByteSource

RECORDS: Final = {"Lead": "lead", "Contact": "client", "Account": "client"}
NEEDED: Final = ("id", "targetType", "targetId", "action", "createdAt", "userId")
SYSTEM: Final = "system"
"""The id of the user in whose name EspoCRM's own jobs run."""


class Rows:
    """Makes the event of one row."""

    def __init__(self, asked: Asked) -> None:
        self.crm = Crm("espocrm", asked, RECORDS)

    def tell(self, row: Told) -> list[Event] | str:
        entity, user = cell(row, "targetType"), cell(row, "userId")
        kind = self.crm.kind(entity)
        if kind is None:
            return NO_RECORD.format(entity[:40])
        if user == SYSTEM:
            return NO_PERSON
        action, record = cell(row, "action"), cell(row, "targetId")
        at = self.crm.micros(cell(row, "createdAt"), "createdAt")
        id_ = cell(row, "id")
        match action:
            case "read":
                return self.crm.viewed(id_, at, user, record, kind)
            case "update":
                return self.crm.told("record.updated", id_, at, user, {}, record)
            case "create":
                return self.crm.told("record.created", id_, at, user, {"record_kind": kind}, record)
            case "delete":
                return self.crm.told(
                    "status.changed", id_, at, user, {"field": "record", "to": "deleted"}, record
                )
        return NOT_READ.format(f"action {action[:40]}")


def read_history(source: ByteSource, tally: Tally, asked: Asked) -> Iterator[list[Item]]:
    """Events of EspoCRM's action history; a bad row is set aside with its place."""
    rows = Rows(asked)
    return read_named(
        source, tally, asked.mapping, rows.tell, needed=NEEDED, within=("list",), renamed=rows.crm.renamed
    )


def _looks_like(first: bytes) -> bool:
    return all(name in first for name in (b"targetType", b"targetId", b"createdAt", b"action"))


CONNECTOR = Connector(
    name="espocrm",
    reads="EspoCRM's action history (ActionHistoryRecord): records read, changed, created, deleted",
    suffixes=(),
    looks_like=_looks_like,
    read=read_history,
    gives=Gives(
        types=("record.viewed", "record.updated", "record.created", "status.changed"),
        unknown=(
            "how long a record was looked at, and whether it was",
            "lists that were walked, searches, mass updates and exports: they leave no row",
            "to whom a record was assigned: an assignment is an update like any other",
            "revealed contacts: a page shows them all",
        ),
        latency="a minute when it is fetched every minute",
    ),
)
