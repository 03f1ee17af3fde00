"""The adaptive attacker: the most that can be taken day after day by somebody who has read the detector.

How it is measured:
 1. In a simulated company some ordinary agents take `level` records a day that are not theirs, the most
    valuable first, for `length` of their own active days. Nobody else changes.
 2. The loop is folded and the plain limits are passed, with few attackers at a time. An attacker stays under
    the line when nothing that overlaps the taking is ever told of them, withdrawn alerts included.
 3. The highest level at which at least half of the attackers stay under the line is what can be taken; its
    value is the sum of (value band + 1) over the records, the bands being logarithmic in deposits.
The attacker knows how it works: records stay open for ten seconds (above what counts as a skim), no contact
is revealed, nothing is exported, and the day's taking lies where the agent is at work anyway.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Any, Final

from viewtrail.evaluate.alert import Alert, alerts
from viewtrail.evaluate.company import OPENED, Act, Company, fold
from viewtrail.evaluate.limits import limit_alerts
from viewtrail.log import Entry, Logged, Stored
from viewtrail.measure.clocks import MINUTE, SECOND
from viewtrail.settings import Settings

LENGTHS: Final = (1, 5, 20, 60)
"""Days on end that are taken from."""

LEVELS: Final = (4, 8, 12, 18, 27, 40, 60, 90, 140)
"""Records a day that are tried."""

EACH: Final = 2
"""Attackers at each level in one company."""

AT_ONCE: Final = 12
"""One attacker for so many people in one fold: more would become each other's peers, and usual."""

OPEN_FOR: Final = 10
"""Seconds that each record stays open."""

RING_FOR: Final = 11
"""Seconds that each is rung, unanswered: just above what counts as a call."""


@dataclass(frozen=True, slots=True)
class Way:
    """How the day's records are taken: over the whole day or in one go; with a call to each or not."""

    name: str
    at_once: bool = False
    rings: bool = False


WAYS: Final = (
    Way("over the day"),
    Way("in one go", at_once=True),
    Way("over the day, ringing each for eleven seconds", rings=True),
)


@dataclass(frozen=True, slots=True)
class Taking:
    """What one attacker did: `records` with their value, from `first` to `last` (µs)."""

    agent: str
    level: int
    first: int
    last: int
    value: int
    records: int
    entries: tuple[Stored, ...]

    def seen(self, told: Mapping[str, Sequence[Alert]]) -> bool:
        """Whether anything that was told of the agent overlaps the taking."""
        edge = self.last + 30 * MINUTE
        return any(one.first_at <= edge and one.last_at >= self.first for one in told.get(self.agent, ()))


@dataclass(frozen=True, slots=True)
class Reached:
    """The most that stays under a line: records and value of one attacker, at `level` a day (0: nothing)."""

    level: int
    records: float
    value: float


@dataclass(frozen=True, slots=True)
class Curve:
    """One length and way: what can be taken under the detector and under the article's limits."""

    length: int
    way: str
    detector: Reached
    limits: Reached
    attackers: int


def adaptive(
    companies: Sequence[Company],
    budget: float,
    rng: Random,
    tell: Callable[[str], None] | None = None,
    *,
    lengths: Sequence[int] = LENGTHS,
    ways: Sequence[Way] = WAYS,
    levels: Sequence[int] = LEVELS,
) -> Iterator[Curve]:
    """A curve for each length and way, pooled over `companies` that are long enough for it."""
    for length in lengths:
        for way in ways:
            takings: list[tuple[Taking, bool, bool]] = []
            for company in companies:
                if tell is not None:
                    tell(f"{company.truth.name}, {length} days {way.name}")
                takings += _tried(company, length, way, levels, budget, rng)
            if takings:
                by_us = [(one, seen) for one, seen, _ in takings]
                by_limits = [(one, seen) for one, _, seen in takings]
                yield Curve(length, way.name, _most(by_us), _most(by_limits), len(takings))


