"""What is usual for an agent: own history shrunk to the role's, as a predictive distribution for each count.

The model is a gamma-Poisson (negative binomial) with decayed sums per agent and hyper-parameters per role by
moments. Everything here is a matrix: agents down, signals across.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.special import betainc

Matrix = npt.NDArray[np.float64]

RHO: Final = 0.97
"""Decay of an agent's sums by active day: a memory of about 33 active days, seven weeks."""

ROLE_DECAY: Final = 0.985
"""Decay by day of the role's squared residuals: about 67 days."""

LEARN_CAP: Final = 4.0
"""A count above usual + 4 standard deviations + 1 is learned as that: a burst must not teach itself."""

SPREAD_CAP: Final = 5.0
"""The same for the residuals that give the role's dispersion."""

SPREAD_AFTER: Final = 7
"""Days until what a day says of how much an agent varies is learned: an episode is not its own precedent."""

OWN_SPREAD: Final = 10.0
"""Active days that the role's spread weighs against the agent's: who works in bursts has had them before."""

LEAST_USUAL: Final = 0.02
"""No expected count is below this: a first event must not be infinitely surprising."""


@dataclass(frozen=True, slots=True)
class Usual:
    """The predictive distribution at the start of a day: expected count `rate`, shapes `own` and `k`."""

    rate: Matrix
    own: Matrix
    k: Matrix

    def expected(self, factor: Matrix | float = 1.0) -> Matrix:
        """The expected count after the same-day adjustment by peers."""
        return np.maximum(factor * self.rate, LEAST_USUAL)

    def size(self) -> Matrix:
        """The negative binomial's size r: 1/r = 1/k + 1/A + 1/(k A)."""
        return 1.0 / (1.0 / self.k + 1.0 / self.own + 1.0 / (self.k * self.own))

    def variance(self, mu: Matrix) -> Matrix:
        return mu + mu * mu / self.size()

    def tail(self, x: Matrix, mu: Matrix) -> Matrix:
        """P(X >= x), X ~ NB(mean mu, size r): the regularised incomplete beta I_{mu/(mu+r)}(x, r)."""
        r = self.size()
        inside = betainc(np.maximum(x, 1e-9), r, mu / (mu + r))
        return np.where(x <= 0, 1.0, np.clip(inside, 1e-300, 1.0))

    def rows(self, chosen: Sequence[int]) -> Usual:
        return Usual(self.rate[chosen], self.own[chosen], self.k[chosen])

    def columns(self, chosen: Sequence[int]) -> Usual:
        return Usual(self.rate[:, chosen], self.own[:, chosen], self.k[:, chosen])


