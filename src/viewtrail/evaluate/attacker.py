"""The adaptive attacker: the most that can be taken day after day by somebody who has read the detector.

How it is measured:
 1. In a simulated company some ordinary agents take `level` records a day, the most valuable first, for
    `length` of their own active days. Nobody else changes. Only agents and days are taken of which nothing at
    all is told without the taking, so that nobody is found by chance.
 2. The loop is folded and the plain limits are passed, with few attackers at a time. An attacker stays under
    the line when nothing that overlaps the taking is ever told of them, withdrawn alerts included.
 3. The highest level at which at least half of the attackers stay under the line, as at every level below it,
    is what can be taken; its value is the sum of (value band + 1) over the records, the bands being
    logarithmic in deposits. Where all of a company's attackers at one level are seen, none is tried higher.
The attacker knows how it works: records stay open for ten seconds, no contact is revealed, nothing is
exported, the day's taking lies where the agent is at work anyway, and a reason may be faked (`ways`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Final

from viewtrail.evaluate.alert import Alert, alerts
from viewtrail.evaluate.company import OPENED, Act, AgentDay, Company
from viewtrail.evaluate.limits import limit_alerts
from viewtrail.evaluate.onward import Onward, settled
from viewtrail.evaluate.piling import EDGES, Piles
from viewtrail.evaluate.piling import told as told_how_long
from viewtrail.evaluate.ways import WAYS, Opening, Way
from viewtrail.log import Stored
from viewtrail.measure.clocks import DAY, MINUTE
from viewtrail.settings import Settings

LENGTHS: Final = (1, 5, 20, 60)
"""Days on end that are taken from."""

LEVELS: Final = (4, 8, 12, 18, 27, 40, 60, 90, 140)
"""Records a day that are tried."""

EACH: Final = 2
"""Attackers at each level in one company."""

AT_ONCE: Final = 12
"""One attacker for so many people in one fold: more would become each other's peers, and usual."""

WITHIN: Final = 10
"""An attacker begins on one of so many first active days after calibration."""

AFTER: Final = 8 * DAY
"""So long after the last taking it is heard what is told of it: a week's episode and a close."""


@dataclass(frozen=True, slots=True)
class Taking:
    """What one attacker did: `records` with their value, from `first` to `last` (µs)."""

    agent: str
    level: int
    first: int
    last: int
    value: int
    records: int
    events: tuple[Stored, ...]

    def seen(self, told: Mapping[str, Sequence[Alert]]) -> bool:
        """Whether anything that was told of the agent overlaps the taking."""
        edge = self.last + 30 * MINUTE
        return any(one.first_at <= edge and one.last_at >= self.first for one in told.get(self.agent, ()))


@dataclass(frozen=True, slots=True)
class Tried:
    """One attacker, and who saw them."""

    length: int
    way: str
    taking: Taking
    by_us: bool
    by_limits: bool
    piles: frozenset[str] = frozenset()
    "The edges just above which the agent's doings pile up in that time."


@dataclass(frozen=True, slots=True)
class Attacked:
    """One company: every attacker tried in it, and how many honest spans of people pile up, by edge."""

    name: str
    people: int
    events: int
    digest: str
    tried: Sequence[Tried]
    piled: Mapping[str, tuple[int, int]]


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


def attacked(
    company: Company,
    budget: float,
    rng: Random,
    tell: Callable[[str], None] | None = None,
    *,
    lengths: Sequence[int] = LENGTHS,
    ways: Sequence[Way] = WAYS,
    levels: Sequence[int] = LEVELS,
) -> Attacked:
    """Every attacker tried in one company."""
    onward = Onward(company, Settings(budget=budget, calls_budget=budget), company.truth.scored_from)
    quiet = _Quiet(company, onward)
    books = _books(onward.before())
    piles = Piles(told_how_long(one.entry.event for one in company.entries))
    found: list[Tried] = []
    with settled():
        for length in lengths:
            for way in ways:
                if tell is not None:
                    tell(f"{company.truth.name}, {length} days {way.name}")
                takings = list(_takings(company, quiet, books, length, way, levels, rng))
                tried = _tried(company, onward, takings, length, way)
                found += [_without_events(one, piles) for one in tried]
    honest = {edge.name: piles.honest(edge, _honest_days(company)) for edge in EDGES}
    people, events = len(company.acts), len(company.entries)
    return Attacked(company.truth.name, people, events, company.digest, found, honest)


