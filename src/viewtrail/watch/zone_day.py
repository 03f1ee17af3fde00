"""One behaviour day on one clock: its agents' days and the lines they crossed, kept to be taken again."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from viewtrail.finding import Finding, Left
from viewtrail.measure.agent_day import AgentDay
from viewtrail.measure.clocks import Clock
from viewtrail.measure.counts import Mark
from viewtrail.measure.lists import bad_lists
from viewtrail.patterns.base import Limit, Pattern, Signal
from viewtrail.watch.ledger import Settled
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


@dataclass(slots=True)
class ZoneDay:
    """All agent-days between the same two cuts.

    `table` is what was usual when the day began; `next_table` takes its place when the day before has closed.
    `claims` are the findings that its live crossings made, `settled` what its close said of them, `left` what
    looked alike and was left alone. `touched` are the records opened or revealed: a fact about one of them
    that comes late makes the day dirty.
    """

    clock: Clock
    day: date
    start: int
    end: int
    table: Table
    next_table: Table | None = None
    agents: dict[str, AgentDay] = field(default_factory=dict)
    touched: set[str] = field(default_factory=set)
    dirty: bool = False
    least: dict[tuple[str, str], float] = field(default_factory=dict)
    factors: dict[tuple[str, int, int], float] = field(default_factory=dict)
    crossings: dict[tuple[str, str], Crossing] = field(default_factory=dict)
    claims: list[Finding] = field(default_factory=list)
    settled: list[Settled] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)

    def table_at(self, t: int) -> Table:
        if self.next_table is not None and t >= self.next_table.valid_from:
            self.table, self.next_table = self.next_table, None
            self.least.clear()
        return self.table

    def bad_lists(self, agent: str, until: int, *, doubtful: bool) -> frozenset[str]:
        """The lists on which everybody's calls were short, as far as `until` shows; see `lists.bad_lists`."""
        day = self.agents[agent]
        others = [other.calls for name, other in self.agents.items() if name != agent]
        return bad_lists(day.calls, others, until, doubtful=doubtful)

    def fresh(self, table: Table, next_table: Table | None) -> ZoneDay:
        """The same day with nothing counted yet; its marks are still with the old agent-days."""
        again = ZoneDay(self.clock, self.day, self.start, self.end, table, next_table)
        again.touched = self.touched
        again.agents = {agent: day.fresh() for agent, day in self.agents.items()}
        return again
