"""A company read once: entries for the loop, what each agent did on which day, and the truth apart."""

from __future__ import annotations

import gc
import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Final, NamedTuple

from viewtrail.errors import BadInput
from viewtrail.evaluate.truth import Truth, read_truth
from viewtrail.event import decode, from_wire
from viewtrail.log import Entry, Logged, Stored
from viewtrail.measure.clocks import DAY, bounds, instant
from viewtrail.measure.reasons import FEEDS, is_short
from viewtrail.patterns.base import Pattern
from viewtrail.settings import Settings
from viewtrail.watch import Loop

OPENED: Final = "opened"
REVEALED: Final = "revealed"
SHORT: Final = "short call"
ANSWERED: Final = "answered call"
EXPORTED: Final = "exported"

BACK_WITHIN: Final = 4 * DAY
"""The first day back is the first active one in so long after a leave's end: a weekend may lie between."""

ALSO: Final = {"calls": ("call.started",), "hr": ("agent.left", "leave.cancelled", "notice.withdrawn")}
"""Types that a feed brings beside those that show that it is connected."""


class Act(NamedTuple):
    """One thing an agent did, as far as plain limits and losses need it."""

    t: int
    kind: str
    key: str
    weight: int


class AgentDay(NamedTuple):
    """A behaviour day on which the agent opened a record or answered a call."""

    agent: str
    day: date
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Company:
    """One company in memory: about 1.3 kB an event."""

    truth: Truth
    entries: Sequence[Logged]
    acts: dict[str, list[Act]]
    days: tuple[AgentDay, ...]
    back: frozenset[tuple[str, date]]
    digest: str = ""
    "SHA-256 of the file that the events came from, in hexadecimal."

    def without(self, feed: str) -> Company:
        """The same company where `feed` was never connected; who did what is as it was."""
        gone = {*FEEDS[feed], *ALSO.get(feed, ())}
        kept = [one for one in self.entries if one.entry.event.type not in gone]
        return replace(self, entries=[_unowned(one) for one in kept] if feed == "assignment" else kept)


def _unowned(logged: Logged) -> Logged:
    """A record's first owner comes with its creation: without assignment nobody tells of it."""
    event = logged.entry.event
    if event.type != "record.created" or "owner" not in event.data:
        return logged
    data = {name: value for name, value in event.data.items() if name != "owner"}
    stored = _stored(event, data)
    return Logged(logged.index, logged.known, _entry(stored, logged.entry.received))


def _stored(event: Any, data: dict[str, Any]) -> Stored:
    return Stored(
        data=data,
        id=event.id,
        sequence=event.sequence,
        source=event.source,
        subject=event.subject,
        time=event.time,
        type=event.type,
    )


def _entry(stored: Stored, received: int) -> Entry:
    return Entry(backfill=True, event=stored, received=received, tenant="simulated", v=1)


def load(folder: Path, tell: Callable[[int], None] | None = None) -> Company:
    """The company in `folder`/events.jsonl and `folder`/truth.jsonl; `tell` hears how many events are read.

    Entries are as an import of history makes them, by knowledge time, but for pseudonyms: the truth names
    agents and records by the source's own ids, and the loop takes either.
    """
    truth = read_truth(folder / "truth.jsonl")
    digest = hashlib.sha256()
    with still():
        entries = list(_entries(folder / "events.jsonl", digest.update, tell))
        entries.sort(key=lambda one: (one.known, one.index))
        acts = _acts(entries, truth)
    days = tuple(_days(truth, acts))
    return Company(truth, entries, acts, days, _back(truth, entries, days), digest.hexdigest())


@contextmanager
def still() -> Iterator[None]:
    """Without the collector: millions of small objects that all stay are not worth walking again."""
    was = gc.isenabled()
    gc.collect()
    gc.freeze()
    gc.disable()
    try:
        yield
    finally:
        gc.unfreeze()
        if was:
            gc.enable()


def _entries(
    path: Path, hear: Callable[[bytes], None], tell: Callable[[int], None] | None
) -> Iterator[Logged]:
    if not path.exists():
        raise BadInput("is missing", where=str(path), next="`viewtrail simulate` writes it")
    with path.open("rb") as file:
        for index, line in enumerate(file):
            hear(line)
            event = from_wire(decode(line), f"{path}:{index + 1}")
            since = event.data.get("known_from")
            known = since if isinstance(since, int) else event.time
            yield Logged(index, known, _entry(_stored(event, dict(event.data)), event.time))
            if tell is not None and index % 20_000 == 0:
                tell(index)


def _acts(entries: Iterable[Logged], truth: Truth) -> dict[str, list[Act]]:
    """What the staff did, by agent and in order of time; services and jobs left out."""
    found: dict[str, list[Act]] = {agent: [] for agent, p in truth.people.items() if p.role != "service"}
    for logged in entries:
        event = logged.entry.event
        act = _READ[event.type](event) if event.type in _READ else None
        agent = event.data.get("agent")
        if act is not None and agent in found and event.data.get("actor_kind", "human") == "human":
            found[agent].append(act)
    for acts in found.values():
        acts.sort()
    return found


def _viewed(event: Stored) -> Act | None:
    if event.subject is None or event.data.get("surface") == "job":
        return None
    return Act(event.time, OPENED, event.subject, 1)


def _revealed(event: Stored) -> Act:
    return Act(event.time, REVEALED, event.subject or "", 1)


def _called(event: Stored) -> Act | None:
    if event.data.get("answered") is not True:
        return None
    short = is_short(True, event.data.get("talk_ms"))
    return Act(event.time, SHORT if short else ANSWERED, event.subject or "", 1)


def _exported(event: Stored) -> Act:
    return Act(event.time, EXPORTED, "", event.data.get("rows", 0))


_READ: Final[dict[str, Callable[[Stored], Act | None]]] = {
    "record.viewed": _viewed,
    "contact.revealed": _revealed,
    "call.ended": _called,
    "export.created": _exported,
}


def _days(truth: Truth, acts: dict[str, list[Act]]) -> Iterator[AgentDay]:
    for agent, done in acts.items():
        clock, end = truth.people[agent].clock, 0
        for act in done:
            if act.t >= end and act.kind in (OPENED, SHORT, ANSWERED):
                day, start, end = bounds(clock, act.t)
                yield AgentDay(agent, day, start, end)


def _back(truth: Truth, entries: Iterable[Logged], days: Iterable[AgentDay]) -> frozenset[tuple[str, date]]:
    """The first day at work after each leave, sickness included."""
    ends: dict[str, list[int]] = {}
    for logged in entries:
        event = logged.entry.event
        person = truth.people.get(event.subject or "")
        if event.type == "leave.booked" and person is not None:
            end = instant(event.data.get("to"), person.clock, end=True)
            if end is not None:
                ends.setdefault(person.agent, []).append(end)
    found: dict[tuple[str, int], date] = {}
    for day in days:
        for end in ends.get(day.agent, ()):
            if end <= day.end and day.start < end + BACK_WITHIN:
                found.setdefault((day.agent, end), day.day)
    return frozenset((agent, day) for (agent, _), day in found.items())


def fold(
    company: Company, settings: Settings, patterns: Iterable[Pattern] | None = None
) -> tuple[Loop, list[Any]]:
    """The loop over the whole company, and the transitions it told; the line is drawn from the past alone."""
    loop = Loop(settings, patterns)
    with still():
        told = list(loop.fold(company.entries))
        told += loop.finish()
    return loop, told
