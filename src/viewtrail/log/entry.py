"""Entry v1: what one position of the log holds, its canonical bytes and what is derived from them."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Literal

import msgspec

from viewtrail.errors import BadInput, LogDamaged

MAX_BYTES = 65_535  # tlog-tiles bundles carry each entry behind a 16-bit length
MAX_INT = 2**53 - 1  # RFC 8785: larger integers are not the same number everywhere


# The fields stand in alphabetical order: that is the order of the canonical bytes.
class Stored(
    msgspec.Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True, forbid_unknown_fields=True
):
    """The event part of an entry: allow-listed fields, agents and records as pseudonyms."""

    data: dict[str, Any]
    id: str
    sequence: str | None = None
    source: str
    subject: str | None = None
    time: int
    type: str


class Entry(
    msgspec.Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True, forbid_unknown_fields=True
):
    """One entry as it is read back; `received` and `event.time` are microseconds, `skew` milliseconds."""

    backfill: bool = False
    detail: str | None = None
    event: Stored
    received: int
    skew: int = 0
    tenant: str
    v: Literal[1]


class Logged(msgspec.Struct, frozen=True, gc=False):
    """An entry with its place: position in the log and the time (µs) from which it counts as known."""

    index: int
    known: int
    entry: Entry


_encoder = msgspec.json.Encoder(order="deterministic")
_decoder = msgspec.json.Decoder(Entry)
decode_fast = _decoder.decode
encode_json = _encoder.encode


def decode(raw: bytes, where: str = "") -> Entry:
    """The entry in `raw`; raises LogDamaged when the bytes are no entry v1."""
    try:
        return _decoder.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise LogDamaged(f"not an entry: {error}", where=where) from error


def encode(entry: Entry) -> bytes:
    """Canonical bytes of an entry whose event has passed `check`."""
    return _encoder.encode(entry)


def frame(tenant: str, received: int, *, backfill: bool, skew: int) -> tuple[bytes, bytes]:
    """What stands before and after the event in all entries of one batch: (opening, closing)."""
    opening = b'{"backfill":true,' if backfill else b"{"
    drift = b',"skew":%d' % skew if skew else b""
    return opening, b',"received":%d%b,"tenant":%b,"v":1}' % (received, drift, _encoder.encode(tenant))


def body_of(event: Stored) -> bytes:
    """The canonical bytes of the event part; BadInput where there are none."""
    try:
        body = _encoder.encode(event)
    except (TypeError, ValueError, OverflowError, RecursionError) as error:
        raise BadInput(f"cannot be written as canonical JSON: {error}") from error
    if not body.isascii() or b"\\u0000" in body:
        check_text(event)
    return body


def around(body: bytes, opening: bytes, closing: bytes, detail: str | None = None) -> bytes:
    """The bytes of an entry: an event's within its batch's frame."""
    if detail is None:
        return b'%b"event":%b%b' % (opening, body, closing)
    return b'%b"detail":"%b","event":%b%b' % (opening, detail.encode(), body, closing)


def seal(event: Stored, opening: bytes, closing: bytes, detail: str | None) -> bytes:
    """Canonical entry bytes from an event and its batch's frame; BadInput when too long or not canonical."""
    raw = around(body_of(event), opening, closing, detail)
    if len(raw) > MAX_BYTES:
        raise BadInput(f"the entry would have {len(raw):,} bytes, the limit is {MAX_BYTES:,}")
    return raw


def check_data(data: Mapping[str, Any]) -> None:
    """BadInput unless all is text, whole numbers below 2^53, true, false, and lists and objects of them."""
    for name, value in data.items():
        kind = type(value)
        if kind is str or kind is bool:
            continue
        if kind is int:
            if -MAX_INT <= value <= MAX_INT:
                continue
            raise BadInput(f"{name} = {value} is beyond 2^53")
        if kind is dict:
            check_data(value)
        elif kind is list or kind is tuple:
            check_data({f"{name}[{place}]": item for place, item in enumerate(value)})
        else:
            raise BadInput(f"{name} is a {kind.__name__}; entries hold text, whole numbers, true and false")


def check_text(value: Any) -> None:
    """BadInput for text that is not NFC or holds NUL, and for keys that are not ASCII."""
    if isinstance(value, str):
        if "\0" in value:
            raise BadInput("text holds a NUL character")
        if not unicodedata.is_normalized("NFC", value):
            raise BadInput(f"text is not in Unicode normal form C: {value[:60]!r}")
    elif isinstance(value, Mapping):
        for key, item in value.items():
            if not key.isascii():
                raise BadInput(f"field name {key[:60]!r} is not ASCII")
            check_text(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            check_text(item)
    elif isinstance(value, Stored):
        for item in (value.data, value.id, value.sequence, value.source, value.subject, value.type):
            check_text(item)


def known_at(received: int, backfill: bool, time: int, data: Mapping[str, Any]) -> int:
    """Since when (µs) the entry counts as known: history at `known_from` or its own time, else on receipt."""
    if not backfill:
        return received
    known_from = data.get("known_from")
    return known_from if type(known_from) is int else time


def identity_key(source: str, id: str) -> bytes:
    """Eight bytes that find a (source, id) quickly; two identities may share them, so a hit is looked at."""
    return sha256(f"{source}\0{id}".encode()).digest()[:8]
