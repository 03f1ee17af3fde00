"""The flat columns of Parquet and CSV files, turned into an event."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from viewtrail.errors import BadInput
from viewtrail.event.strict_json import MAX_INTEGER, decode, text_fault
from viewtrail.event.wire import Event, from_wire

ATTRIBUTES: Final = ("id", "source", "type", "time", "subject", "sequence")
FIELDS: Final = tuple(
    (
        "agent actor_kind on_behalf_of record_kind via position list surface visit view dwell_s active_s "
        "field reason rows masked call direction answered ring_s talk_s ended_by cause campaign dialer "
        "machine channel amount currency value_band from_ to_"
    ).split()
)
COLUMNS: Final = (*ATTRIBUTES, *FIELDS, "data")
"""The columns in order; `data` holds the remaining fields as JSON."""

_NUMBERS: Final = frozenset({"position", "dwell_s", "active_s", "rows", "ring_s", "talk_s", "value_band"})
_BOOLEANS: Final = frozenset({"masked", "answered", "machine"})
_TRUTH: Final = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}


def from_flat(row: Mapping[str, Any], where: str = "") -> Event:
    """The event of one row. None, NaN and "" are absent; numbers and booleans may come as text (CSV)."""
    obj: dict[str, Any] = {"specversion": "1.0"}
    data: dict[str, Any] = {}
    for name, value in row.items():
        if value is None or value == "" or (type(value) is float and math.isnan(value)):
            continue
        if type(name) is not str:  # what csv.DictReader does with surplus cells
            raise BadInput("the row has more cells than the header has columns", where=where)
        if name in ATTRIBUTES:
            obj[name] = value if name == "time" and isinstance(value, datetime) else _as_text(value)
        elif name == "data":
            data |= _rest(value, where)
        elif name in FIELDS:
            data[name.rstrip("_")] = _plain(name, value, where)
        else:
            data[name] = _as_json(value, where)
    obj["data"] = data
    return from_wire(obj, where)


def to_flat(wire: Mapping[str, Any]) -> dict[str, Any]:
    """The row of a CloudEvents object as `to_wire` gives it; every column is there, absent ones None.

    CloudEvents attributes beyond the contract's have no column: a file that must keep them is JSONL.
    """
    row: dict[str, Any] = dict.fromkeys(COLUMNS)
    row |= {name: wire[name] for name in ATTRIBUTES if name in wire}
    data = dict(wire.get("data", {}))
    for name in FIELDS:
        if name.rstrip("_") in data:
            row[name] = data.pop(name.rstrip("_"))
    row["data"] = json.dumps(data, sort_keys=True) if data else None
    return row


def _as_text(value: Any) -> str:
    return str(int(value)) if type(value) is float and value.is_integer() else str(value)


def _rest(value: Any, where: str) -> dict[str, Any]:
    found = decode(value, where) if isinstance(value, (str, bytes)) else _as_json(value, where)
    if not isinstance(found, dict):
        raise BadInput("column data is not a JSON object", where=where)
    return found


def _as_json(value: Any, where: str) -> Any:
    """A column outside the contract, as if it had come in the JSON of `data`: with the same checks."""
    return decode(json.dumps(value, ensure_ascii=False, default=_spoken), where)


def _spoken(value: Any) -> str:
    """The text of a cell that a Parquet file holds as its own type."""
    if isinstance(value, Decimal):
        return format(value, "f")
    return value.isoformat() if isinstance(value, date) else str(value)


def _plain(name: str, value: Any, where: str) -> Any:
    if not isinstance(value, str):
        plain = isinstance(value, (int, float)) and abs(value) <= MAX_INTEGER
        return value if plain else _as_json(value, where)
    fault = text_fault(value)
    if fault:
        raise BadInput(f"{name} {value[:40]!r} {fault}", where=where)
    if name in _BOOLEANS:
        if value.lower() not in _TRUTH:
            raise BadInput(f"{name} {value[:40]!r} is neither true nor false", where=where)
        return _TRUTH[value.lower()]
    if name in _NUMBERS:
        try:
            return float(value)
        except ValueError:
            raise BadInput(f"{name} {value[:40]!r} is not a number", where=where) from None
    return value
