"""Other methods on the very counts that the detector has, each with a line drawn from the past alone.

How each is held to the same rules:
 1. Its counts are those that speak at a day's close in that queue; what the detector does not ask of a day
    (openings where reasons can be seen, reasons where they cannot) is nothing to it either.
 2. A day on which no count reaches its floor is not asked about, whatever the method.
 3. Every seven days it learns, role by role, from the eight weeks that ended a week before, and draws its
    line there: so high that of those days the budget's share lie above.
 4. What lies above from day 56 on is an alert at the day's close, about all that the agent did that day.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from viewtrail.evaluate.noted import Days, Noted
from viewtrail.evaluate.outliers import Model, copod, ecod, isolation_forest
from viewtrail.evaluate.robust import Flags, best, from_own, from_peers
from viewtrail.evaluate.stated import Kinds
from viewtrail.evaluate.truth import Truth
from viewtrail.measure.baseline import Matrix
from viewtrail.patterns.scorer import CALIBRATION_DAYS as WEEKS
from viewtrail.patterns.scorer import CALIBRATION_GAP as GAP

Places = npt.NDArray[np.int64]

OURS: Final = "viewtrail's score at the day's close, the same line"
EVERY: Final = 7
"""Days between two learnings."""

OWN_LINE: Final = 200
"""A role with fewer past agent-days is learned together with the other small ones."""

BODY: Final = 0.97
"""Where the tail begins that is drawn out."""


class Told(NamedTuple):
    """One agent-day that a method could speak of: `over` is the smallest budget at which it did, or inf."""

    queue: str
    agent: str
    at: int
    score: float
    over: float
    thefts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Compared:
    """One method in one company: what it could speak of, among how many honest days and which thefts."""

    company: str
    days: int
    thefts: Mapping[int, str]
    told: tuple[Told, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """One queue's agent-days: counts that speak at a close, which reach their floor, the detector's score."""

    days: Sequence[Noted]
    x: Matrix
    at_floor: Flags
    ours: Matrix


Method = Callable[[Asked], Callable[[Places, Places], tuple[Matrix, Matrix]]]
"""Asked -> (past places, new places) -> the scores of both."""


def _each(score: Callable[[Asked], Matrix]) -> Method:
    """A method whose score of a day needs no learning but what the day itself looks back on."""

    def of(asked: Asked) -> Callable[[Places, Places], tuple[Matrix, Matrix]]:
        found = score(asked)
        return lambda past, new: (found[past], found[new])

    return of


def _learned(fit: Callable[[Matrix], Model]) -> Method:
    def of(asked: Asked) -> Callable[[Places, Places], tuple[Matrix, Matrix]]:
        open_: Flags = np.asarray(asked.at_floor.any(axis=1))

        def both(past: Places, new: Places) -> tuple[Matrix, Matrix]:
            model = fit(asked.x[past])
            before, now = (np.where(open_[at], model(asked.x[at]), -np.inf) for at in (past, new))
            return before, now

        return both

    return of


METHODS: Final[Mapping[str, Method]] = {
    OURS: _each(lambda asked: asked.ours),
    "own robust z": _each(lambda asked: best(from_own(asked.days, asked.x), asked.at_floor)),
    "own x peer robust z": _each(
        lambda asked: best(
            np.minimum(from_own(asked.days, asked.x), from_peers(asked.days, asked.x)), asked.at_floor
        )
    ),
    "ECOD": _learned(ecod),
    "COPOD": _learned(copod),
    "isolation forest": _learned(isolation_forest),
}


def compared(
    truth: Truth,
    of: Days,
    budgets: Sequence[float],
    *,
    floors: bool = True,
    only: Collection[str] = METHODS.keys(),
) -> dict[str, Compared]:
    """Each method on this company's noted days; without `floors` every count may speak, however small."""
    methods = {name: METHODS[name] for name in METHODS if name in only and (floors or name != OURS)}
    kinds = Kinds(truth)
    honest = sum(1 for day in of.days if day.day >= truth.scored_on and kinds.of(day) is not None)
    thefts = {one.number: one.kind for one in truth.thefts() if one.start >= truth.scored_from}
    found = {name: Compared(truth.name, honest, thefts, ()) for name in methods}
    for queue, columns in of.queues.items():
        asked = _asked(of, queue, columns, floors=floors)
        for name, method in methods.items():
            told = tuple(_told(truth, kinds, asked, queue, method, budgets))
            found[name] = replace(found[name], told=found[name].told + told)
    return found


def _asked(of: Days, queue: str, columns: Sequence[int], *, floors: bool) -> Asked:
    here = list(columns)
    counts = np.array([day.counts[here] for day in of.days]).reshape(len(of.days), len(here))
    asked = np.array([day.asked[here] for day in of.days], dtype=bool).reshape(counts.shape)
    least = np.array([float(of.signals[place].floor) if floors else 0.0 for place in here])
    x = np.where(asked, counts, 0.0)
    ours = np.array([day.score.get(queue, -np.inf) for day in of.days])
    return Asked(of.days, x, (x >= least) & asked, ours)


def _told(
    truth: Truth, kinds: Kinds, asked: Asked, queue: str, method: Method, budgets: Sequence[float]
) -> Iterator[Told]:
    scored = method(asked)
    for past, new in _weeks(truth, asked.days):
        before, now = scored(past, new)
        lines = {budget: line(before, budget) for budget in budgets}
        for place, score in zip(new.tolist(), now.tolist(), strict=True):
            if score > -np.inf:
                day = asked.days[place]
                over = min((b for b, least in lines.items() if score > least), default=float("inf"))
                stolen = tuple(
                    one.number
                    for one in kinds.thefts.get(day.agent, ())
                    if one.touched(day.agent, day.first, day.last)
                )
                yield Told(queue, day.agent, day.last, score, over, stolen)


def _weeks(truth: Truth, days: Sequence[Noted]) -> Iterator[tuple[Places, Places]]:
    """(what was past, what is new) role by role and week by week, from the end of calibration on."""
    day = np.array([one.day.toordinal() for one in days])
    roles = np.array([one.role for one in days])
    start = truth.scored_on
    while start < truth.start + timedelta(days=truth.days):
        first = start.toordinal()
        past = (day >= first - WEEKS - GAP) & (day < first - GAP)
        new = (day >= first) & (day < first + EVERY)
        many = Counter(roles[past].tolist())
        small = [role for role in sorted(set(roles.tolist())) if many[role] < OWN_LINE]
        for group in [[role] for role in sorted(many) if role not in small] + [small]:
            here = np.isin(roles, group)
            if (new & here).any() and (past & here).any():
                yield np.flatnonzero(past & here), np.flatnonzero(new & here)
        start += timedelta(days=EVERY)


def line(past: Matrix, budget: float) -> float:
    """The score that `budget` in 1,000 of the past days lie above; the tail drawn out where none would."""
    n, share = len(past), budget / 1000.0
    above = int(n * share)
    if above:
        return float(np.sort(past)[n - 1 - above])
    tail = np.sort(past[np.isfinite(past)])[-max(int((1.0 - BODY) * n), 2) :]
    if len(tail) < 2:
        return float(tail[-1]) if len(tail) else -np.inf
    reach = float((tail - tail[0]).mean()) * float(np.log(len(tail) / (n * share)))
    return float(tail[0]) + max(reach, 0.0)
