"""The one scorer: how rare each count is here, what is at stake, and where the budget draws the line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

import numpy as np

from viewtrail.measure.baseline import Matrix, Usual
from viewtrail.measure.calibrate import EPISODE, Scored, Tail, episode_tails, tails
from viewtrail.measure.pace import Stated, pace
from viewtrail.patterns.base import OWN_BOOK, OWN_REASON, UNACCOUNTED, Pattern, Signal

STEEP: Final = 4.0
"""Beyond one in 10,000 a model's tail says nothing more; rank by what is at stake instead."""

NOTICE: Final = 1.0
"""Added in a known notice period (not for calls)."""

QUARTER_END: Final = -1.2
"""For managers around month and quarter end, for views of their own desk only."""

BACK_FROM_LEAVE: Final = -0.5
BACK_FROM_LONG: Final = -1.0
"""The first working day after leave; after a long one the work of that week has waited for it."""

NEW_HIRE: Final = -0.4

WORKED_ON: Final = -1.5
"""At most so much where the records opened without a reason were changed: a clean-up, done by hand."""

WITHOUT_REASON: Final = ("unexplained", UNACCOUNTED, "resting", OWN_REASON)
"""How the names of the counts begin that this is said of."""

WORKED_SHARE: Final = 0.3
"""The share of them from which the whole of it counts; below, in proportion."""

CALIBRATION_DAYS: Final = 56
CALIBRATION_GAP: Final = 7
"""Calibrate on eight weeks that ended a week ago: an episode is not compared with its own beginning."""

ROUND: Final = 9
"""Every deciding number is rounded to 1e-9 before it is compared: the same answer on every machine."""


@dataclass(frozen=True, slots=True)
class Context:
    """What raises or lowers an agent-day's rank; it never makes a finding on its own."""

    notice: bool = False
    quarter_end_own_desk: bool = False
    back_from_leave: bool = False
    long_away: bool = False
    new_hire: bool = False
    worked_on: float = 0.0
    "The share of the records opened without a reason that the agent then changed."

    def terms(self, signal: Signal) -> list[tuple[str, float, str]]:
        """(name, amount, who may see it) of each term that applies."""
        found = []
        if self.notice and signal.notice:
            found.append(("notice period", NOTICE, "hr"))
        if self.quarter_end_own_desk:
            found.append(("month or quarter end, own desk", QUARTER_END, "none"))
        if self.back_from_leave:
            amount = BACK_FROM_LONG if self.long_away else BACK_FROM_LEAVE
            found.append(("first day back from leave", amount, "hr"))
        if self.new_hire:
            found.append(("first 30 days", NEW_HIRE, "hr"))
        for_weeks = signal.count == OWN_REASON and signal.scale == "run"  # a clean-up comes to an end
        if self.worked_on and signal.count.startswith(WITHOUT_REASON) and not for_weeks:
            amount = WORKED_ON * min(self.worked_on / WORKED_SHARE, 1.0)
            found.append(("many of the records were changed", amount, "none"))
        return found

    def amount(self, signal: Signal) -> float:
        return sum(term[1] for term in self.terms(signal))


PLAIN: Final = Context()


