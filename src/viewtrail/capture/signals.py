"""What a beacon says, read strictly: one signal is one thing that happened to one view in one page."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from viewtrail.errors import BadInput
from viewtrail.event.kinds import LONGEST_MS
from viewtrail.event.strict_json import decode

MAX_BODY: Final = 65_536
"""Bytes of one request: what browsers let a page send while it closes."""

MAX_SIGNALS: Final = 64
"""Signals in one request; the beacon sends fewer."""

KINDS: Final = ("visible", "heartbeat", "left", "copied", "printed", "list")

MAX_RECORDS: Final = 1_000
"""Ids of one list; rules.js names no more."""

_NAME: Final = re.compile(r"[A-Za-z0-9-]{0,40}")


class TooLong(BadInput):
    """More than one request may hold."""


@dataclass(frozen=True, slots=True)
class Signal:
    """One signal. Durations are milliseconds as the browser counted them: claims, until they are checked.

    The view began `began` after the page had its token, the signal happened `lasted` after that, and was sent
    `age` later. `page` names the document, `part` which of its views with this token (none: the first).
    `whole` is false where the browser itself knows that it missed time. `n` numbers copies, prints and lists;
    a list has the ids of its `records` and says how many `rows` it showed. `seq` numbers what a page says,
    heartbeats aside; 0: it has no number.
    """

    kind: str
    token: object
    page: str
    part: str
    began: int
    lasted: int
    age: int
    dwell: int
    active: int
    whole: bool
    n: int
    field: str
    records: tuple[str, ...]
    rows: int
    seq: int
    said: Mapping[str, Any]


def signals(body: bytes) -> list[Mapping[str, Any]]:
    """The objects in a request: one, or an array of at most 64."""
    if len(body) > MAX_BODY:
        raise TooLong(
            f"{len(body):,} bytes are more than the {MAX_BODY:,} of a request", next="send fewer signals"
        )
    told = decode(body, limit=MAX_BODY)
    found = told if isinstance(told, list) else [told]
    if len(found) > MAX_SIGNALS:
        raise TooLong(f"{len(found):,} signals in one request", next=f"send at most {MAX_SIGNALS}")
    if not found or not all(isinstance(one, dict) for one in found):
        raise BadInput("a request holds one signal or an array of them", next="send what beacon.js sends")
    return found


def signal(said: Mapping[str, Any]) -> Signal:
    """One signal, each of its fields checked."""
    kind = said.get("kind")
    if kind not in KINDS:
        raise BadInput(
            f"kind {str(kind)[:40]!r} is none of {', '.join(KINDS)}", next="send what beacon.js sends"
        )
    return Signal(
        kind,
        said.get("token"),
        _name(said, "page"),
        _name(said, "part"),
        _milliseconds(said, "began"),
        _milliseconds(said, "lasted"),
        _milliseconds(said, "age"),
        _milliseconds(said, "dwell"),
        _milliseconds(said, "active"),
        said.get("whole") is True,
        _milliseconds(said, "n"),
        str(said.get("field", ""))[:100],
        _records(said),
        _milliseconds(said, "rows"),
        _milliseconds(said, "seq"),
        said,
    )


def _records(said: Mapping[str, Any]) -> tuple[str, ...]:
    told = said.get("records", [])
    if not isinstance(told, list) or len(told) > MAX_RECORDS or not all(_is_id(one) for one in told):
        raise BadInput(f"records is no list of up to {MAX_RECORDS:,} ids", next="send what beacon.js sends")
    return tuple(told)


def _is_id(told: object) -> bool:
    return isinstance(told, str) and 0 < len(told) <= 400 and told.isprintable()


def _name(said: Mapping[str, Any], name: str) -> str:
    value = said.get(name, "")
    if not isinstance(value, str) or not _NAME.fullmatch(value):
        raise BadInput(
            f"{name} is not letters, digits and hyphens, at most 40", next="send what beacon.js sends"
        )
    return value


def _milliseconds(said: Mapping[str, Any], name: str) -> int:
    """A count of milliseconds; a longer time than an event may hold is a broken clock, and cut."""
    value = said.get(name, 0)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value < 0:
        raise BadInput(f"{name} is not a number from 0 up", next="send what beacon.js sends")
    return round(min(value, LONGEST_MS))
