"""What closed days taught: what is usual for everybody, and the past weeks' rows that draw the line."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date

from viewtrail.measure.agent_day import SELF_MADE_LEAST, SELF_MADE_TIMES, AgentDay
from viewtrail.measure.baseline import RHO, Baselines
from viewtrail.measure.look_back import PastDay
from viewtrail.measure.own_book import ByValue
from viewtrail.measure.rare_days import Week
from viewtrail.measure.runs import Run
from viewtrail.patterns.scorer import Calibration, Row
from viewtrail.watch.beyond_days import RunKey


@dataclass(slots=True)
class Learned:
    """What closed days taught: baselines, the past weeks' rows, the calibration made of them."""

    baselines: Baselines
    rows: dict[date, list[Row]]
    calibration: Calibration
    calibrated_on: date | None = None
    self_made: dict[str, tuple[float, float]] = field(default_factory=dict)
    "Agent -> decayed (records opened for reasons of the own making, active days)."
    runs: dict[RunKey, Run] = field(default_factory=dict)
    books: dict[str, ByValue] = field(default_factory=dict)
    "Agent -> decayed openings of own clients that nothing came of, by value band."
    weeks: dict[RunKey, Week] = field(default_factory=dict)
    "Agent and count -> the rare days of late that nothing told of."
    past: dict[str, tuple[PastDay, ...]] = field(default_factory=dict)
    "Agent -> the closed days, oldest first, for whoever asks about them later."
    lists: tuple[float, float] = (0.0, 0.0)
    "Answered and short calls on lists, decayed."

    def copy(self) -> Learned:
        rows, self_made = dict(self.rows), dict(self.self_made)
        return Learned(
            self.baselines.copy(),
            rows,
            self.calibration,
            self.calibrated_on,
            self_made,
            dict(self.runs),
            dict(self.books),
            dict(self.weeks),
            dict(self.past),
            self.lists,
        )

    def usual_self_made(self) -> dict[str, float]:
        """Self-made reasons an active day, by agent."""
        return {agent: made / days for agent, (made, days) in self.self_made.items()}

    def with_self_made(self, day: AgentDay) -> tuple[float, float]:
        """The sums with one more day, winsorised: one day of many does not make many usual."""
        made, days = self.self_made.get(day.person.agent, (0.0, 0.0))
        most = SELF_MADE_LEAST + SELF_MADE_TIMES * day.usual_self_made
        return RHO * made + min(float(len(day.asked_self_made)), most), RHO * days + 1.0

    def with_rare_days(self, weeks: Mapping[RunKey, Week], told: Collection[str]) -> None:
        """Take in today's rare days; of whom a finding tells them, they begin anew."""
        self.weeks.update({key: () if key[0] in told else week for key, week in weeks.items()})

    def busiest(self, agent: str, column: int) -> int | None:
        """The agent's own highest count of that signal in the past weeks, on days of which nothing stands."""
        days = (row for rows in self.rows.values() for row in rows if row.agent == agent and not row.stands)
        found = [row.counts[column] for row in days]
        return int(max(found)) if found else None