class Baselines:
    """Decayed sums of every agent and role; scored against before they learn the day."""

    def __init__(self, signals: int) -> None:
        self.signals = signals
        self.row: dict[str, int] = {}
        self.sums: Matrix = np.zeros((0, signals))
        self.days: Matrix = np.zeros(0)
        self.roles: list[str] = []
        self.seen: list[int] = []
        self.squares: dict[str, Matrix] = {}
        self.excess: dict[str, Matrix] = {}
        self.decayed: dict[str, date] = {}
        self.own_squares: Matrix = np.zeros((0, signals))
        self.own_excess: Matrix = np.zeros((0, signals))
        self.waiting: list[tuple[date, list[int], Matrix, Matrix]] = []
        "Day, rows, squared expectations and residuals that are not yet part of the own spread."

    def copy(self) -> Baselines:
        """An independent copy, for computing a day again."""
        twin = Baselines(self.signals)
        twin.row, twin.roles, twin.seen = dict(self.row), list(self.roles), list(self.seen)
        twin.decayed = dict(self.decayed)
        twin.sums, twin.days = self.sums.copy(), self.days.copy()
        twin.own_squares, twin.own_excess = self.own_squares.copy(), self.own_excess.copy()
        twin.waiting = list(self.waiting)
        twin.squares = {role: sums.copy() for role, sums in self.squares.items()}
        twin.excess = {role: sums.copy() for role, sums in self.excess.items()}
        return twin

    def rows(self, agents: Sequence[str], roles: Sequence[str]) -> list[int]:
        """The rows of these agents, made where new; an agent whose role changed keeps the own sums."""
        new = [agent for agent in agents if agent not in self.row]
        if new:
            for agent in new:
                self.row[agent] = len(self.row)
            more = np.zeros((len(new), self.signals))
            self.sums = np.vstack([self.sums, more])
            self.own_squares = np.vstack([self.own_squares, more])
            self.own_excess = np.vstack([self.own_excess, more])
            self.days = np.concatenate([self.days, np.zeros(len(new))])
            self.roles += [""] * len(new)
            self.seen += [0] * len(new)
        found = [self.row[agent] for agent in agents]
        for row, role in zip(found, roles, strict=True):
            self.roles[row] = role
        return found

    def usual(self, agents: Sequence[str], roles: Sequence[str], *, own_spread: bool = True) -> Usual:
        """What is usual for each agent (rows) and signal (columns), from what was learned so far.

        Without `own_spread` all agents of a role are taken to vary alike from day to day.
        """
        shape = (len(agents), self.signals)
        known = [self.row.get(agent, -1) for agent in agents]
        sums = np.where(np.array(known)[:, None] >= 0, self._padded(self.sums)[known], 0.0)
        days = np.where(np.array(known) >= 0, self._padded(self.days)[known], 0.0)
        rate, own, k = np.empty(shape), np.empty(shape), np.empty(shape)
        for role in sorted(set(roles)):
            theta, spread, alpha = self.of_role(role)
            here = [place for place, name in enumerate(roles) if name == role]
            c = 1.0 / (1.0 + theta / spread)
            own[here] = alpha + c * sums[here]
            rate[here] = own[here] / (alpha / theta + c * days[here, None])
            k[here] = spread
        return Usual(rate, own, self._own_spread(known, rate, k) if own_spread else k)

    def _own_spread(self, known: Sequence[int], rate: Matrix, k: Matrix) -> Matrix:
        """The role's day-to-day shape, wider for an agent whose own days have varied more; never narrower.

        1/k is the relative variance between days, so that the agent's own squared residuals over own squared
        expectations are an estimate of it, shrunk to the role's.
        """
        role, prior = 1.0 / k, OWN_SPREAD * np.maximum(rate, LEAST_USUAL) ** 2
        squares, excess = self._padded(self.own_squares)[known], self._padded(self.own_excess)[known]
        own = (np.maximum(excess, 0.0) + role * prior) / (squares + prior)
        found: Matrix = np.clip(1.0 / np.maximum(own, role), 0.15, 50.0)
        return found

    @staticmethod
    def _padded(values: Matrix) -> Matrix:
        """With a row of zeros at the end, which index -1 names: an agent of whom nothing is learned."""
        return np.concatenate([values, np.zeros((1, *values.shape[1:]))])

    def of_role(self, role: str) -> tuple[Matrix, Matrix, Matrix]:
        """(theta, k, alpha): the role's mean count a day, its day-to-day shape, its between-agent shape."""
        members = [row for row, name in enumerate(self.roles) if name == role]
        sums, days = self.sums[members], self.days[members]
        theta = (sums.sum(axis=0) + 0.05) / (days.sum() + 0.5)
        zero = np.zeros(self.signals)
        squares, excess = self.squares.get(role, zero), self.excess.get(role, zero)
        k = np.clip(np.where(excess > 0, squares / np.where(excess > 0, excess, 1.0), 50.0), 0.15, 50.0)
        known = days > 3
        if known.sum() <= 5:
            return theta, k, np.ones(self.signals)
        means = sums[known] / days[known, None]
        between = means.var(axis=0) - (theta + theta * theta / k) * float((1.0 / days[known]).mean())
        alpha = np.clip(theta**2 / np.maximum(between, 0.02 * theta**2), 0.3, 20.0)
        return theta, k, alpha

    def learn(
        self, agents: Sequence[str], roles: Sequence[str], x: Matrix, usual: Usual, mu: Matrix, day: date
    ) -> None:
        """Take in one closed day: counts `x` of the active agents, judged by `usual` and `mu` as scored.

        A role's residuals decay once a date, on however many clocks its agents live.
        """
        rows = self.rows(agents, roles)
        room = np.sqrt(usual.variance(mu))
        self.sums[rows] = RHO * self.sums[rows] + np.minimum(x, mu + LEARN_CAP * room + 1.0)
        self.days[rows] = RHO * self.days[rows] + 1.0
        for row in rows:
            self.seen[row] += 1
        capped = np.minimum(x, mu + SPREAD_CAP * room + 1.0)
        self.waiting.append((day, rows, mu**2, (capped - mu) ** 2 - mu))
        self._learn_spread(day)
        for role in sorted(set(roles)):
            here = [place for place, name in enumerate(roles) if name == role]
            zero = np.zeros(self.signals)
            decay = ROLE_DECAY if day > self.decayed.get(role, date.min) else 1.0
            self.decayed[role] = max(day, self.decayed.get(role, date.min))
            self.squares[role] = decay * self.squares.get(role, zero) + (mu[here] ** 2).sum(axis=0)
            gained = ((capped[here] - mu[here]) ** 2 - mu[here]).sum(axis=0)
            self.excess[role] = decay * self.excess.get(role, zero) + gained

    def _learn_spread(self, today: date) -> None:
        """What the days of a week ago say of how much their agents vary."""
        ripe = [one for one in self.waiting if (today - one[0]).days >= SPREAD_AFTER]
        if ripe:
            self.waiting = [one for one in self.waiting if (today - one[0]).days < SPREAD_AFTER]
        for _, rows, squares, excess in ripe:
            self.own_squares[rows] = RHO * self.own_squares[rows] + squares
            self.own_excess[rows] = RHO * self.own_excess[rows] + excess

    def days_known(self, agent: str) -> int:
        """Active days learned so far for this agent."""
        row = self.row.get(agent)
        return 0 if row is None else self.seen[row]
