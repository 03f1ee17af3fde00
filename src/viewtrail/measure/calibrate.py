"""From a model's tail to how rare a value really was here: empirical body, exponential tail, shared slope."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

import numpy as np
from scipy.special import bdtrc

from viewtrail.measure.baseline import Matrix
from viewtrail.measure.peers import SHARED_BY, TOO_MANY

BODY: Final = 0.97
"""Quantile up to which ranks are trusted; above it too few days are left to count."""

PRIOR_DAYS: Final = 200.0
"""Agent-days that the prior (a well-specified model) weighs in the body of a role with little history."""

PRIOR_TAIL: Final = 10.0
"""Exceedances that the slope of all roles weighs against the role's own."""

SLOPE: Final = 0.6
"""Prior mean excess of -log10 p above the body: 0.434 for a perfect model; real ones are wider."""

LEAST_SLOPE: Final = 0.15

GRID: Final = 64


@dataclass(frozen=True, slots=True)
class Tail:
    """Calibrated rarity of a value u (larger is rarer): P(U >= u) by grid up to `edge`, exponential above.

    `beyond` is -log10 P(U > edge): on counts that are mostly zero it is far above that of the edge itself.
    `known` is how many exceedances the slope is known from: the tail is the predictive one, an exponential
    whose mean is itself uncertain (Lomax), so that a role of few people never claims one in a billion.
    """

    values: Matrix
    surprise: Matrix
    edge: float
    beyond: float
    slope: float
    known: float

    def surprise_of(self, u: Matrix) -> Matrix:
        """-log10 P(U >= u), rounded so that a comparison is the same on every machine."""
        body = np.interp(u, self.values, self.surprise)
        excess = np.maximum(u - self.edge, 0.0)
        above = self.beyond + self.known * np.log10(1.0 + excess / (self.slope * self.known))
        found: Matrix = np.round(np.where(u <= self.edge, body, above), 9).astype(np.float64)
        return found

    def value_at(self, surprise: float) -> float:
        """The value that is as rare as that; the edge where everything above it is rarer."""
        if surprise <= self.beyond:
            return self.edge
        more = float(10.0 ** ((surprise - self.beyond) / self.known)) - 1.0
        return round(self.edge + self.slope * self.known * more, 9)


def tails(samples: Sequence[Matrix], prior: Matrix, *, censored: bool = False) -> list[Tail]:
    """A tail for each role's sample, slopes shrunk to all roles'; `prior` is what a perfect model would show.

    A role with n agent-days is mixed with `prior` at weight PRIOR_DAYS : n, so an empty role answers like
    the model and a long history answers for itself. With `censored`, how far out the far ones lie does not
    count (`CENSORED`): two bursts in eight weeks must not make the third one usual for everybody.
    """
    mixed = [_mixed(sample, prior) for sample in samples]
    edges = [_quantile(values, weights, BODY) for values, weights in mixed]
    over = [sample[sample > edge] - edge for sample, edge in zip(samples, edges, strict=True)]
    pooled = np.concatenate([*over, np.empty(0)])
    mean = _censored_slope if censored else _slope
    shared = mean(pooled, SLOPE, PRIOR_TAIL)
    found = []
    for (values, weights), edge, excess in zip(mixed, edges, over, strict=True):
        slope = mean(excess, shared, PRIOR_TAIL)
        found.append(_tail(values, weights, edge, max(slope, LEAST_SLOPE), len(excess) + PRIOR_TAIL))
    return found


EPISODE: Final = 7
"""Days within which an agent's high days are one episode: people look once."""

QUEUE_SLOPE: Final = 0.88
"""Mean excess of an episode's score before anything is known, and the most it is ever taken to be: 0.434 for
rarity alone, and what is rare is mostly large, too. Chosen on simulated companies, so that the realised rate
stays near the budget. What lies far out may be thefts: they never widen it. Two logs of a real bank show 0.63
and 0.65 on all days, and a company as quiet as that comes near them in a few months."""

QUEUE_PRIOR: Final = 30.0
"""Episodes that it weighs: what some thirty people show in eight weeks."""

ROLE_PRIOR: Final = 200.0
"""Episodes that all roles' slope weighs against the role's own."""

CENSORED: Final = 2.0
"""Slopes above the edge beyond which an episode counts as far out, not how far: a theft is no measure."""

Scored = tuple[date, str, float]
"""A day, an agent, a score."""


