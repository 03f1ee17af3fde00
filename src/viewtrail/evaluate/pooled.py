"""Several companies' outcomes as one: recall, realised rates, and what a line drawn with hindsight gives."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import median
from typing import Final

import numpy as np

from viewtrail.evaluate.interval import of_count, of_part, of_share
from viewtrail.evaluate.score import False_, Outcome, Taken
from viewtrail.evaluate.truth import OWN_BOOK

QUEUES: Final = ("access", "calls")

Which = Callable[[Taken], bool]


def any_theft(_taken: Taken) -> bool:
    return True


def others_book(taken: Taken) -> bool:
    """Everything but taking from the own book."""
    return taken.theft.kind != OWN_BOOK


def own_book(taken: Taken) -> bool:
    return taken.theft.kind == OWN_BOOK


def told_of(taken: Taken) -> bool:
    """Found: something about it was ever told."""
    return bool(taken.by)


@dataclass(frozen=True, slots=True)
class Share:
    """Hits of a total, with bounds where companies are many enough to draw from."""

    hits: int
    total: int
    bounds: tuple[float, float] | None

    def __str__(self) -> str:
        if not self.total:
            return "none"
        bounds = f" [{self.bounds[0]:.2f}, {self.bounds[1]:.2f}]" if self.bounds else ""
        return f"{self.hits / self.total:.2f}{bounds} ({self.hits} of {self.total})"

    def exact(self) -> Share:
        """The same with the exact bounds of one share, as if every theft were for itself."""
        return replace(self, bounds=of_part(self.hits, self.total))


@dataclass(frozen=True, slots=True)
class Rate:
    """A count for each 1,000 agent-days."""

    count: int
    days: int

    @property
    def each_1000(self) -> float:
        return 1000 * self.count / self.days if self.days else 0.0

    def bounds(self, level: float = 0.95) -> tuple[float, float]:
        low, high = of_count(self.count, level)
        return 1000 * low / max(self.days, 1), 1000 * high / max(self.days, 1)

    def told(self, level: float = 0.95) -> str:
        """The rate with its bounds and the bare count."""
        low, high = self.bounds(level)
        return f"{self.each_1000:.2f} [{low:.2f}, {high:.2f}] ({self.count})"

    def __str__(self) -> str:
        return self.told()


def recall(outcomes: Sequence[Outcome], which: Which = any_theft, hit: Which = told_of) -> Share:
    """The share of thefts after the learning period that were found; a company is drawn as one."""
    parts: dict[str, tuple[int, int]] = {}
    for outcome in outcomes:
        asked = [one for one in outcome.scored() if which(one)]
        hits, of = parts.get(outcome.company, (0, 0))
        parts[outcome.company] = hits + sum(hit(one) for one in asked), of + len(asked)
    bounds = of_share(list(parts.values()), np.random.default_rng(0))
    return Share(sum(a for a, _ in parts.values()), sum(b for _, b in parts.values()), bounds)


def rate(outcomes: Iterable[Outcome], queue: str, which: Callable[[False_], bool] = bool) -> Rate:
    """False alerts of a queue for each 1,000 honest agent-days after the learning period."""
    outcomes = list(outcomes)
    found = sum(which(false) for outcome in outcomes for false in outcome.false_in(queue))
    return Rate(found, sum(outcome.days for outcome in outcomes))


def by_kind(outcomes: Iterable[Outcome], *, early: bool = False) -> Mapping[str, list[Taken]]:
    """Thefts by kind, in order."""
    found: dict[str, list[Taken]] = {}
    for outcome in outcomes:
        for taken in outcome.taken:
            if taken.early is early:
                found.setdefault(taken.theft.kind, []).append(taken)
    return dict(sorted(found.items()))


def middle(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return median(known) if known else None


def groups(outcomes: Iterable[Outcome], queue: str) -> dict[str, Rate]:
    """The rate of each group of people."""
    days: Counter[str] = Counter()
    count: Counter[str] = Counter()
    for outcome in outcomes:
        days.update(outcome.groups)
        count.update(group for false in outcome.false_in(queue) for group in false.groups)
    return {group: Rate(count[group], n) for group, n in sorted(days.items())}


def repeated(outcomes: Iterable[Outcome]) -> Counter[int]:
    """How many honest people had one false alert, how many two, and so on, in either queue."""
    each = Counter(
        (outcome.company, false.alert.agent)
        for outcome in outcomes
        for false in outcome.false
        if not false.early
    )
    return Counter(each.values())


def with_hindsight(wide: Sequence[Outcome], budget: float) -> tuple[Which, bool]:
    """What the line with exactly `budget` false alerts in each queue of all companies together would find.

    From the outcomes of a wider budget, by score: for comparison alone, as nobody has such a line beforehand.
    Plain limits for newcomers, which no budget moves, are always in. False if even the wider budget did not
    give so many false alerts: the line is then the wider one's.
    """
    least = {}
    reached = True
    for queue in QUEUES:
        scores = sorted(
            (f.alert.score for o in wide for f in o.false_in(queue) if f.alert.tier != "limit"), reverse=True
        )
        allowed = int(budget * sum(outcome.days for outcome in wide) / 1000)
        reached &= len(scores) > allowed
        least[queue] = scores[allowed] if len(scores) > allowed else 0.0

    def hit(taken: Taken) -> bool:
        return any(a.tier == "limit" or a.score > least[a.queue] for a in taken.by)

    return hit, reached
