"""One method over several companies: recall, realised rates, and the line that hindsight would draw."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

import numpy as np

from viewtrail.evaluate.baselines import Compared, Told
from viewtrail.evaluate.interval import of_share
from viewtrail.evaluate.pooled import Rate, Share
from viewtrail.evaluate.score import ONCE_IN
from viewtrail.evaluate.truth import OWN_BOOK

Spoke = Callable[[Told], bool]


def at(budget: float) -> Spoke:
    """What was told at that budget with the line from the past."""
    return lambda told: told.over <= budget


def above(least: Mapping[str, float]) -> Spoke:
    """What lies above one line a queue, over all companies."""
    return lambda told: told.score > least[told.queue]


def recall(found: Sequence[Compared], spoke: Spoke, *, own: bool) -> Share:
    """The share of thefts that were told of: those from the own book, or all others."""
    parts = []
    for one in found:
        asked = {number for number, kind in one.thefts.items() if (kind == OWN_BOOK) is own}
        hit = {number for told in one.told if spoke(told) for number in told.thefts}
        parts.append((len(asked & hit), len(asked)))
    bounds = of_share(parts, np.random.default_rng(0))
    return Share(sum(hits for hits, _ in parts), sum(many for _, many in parts), bounds)


def rate(found: Sequence[Compared], spoke: Spoke, queue: str) -> Rate:
    """False alerts of a queue for each 1,000 honest agent-days; once a person in seven days."""
    false = sum(_once(told for told in one.told if told.queue == queue and spoke(told)) for one in found)
    return Rate(false, sum(one.days for one in found))


def _once(told: Iterable[Told]) -> int:
    last: dict[str, int] = {}
    many = 0
    for one in sorted(told, key=lambda each: each.at):
        if not one.thefts and one.at - last.get(one.agent, -ONCE_IN - 1) > ONCE_IN:
            last[one.agent] = one.at
            many += 1
    return many


def hindsight(found: Sequence[Compared], queues: Iterable[str], budget: float) -> dict[str, float]:
    """The lowest line of each queue that gives no more false alerts than the budget, thefts being known.

    Compares how methods rank, whatever their lines; nobody has such a line beforehand.
    """
    return {queue: _lowest(found, queue, budget) for queue in queues}


def _lowest(found: Sequence[Compared], queue: str, budget: float) -> float:
    scores = [*sorted(set(_honest(found, queue)), reverse=True), -np.inf]
    low, high = 0, len(scores)
    while low < high:  # the first place whose score, as a line, lets too many through
        middle = (low + high) // 2
        if rate(found, above({queue: scores[middle]}), queue).each_1000 > budget:
            high = middle
        else:
            low = middle + 1
    return scores[low - 1]


def _honest(found: Sequence[Compared], queue: str) -> Iterator[float]:
    for one in found:
        yield from (told.score for told in one.told if told.queue == queue and not told.thefts)