def curves(tried: Sequence[Tried]) -> list[Curve]:
    """A curve for each length and way, over all companies that were long enough for it."""
    found: dict[tuple[int, str], list[Tried]] = {}
    for one in tried:
        found.setdefault((one.length, one.way), []).append(one)
    return [
        Curve(
            length,
            way,
            _most([(one.taking, one.by_us) for one in of]),
            _most([(one.taking, one.by_limits) for one in of]),
            len(of),
        )
        for (length, way), of in found.items()
    ]


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


# -- who sees them ------------------------------------------------------------------------------------


def _tried(
    company: Company, onward: Onward, takings: Sequence[Taking], length: int, way: Way
) -> Iterator[Tried]:
    few = max(1, len(company.acts) // AT_ONCE)
    beyond = max((one.level for one in takings), default=0) + 1
    for some in _apart(takings, few):
        limits = _by_agent(limit_alerts(_days_of(company, some)))
        asked = [one for one in some if one.level < beyond]
        ours = _told(onward, asked) if asked else {}
        for one in some:
            yield Tried(length, way.name, one, one.level >= beyond or one.seen(ours), one.seen(limits))
        for level in sorted({one.level for one in asked}):
            of = [one for one in takings if one.level == level]
            if all(any(one is other for other in asked) and one.seen(ours) for one in of):
                beyond = min(beyond, level + 1)


def _without_events(one: Tried, piles: Piles) -> Tried:
    """The same, with what is asked of the events answered: they are many."""
    taking = one.taking
    found = set()
    for edge in EDGES:
        more = [event.data[edge.field] for event in taking.events if edge.field in event.data]
        if piles.up(edge, taking.agent, taking.first, taking.last, more):
            found.add(edge.name)
    return replace(one, taking=replace(taking, events=()), piles=frozenset(found))


def _honest_days(company: Company) -> list[AgentDay]:
    named = {agent for one in company.truth.thefts() for agent in one.agents}
    return [day for day in company.days if day.day >= company.truth.scored_on and day.agent not in named]


def _apart(takings: Sequence[Taking], few: int) -> Iterator[list[Taking]]:
    """Few at a time, none of them the same person; attackers of one level together."""
    left = list(takings)
    while left:
        some: dict[str, Taking] = {}
        later: list[Taking] = []
        for one in left:
            if len(some) < few and one.agent not in some:
                some[one.agent] = one
            else:
                later.append(one)
        yield list(some.values())
        left = later


def _told(onward: Onward, takings: Sequence[Taking]) -> dict[str, list[Alert]]:
    events = [event for one in takings for event in one.events]
    loop, told = onward.fold(events, max(one.last for one in takings) + AFTER)
    return _by_agent(alerts(loop.findings(), told))


def _by_agent(found: Sequence[Alert]) -> dict[str, list[Alert]]:
    told: dict[str, list[Alert]] = {}
    for one in found:
        told.setdefault(one.agent, []).append(one)
    return told


def _days_of(company: Company, takings: Sequence[Taking]) -> Company:
    """The attackers' days alone with what they took in them: plain limits look at nobody else."""
    span = {one.agent: one for one in takings}
    days = tuple(
        day
        for day in company.days
        if day.agent in span and day.end > span[day.agent].first and day.start <= span[day.agent].last
    )
    acts = {}
    for agent, one in span.items():
        more = [Act(e.time, OPENED, e.subject or "", 1) for e in one.events if e.type == "record.viewed"]
        acts[agent] = sorted([*company.acts[agent], *more])
    return replace(company, acts=acts, days=days)


# -- who takes what -----------------------------------------------------------------------------------


class _Quiet:
    """Whom nothing is told of without a taking, and when."""

    def __init__(self, company: Company, onward: Onward) -> None:
        loop, told = onward.fold([], None)
        found = [*alerts(loop.findings(), told), *limit_alerts(company)]
        self.told = _by_agent(found)
        self.days: dict[str, list[AgentDay]] = {}
        for day in company.days:
            if day.day >= company.truth.scored_on:
                self.days.setdefault(day.agent, []).append(day)

    def spans(self, agent: str, length: int) -> list[list[AgentDay]]:
        """Each `length` active days on end soon after calibration without a word about the agent."""
        days = self.days.get(agent, [])
        firsts = range(min(WITHIN, len(days) - length + 1))
        return [days[n : n + length] for n in firsts if not self._spoken(agent, days[n : n + length])]

    def _spoken(self, agent: str, days: Sequence[AgentDay]) -> bool:
        first, last = days[0].start, days[-1].end
        return any(one.first_at <= last and one.last_at >= first for one in self.told.get(agent, ()))


@dataclass(frozen=True, slots=True)
class _Books:
    """Each record's owner and value when the taking may begin, and the records by value."""

    owner: Mapping[str, str]
    value: Mapping[str, int]
    best: Sequence[str]

    def for_(self, agent: str, *, own: bool) -> list[str]:
        return [record for record in self.best if (self.owner.get(record) == agent) is own]


def _books(before: Sequence[Stored]) -> _Books:
    owner: dict[str, str] = {}
    value: dict[str, int] = {}
    for event in before:
        if event.subject is None:
            continue
        if event.type == "record.created":
            owner[event.subject] = event.data.get("owner", "")
            value[event.subject] = event.data.get("value_band", 0)
        elif event.type == "record.assigned":
            owner[event.subject] = event.data.get("to", "")
        elif event.type == "record.valued" and "value_band" in event.data:
            value[event.subject] = event.data["value_band"]
    return _Books(owner, value, sorted(value, key=lambda record: (-value[record], record)))


def _takings(
    company: Company,
    quiet: _Quiet,
    books: _Books,
    length: int,
    way: Way,
    levels: Sequence[int],
    rng: Random,
) -> Iterator[Taking]:
    able = [(agent, spans) for agent in _able(company) if (spans := quiet.spans(agent, length))]
    rng.shuffle(able)
    for place in range(len(levels) * EACH if able else 0):
        agent, spans = able[place % len(able)]
        records = books.for_(agent, own=way.own)
        if records:
            yield _taking(company, rng.choice(spans), levels[place // EACH], records, books.value, way, rng)


def _able(company: Company) -> list[str]:
    """Ordinary agents without a theft of their own."""
    named = {agent for one in company.truth.thefts() for agent in one.agents}
    people = company.truth.people
    return [a for a in sorted(company.acts) if people[a].role == "agent" and a not in named]


def _taking(
    company: Company,
    days: Sequence[AgentDay],
    level: int,
    records: Sequence[str],
    value: Mapping[str, int],
    way: Way,
    rng: Random,
) -> Taking:
    agent, queue = days[0].agent, iter(records)
    opened: list[Opening] = []
    for number, day in enumerate(days):
        acts = [act for act in company.acts[agent] if day.start <= act.t < day.end]
        times = way.times(acts, level, rng)
        fresh = zip(times, queue, strict=False)
        opened += [Opening(agent, record, t, f"taken-{agent}-{number}-{t}") for t, record in fresh]
    events = tuple(sorted((e for one in opened for e in way.events(one)), key=lambda event: event.time))
    worth = sum(value[one.record] + 1 for one in opened)
    return Taking(agent, level, opened[0].t, opened[-1].t, worth, len(opened), events)
