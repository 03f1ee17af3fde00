"""One behaviour day on one clock: its agents' days and the lines they crossed, kept to be taken again."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from viewtrail.finding import Finding, Left
from viewtrail.measure.agent_day import AgentDay
from viewtrail.measure.clocks import Clock
from viewtrail.measure.counts import Mark
from viewtrail.measure.lists import Hours, Lists
from viewtrail.measure.rings import Part
from viewtrail.patterns.base import Limit, Pattern, Signal
from viewtrail.patterns.scorer import Context
from viewtrail.watch.ledger import Settled
from viewtrail.watch.ripe import Ripe
from viewtrail.watch.table import Table


@dataclass(frozen=True, slots=True)
class Crossing:
    """A line crossed by one agent's day: the signal or limit, how many, what was usual, how rare."""

    pattern: Pattern
    signal: Signal
    mark: Mark
    tier: str
    x: int
    mu: float
    rate: float
    factor: float
    score: float
    unlikely: float
    parts: tuple[tuple[str, float, str], ...]
    limit: Limit | None = None
    marks: tuple[Mark, ...] = ()
    "What the count is made of, where the day's own marks do not say it."


class Basis(NamedTuple):
    """What an agent-day was when it closed: closing it again on the same comes to the same."""

    ripe: Ripe
    state: str
    learning: bool
    role: str
    desk: str | None
    context: Context
    calls: int


@dataclass(slots=True)
class ZoneDay:
    """All agent-days between the same two cuts.

    `table` is what was usual when the day began; `next_table` takes its place when the day before has closed.
    `claims` are the findings that its live crossings made, `settled` what its close said of them, `left` what
    looked alike and was left alone. `touched` are the records opened or revealed: a fact about one of them
    that comes late makes the day dirty: its marks are taken again. `doubted` are those opened for no reason
    known then: what becomes known after the day matters to them alone, and makes the day stale: it is closed
    again.
    """

    clock: Clock
    day: date
    start: int
    end: int
    table: Table
    next_table: Table | None = None
    first_table: Table = field(init=False)
    agents: dict[str, AgentDay] = field(default_factory=dict)
    touched: set[str] = field(default_factory=set)
    doubted: set[str] = field(default_factory=set)
    open: bool = True
    dirty: bool = False
    stale: bool = False
    least: dict[tuple[str, str], float] = field(default_factory=dict)
    bars: dict[tuple[str, str], tuple[float, float]] = field(default_factory=dict)
    "Agent and count -> the day's and the 40 minutes' count below which no line of theirs can be crossed."
    factors: dict[tuple[str, int, int], float] = field(default_factory=dict)
    stood: dict[tuple[str, str, int], tuple[int, int]] = field(default_factory=dict)
    crossings: dict[tuple[str, str], Crossing] = field(default_factory=dict)
    claims: list[Finding] = field(default_factory=list)
    settled: list[Settled] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)
    basis: dict[str, Basis] = field(default_factory=dict)
    "By agent, what the last close was made of."
    parts: list[Part] = field(default_factory=list)
    "Days with openings that nothing explains, as they may belong to a list that was split."

    def __post_init__(self) -> None:
        self.first_table = self.table

    def table_at(self, t: int) -> Table:
        if self.next_table is not None and t >= self.next_table.valid_from:
            self.table, self.next_table = self.next_table, None
            self.least.clear()
            self.bars.clear()
        return self.table

    def serves(self, now: Table, later: Table | None) -> bool:
        """Whether these tables would have scored the day as it was scored live."""
        used = [self.first_table, self.next_table] if self.next_table is not None else [self.first_table]
        if self.table is not self.first_table:
            used = [self.first_table, self.table]
        wanted = [now] if later is None else [now, later]
        return len(used) == len(wanted) and all(a.scores_like(b) for a, b in zip(used, wanted, strict=True))

    def lists(self, until: int) -> Lists:
        """Short calls by list, as far as `until` shows."""
        return Lists({agent: day.calls for agent, day in self.agents.items() if day.calls}, until)

    def hours(self, until: int, *, out: bool) -> Hours:
        """Short calls by hour, as far as `until` shows."""
        return Hours({agent: day.calls for agent, day in self.agents.items() if day.calls}, until, out=out)

    def fresh(self, table: Table, next_table: Table | None) -> ZoneDay:
        """The same day with nothing counted yet; its marks are still with the old agent-days."""
        again = ZoneDay(self.clock, self.day, self.start, self.end, table, next_table)
        again.touched = self.touched
        again.agents = {agent: day.fresh() for agent, day in self.agents.items()}
        return again
