"""The log's entries as columns: one row an entry, the contract's flat columns and what questions ask by."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import Any, Final

import pyarrow as pa

from viewtrail.event.vocabulary import SPANS, SUBJECT
from viewtrail.log.entry import Logged, encode_json

TEXT, WHOLE, TRUTH = pa.string(), pa.int64(), pa.bool_()

_PLACE: Final[dict[str, pa.DataType]] = {
    "idx": WHOLE,
    "known": WHOLE,
    "received": WHOLE,
    "skew": WHOLE,
    "backfill": TRUTH,
}
_ATTRIBUTES: Final[dict[str, pa.DataType]] = {
    "id": TEXT,
    "source": TEXT,
    "type": TEXT,
    "time": WHOLE,
    "subject": TEXT,
    "sequence": TEXT,
}
_FIELDS: Final[dict[str, pa.DataType]] = {
    **dict.fromkeys("agent actor_kind on_behalf_of record_kind via".split(), TEXT),
    "position": WHOLE,
    **dict.fromkeys("list surface visit view".split(), TEXT),
    "dwell_ms": WHOLE,
    "active_ms": WHOLE,
    "complete": TRUTH,
    "field": TEXT,
    "reason": TEXT,
    "rows": WHOLE,
    "masked": TRUTH,
    "call": TEXT,
    "direction": TEXT,
    "answered": TRUTH,
    "ring_ms": WHOLE,
    "talk_ms": WHOLE,
    **dict.fromkeys("ended_by cause campaign dialer".split(), TEXT),
    "machine": TRUTH,
    **dict.fromkeys("channel amount currency".split(), TEXT),
    "value_band": WHOLE,
    "feed": TEXT,
    "lost": WHOLE,
}
_ASKED_BY: Final[dict[str, pa.DataType]] = {
    "record": TEXT,
    "about": TEXT,
    "owner": TEXT,
    "effective": WHOLE,
    "from_": TEXT,
    "to_": TEXT,
    "records": pa.list_(TEXT),
    "data": TEXT,
}

_COLUMNS: Final[dict[str, pa.DataType]] = {**_PLACE, **_ATTRIBUTES, **_FIELDS, **_ASKED_BY}
SCHEMA: Final = pa.schema(list(_COLUMNS.items()))
"""`time` is corrected for the source's skew; times are microseconds UTC, agents and records pseudonyms.

`record` and `about` are the record and the person the entry concerns, beside who did it (`agent`); `owner` is
to whom the record was given, from `effective` on; `records` are the ids of a list shown, exported or worked
through. `data` is all of the event's data as canonical JSON. Free text and erased names are not here: only
the log has them.
"""

_PLACES: Final = {
    name: (SCHEMA.get_field_index(name), {TEXT: str, WHOLE: int, TRUTH: bool}[kind])
    for name, kind in _FIELDS.items()
}
_EMPTY: Final = (None,) * len(_FIELDS)
PIECE: Final = 4_096
"""So many rows are turned into columns at once."""

LISTS: Final = frozenset({"export.created", "list.viewed", "search.performed", "campaign.started"})
_GIVEN: Final = {"record.created": "owner", "record.assigned": "to"}


def columns(entries: Iterable[Logged]) -> pa.Table:
    """The table of these entries, in their order."""
    source = iter(entries)
    pieces = []
    while rows := [_row(one) for one in islice(source, PIECE)]:
        held = zip(zip(*rows, strict=True), SCHEMA, strict=True)
        pieces.append(
            pa.Table.from_arrays([pa.array(cells, kind.type) for cells, kind in held], schema=SCHEMA)
        )
    return pa.concat_tables(pieces).combine_chunks() if pieces else SCHEMA.empty_table()


def _row(one: Logged) -> list[Any]:
    entry, event, data = one.entry, one.entry.event, one.entry.event.data
    kind, time = event.type, event.time - entry.skew * 1000
    row: list[Any] = [
        *(one.index, one.known, entry.received, entry.skew, entry.backfill),
        *(event.id, event.source, kind, time, event.subject, event.sequence),
        *_EMPTY,
        *(record_of(kind, event.subject, data), about_of(kind, event.subject, data)),
        *_given(kind, time, data),
        *_from_to(kind, data),
        _texts(data.get("records")) if kind in LISTS else None,
        encode_json(data).decode(),
    ]
    for name, value in data.items():
        found = _PLACES.get(name)
        # An unknown type of event may have anything under a name that is a column's.
        if found is not None and type(value) is found[1]:
            row[found[0]] = value
    return row


def _plain(value: Any, kind: type) -> Any:
    return value if type(value) is kind else None


def record_of(kind: str, subject: str | None, data: dict[str, Any]) -> str | None:
    """The record an entry is about; None when it is about none."""
    return subject if SUBJECT.get(kind) == "record" else _plain(data.get("record"), str)


def about_of(kind: str, subject: str | None, data: dict[str, Any]) -> str | None:
    """The person an entry is about, beside who did it; None when it is about nobody."""
    return subject if SUBJECT.get(kind) == "agent" else _plain(data.get("about"), str)


def _given(kind: str, time: int, data: dict[str, Any]) -> tuple[str | None, int | None]:
    """(to whom a record was given, from when on). None with a time: it was taken from whoever had it."""
    name = _GIVEN.get(kind)
    if name is None or (kind == "record.created" and name not in data):
        return None, None
    effective = _plain(data.get("effective_from"), int)
    return _plain(data.get(name), str), time if effective is None else effective


def _from_to(kind: str, data: dict[str, Any]) -> tuple[str | None, str | None]:
    if kind in SPANS:
        return None, None
    return _plain(data.get("from"), str), _plain(data.get("to"), str)


def _texts(value: Any) -> list[str] | None:
    return [item for item in value if type(item) is str] if type(value) is list else None
