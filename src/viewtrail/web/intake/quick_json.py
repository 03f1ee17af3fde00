"""JSON of ordinary events read fast; whatever is not ordinary is left to the strict reader.

msgspec alone takes what two readers could understand differently: a key twice, an integer beyond 2^53, text
that is not NFC. So this reads only what can have none of that, and answers None for the rest: it must never
give another value than `viewtrail.event.decode` does.
"""

from __future__ import annotations

from typing import Any, Final

import msgspec

from viewtrail.event import MAX_EVENT_BYTES

_Value = str | int | float | bool | None

_decode: Final = msgspec.json.Decoder().decode
_decode_all: Final = msgspec.json.Decoder(list[dict[str, _Value | dict[str, _Value | list[_Value]]]]).decode
_split: Final = msgspec.json.Decoder(list[msgspec.Raw]).decode
_LONG: Final = b"0" * 16
_DIGITS: Final = bytes.maketrans(b"123456789", b"0" * 9)
_ENDS: Final = b" \t\r\n,}]"


def quickly(raw: bytes) -> dict[str, Any] | None:
    """The event object in `raw`, or None where only the strict reader can say.

    Plain ASCII without escapes has no surrogates, no NUL and is NFC; without 16 digits in a row no integer
    passes 2^53; and as no string holds a quote, each key shows as `":` once: were one there twice, the object
    would have fewer keys than that.
    """
    if len(raw) > MAX_EVENT_BYTES or not raw.isascii() or b"\\" in raw or _has_long_number(raw):
        return None
    try:
        found = _decode(raw)
    except (msgspec.DecodeError, RecursionError):
        return None
    if type(found) is not dict:
        return None
    keys = len(found)
    for value in found.values():
        if type(value) is dict:
            keys += len(value)
            for inner in value.values():
                kind = type(inner)
                if kind is dict or (kind is list and not _flat(inner)):
                    return None
        elif type(value) is list:
            return None
    return found if raw.count(b'":') == keys else None


def all_quickly(body: bytes) -> list[dict[str, Any]] | None:
    """The event objects of a JSON array, as `quickly` reads each, or None: twice as fast for all of them."""
    if not body.isascii() or b"\\" in body or _has_long_number(body):
        return None
    if len(body) > MAX_EVENT_BYTES and max(map(len, split(body) or ()), default=0) > MAX_EVENT_BYTES:
        return None
    try:
        found = _decode_all(body)
    except (msgspec.DecodeError, RecursionError):
        return None
    keys = 0
    for event in found:
        data = event.get("data")
        keys += len(event) + len(data) if type(data) is dict else len(event)
    return found if body.count(b'":') == keys else None


def _has_long_number(raw: bytes) -> bool:
    """Whether 16 digits in a row end as a number does; ids of letters and digits hold such rows too."""
    plain = raw.translate(_DIGITS)
    at = plain.find(_LONG)
    while at >= 0:
        end = at + len(_LONG)
        while plain[end : end + 1] == b"0":
            end += 1
        if plain[end : end + 1] in _ENDS:  # the end of all of it too
            return True
        at = plain.find(_LONG, end)
    return False


def _flat(values: list[Any]) -> bool:
    return all(type(value) is not dict and type(value) is not list for value in values)


def split(body: bytes) -> list[bytes] | None:
    """The elements of a JSON array as bytes; None where it is no plain array of JSON."""
    try:
        return [bytes(raw) for raw in _split(body)]
    except (msgspec.DecodeError, RecursionError):
        return None
