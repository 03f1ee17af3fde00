"""A body into items: events, and what could not become one, each in its place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import unquote

from viewtrail.errors import BadInput
from viewtrail.event import Event, decode, from_wire
from viewtrail.log.log import GROUP
from viewtrail.sources.intake import array_pieces, aside
from viewtrail.web.intake.quick_json import all_quickly, quickly, split

_SPACE: Final = b" \t\r\n"
_BINARY: Final = ("specversion", "id", "source", "type", "time", "subject", "sequence")


@dataclass(frozen=True, slots=True)
class Bad:
    """No event: its place in the body, the reason, what it was, its id and source where they can be read."""

    where: str
    why: str
    raw: str
    id: str | None
    source: str | None


Item = Event | Bad


def one(raw: bytes, where: str = "") -> Item:
    """The event in `raw`; `where` names it in the reason when it is none."""
    told = quickly(raw)
    try:
        if told is None:
            told = decode(raw)
        return from_wire(told)
    except BadInput as error:
        return bad(raw, told, error, where)


def bad(raw: bytes, told: Any, error: BadInput, where: str = "") -> Bad:
    """The item for an error; `told` is what `raw` says, where it could be read."""
    item = aside(raw, error, where)
    known = told if type(told) is dict else {}
    return Bad(where, item.reason, item.raw, _text(known, "id"), _text(known, "source"))


def _text(told: dict[str, Any], name: str) -> str | None:
    value = told.get(name)
    return value if type(value) is str and value.isprintable() and 0 < len(value) <= 200 else None


def quick_items(body: bytes, most: int) -> list[Event] | None:
    """The events of an array of ordinary ones, at most so many; None where each has to be looked at."""
    told = all_quickly(body)
    if told is None or len(told) > most:
        return None
    try:
        return [from_wire(event) for event in told]
    except BadInput:
        return None


def pieces(body: bytes) -> list[bytes]:
    """The elements of a JSON array; BadInput when the body is no array that ends."""
    found = split(body)
    if found is not None:
        return found
    if not body.lstrip(_SPACE).startswith(b"["):
        step = "send [{...}, ...], or one event a line as NDJSON"
        raise BadInput("the body is no JSON array of events", next=step)
    parts = []
    for piece, broken in array_pieces(body):  # one element that is no JSON must not cost the others
        if broken and not broken.startswith("an empty place"):
            raise BadInput(broken, next="send the whole batch again: nothing of it was taken")
        parts.append(piece)
    return parts


def numbered(parts: list[bytes], first: int = 1) -> Iterator[Item]:
    """The items of these pieces; a bad one is named by its number."""
    for number, part in enumerate(parts, start=first):
        yield one(part, f"item {number}")


def lines_of(body: bytes, first: int) -> Iterator[Item]:
    """The items of lines, one each; an empty line is none."""
    for number, line in enumerate(body.split(b"\n"), start=first):
        if line.strip(_SPACE):
            yield one(line.rstrip(b"\r"), f"line {number}")


def binary(headers: dict[bytes, bytes], body: bytes) -> Item:
    """An event whose attributes are headers and whose data is the body (CloudEvents HTTP binding 3.1)."""
    told: dict[str, Any] = {}
    try:
        for name, value in headers.items():
            if name.startswith(b"ce-"):
                told[name[3:].decode("ascii")] = unquote(value.decode("ascii"), errors="strict")
        told["data"] = decode(body) if body.strip(_SPACE) else None
        return from_wire(told)
    except UnicodeDecodeError as error:
        return bad(body, told, BadInput(f"a ce- header is not text: {error.reason}"))
    except BadInput as error:
        return bad(body, told, error)


class TooMany(Exception):
    """A batch has more items than it may have."""


def read_here(body: bytes, most: int, line: int = 0) -> list[Item]:
    """The items of a JSON array; BadInput when it is none that ends, TooMany above `most`. With `line`: of
    lines, of which that is the first one's number."""
    if line:
        return [*lines_of(body, line)]
    quick = quick_items(body, most)
    if quick is not None:
        return [*quick]
    parts = pieces(body)
    if len(parts) > most:
        raise TooMany
    return list(numbered(parts))


def in_groups(items: list[Item]) -> list[list[Item]]:
    """As many at once as the log takes in one write."""
    return [items[start : start + GROUP] for start in range(0, len(items), GROUP)]
