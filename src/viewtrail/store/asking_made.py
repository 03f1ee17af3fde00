"""What a few entries come to among people's acts: as `segments_tables/acts.sql` says, without a plan.

The console's own openings are such entries: each page about an agent is one more since the last page.
"""

from __future__ import annotations

from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from viewtrail.store.segments_columns import SCHEMA

_OF_ALL: Final = ("time", "idx", "type", "record", "surface")
_DID: Final = ("dwell_ms", "active_ms", "complete", "answered", "talk_ms", "machine", "rows")

ACTS: Final = pa.schema(
    [("person", pa.string()), ("part", pa.string())]
    + [(name, SCHEMA.field(name).type) for name in _OF_ALL]
    + [("opening", pa.string()), ("view", pa.string())]
    + [(name, SCHEMA.field(name).type) for name in _DID]
)
"""The columns of `acts` that are kept of single people."""


def acts(entries: pa.Table) -> pa.Table:
    """Who did what, about whom it was told, and which records were exported."""
    did = entries.filter(pc.is_valid(entries.column("agent")))
    about = entries.filter(pc.is_valid(entries.column("about")))
    kind: Any = did.column("type")
    taken = did.filter(pc.equal(kind, pa.scalar("export.created")))
    taken = taken.filter(pc.is_valid(taken.column("records")))
    records: Any = taken.column("records").combine_chunks()
    exported = taken.take(pc.list_parent_indices(records))
    return pa.concat_tables(
        [
            _part("did", did.column("agent"), did, _said(did)),
            _part("about", about.column("about"), about, {}),
            _part("exported", exported.column("agent"), exported, {"record": pc.list_flatten(records)}),
        ]
    )


def _said(did: pa.Table) -> dict[str, Any]:
    """What stands in the rows of what was done alone."""
    nothing: Any = pa.scalar(None, pa.string())
    kind, source, name = _cells(did, "type", "source", "id")
    named = pc.binary_join_element_wise(source, name, "#")
    opening = pc.if_else(pc.equal(kind, pa.scalar("record.viewed")), named, nothing)
    view = pc.if_else(pc.equal(kind, pa.scalar("record.left")), did.column("view"), nothing)
    return {"opening": opening, "view": view, **{name: did.column(name) for name in _DID}}


def _cells(rows: pa.Table, *names: str) -> list[Any]:
    return [rows.column(name) for name in names]


def _part(part: str, person: Any, rows: pa.Table, said: dict[str, Any]) -> pa.Table:
    count = rows.num_rows
    found = {name: rows.column(name) for name in _OF_ALL} | {"person": person} | said
    found["part"] = pa.array([part] * count, pa.string())
    columns = [found.get(one.name, pa.nulls(count, one.type)) for one in ACTS]
    return pa.table(columns, schema=ACTS)
