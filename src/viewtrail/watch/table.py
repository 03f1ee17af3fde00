"""What is usual for everybody on one clock, fixed when their last day closed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from viewtrail.event import ROLES
from viewtrail.measure.baseline import Baselines, Usual
from viewtrail.patterns.scorer import NOTICE, PLAIN, Calibration, Scorer

STEPS: Final = (1.0, 1.4, 2.0, 3.0, 5.0, 10.0)
"""Multiples of a signal's floor at which it is asked beforehand whether the line would be crossed."""


@dataclass(slots=True)
class Table:
    """The usual of each agent, from `valid_from` (µs) until the next one."""

    valid_from: int
    usual: Usual
    place: Mapping[str, int]
    calibration: Calibration
    live: list[int]
    self_made: Mapping[str, float]
    roles: Sequence[str]
    scorer: Scorer
    floor: list[list[float]] | None = None

    @property
    def least(self) -> list[list[float]]:
        """For each row and signal the count below which the line is surely not crossed; made when asked for.

        Tables of days that are computed again only to be compared are never asked.
        """
        if self.floor is None:
            self.floor = _least(self.usual, self.roles, self.scorer, self.calibration)
        return self.floor

    def scores_like(self, other: Table) -> bool:
        """Whether live signals are scored alike by both: same rates, shapes, tails and lines."""
        if self is other:
            return True
        live = self.live
        return (
            self.place == other.place
            and self.calibration is other.calibration
            and self.self_made == other.self_made
            and np.array_equal(self.usual.rate[:, live], other.usual.rate[:, live])
            and np.array_equal(self.usual.own[:, live], other.usual.own[:, live])
            and np.array_equal(self.usual.k[:, live], other.usual.k[:, live])
        )

    def row(self, agent: str, role: str) -> int:
        """The row of an agent; of somebody not met before that day, the row of a newcomer in that role."""
        found = self.place.get(agent)
        return self.place[newcomer(role)] if found is None else found

    def usual_of(self, row: int, place: int) -> Usual:
        """The distribution of one row for one signal, as 1 x 1 matrices."""
        cut = np.ix_([row], [place])
        return Usual(self.usual.rate[cut], self.usual.own[cut], self.usual.k[cut])


def newcomer(role: str) -> str:
    """The name under which a table keeps what is usual for somebody new in that role."""
    return f"\x00{role}"


def table(
    valid_from: int,
    agents: Sequence[str],
    roles: Sequence[str],
    baselines: Baselines,
    scorer: Scorer,
    calibration: Calibration,
    self_made: Mapping[str, float],
) -> Table:
    """The table that `baselines`, as they are now, give for these agents and for newcomers of each role."""
    agents, roles = [*agents, *map(newcomer, ROLES)], [*roles, *ROLES]
    usual = baselines.usual(agents, roles)
    place = {a: n for n, a in enumerate(agents)}
    return Table(valid_from, usual, place, calibration, scorer.live, self_made, roles, scorer)


def _least(usual: Usual, roles: Sequence[str], scorer: Scorer, calibration: Calibration) -> list[list[float]]:
    """For each agent and signal a count below which no context and no peers can make it cross the line.

    A lower bound from a few steps above the floor, all agents at once, for peers' factor 1 and the largest
    positive context term: the score falls when peers are busy too, so no crossing is missed.
    """
    agents, steps = len(roles), len(STEPS)
    line = {(r, q): scorer.needed(r, q, calibration) for r in sorted(set(roles)) for q in scorer.queues}
    needed = np.array([[line[r, p.queue] for p in scorer.pattern_of] for r in roles])
    spread = usual.rows([row for row in range(agents) for _ in STEPS])
    x = np.ceil(np.tile(np.array(STEPS)[:, None] * scorer.floors, (agents, 1)))
    mu = spread.expected()
    surprise = scorer.surprise(x, spread, mu, scorer.live)
    rarity = scorer.rarity(surprise, [r for r in roles for _ in STEPS], calibration, scorer.live)
    score = scorer.scores(x, mu, rarity, [PLAIN] * len(x)) + NOTICE
    crossed = score.reshape(agents, steps, -1) >= needed[:, None, :]
    first = np.where(crossed.any(axis=1), crossed.argmax(axis=1), steps)
    below = np.ceil(np.array([0.0, *STEPS])[first] * scorer.floors) + 1.0
    found: list[list[float]] = np.maximum(below, scorer.floors).tolist()
    return found
