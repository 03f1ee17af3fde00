"""Items of a body that the process beside made ready for the log, as they cross to the one that writes it.

Columns of plain values instead of an object an event: the process that writes has nothing left to do for each
of them but to give it its place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import astuple, dataclass
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final, overload

from viewtrail.app.allowing import COUNTED
from viewtrail.event import Event
from viewtrail.log import Receipt
from viewtrail.log.ready import Ready, Readying
from viewtrail.store.writer_frames import events_of, parts_of
from viewtrail.web.intake.answers import Result
from viewtrail.web.intake.items import Bad, Item

if TYPE_CHECKING:  # what it imports, the process beside has no use for
    from viewtrail.app.api_keys import ApiKey

_COUNTED: Final = frozenset(COUNTED.values())
_columns: Final = attrgetter(*Ready.__slots__)


class Later(Sequence[Event]):
    """Events that are read from their body again as soon as one is asked for: that is rare."""

    def __init__(self, count: int, read: Callable[[], list[Event]]) -> None:
        self._count, self._read = count, read
        self._found: list[Event] | None = None

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, place: int) -> Event: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Event]: ...
    def __getitem__(self, place: int | slice) -> Event | Sequence[Event]:
        if self._found is None:
            self._found = self._read()
        return self._found[place]

    def __iter__(self) -> Iterator[Event]:
        return iter(self[:])


@dataclass(frozen=True, slots=True)
class Readied:
    """`ready` events, and what else is asked about them: their ids, the sources of all items, and those that
    `Allowing` counts, by their position among the events. `bad` items are by their place. `again` reads all
    of it as items."""

    size: int
    ids: list[str]
    sources: list[str]
    counted: list[tuple[int, Event]]
    bad: list[tuple[int, Bad]]
    ready: Ready
    again: Callable[[], list[Item]]

    def __len__(self) -> int:
        return self.size

    def covered(self, key: ApiKey) -> bool:
        """Whether all of it is from sources that this key may send for."""
        return all(map(key.covers, self.sources))

    def events(self) -> Sequence[Event]:
        return Later(len(self.ids), lambda: [item for item in self.again() if isinstance(item, Event)])

    def results(self, receipts: Sequence[Receipt], bad: Iterable[Result]) -> list[Result]:
        """In the order of the items."""
        found = [
            Result(id, one.index, one.outcome, one.why) for id, one in zip(self.ids, receipts, strict=True)
        ]
        for (place, _), result in zip(self.bad, bad, strict=True):
            found.insert(place, result)
        return found


def columns_of(items: Sequence[Item], readying: Readying) -> tuple[Any, ...] | None:
    """What crosses; None where an event among them has to be looked at by itself."""
    events = [item for item in items if isinstance(item, Event)]
    ready = readying.ready(events)
    if ready is None:
        return None
    bad = [(place, astuple(item)) for place, item in enumerate(items) if isinstance(item, Bad)]
    sources = {item.source for item in items if item.source is not None}
    counted = [place for place, event in enumerate(events) if event.type in _COUNTED]
    told = list(zip(counted, parts_of(events[place] for place in counted), strict=True))
    return len(items), [event.id for event in events], list(sources), told, bad, _columns(ready)


def readied(columns: tuple[Any, ...], again: Callable[[], list[Item]]) -> Readied:
    """The same on the other side."""
    size, ids, sources, counted, bad, ready = columns
    events = events_of(parts for _, parts in counted)
    told = [(place, event) for (place, _), event in zip(counted, events, strict=True)]
    return Readied(
        size, ids, sources, told, [(place, Bad(*parts)) for place, parts in bad], Ready(*ready), again
    )
