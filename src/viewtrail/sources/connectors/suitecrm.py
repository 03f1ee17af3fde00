"""SuiteCRM's tracker table: which records were opened, by the action that was asked for.

A row has id, user_id, module_name, item_id, date_modified and action (modules/Trackers/vardefs.php); a CSV of
the table, or JSON. It is written when a page is asked for (SugarView::_trackView), so:
- `detailview` and `editview` are openings. An edit form that was opened changed nothing: `editview` is never
  an edit. Only `save` is, which the bean tells once it is stored; an assignment is a save as well.
- `index`, `listview` and `popup` are lists; which of their rows were on the page is not said.
- Exports and prints go round the views and leave no row. Rows are pruned, after 30 days unless set otherwise.
date_modified is UTC (TimeDate::nowDb). item_summary is the client's name and session_id opens a session:
neither is read. `visible` is about the list of last viewed records and says nothing of the opening.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from viewtrail.event import Event
from viewtrail.sources.asked import Asked
from viewtrail.sources.connectors import Connector, Gives
from viewtrail.sources.crm_rows import NO_RECORD, NOT_READ, Crm
from viewtrail.sources.intake import Item, Tally
from viewtrail.sources.named_rows import Told, cell, read_named
from viewtrail.sources.streams import ByteSource

RECORDS: Final = {"Leads": "lead", "Contacts": "client", "Accounts": "client", "Prospects": "lead"}
NEEDED: Final = ("id", "user_id", "module_name", "item_id", "date_modified", "action")
OPENED: Final = frozenset({"detailview", "editview"})
LISTED: Final = frozenset({"index", "listview", "popup"})


class Rows:
    """Makes the event of one row."""

    def __init__(self, asked: Asked) -> None:
        self.crm = Crm("suitecrm", asked, RECORDS)

    def tell(self, row: Told) -> list[Event] | str:
        module, action = cell(row, "module_name"), cell(row, "action").lower()
        kind = self.crm.kind(module)
        if kind is None:
            return NO_RECORD.format(module[:40])
        at = self.crm.micros(cell(row, "date_modified"), "date_modified")
        id_, user, record = cell(row, "id"), cell(row, "user_id"), cell(row, "item_id")
        if action in LISTED:
            return self.crm.told("list.viewed", id_, at, user, {"list": module})
        if not record:
            return NO_RECORD.format("a page without one")
        if action in OPENED:
            return self.crm.viewed(id_, at, user, record, kind, surface="ui")
        if action == "save":
            return self.crm.told("record.updated", id_, at, user, {}, record)
        return NOT_READ.format(f"action {action[:40]}")


def read_tracker(source: ByteSource, tally: Tally, asked: Asked) -> Iterator[list[Item]]:
    """Events of SuiteCRM's tracker table; a bad row is set aside with its place."""
    rows = Rows(asked)
    return read_named(source, tally, asked.mapping, rows.tell, needed=NEEDED, renamed=rows.crm.renamed)


def _looks_like(first: bytes) -> bool:
    return all(name in first for name in (b"module_name", b"item_id", b"date_modified", b"user_id"))


CONNECTOR = Connector(
    name="suitecrm",
    reads="SuiteCRM's tracker table: records opened or saved, lists",
    suffixes=(),
    looks_like=_looks_like,
    read=read_tracker,
    gives=Gives(
        types=("record.viewed", "record.updated", "list.viewed"),
        unknown=(
            "how long a record was looked at, and whether it was",
            "exports, prints and the REST interface: they leave no row",
            "which rows a list had, and what was searched for",
            "whether a save made a record, changed it or assigned it",
            "revealed contacts: a page shows them all",
        ),
        latency="as soon as the table is read; SuiteCRM deletes rows after 30 days",
    ),
)
