"""Events of one type from one source made many times: what is the same in all of them is checked once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from viewtrail.errors import BadInput
from viewtrail.event.kinds import Fault, ToDetail, moment, opaque, text
from viewtrail.event.vocabulary import AGENTLESS, NEEDS_SUBJECT, SPANS, SUBJECT
from viewtrail.event.wire import Event, from_wire, made, plan_of


@dataclass(frozen=True, slots=True)
class EventShape:
    """A type, a source and fields in common; the other fields by their names on the wire, in one order.

    `event` gives what `from_wire` would, or None where that has more to say: a fault to name, a value for the
    encrypted detail.
    """

    type: str
    source: str
    data: Mapping[str, Any]  # the fields in common, in stored form
    fields: tuple[tuple[str, Callable[[Any], Any]], ...]  # of the others: stored name and check

    @classmethod
    def of(cls, type_: str, source: str, fixed: Mapping[str, Any], names: Sequence[str]) -> EventShape | None:
        """The shape, or None for events that have to be looked at one by one."""
        plan = plan_of(type_)
        if type_ in SPANS or not plan.keys() >= {*fixed, *names}:
            return None
        wire = {
            "specversion": "1.0",
            "id": "1",
            "source": source,
            "type": type_,
            "time": "2026-01-01T00:00:00Z",
        }
        if SUBJECT[type_]:
            wire["subject"] = "s"
        try:
            event = from_wire({**wire, "data": {"agent": "a", **fixed}})
        except BadInput:
            return None
        if event.extra:
            return None
        own = {plan[name][0] for name in fixed}
        data = {name: value for name, value in event.data.items() if name in own}
        return cls(type_, source, data, tuple(plan[name] for name in names))

    def event(
        self, id: str, time: datetime | int, values: Sequence[Any], subject: Any = None, sequence: Any = None
    ) -> Event | None:
        """The event of these values, in the order of the shape's fields; None in `values` is not known.

        A whole number as `time` is microseconds, and known to be within what an event can have.
        """
        data = dict(self.data)
        try:
            for (stored, check), value in zip(self.fields, values, strict=True):
                if value is not None:
                    data[stored] = check(value)
            event = made(
                self.source,
                text(id, 200),
                self.type,
                time if type(time) is int else moment(time),
                data,
                None if subject is None else opaque(subject),
                None if sequence is None else opaque(sequence),
            )
        except (Fault, ToDetail):
            return None
        named = self.type not in NEEDS_SUBJECT if subject is None else SUBJECT[self.type]
        return event if named and ("agent" in data or self.type in AGENTLESS) else None