def episode_tails(samples: Sequence[Sequence[Scored]], prior: Matrix) -> list[Tail]:
    """Tails of scores by role: bodies from all days, what is above the edge from the highest of each episode.

    Alerts are given by episode, so rates are those of episodes. Exceedances are independent then, as the
    exponential tail's likelihood wants (declustering; Coles, 2001, chapter 5), and the largest of them are
    censored, since whatever was found stands among them.
    """
    parts = []
    for told in samples:
        sample = _one_for_each_cause(told)
        scores = np.array([score for _, _, score in sample])
        values, weights = _mixed(scores, prior)
        edge = _quantile(values, weights, BODY)
        excess = np.array([highest - edge for highest in _episodes(sample, edge)])
        parts.append((values, weights, edge, excess, scores))
    pooled = np.concatenate([*(part[3] for part in parts), np.empty(0)])
    shared = min(_censored_slope(pooled, QUEUE_SLOPE, QUEUE_PRIOR), QUEUE_SLOPE)
    found = []
    for values, weights, edge, excess, scores in parts:
        slope = min(max(_censored_slope(excess, shared, ROLE_PRIOR), LEAST_SLOPE), QUEUE_SLOPE)
        plain = _tail(values, weights, edge, slope, len(excess) + ROLE_PRIOR)
        model = weights[values > edge].sum() - (scores > edge).sum()
        beyond = -float(np.log10(max((len(excess) + max(model, 0.0)) / weights.sum(), 1e-6)))
        found.append(replace(plain, beyond=max(beyond, float(plain.surprise[-1]))))
    return found


def _one_for_each_cause(sample: Sequence[Scored]) -> Sequence[Scored]:
    """The scores; of a day on which far more people than usual were high, the middle one of the high ones.

    A merger, an import or an outage is one event, however many people it reaches: counted by people it would
    be the only thing that the far tail knows of, and for eight weeks no theft would be as rare.
    """
    if not sample:
        return sample
    edge = float(np.quantile(np.array([score for _, _, score in sample]), BODY, method="lower"))
    days: dict[date, list[Scored]] = {}
    for one in sample:
        days.setdefault(one[0], []).append(one)
    found: list[Scored] = []
    for people in days.values():
        high = sorted((one for one in people if one[2] > edge), key=lambda one: one[2])
        chance = float(bdtrc(len(high) - 1, len(people), 1.0 - BODY)) if high else 1.0
        if len(high) >= SHARED_BY and chance < TOO_MANY:
            found += [one for one in people if one[2] <= edge]
            found.append(high[(len(high) - 1) // 2])
        else:
            found += people
    return found


def _episodes(sample: Sequence[Scored], edge: float) -> list[float]:
    """The highest score of each agent's episodes above `edge`."""
    current: dict[str, tuple[date, int]] = {}
    highest: list[float] = []
    for day, agent, score in sorted(one for one in sample if one[2] > edge):
        began = current.get(agent)
        if began is not None and (day - began[0]).days < EPISODE:
            highest[began[1]] = max(highest[began[1]], score)
        else:
            current[agent] = (day, len(highest))
            highest.append(score)
    return highest


def _slope(excess: Matrix, prior: float, weight: float) -> float:
    """Mean of an exponential, shrunk to `prior`."""
    return float((excess.sum() + weight * prior) / (len(excess) + weight))


def _censored_slope(excess: Matrix, prior: float, weight: float) -> float:
    """Mean of an exponential, what lies beyond CENSORED means taken as just beyond; shrunk to `prior`."""
    slope = prior
    for _ in range(40):
        cut = CENSORED * slope
        below = excess[excess < cut]
        summed = float(below.sum()) + cut * (len(excess) - len(below))
        again = (summed + weight * prior) / (len(below) + weight)
        if abs(again - slope) < 1e-9:
            break
        slope = again
    return slope


def _mixed(sample: Matrix, prior: Matrix) -> tuple[Matrix, Matrix]:
    values = np.concatenate([sample, prior])
    weight = PRIOR_DAYS * PRIOR_DAYS / (PRIOR_DAYS + len(sample)) / max(len(prior), 1)
    weights = np.concatenate([np.ones(len(sample)), np.full(len(prior), weight)])
    order = np.argsort(values, kind="stable")
    return values[order], weights[order]


def _quantile(values: Matrix, weights: Matrix, q: float) -> float:
    reached = np.cumsum(weights) / weights.sum()
    return float(values[min(int(np.searchsorted(reached, q)), len(values) - 1)])


def _tail(values: Matrix, weights: Matrix, edge: float, slope: float, known: float) -> Tail:
    """Thin the ranks below the edge to a grid; P(U >= edge) is what is really seen there."""
    total = weights.sum()
    at_least = np.concatenate([[total], total - np.cumsum(weights)[:-1]]) / total
    unique, first = np.unique(values, return_index=True)
    keep = unique <= edge
    points, chance = unique[keep], at_least[first][keep]
    if len(points) > GRID:
        chosen = np.unique(np.linspace(0, len(points) - 1, GRID).astype(int))
        points, chance = points[chosen], chance[chosen]
    over = max(float(weights[values > edge].sum() / total), 1e-6)
    return Tail(points, -np.log10(np.maximum(chance, 1e-12)), edge, -float(np.log10(over)), slope, known)
