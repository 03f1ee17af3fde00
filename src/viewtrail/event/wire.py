"""One event: who did what to which record, when; read from and written to its public wire form."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from viewtrail.errors import BadInput
from viewtrail.event.kinds import CHECKS, EPOCH, Fault, Kind, ToDetail, count_to, moment, opaque, text
from viewtrail.event.vocabulary import (
    AGENTLESS,
    COMMON,
    MOST,
    NEEDS_SUBJECT,
    SPANS,
    SUBJECT,
    VOCABULARY,
    on_wire,
    words,
)

_NOTHING: Final[Mapping[str, Any]] = {}


@dataclass(frozen=True, slots=True)
class Event:
    """One thing one person did to one record, as a source saw it. Checked once, here; trusted inside.

    `time` is microseconds since 1970-01-01T00:00:00Z. `data` holds the fields of the vocabulary in stored
    form (`*_ms` whole milliseconds, times as microseconds, amounts as strings). `extra` holds what else the
    source said, {"attributes": {...}, "data": {...}}: it is kept, encrypted, and never analysed.
    """

    source: str
    id: str
    type: str
    time: int
    data: Mapping[str, Any]
    subject: str | None = None
    sequence: str | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)


class _Open:
    """An event before it is closed: the fields of `Event`, which can be set."""

    __slots__ = ("data", "extra", "id", "sequence", "source", "subject", "time", "type")


_close: Final = object.__setattr__


def made(
    source: str,
    id: str,
    type: str,
    time: int,
    data: Mapping[str, Any],
    subject: str | None = None,
    sequence: str | None = None,
    extra: Mapping[str, Any] = _NOTHING,
) -> Event:
    """`Event(...)` in a third of the time: a frozen class sets each of its eight fields by a call."""
    event: Any = _Open()
    event.source = source
    event.id = id
    event.type = type
    event.time = time
    event.data = data
    event.subject = subject
    event.sequence = sequence
    event.extra = extra
    _close(event, "__class__", Event)
    closed: Event = event
    return closed


def _one_of(allowed: tuple[str, ...]) -> Callable[[Any], str]:
    known = frozenset(allowed)
    listed = ", ".join(allowed)

    def check(value: Any) -> str:
        if value is True and "true" in known:  # `seen` is written true or "unknown"
            return "true"
        if type(value) is not str or value not in known:
            raise Fault(f"is none of {listed}")
        return value

    return check


def _plan(type_: str, fields: Mapping[str, Kind]) -> dict[str, tuple[str, Callable[[Any], Any]]]:
    plan = {}
    for stored, kind in fields.items():
        plan[on_wire(stored, kind)] = (stored, _check(type_, stored, kind))
    return plan


def _check(type_: str, stored: str, kind: Kind) -> Callable[[Any], Any]:
    if kind is Kind.ENUM:
        return _one_of(words(type_, stored))
    if kind is Kind.COUNT and stored in MOST:
        return count_to(MOST[stored])
    return CHECKS[kind]


_PLANS: Final = {type_: _plan(type_, fields) for type_, fields in VOCABULARY.items()}
_UNKNOWN_PLAN: Final = _plan("", COMMON)


def plan_of(type_: str) -> Mapping[str, tuple[str, Callable[[Any], Any]]]:
    """For each field of this type, by its name on the wire: its stored name and its check."""
    return _PLANS[type_]


_ATTRIBUTES: Final = frozenset(
    {"specversion", "id", "source", "type", "time", "subject", "sequence", "data", "datacontenttype"}
)


def from_wire(obj: Any, where: str = "") -> Event:
    """The event that a decoded CloudEvents 1.0 object says, or `BadInput` naming the field and the reason.

    A field of the vocabulary must be of its kind; a field or attribute outside it goes to `extra`; a type
    outside it is kept with its agent alone in `data`. null means the same as absent: not known.
    """
    if type(obj) is not dict:
        raise BadInput("an event is a JSON object", where=where)
    name = ""
    try:
        name = "type"
        type_ = obj["type"]
        plan = _PLANS.get(type_) if type(type_) is str else None
        if plan is None:  # else it is a word of the vocabulary
            type_ = text(type_, 100)
        name = "source"
        source = text(obj["source"], 200)
        name = "id"
        id_ = text(obj["id"], 200)
        name = "time"
        time = moment(obj["time"])
        name = "sequence"
        sequence = obj.get("sequence")
        if sequence is not None:
            sequence = opaque(sequence)
        name = "specversion"
        if obj["specversion"] != "1.0":
            raise Fault('is not "1.0"')
        name = "data"
        sent = obj.get("data")
        if type(sent) is not dict:
            if sent is not None:
                raise Fault("is not an object")
            sent = {}
        name = "subject"
        subject = obj.get("subject")
        if subject is not None:
            subject = opaque(subject)
        if plan is None:
            return _unknown(obj, source, id_, type_, time, subject, sequence, sent)
        data: dict[str, Any] = {}
        rest: dict[str, Any] | None = None
        for name, value in sent.items():
            if value is None:
                continue
            step = plan.get(name)
            try:
                if step is not None:
                    data[step[0]] = step[1](value)
                    continue
            except ToDetail:
                pass
            if rest is None:
                rest = {}
            rest[name] = value
    except KeyError:
        raise BadInput(f"{name} is missing", where=where, next=f"every event carries {name}") from None
    except Fault as fault:
        raise BadInput(f"{name} {_shown(obj, name)} {fault}", where=where) from None
    _complete(type_, subject, data, where)
    attributes = None if _ATTRIBUTES.issuperset(obj) else _beyond(obj)
    if subject is not None and not SUBJECT[type_]:
        attributes, subject = {**(attributes or {}), "subject": subject}, None
    return made(source, id_, type_, time, data, subject, sequence, _extra(attributes, rest))


def _beyond(obj: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in obj.items() if name not in _ATTRIBUTES}


def _extra(attributes: dict[str, Any] | None, rest: dict[str, Any] | None) -> Mapping[str, Any]:
    if not attributes and not rest:
        return {}
    return {**({"attributes": attributes} if attributes else {}), **({"data": rest} if rest else {})}


def _complete(type_: str, subject: str | None, data: Mapping[str, Any], where: str) -> None:
    if "agent" not in data and type_ not in AGENTLESS:
        raise BadInput(
            f"{type_} has no data.agent", where=where, next="say who did it; a machine is actor_kind system"
        )
    if subject is None and type_ in NEEDS_SUBJECT:
        raise BadInput(f"{type_} has no subject", where=where, next=f"name the {SUBJECT[type_]} it is about")
    if type_ in SPANS:
        start, end = data.get("from"), data.get("to")
        # A date and a time cannot be compared here: which instant a date is depends on the agent's zone.
        if type(start) is type(end) and start is not None and end < start:
            raise BadInput(f"{type_} ends before it starts", where=where)


def _unknown(
    obj: dict[str, Any],
    source: str,
    id_: str,
    type_: str,
    time: int,
    subject: str | None,
    sequence: str | None,
    sent: dict[str, Any],
) -> Event:
    """A type outside the vocabulary: kept and shown as unknown, never analysed, never dropped."""
    data: dict[str, Any] = {}
    rest: dict[str, Any] = {}
    for name, value in sent.items():
        step = _UNKNOWN_PLAN.get(name)
        try:
            if step is not None and value is not None:
                data[step[0]] = step[1](value)
                continue
        except Fault:  # its `agent` may mean something else than ours
            pass
        rest[name] = value
    attributes = _beyond(obj)
    if subject is not None:  # what it is the id of is not known, so it may not stand in clear
        attributes["subject"] = subject
    return Event(source, id_, type_, time, data, None, sequence, _extra(attributes, rest))


def _shown(obj: Mapping[str, Any], name: str) -> str:
    data = obj.get("data")
    value = obj[name] if name in obj else data.get(name) if isinstance(data, dict) else None
    if isinstance(value, (dict, list)):
        return "{...}" if isinstance(value, dict) else "[...]"
    return json.dumps(value, ensure_ascii=True, default=str)[:60]


def rfc3339(micros: int) -> str:
    """The UTC time of `micros` (microseconds since 1970), with as many decimals as it needs."""
    return (EPOCH + timedelta(microseconds=micros)).isoformat().replace("+00:00", "Z")


def to_wire(event: Event) -> dict[str, Any]:
    """The CloudEvents object of `event`: `from_wire(to_wire(e)) == e`."""
    fields = VOCABULARY.get(event.type, COMMON)
    data = {**event.extra.get("data", _NOTHING)}
    for name, value in event.data.items():
        kind = fields[name]
        if kind is Kind.MS:
            data[name.removesuffix("_ms") + "_s"] = value // 1000 if value % 1000 == 0 else value / 1000
        elif kind is Kind.TIME and type(value) is int:
            data[name] = rfc3339(value)
        else:
            data[name] = value
    wire: dict[str, Any] = {"specversion": "1.0", "id": event.id, "source": event.source, "type": event.type}
    wire["time"] = rfc3339(event.time)
    if event.subject is not None:
        wire["subject"] = event.subject
    if event.sequence is not None:
        wire["sequence"] = event.sequence
    return {**wire, **event.extra.get("attributes", _NOTHING), "data": data}


_canonical: Final = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode


def canonical(event: Event) -> bytes:
    """The content of `event` as bytes: what must be equal for two deliveries to be the same event."""
    whole: dict[str, Any] = {
        "data": dict(event.data),
        "id": event.id,
        "source": event.source,
        "time": event.time,
        "type": event.type,
    }
    if event.subject is not None:
        whole["subject"] = event.subject
    if event.sequence is not None:
        whole["sequence"] = event.sequence
    if event.extra:
        whole["extra"] = dict(event.extra)
    return _canonical(whole).encode()
