"""What the loop made of every agent-day at its close, noted while it folds; nothing of it is changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

import numpy as np

from viewtrail.evaluate.company import Company, still
from viewtrail.measure.baseline import Matrix
from viewtrail.patterns.base import Pattern, Signal
from viewtrail.patterns.scorer import Scorer
from viewtrail.settings import Settings
from viewtrail.watch import Loop
from viewtrail.watch.closing import Closing
from viewtrail.watch.learned import Learned
from viewtrail.watch.zone_day import ZoneDay


class Noted(NamedTuple):
    """One closed agent-day. `counts` follow the signals; `asked` are those that were asked of it.

    `score` is the best by queue of the signals at their floor (minus infinity where none is), `stated` the
    rarity by queue before floors, as -log10 of the share of agent-days that are said to score as high.
    """

    agent: str
    role: str
    desk: str
    day: date
    first: int
    last: int
    counts: Matrix
    asked: Matrix
    score: Mapping[str, float]
    stated: Mapping[str, float]
    opened: int = 0
    "Different records opened, for whatever reason."


@dataclass(frozen=True, slots=True)
class Days:
    """Every closed agent-day of a company in order of time, and the signals that were counted."""

    days: Sequence[Noted]
    signals: Sequence[Signal]
    queues: Mapping[str, Sequence[int]]
    "Queue -> the places of its signals that speak at a day's close."


class _Heard(Scorer):
    """The same scorer, which remembers what it answered last."""

    def __init__(self, of: Scorer) -> None:
        self.__dict__.update(of.__dict__)
        self.heard: Matrix | None = None

    def scores(self, *args: Any, **kwargs: Any) -> Matrix:
        self.heard = super().scores(*args, **kwargs)
        return self.heard


class Noting(Closing):
    """Closes days as ever and notes them; a day closed again replaces what was noted."""

    def __init__(self, of: Closing) -> None:
        self.__dict__.update(of.__dict__)
        self.scorer: _Heard = _Heard(of.scorer)
        self.noted: dict[tuple[date, str], Noted] = {}

    def close(self, zone_day: ZoneDay, following: ZoneDay | None, learned: Learned) -> None:
        known, self.scorer.heard = learned.calibration, None
        super().close(zone_day, following, learned)
        scores = self.scorer.heard
        if scores is None:
            return
        rows = {row.agent: row for row in learned.rows.get(zone_day.day, ())}
        for day, scored in zip(self.active(zone_day), scores, strict=True):
            row, person = rows[day.person.agent], day.person
            stated = {q: self.scorer.unlikely(row.scores[q], row.role, q, known) for q in row.scores}
            asked = np.isfinite(scored)
            best = self._best(np.where(asked & (row.counts >= self.scorer.floors), scored, -np.inf))
            self.noted[zone_day.day, row.agent] = Noted(
                row.agent,
                row.role,
                person.desk or "",
                zone_day.day,
                day.first,
                day.last,
                row.counts,
                asked,
                best,
                stated,
                day.opened.day,
            )

    def _best(self, scores: Matrix) -> dict[str, float]:
        final = finals(self.scorer)
        return {queue: float(scores[list(of)].max(initial=-np.inf)) for queue, of in final.items()}


def finals(scorer: Scorer) -> dict[str, list[int]]:
    """The places of the signals that speak at a day's close, by queue."""
    return {q: [n for n in scorer.columns(q) if scorer.signals[n].final] for q in scorer.queues}


def noted(loop: Loop) -> Noting:
    """Let the loop note its days from now on, and give what notes them."""
    loop.closing = noting = Noting(loop.closing)
    return noting


def fold_noted(
    company: Company, settings: Settings, patterns: Sequence[Pattern] | None = None
) -> tuple[Loop, list[Any], Days]:
    """The loop over the whole company, the transitions it told, and every agent-day as it was closed."""
    loop = Loop(settings, patterns)
    noting = noted(loop)
    with still():
        told = list(loop.fold(company.entries))
        told += loop.finish()
    days = [noting.noted[key] for key in sorted(noting.noted)]
    return loop, told, Days(days, loop.scorer.signals, finals(loop.scorer))
