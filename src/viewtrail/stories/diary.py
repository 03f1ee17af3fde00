"""Where everything that happened is written down, as the sources of a real brokerage would have."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from viewtrail.event import Event

CRM, PBX, HR = "/crm", "/pbx", "/hr"


class Diary:
    """Takes events in any order; `told()` gives them in time order, numbered per source."""

    def __init__(self) -> None:
        self._events: list[Event] = []
        self._written: Counter[str] = Counter()

    def write(
        self, source: str, type: str, time: int, data: Mapping[str, Any], subject: str | None = None
    ) -> str:
        """Writes one event; fields that are None are left out. Returns its id within the source."""
        self._written[source] += 1
        id = f"{source[1:]}-{self._written[source]:07}"
        known = {name: value for name, value in data.items() if value is not None}
        self._events.append(Event(source, id, type, time, known, subject))
        return id

    def told(self) -> list[Event]:
        """All events by time. `sequence` is given here: a source counts in the order things happen."""
        counted: Counter[str] = Counter()
        ordered = []
        for event in sorted(self._events, key=lambda event: event.time):
            counted[event.source] += 1
            ordered.append(replace(event, sequence=str(counted[event.source])))
        return ordered
