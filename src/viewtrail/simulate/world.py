"""The running company and its day: what plans may change, the episodes they make, and who is at work."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.random import Generator

from viewtrail.simulate.book import Book
from viewtrail.simulate.company import Company
from viewtrail.simulate.parameters import Range
from viewtrail.simulate.people import People
from viewtrail.simulate.rows import Bools, Floats, Ids, Ints, Rows, Single, stamp
from viewtrail.simulate.touches import Touches

MINUTE: Final = 60_000
HOUR: Final = 3_600_000
PATIENCE: Final = 12
"""Days a plan waits for its agent to be at work before it is dropped."""


@dataclass(slots=True)
class Episode:
    """A theft or an honest day that looks like one, as the truth file tells it."""

    number: int
    kind: str
    honest: bool
    description: str
    agents: list[int] = field(default_factory=list)
    records: list[int] = field(default_factory=list)
    start: int = -1
    end: int = -1
    facts: dict[str, Any] = field(default_factory=dict)

    def saw(self, agent: int, start: int, end: int, records: list[int]) -> None:
        if agent not in self.agents:
            self.agents.append(agent)
        self.records += records
        self.start = start if self.start < 0 else min(self.start, start)
        self.end = max(self.end, end)


class World:
    """Everything that outlives a day."""

    def __init__(self, company: Company, people: People, book: Book, away: Ints) -> None:
        self.company = company
        self.people = people
        self.book = book
        self.away = away  # [person, day]: 0 at work if it is a workday, 1 leave, 2 sick
        self.ids = Ids()
        self.single = Single(self.ids)
        self.agenda: dict[int, list[Callable[[Today], None]]] = defaultdict(list)
        self.episodes: list[Episode] = []
        self.tasks: dict[int, list[tuple[int, int, int]]] = defaultdict(list)  # day -> agent, record, key
        self.outages: list[tuple[int, int]] = []
        self.push: Floats = np.ones(company.days + 1)  # quarter-end factor by day
        self.next_task = 1
        self.reasons: dict[str, int] = defaultdict(int)  # honest openings by cause, for the summary

    def episode(self, kind: str, description: str, *, honest: bool) -> Episode:
        made = Episode(len(self.episodes), kind, honest, description)
        self.episodes.append(made)
        return made

    def on(self, day: int, act: Callable[[Today], None]) -> None:
        """Have `act` done on `day`; days outside the period are dropped."""
        if 0 <= day < self.company.days:
            self.agenda[day].append(act)

    def when_there(self, day: int, agent: int, act: Callable[[Today], None]) -> None:
        """Have `act` done on the first day from `day` on which `agent` is at work, within PATIENCE."""

        def attempt(today: Today) -> None:
            if today.there[agent]:
                act(today)
            elif today.day < day + PATIENCE and self.people.left[agent] > today.day:
                self.on(today.day + 1, attempt)

        self.on(day, attempt)

    def workday(self, agent: int, day: int) -> bool:
        """Whether `agent` is due at work on `day`: employed, no weekend, holiday, leave or sickness."""
        if not 0 <= day < self.company.days:
            return False
        people = self.people
        free = self.company.holiday[people.zone[agent], day] or self.away[agent, day]
        works = people.workdays[agent, self.company.date(day).weekday()]
        return bool(works and not free and people.joined[agent] <= day <= people.left[agent])

    def there(self, day: int) -> Bools:
        people = self.people
        works = people.workdays[:, self.company.date(day).weekday()]
        free = self.company.holiday[people.zone, day] | (self.away[:, day] > 0)
        free[people.names.index("svc-sync")] = False
        return np.asarray(works & ~free & people.employed(day), dtype=np.bool_)


class Today:
    """One behaviour day while it is made."""

    def __init__(self, world: World, day: int, rng: Generator) -> None:
        self.world = world
        self.day = day
        self.rng = rng
        self.there = world.there(day)
        people = world.people
        self.start: Ints = world.company.midnight[people.zone, day] + people.start * MINUTE
        self.end: Ints = self.start + people.length * MINUTE
        self.load: Floats = np.ones(len(people))
        self.remote: Bools = rng.random(len(people)) < people.habits["remote"]
        self.parts: list[Touches] = []
        self.rows: list[Rows] = []
        self.busy: list[tuple[int, int, int]] = []  # agent, from, to: no ordinary work then
        self.earliest = int(world.company.midnight[:, day].min())

    def between(self, bounds: Range) -> float:
        return float(self.rng.uniform(*bounds))

    def count(self, bounds: Range) -> int:
        return int(self.rng.integers(int(bounds[0]), int(bounds[1]) + 1))

    def at_desk(self, desk: int) -> Ints:
        return np.flatnonzero((self.world.people.desk == desk) & self.there)

    def slot(self, agent: int, minutes: float) -> int:
        """A start such that `minutes` of work fit into the agent's day, if they can."""
        room = max(self.end[agent] - self.start[agent] - minutes * MINUTE - 20 * MINUTE, 10 * MINUTE)
        return int(self.start[agent] + 5 * MINUTE + self.rng.random() * room)

    def declare(
        self,
        about: int,
        by: int,
        purpose: str,
        at: int,
        span: tuple[int, int],
        expected: int,
        scope: dict[str, Any],
    ) -> None:
        """Somebody with authority says beforehand what work is coming."""
        names = self.world.people.names
        self.world.single.tell(
            "/crm",
            "work.declared",
            max(at, self.earliest),
            names[about],
            agent=names[by],
            declared_by=names[by],
            purpose=purpose,
            from_=stamp(span[0]),
            to_=stamp(span[1]),
            scope=scope,
            records_expected=expected,
        )
