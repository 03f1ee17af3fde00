"""JSON read strictly: whatever two readers could understand differently is refused, with its place."""

from __future__ import annotations

import json
import math
import unicodedata
from collections.abc import Iterator
from typing import Any

from viewtrail.errors import BadInput

MAX_EVENT_BYTES = 262_144
"""An event on the wire may be this long; an entry in the log holds at most 65,535 bytes."""

MAX_DEPTH = 64
MAX_INTEGER = 2**53 - 1
"""Above this, readers that keep numbers as doubles (RFC 8785, JavaScript) see another number."""


def decode(raw: bytes | str, where: str = "", *, limit: int = MAX_EVENT_BYTES) -> Any:
    """The object that `raw` (UTF-8 JSON, at most `limit` bytes) says, or `BadInput` with the reason.

    Refused: duplicate keys, NaN and infinities, integers of 2**53 and more, lone surrogates, NUL, strings
    that are not NFC, a byte order mark, invalid UTF-8, nesting deeper than 64.
    """
    data = _as_bytes(raw, where)
    if len(data) > limit:
        raise BadInput(f"{len(data):,} bytes are more than the {limit:,} that one may have", where=where)
    text = _as_text(data, where)
    try:
        value = _loads(text)
    except _Refused as refusal:
        raise BadInput(str(refusal), where=where) from None
    except RecursionError:
        raise BadInput(f"nested deeper than {MAX_DEPTH} levels", where=where) from None
    except ValueError as error:
        raise BadInput(f"not JSON: {error}", where=where) from None
    # Nearly every event is plain ASCII without escapes; only the others need the walk over each string.
    if not data.isascii() or b"\\" in data or data.count(b"{") + data.count(b"[") > MAX_DEPTH:
        _walk(value, where)
    return value


class _Refused(ValueError):
    """Raised inside the JSON reader's hooks, where the place is not known."""


def _as_bytes(raw: bytes | str, where: str) -> bytes:
    if isinstance(raw, bytes):
        return raw
    try:
        return raw.encode()
    except UnicodeEncodeError:
        raise BadInput("a lone surrogate is not a character", where=where) from None


def _as_text(data: bytes, where: str) -> str:
    if data.startswith(b"\xef\xbb\xbf"):
        raise BadInput("starts with a byte order mark", where=where, next="save it as UTF-8 without BOM")
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise BadInput(f"not UTF-8: {error.reason} at byte {error.start}", where=where) from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]  # add() is None on purpose
        raise _Refused(f"key {twice!r} stands twice in one object")
    return found


def _constant(word: str) -> Any:
    raise _Refused(f"{word} is not a number")


def _integer(digits: str) -> int:
    if len(digits) > 15 and (len(digits) > 17 or abs(int(digits)) > MAX_INTEGER):
        raise _Refused(f"{digits[:20]} is beyond 2^53 - 1 and would not survive other readers")
    return int(digits)


def _number(digits: str) -> float:
    value = float(digits)
    if not math.isfinite(value):
        raise _Refused(f"{digits[:20]} is beyond what a number can hold")
    return value


_loads = json.JSONDecoder(
    object_pairs_hook=_object, parse_constant=_constant, parse_int=_integer, parse_float=_number
).decode


def _walk(value: Any, where: str) -> None:
    for depth, text in _strings(value):
        if depth > MAX_DEPTH:
            raise BadInput(f"nested deeper than {MAX_DEPTH} levels", where=where)
        fault = text_fault(text)
        if fault:
            raise BadInput(f"{text[:40]!r} {fault}", where=where)


def _strings(value: Any) -> Iterator[tuple[int, str]]:
    """Every string, and "" for each container with the depth it has, without recursion."""
    todo = [(value, 1)]
    while todo:
        item, depth = todo.pop()
        if isinstance(item, str):
            yield depth - 1, item
        elif isinstance(item, dict):
            yield depth, ""
            todo.extend((part, depth + 1) for pair in item.items() for part in pair)
        elif isinstance(item, list):
            yield depth, ""
            todo.extend((part, depth + 1) for part in item)


def text_fault(text: str) -> str:
    """What is wrong with a string that has to mean the same everywhere, or ""."""
    if text.isascii() and text.isprintable():
        return ""
    if "\x00" in text:
        return "holds a NUL"
    try:
        text.encode()
    except UnicodeEncodeError:
        return "holds a lone surrogate"
    if not unicodedata.is_normalized("NFC", text):
        return "is not in Unicode normal form C"
    return ""
