"""CloudEvents bytes into events: one object or a batch of them, each bad one set aside with its place."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from viewtrail.errors import BadInput
from viewtrail.event import Event, decode, from_wire

RAW_KEPT = 64 * 1024  # characters of a set-aside piece that are kept; one event may be 256 KiB

# Everything that can open, close or hide a bracket. Possessive (*+): a long bad string costs one pass.
_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*+"|[][{},]', re.DOTALL)
_SPACE = b" \t\r\n"


@dataclass(frozen=True, slots=True)
class SetAside:
    """A piece that could not become an event: its place like `calls.csv:41`, and `raw` as it stood."""

    place: str
    reason: str
    raw: str


Item = Event | SetAside


@dataclass(slots=True)
class Tally:
    """Pieces (objects, rows, XES events): `read` is always `kept` + `set_aside` + all of `not_mapped`."""

    read: int = 0
    kept: int = 0
    set_aside: int = 0
    events: int = 0  # one row may give several events, so this can differ from `kept`
    not_mapped: Counter[str] = field(default_factory=Counter)  # what matched no rule on purpose, by kind
    joins: Counter[str] = field(default_factory=Counter)  # calls by what became of their number


def aside(raw: bytes | str, error: BadInput, place: str) -> SetAside:
    """The set-aside piece for `error`: its reason, and `raw` cut at 65,536 characters with the cut said."""
    told = raw if isinstance(raw, bytes) else raw.encode("utf-8", "surrogateescape")
    text = told[: 4 * RAW_KEPT].decode("utf-8", "backslashreplace")  # what is no text is kept as \\x..
    if len(text) > RAW_KEPT or len(told) > 4 * RAW_KEPT:
        text = f"{text[:RAW_KEPT]}… (cut; {len(raw):,} in all)"
    reason = f"{error.what}; {error.next}" if error.next else error.what
    return SetAside(place, f"{error.where}: {reason}" if error.where else reason, text)


def from_batch(body: bytes, place: str, tally: Tally) -> Iterator[Item]:
    """The events of a JSON array, or of one object; an element that cannot be read is set aside alone.

    `place` names the whole; the nth element is `place item n`. Never raises for the content of `body`.
    """
    if not body.lstrip(_SPACE).startswith(b"["):
        yield _one(body, place, tally)
        return
    number = 0
    for number, (piece, broken) in enumerate(array_pieces(body), start=1):
        spot = f"{place} item {number}"
        if broken:
            tally.read += 1
            tally.set_aside += 1
            yield aside(piece, BadInput(broken), spot)
        else:
            yield _one(piece, spot, tally)


def _one(raw: bytes, place: str, tally: Tally) -> Item:
    tally.read += 1
    try:
        event = from_wire(decode(raw))
    except BadInput as error:
        tally.set_aside += 1
        return aside(raw, error, place)
    tally.kept += 1
    tally.events += 1
    return event


def array_pieces(body: bytes) -> Iterator[tuple[bytes, str]]:
    """The elements of a JSON array as bytes, without parsing them, and what is broken about a piece or ''."""
    depth, start = 0, 0
    for token in _TOKEN.finditer(body):
        sign = token.group()
        if sign in (b"{", b"["):
            depth += 1
            start = token.end() if depth == 1 else start
        elif sign in (b"}", b"]"):
            depth -= 1
            if depth == 0:
                yield from _piece(body[start : token.start()], last=True, first=start == body.find(b"[") + 1)
                rest = body[token.end() :].strip(_SPACE)
                if rest:
                    yield rest, "something stands after the end of the JSON array"
                return
        elif sign == b"," and depth == 1:
            yield from _piece(body[start : token.start()], last=False, first=False)
            start = token.end()
    yield body[start:].strip(_SPACE), "the JSON array ends before it is closed"


def _piece(piece: bytes, *, last: bool, first: bool) -> Iterator[tuple[bytes, str]]:
    piece = piece.strip(_SPACE)
    if piece:
        yield piece, ""
    elif not (last and first):  # `[]` is an empty batch, `[1,]` and `[,1]` are not JSON
        yield b"", "an empty place between two commas of the JSON array"