def _tried(
    company: Company, length: int, way: Way, levels: Sequence[int], budget: float, rng: Random
) -> list[tuple[Taking, bool, bool]]:
    takings = list(_takings(company, length, way, levels, rng))
    few = max(1, len(company.acts) // AT_ONCE)
    found = []
    for start in range(0, len(takings), few):
        some = takings[start : start + few]
        attacked = _with(company, some)
        loop, told = fold(attacked, Settings(budget=budget, calls_budget=budget))
        ours = _by_agent(alerts(loop.findings(), told))
        limits = _by_agent(limit_alerts(attacked))
        found += [(one, one.seen(ours), one.seen(limits)) for one in some]
    return found


def _most(tried: Sequence[tuple[Taking, bool]]) -> Reached:
    """The highest level at which half or more stay unseen, and at every level below it too."""
    best = Reached(0, 0.0, 0.0)
    for level in sorted({one.level for one, _ in tried}):
        of = [(one, seen) for one, seen in tried if one.level == level]
        if 2 * sum(not seen for _, seen in of) < len(of):
            break
        taken = [one for one, _ in of]
        records = sum(one.records for one in taken) / len(taken)
        best = Reached(level, records, sum(one.value for one in taken) / len(taken))
    return best


def _by_agent(found: Sequence[Alert]) -> dict[str, list[Alert]]:
    told: dict[str, list[Alert]] = {}
    for one in found:
        told.setdefault(one.agent, []).append(one)
    return told


# -- who takes what -----------------------------------------------------------------------------------


def _takings(company: Company, length: int, way: Way, levels: Sequence[int], rng: Random) -> Iterator[Taking]:
    chosen = _attackers(company, length, len(levels) * EACH, rng)
    owner, value = _books(company)
    best = sorted(value, key=lambda record: (-value[record], record))
    for place, (agent, days) in enumerate(chosen):
        level = levels[place % len(levels)]
        mine = [record for record in best if owner.get(record) != agent]
        # Not everybody takes the very same records: two who share a list would be a ring
        mine = mine[place % len(levels) :: 2] or mine
        yield _taking(agent, level, days, mine, value, way, rng)


def _attackers(company: Company, length: int, count: int, rng: Random) -> list[tuple[str, list[list[Act]]]]:
    """Agents without a theft of their own, each with `length` active days on end, from some day on."""
    named = {agent for one in company.truth.thefts() for agent in one.agents}
    found = []
    for agent, acts in sorted(company.acts.items()):
        person = company.truth.people[agent]
        if person.role != "agent" or agent in named or person.night_shift:
            continue
        days = [day for day in company.days if day.agent == agent and day.day >= company.truth.scored_on]
        if len(days) > length:
            begin = rng.randrange(len(days) - length)
            chosen = days[begin : begin + length]
            found.append((agent, [[a for a in acts if day.start <= a.t < day.end] for day in chosen]))
    rng.shuffle(found)
    return found[:count]


def _books(company: Company) -> tuple[dict[str, str], dict[str, int]]:
    """Each record's owner and value band at the end."""
    owner: dict[str, str] = {}
    value: dict[str, int] = {}
    for logged in company.entries:
        event = logged.entry.event
        if event.subject is None:
            continue
        if event.type == "record.created":
            owner[event.subject] = event.data.get("owner", "")
            value[event.subject] = event.data.get("value_band", 0)
        elif event.type == "record.assigned":
            owner[event.subject] = event.data.get("to", "")
        elif event.type == "record.valued" and "value_band" in event.data:
            value[event.subject] = event.data["value_band"]
    return owner, value


def _taking(
    agent: str,
    level: int,
    days: Sequence[Sequence[Act]],
    records: Sequence[str],
    value: Mapping[str, int],
    way: Way,
    rng: Random,
) -> Taking:
    entries: list[Stored] = []
    worth, taken, queue = 0, 0, iter(records)
    for day, acts in enumerate(days):
        for place, t in enumerate(_times(acts, level, way, rng)):
            record = next(queue, None)
            if record is None:
                break
            entries += _opening(agent, record, t, f"{agent}-{day}-{place}", way)
            worth, taken = worth + value[record] + 1, taken + 1
    entries.sort(key=lambda one: one.time)
    return Taking(agent, level, entries[0].time, entries[-1].time, worth, taken, tuple(entries))


def _times(acts: Sequence[Act], level: int, way: Way, rng: Random) -> list[int]:
    """When the day's records are opened: among the own work, or one after another in the middle of it."""
    first, last = acts[0].t, max(acts[-1].t, acts[0].t + level * 20 * SECOND)
    if way.at_once:
        start = first + (last - first) // 2
        return [start + n * (OPEN_FOR + 5) * SECOND for n in range(level)]
    return sorted(rng.randrange(first, last) for _ in range(level))


def _opening(agent: str, record: str, t: int, name: str, way: Way) -> Iterator[Stored]:
    shown: dict[str, Any] = {"agent": agent, "record_kind": "client", "via": "search", "surface": "ui"}
    yield _stored("/crm", f"taken-{name}", "record.viewed", t, record, shown)
    left = {"agent": agent, "view": f"/crm#taken-{name}", "dwell_ms": OPEN_FOR * 1_000, "complete": True}
    yield _stored("/crm", f"left-{name}", "record.left", t + OPEN_FOR * SECOND, record, left)
    if way.rings:
        rung = {"agent": agent, "call": f"rung-{name}", "direction": "out", "answered": False}
        rung |= {"ring_ms": RING_FOR * 1_000, "talk_ms": 0, "dialer": "manual", "ended_by": "agent"}
        yield _stored("/pbx", f"rung-{name}", "call.ended", t + (RING_FOR + 5) * SECOND, record, rung)


def _stored(source: str, id: str, type: str, t: int, record: str, data: dict[str, Any]) -> Stored:
    return Stored(data=data, id=id, source=source, subject=record, time=t, type=type)


def _with(company: Company, takings: Sequence[Taking]) -> Company:
    """The same company with the takings in it."""
    told = [stored for one in takings for stored in one.entries]
    start = len(company.entries)
    more = [
        Logged(
            start + n,
            stored.time,
            Entry(backfill=True, event=stored, received=stored.time, tenant="simulated", v=1),
        )
        for n, stored in enumerate(told)
    ]
    entries = sorted([*company.entries, *more], key=lambda one: (one.known, one.index))
    acts = dict(company.acts)
    for taking in takings:
        opened = [
            Act(s.time, OPENED, s.subject or "", 1) for s in taking.entries if s.type == "record.viewed"
        ]
        acts[taking.agent] = sorted([*acts[taking.agent], *opened])
    return replace(company, entries=entries, acts=acts)
