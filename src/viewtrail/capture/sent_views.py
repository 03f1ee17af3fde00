"""Every page sent that may still become something: a table without clock or disk.

It is told lines and asked what is due. A page sent waits for its visible signal; 30 seconds later it was
served, and nobody is known to have seen it. A view that is open waits for its end; when nothing has been
heard of it for half an hour, what was heard is a lower bound. Lines may come twice or out of order: an end is
an end, and of two dwell times the longer one counts.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from viewtrail.capture.browsers import BrowserCounts

_T = TypeVar("_T")

SECOND: Final = 1_000_000

UNSEEN_AFTER: Final = 30 * SECOND
"""µs without a visible signal after which a page counts as served: the contract's 30 seconds."""

QUIET_AFTER: Final = 1_800 * SECOND
"""µs without any signal after which a view's end counts as lost: the pause that parts two visits."""

MOST: Final = 100_000
"""Pages held at once, about 40 MB. Beyond it the oldest are told early: exposure is never lost."""

_SERVED_FIELDS: Final = ("visit", "surface", "via", "list")
"""What `record.served` may say of the opening's fields."""


@dataclass(slots=True)
class Told:
    """An event to tell: as `client.event` takes it."""

    type: str
    agent: str | None
    subject: str | None
    id: str
    time: int
    data: dict[str, Any]


@dataclass(slots=True)
class _Open:
    agent: str
    record: str
    heard: int
    dwell: int
    active: int


class SentViews:
    """The table. `apply` takes what happened, `due` gives what is to be told, `lines` what is still open."""

    def __init__(self, source: str, *, most: int = MOST) -> None:
        self._source = source
        self._most = most
        self._waiting: OrderedDict[str, list[Any]] = OrderedDict()
        self._open: OrderedDict[str, _Open] = OrderedDict()
        self._over: OrderedDict[str, None] = OrderedDict()
        self.counts = BrowserCounts()

    def __len__(self) -> int:
        return len(self._waiting) + len(self._open)

    def apply(self, line: list[Any]) -> None:
        """One of the lines that `sent`, `heard` and `left` make; any other is left out."""
        match line:
            case ["sent", str(id), int(), str(), str(), _, dict(), *browser]:
                if id not in self._over:
                    self._waiting[id] = [*line[:7], str(browser[0]) if browser else ""]
            case ["heard", str(id), str(opening), str(agent), str(record), int(at), int(dwell), int(active)]:
                self._seen(id, True)
                self._heard(opening, _Open(agent, record, at, dwell, active))
            case ["left", str(id), str(opening)]:
                self._seen(id, True)
                self._open.pop(opening, None)
                self._remember(f"{opening} left")
            case _:
                pass

    def _seen(self, id: str, seen: bool) -> None:
        line = self._waiting.pop(id, None)
        if line is not None and line[7]:  # else the host does not say who asks, and there is no kind
            self.counts.count(line[2], line[7], seen=seen)
        self._remember(id)

    def _heard(self, opening: str, now: _Open) -> None:
        if f"{opening} left" in self._over:
            return
        before = self._open.pop(opening, None)
        if before is not None:
            now.heard = max(before.heard, now.heard)
            now.dwell, now.active = max(before.dwell, now.dwell), max(before.active, now.active)
        self._open[opening] = now

    def _remember(self, what: str) -> None:
        """So that a line that comes late does not begin anew what is over."""
        self._over[what] = None
        self._over.move_to_end(what)
        while len(self._over) > self._most:
            self._over.popitem(last=False)

    def due(self, now: int) -> Iterator[Told]:
        """What is overdue at `now` (µs); each is gone from the table once the next is asked for."""
        for id, line in _first(self._waiting):
            if line[2] + UNSEEN_AFTER > now and len(self._waiting) <= self._most:
                break
            yield self._served(line)
            self._seen(id, False)
        for opening, view in _first(self._open):
            if view.heard + QUIET_AFTER > now and len(self._open) <= self._most:
                break
            yield self._lost(opening, view)
            self._open.pop(opening, None)

    def unseen(self) -> Iterator[Told]:
        """Every page that still waits for its visible signal, told as served before its time."""
        for id, line in _first(self._waiting):
            yield self._served(line)
            self._seen(id, False)

    def _served(self, line: list[Any]) -> Told:
        _, id, issued, agent, record, kind, fields, _ = line
        data = {name: fields[name] for name in _SERVED_FIELDS if name in fields}
        data |= {"view": f"{self._source}#{id}", "surface": data.get("surface", "ui")}
        if kind is not None:
            data["record_kind"] = kind
        return Told("record.served", agent, record, f"{id}.served", issued, data)

    def _lost(self, opening: str, view: _Open) -> Told:
        """The end did not come: what was heard is a lower bound; nothing heard is no dwell."""
        data: dict[str, Any] = {"view": f"{self._source}#{opening}", "complete": False}
        if view.dwell:
            data |= {"dwell_s": view.dwell / 1_000, "active_s": view.active / 1_000}
        # Its time is in the id: a tab that wakes up after the half hour may be lost once more, and longer.
        id = f"{opening}.left-at-least-{view.heard // SECOND}"
        return Told("record.left", view.agent, view.record, id, view.heard, data)

    def lines(self) -> Iterator[list[Any]]:
        """Lines that make this table again in another process."""
        yield from self._waiting.values()
        for opening, view in self._open.items():
            yield ["heard", opening, opening, view.agent, view.record, view.heard, view.dwell, view.active]


def _first(table: Mapping[str, _T]) -> Iterator[tuple[str, _T]]:
    """The first item again and again, as long as there is one: each round takes it out."""
    while table:
        yield next(iter(table.items()))


def sent(
    id: str,
    issued: int,
    agent: str,
    record: str,
    kind: str | None,
    data: Mapping[str, Any],
    browser: str = "",
) -> list[Any]:
    """A page was sent whose opening would have this id, to a browser of this kind."""
    return ["sent", id, issued, agent, record, kind, dict(data), browser]


def heard(
    id: str, opening: str, agent: str, record: str, at: int, dwell: int = 0, active: int = 0
) -> list[Any]:
    """A view of that page was seen to be open at `at` (µs), for so many milliseconds so far."""
    return ["heard", id, opening, agent, record, at, dwell, active]


def left(id: str, opening: str) -> list[Any]:
    """That view ended and its end was told."""
    return ["left", id, opening]