@dataclass(frozen=True, slots=True)
class Weighed:
    """A score and the (factor, amount, who may see it) that sum to it."""

    score: float
    parts: tuple[tuple[str, float, str], ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One agent-day as calibration remembers it; the first days of an agent are not yet `settled`."""

    agent: str
    role: str
    settled: bool
    counts: Matrix
    surprise: Matrix
    scores: Mapping[str, float]
    day: date = date.min
    stands: bool = False
    "Whether something was found that day and stands: it says nothing of what is usual."
    stated: Mapping[str, float] = field(default_factory=dict)
    "By queue, -log10 of how rare the day was said to be when it closed; empty before the first calibration."


@dataclass(slots=True)
class Calibration:
    """The tails learned from past agent-days: one for each role and signal, one for each role and queue."""

    signals: dict[tuple[str, int], Tail] = field(default_factory=dict)
    queues: dict[tuple[str, str], Tail] = field(default_factory=dict)
    days: dict[str, int] = field(default_factory=dict)
    paces: dict[str, float] = field(default_factory=dict)
    "By queue, what is added to a stated rarity since stated ones were really seen more or less often."


class Scorer:
    """Signals in one order, their calibration, and the line that the budget draws."""

    def __init__(self, patterns: Sequence[Pattern], budgets: Mapping[str, float]) -> None:
        self.patterns = tuple(patterns)
        self.pattern_of: list[Pattern] = [p for p in patterns for _ in p.signals]
        self.signals: list[Signal] = [s for p in patterns for s in p.signals]
        self.queues = sorted({pattern.queue for pattern in patterns})
        self.place = {signal.name: number for number, signal in enumerate(self.signals)}
        self.runs = [number for number, signal in enumerate(self.signals) if signal.scale == "run"]
        self.weeks = [number for number, signal in enumerate(self.signals) if signal.scale == "week"]
        self.own_book = [number for number, signal in enumerate(self.signals) if signal.count == OWN_BOOK]
        self.floors = np.array([float(s.floor) for s in self.signals])
        self.seldom = np.array([signal.seldom for signal in self.signals])
        self.plain = [number for number, signal in enumerate(self.signals) if not signal.special]
        self.live = [number for number, signal in enumerate(self.signals) if signal.live]
        self.severity = np.array([s.severity for s in self.signals])
        self.budgets = dict(budgets)
        self.line = {q: round(3.0 - float(np.log10(budgets[q])), ROUND) for q in self.queues}
        "The alert line of each queue: -log10 of budget/1000."

    def empty(self) -> Calibration:
        return Calibration()

    def surprise(self, x: Matrix, usual: Usual, mu: Matrix, only: Sequence[int] | None = None) -> Matrix:
        """-log10 P(X >= x) under the agent's own predictive distribution, uncalibrated; 0 outside `only`."""
        if only is not None:
            found: Matrix = np.zeros_like(x)
            found[:, only] = self.surprise(x[:, only], usual.columns(only), mu[:, only])
            return found
        return np.round(-np.log10(usual.tail(x, mu)), ROUND).astype(np.float64)

    def rarity(
        self, surprise: Matrix, roles: Sequence[str], known: Calibration, only: Sequence[int] | None = None
    ) -> Matrix:
        """The same, calibrated by role and signal: -log10 of how often such a value is really seen."""
        found = np.array(surprise, copy=True)
        for role in sorted(set(roles)):
            here = [place for place, name in enumerate(roles) if name == role]
            for column in only if only is not None else range(len(self.signals)):
                tail = known.signals.get((role, column))
                if tail is not None:
                    found[here, column] = tail.surprise_of(surprise[here, column])
        return found

    def scores(self, x: Matrix, mu: Matrix, rarity: Matrix, contexts: Sequence[Context]) -> Matrix:
        """J = sat(c) + 1.5 log10(1 + sev max(x - mu, 0)/10) + context, before floors.

        Of a signal that nearly every day has none of, too few for a finding are no score at all: the line of
        the others would rise by days that can never be one.
        """
        saturated = np.where(rarity <= STEEP, rarity, STEEP + np.log10(1.0 + np.maximum(rarity - STEEP, 0.0)))
        stake = 1.5 * np.log10(1.0 + self.severity * np.maximum(x - mu, 0.0) / 10.0)
        context = np.zeros_like(x)
        for row, one in enumerate(contexts):
            if one != PLAIN:
                context[row] = [one.amount(signal) for signal in self.signals]
        found: Matrix = np.round(saturated + stake + context, ROUND)
        found[(x < self.floors) & self.seldom] = -np.inf
        return found

    def weigh(self, signal: Signal, x: int, mu: float, rarity: float, context: Context) -> Weighed:
        """The same score for one count, in parts that sum to it."""
        saturated = rarity if rarity <= STEEP else STEEP + float(np.log10(1.0 + rarity - STEEP))
        stake = 1.5 * float(np.log10(1.0 + signal.severity * max(x - mu, 0.0) / 10.0))
        parts = [("how rare it is here", saturated, "none"), ("how much is at stake", stake, "none")]
        parts += context.terms(signal)
        rounded = tuple((name, round(amount, ROUND), needs) for name, amount, needs in parts)
        return Weighed(round(sum(amount for _, amount, _ in rounded), ROUND), rounded)

    def above_floors(self, x: Matrix) -> list[list[int]]:
        """For each row the final signals of which there are enough to matter, in their order."""
        final = np.array([signal.final for signal in self.signals])
        found: list[list[int]] = [[] for _ in x]
        for row, column in np.argwhere((x >= self.floors) & final).tolist():
            found[row].append(column)
        return found

    def columns(self, queue: str) -> list[int]:
        return [n for n, pattern in enumerate(self.pattern_of) if pattern.queue == queue]

    def several(self, queue: str) -> int:
        """How many signals' largest a score of this queue is; those that are nearly always 0 add nothing."""
        return sum(not self.signals[n].seldom for n in self.columns(queue))

    def unlikely(self, score: float, role: str, queue: str, known: Calibration) -> float:
        """-log10 of the share of this role's agent-days that score as high."""
        return float(self.unlikely_of(np.array([score]), role, queue, known)[0])

    def unlikely_of(self, scores: Matrix, role: str, queue: str, known: Calibration) -> Matrix:
        """The same of many scores of one role."""
        tail = known.queues.get((role, queue)) or _unlearned(self.several(queue))
        found: Matrix = np.round(tail.surprise_of(scores) + known.paces.get(queue, 0.0), ROUND)
        return found

    def stated(self, best: Matrix, roles: Sequence[str], queue: str, known: Calibration) -> Matrix:
        """The same for a day's best scores before the correction by pace; nan where nothing is learned."""
        found = np.full(len(best), np.nan)
        for role in sorted(set(roles)):
            tail = known.queues.get((role, queue))
            here = [n for n, name in enumerate(roles) if name == role and np.isfinite(best[n])]
            if tail is not None and here:
                found[here] = tail.surprise_of(best[here])
        return found

    def needed(self, role: str, queue: str, known: Calibration) -> float:
        """The score at which this role's line is crossed."""
        tail = known.queues.get((role, queue)) or _unlearned(self.several(queue))
        return tail.value_at(self.line[queue] - known.paces.get(queue, 0.0))

    def calibrated(self, rows: Sequence[Row]) -> Calibration:
        """Learn the tails from past agent-days, per role, slopes shrunk to all roles.

        How rare a count is, is asked of days on which nothing was found: else a theft makes the next one
        usual. The line is drawn among all days, by episodes, the far ones counted and not measured.
        """
        found = Calibration()
        rows = [row for row in rows if row.settled]
        roles = sorted({row.role for row in rows})
        by_role = {role: [row for row in rows if row.role == role] for role in roles}
        found.days = {role: len(by_role[role]) for role in roles}
        left = [[row for row in by_role[role] if not row.stands] for role in roles]
        seen_by = [np.array([row.surprise for row in of]) for of in left]
        by_column = [seen.reshape(-1, len(self.signals)).T.copy() for seen in seen_by]
        for column in range(len(self.signals)):
            samples = [seen[column] for seen in by_column]
            if column in self.runs:
                over = [_finished(of, column) for of in left]
                samples = [np.array([row.surprise[column] for row in of]) for of in over]
            censored = self.signals[column].count == UNACCOUNTED
            for role, tail in zip(roles, tails(samples, MODEL, censored=censored), strict=True):
                found.signals[role, column] = tail
        for queue in self.queues:
            prior = _of_several(self.several(queue))
            scored = [_once(by_role[role], queue) for role in roles]
            for role, tail in zip(roles, episode_tails(scored, prior), strict=True):
                found.queues[role, queue] = tail
            days = [Stated(r.day, r.agent, r.stated[queue], r.stands) for r in rows if queue in r.stated]
            found.paces[queue] = pace(days, self.line[queue])
        return found


MODEL: Final[Matrix] = np.round(-np.log10((np.arange(400) + 0.5) / 400.0), ROUND)
"""What -log10 p looks like when the model is right: the prior of a role without history."""


def _finished(rows: Sequence[Row], column: int) -> list[Row]:
    """Without the days of runs that still go on: a run is not compared with its own beginning."""
    going: dict[str, bool] = {}
    found = []
    for row in sorted(rows, key=lambda one: one.day, reverse=True):
        going[row.agent] = going.get(row.agent, True) and row.surprise[column] > 0
        if not going[row.agent]:
            found.append(row)
    return found


def _once(rows: Sequence[Row], queue: str) -> list[Scored]:
    """The scores of agent-days, those of one standing finding's days as one: its highest.

    A drip of five weeks is one event and not twenty-five days of what is usual here.
    """
    found: list[Scored] = []
    last: dict[str, tuple[date, int]] = {}
    for row in sorted(rows, key=lambda one: one.day):
        one = (row.day, row.agent, row.scores[queue])
        before = last.get(row.agent) if row.stands else None
        if before is not None and (row.day - before[0]).days < EPISODE:
            place = before[1]
            found[place] = max(found[place], one, key=lambda scored: scored[2])
        else:
            place = len(found)
            found.append(one)
        if row.stands:
            last[row.agent] = (row.day, place)
    return found


def _of_several(signals: int) -> Matrix:
    """The largest of `signals` such values, counted as half as many independent ones, plus a small stake."""
    independent = max(signals / 2.0, 1.0)
    chance = (np.arange(400) + 0.5) / 400.0
    found: Matrix = np.round(-np.log10(1.0 - (1.0 - chance) ** (1.0 / independent)) + 0.3, ROUND)
    return found


_UNLEARNED: dict[int, Tail] = {}


def _unlearned(signals: int) -> Tail:
    if signals not in _UNLEARNED:
        _UNLEARNED[signals] = episode_tails([[]], _of_several(signals))[0]
    return _UNLEARNED[signals]
