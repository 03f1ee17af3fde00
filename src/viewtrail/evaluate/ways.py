"""How an attacker takes records day after day, and the cheapest fakes of a reason that go with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any, Final

from viewtrail.evaluate.company import Act
from viewtrail.log import Stored
from viewtrail.measure.clocks import HOUR, MINUTE, SECOND

OPEN_FOR: Final = 10
"""Seconds that each record stays open: just above the 8 of a record merely skimmed."""

RING_FOR: Final = 11
"""Seconds that each is rung, unanswered: just above what counts as a call."""

TALK_FOR: Final = 21
"""Seconds that each is talked to: just above what counts as a short call."""


@dataclass(frozen=True, slots=True)
class Opening:
    """One record that an attacker opens at `t` (µs); `name` is what its events are called by."""

    agent: str
    record: str
    t: int
    name: str

    def event(self, source: str, type: str, t: int, **data: Any) -> Stored:
        told = {"agent": self.agent, **data}
        id_ = f"{type}-{self.name}"
        return Stored(data=told, id=id_, source=source, subject=self.record, time=t, type=type)


Fake = Callable[[Opening], Iterator[Stored]]


def _ring(one: Opening) -> Iterator[Stored]:
    end = one.t + (RING_FOR + 5) * SECOND
    yield _call(one, end, answered=False, ring_ms=RING_FOR * 1_000, talk_ms=0)


def _talk(one: Opening) -> Iterator[Stored]:
    end = one.t + (TALK_FOR + 15) * SECOND
    yield _call(one, end, answered=True, ring_ms=8_000, talk_ms=TALK_FOR * 1_000)


def _call(one: Opening, end: int, **told: Any) -> Stored:
    call = {"call": one.name, "direction": "out", "dialer": "manual", "ended_by": "agent", **told}
    return one.event("/pbx", "call.ended", end, **call)


def _write(one: Opening) -> Iterator[Stored]:
    yield one.event("/crm", "message.sent", one.t + MINUTE, channel="email")


def _note(one: Opening) -> Iterator[Stored]:
    yield one.event("/crm", "note.added", one.t + 8 * SECOND, fields=["note"])


def _change(one: Opening) -> Iterator[Stored]:
    yield one.event("/crm", "status.changed", one.t + 8 * SECOND, field="status")
    yield from _note(one)


def _callback(one: Opening) -> Iterator[Stored]:
    due = one.t + HOUR
    yield one.event("/crm", "task.due", one.t - HOUR, due_at=due, by=one.agent, kind="callback")


@dataclass(frozen=True, slots=True)
class Way:
    """How the day's records are taken: spread over the day or in one go; with which fake of a reason.

    `own`: those of the own book, of which every opening has a reason.
    """

    name: str
    at_once: bool = False
    fake: Fake | None = None
    own: bool = False

    def times(self, acts: Sequence[Act], level: int, rng: Random) -> list[int]:
        """When the day's records are opened: among the own work, or one after another in the middle of it."""
        first, last = acts[0].t, max(acts[-1].t, acts[0].t + level * 20 * SECOND)
        if self.at_once:
            start = first + (last - first) // 2
            return [start + n * (OPEN_FOR + 5) * SECOND for n in range(level)]
        return sorted(rng.randrange(first, last) for _ in range(level))

    def events(self, one: Opening) -> Iterator[Stored]:
        """What the sources see of one record taken."""
        shown = {"record_kind": "client", "via": "search", "surface": "ui"}
        view = one.event("/crm", "record.viewed", one.t, **shown)
        yield view
        left = one.t + OPEN_FOR * SECOND
        told = {"view": f"/crm#{view.id}", "dwell_ms": OPEN_FOR * 1_000, "complete": True}
        yield one.event("/crm", "record.left", left, **told)
        if self.fake is not None:
            yield from self.fake(one)


WAYS: Final = (
    Way("over the day"),
    Way("in one go", at_once=True),
    Way("over the day, a note on each", fake=_note),
    Way("over the day, a change of status and a note on each", fake=_change),
    Way("over the day, a callback set for oneself an hour before each", fake=_callback),
    Way("over the day, ringing each for eleven seconds", fake=_ring),
    Way("over the day, an e-mail to each", fake=_write),
    Way("over the day, talking to each for 21 seconds", fake=_talk),
    Way("over the day, from the own book", own=True),
)
