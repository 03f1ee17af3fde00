"""What a mapping can do to one cell: units, value maps, amounts, prefixes, lists."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from viewtrail.errors import BadInput
from viewtrail.event import decode
from viewtrail.sources.times import shown

Cell = Callable[[Any], Any]  # one cell that is not absent, into a value

SECONDS = {"milliseconds": 0.001, "seconds": 1.0, "minutes": 60.0, "hours": 3600.0}
_HMS = re.compile(r"(?:(\d{1,4}):)?(\d{1,2}):(\d{1,2}(?:\.\d+)?)", re.ASCII)
_NUMBER = re.compile(r"-?\d{1,15}(?:\.\d{1,9})?", re.ASCII)
_COMMA = re.compile(r"-?(?:\d{1,15}|\d{1,3}(?:\.\d{3}){1,4})(?:,\d{1,9})?", re.ASCII)


def plain(cell: Any) -> str:
    """A cell as text, the same for the same value whatever the column's type: for ids and conditions."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return (cell.astimezone(UTC) if cell.tzinfo else cell).isoformat()
    return str(cell)


def constant(told: Any, where: str) -> Any:
    """A value of the mapping itself, if an event can hold it."""
    try:
        return decode(json.dumps(told, ensure_ascii=False), where)
    except TypeError:
        raise BadInput(f"{shown(told)} is no text, number, true or false", where=where) from None


def _number(cell: Any) -> float:
    if type(cell) is str and len(cell) < 16 and cell.isascii() and cell.isdigit():
        return float(cell)
    if type(cell) in (int, float):
        if not abs(cell) < 2**53:
            raise BadInput(f"{shown(cell)} is not a number that can be kept")
        return float(cell)
    text = cell.strip() if isinstance(cell, str) else ""
    if not _NUMBER.fullmatch(text):
        comma = "," in text and _COMMA.fullmatch(text) is not None
        step = 'if its comma is a decimal mark, add decimal = ","' if comma else ""
        raise BadInput(f"{shown(cell)} is not a number", next=step)
    return float(text)


def _comma_number(cell: Any) -> float:
    """12,5 and 1.234,5, as half of Europe writes them."""
    text = cell.strip() if isinstance(cell, str) else plain(cell)
    if not _COMMA.fullmatch(text):
        raise BadInput(f"{shown(cell)} is not a number with a decimal comma")
    return float(text.replace(".", "").replace(",", "."))


def _reader(told: Mapping[str, Any], where: str) -> Callable[[Any], float]:
    """How numbers of this column are read: by the decimal mark that the mapping names, else the point."""
    mark = told.get("decimal", ".")
    if mark not in (".", ","):
        raise BadInput("decimal names the decimal mark", where=where, next='write decimal = ","')
    return _number if mark == "." else _comma_number


def _unit(told: Mapping[str, Any], where: str) -> Cell:
    unit = told["unit"]
    if unit == "hh:mm:ss":
        return _clock_seconds
    if unit not in SECONDS:
        raise BadInput(f"unit {unit!r} is unknown", where=where, next=", ".join([*SECONDS, "hh:mm:ss"]))
    factor, number = SECONDS[unit], _reader(told, where)

    def seconds(cell: Any) -> float:
        try:
            return number(cell) * factor
        except BadInput as error:
            raise BadInput(f"{shown(cell)} is not a number of {unit}", next=error.next) from None

    return seconds


def _clock_seconds(cell: Any) -> float:
    found = _HMS.fullmatch(cell.strip()) if isinstance(cell, str) else None
    if not found or float(found[3]) >= 60:
        raise BadInput(f"{shown(cell)} is not a duration like 0:06:30")
    return int(found[1] or 0) * 3600 + int(found[2]) * 60 + float(found[3])


def _values(told: Mapping[str, Any], where: str) -> Cell:
    known = told["values"]
    if not isinstance(known, dict):
        raise BadInput("values is not a table", where=where)
    constant(known, where)
    if "otherwise" in told:
        rest = constant(told["otherwise"], where)
        return lambda cell: known.get(cell if type(cell) is str else plain(cell), rest)

    def look(cell: Any) -> Any:
        if plain(cell) not in known:
            raise BadInput(
                f"{shown(cell)} is none of {', '.join(known)}", next="add it to values in the mapping"
            )
        return known[plain(cell)]

    return look


def _count(told: Mapping[str, Any], where: str) -> Cell:
    if told["number"] is not True:
        raise BadInput("number is not true", where=where)
    return _reader(told, where)


def _amount(told: Mapping[str, Any], where: str) -> Cell:
    mark = told["amount"]
    if mark not in (".", ","):
        raise BadInput(
            "amount names the decimal mark", where=where, next='write amount = "." or amount = ","'
        )
    groups = str.maketrans("", "", " '\u00a0" + ("," if mark == "." else "."))

    def read(cell: Any) -> str:
        text = (cell if isinstance(cell, str) else format(Decimal(str(cell)), "f")).translate(groups)
        text = text.replace(",", ".") if mark == "," else text
        if not _NUMBER.fullmatch(text):
            raise BadInput(f"{shown(cell)} is not an amount")
        return text

    return read


def _prefix(told: Mapping[str, Any], where: str) -> Cell:
    prefix = told["prefix"]
    return lambda cell: f"{prefix}{plain(cell)}"


def _split(told: Mapping[str, Any], where: str) -> Cell:
    mark = told["split"]
    if not isinstance(mark, str) or not mark:
        raise BadInput("split is not a text", where=where)
    return lambda cell: [part.strip() for part in plain(cell).split(mark) if part.strip()]


CHANGES: dict[str, Callable[[Mapping[str, Any], str], Cell]] = {
    "unit": _unit,
    "values": _values,
    "number": _count,
    "amount": _amount,
    "prefix": _prefix,
    "split": _split,
}
