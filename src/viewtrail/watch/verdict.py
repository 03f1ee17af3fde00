"""What holds of a scored day: each agent's finding or none, and why what looked alike was left alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from viewtrail.finding import Finding, Left
from viewtrail.measure.agent_day import AgentDay
from viewtrail.measure.baseline import Matrix, Usual
from viewtrail.measure.clocks import CLOSING
from viewtrail.measure.counts import EXPORTED, OPENED, SHORT_IN, SHORT_OUT, Mark
from viewtrail.measure.judge import Judge
from viewtrail.measure.matured import Matured, short_calls, unshown
from viewtrail.measure.reasons import NAMES
from viewtrail.patterns.base import OWN_REASON, SCALES, Limit, Signal, applies
from viewtrail.patterns.scorer import Scorer
from viewtrail.watch.facts import Facts
from viewtrail.watch.learned import Learned
from viewtrail.watch.ledger import Doubt, Settled
from viewtrail.watch.limits import as_signal, limit_part, standing, usual_so_far
from viewtrail.watch.telling import Told, doubt, tell
from viewtrail.watch.zone_day import Crossing, ZoneDay

LOOKED_AT: Final = 30
"""An agent-day with so many records in 40 minutes, or short calls, is told of when left alone."""

MOSTLY: Final = 3
"""A reason that a third of the openings have is named when an agent-day is left alone."""

RIPE: Final = {
    "unexplained_so_far": "unexplained",
    "unaccounted_so_far": "unaccounted",
    "resting_so_far": "resting",
    "reveals_so_far": "orphan_reveals",
    "off_hours_so_far": "off_hours",
}
"""Running count -> what it is once matured."""

PLAINEST: Final = Signal("opened", "day", 1, 1.0)
"""A signal that every term of context applies to, for asking which there are."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The scored day, from which each agent's findings are settled."""

    judge: Judge
    scorer: Scorer
    facts: Facts
    version: Mapping[str, str]
    zone_day: ZoneDay
    learned: Learned
    x: Matrix
    usual: Usual
    factor: Matrix
    mu: Matrix
    rarity: Matrix
    scores: Matrix
    marks: Mapping[tuple[int, int], tuple[Mark, ...]]
    asked: Sequence[Sequence[int]]
    "The columns of each row that may be a finding."

    def settle(self, place: int, day: AgentDay, matured: Matured) -> None:
        spoke = False
        for queue in self.scorer.queues:
            crossing = self._crossing(place, day, matured, queue)
            key = (day.person.agent, queue)
            live = self.zone_day.crossings.get(key)
            if crossing is None and live is None:
                continue
            finding = None if crossing is None else self._told(day, matured, crossing)
            doubted = None if live is None else self._doubt(day, matured, live)
            self.zone_day.settled.append(Settled(key, finding, doubted))
            spoke |= finding is not None
        if not spoke:
            self.zone_day.left += self._left(place, day, matured)

    def _crossing(self, place: int, day: AgentDay, matured: Matured, queue: str) -> Crossing | None:
        live = self.zone_day.crossings.get((day.person.agent, queue))
        if self.facts.learning(day.person, day.start):
            if live is not None and live.limit is not None:
                return self._limit(day, matured, live)
            return self._limit_at_close(place, day, matured, queue)
        asked = [n for n in self.asked[place] if self.scorer.pattern_of[n].queue == queue]
        if not asked:
            return None
        best = max(asked, key=lambda n: (self.scores[place, n], -n))
        score = float(self.scores[place, best])
        unlikely = self.scorer.unlikely(score, day.person.role, queue, self.learned.calibration)
        if not unlikely >= self.scorer.line[queue]:
            return None
        signal = self.scorer.signals[best]
        marks = self._marks(place, best, day, matured)
        if not marks:
            return None
        context = self.facts.context(day, matured.hard, day.end)
        x, mu = int(self.x[place, best]), float(self.mu[place, best])
        weighed = self.scorer.weigh(signal, x, mu, float(self.rarity[place, best]), context)
        return Crossing(
            self.scorer.pattern_of[best],
            signal,
            live.mark if live is not None else marks[min(signal.floor, len(marks)) - 1],
            "final",
            x,
            mu,
            float(self.usual.rate[place, best]),
            float(self.factor[place, best]),
            weighed.score,
            unlikely,
            weighed.parts,
            marks=self.marks.get((place, best), ()) if signal.special else (),
        )

    def _limit_at_close(self, place: int, day: AgentDay, matured: Matured, queue: str) -> Crossing | None:
        """A plain limit on what only the close of a day can count."""
        scorer = self.scorer
        state = self.facts.state(day.person, day.last)
        for pattern in scorer.patterns:
            for plain in pattern.limits if pattern.queue == queue else ():
                column = scorer.place.get(f"{plain.count}:{plain.scale}")
                if column is None or scorer.signals[column].live or not applies(plain.count, state):
                    continue
                limit = self._standing(plain, day)
                x, marks = int(self.x[place, column]), tuple(self._marks(place, column, day, matured))
                if x >= limit.at and marks:
                    over = (limit_part(limit, x),)
                    mark, signal = marks[min(limit.at, len(marks)) - 1], as_signal(limit)
                    of = (0.0, 0.0, 1.0, over[0][1], 0.0, over, limit, marks)
                    return Crossing(pattern, signal, mark, "limit", x, *of)
        return None

    def _standing(self, plain: Limit, day: AgentDay) -> Limit:
        """The limit as it stood for this agent when the day began."""
        person, column = day.person, self.scorer.place.get(f"{plain.count}:{plain.scale}")
        usual = usual_so_far(self.zone_day.first_table, person.agent, person.role, column)
        return standing(plain, person.role, usual)

    def _limit(self, day: AgentDay, matured: Matured, live: Crossing) -> Crossing | None:
        """A limit holds if what matured is still above it."""
        limit = live.limit
        if limit is None:
            return None
        span = matured.spans[RIPE.get(limit.count, limit.count)]
        x = span.day if limit.scale == "day" else span.most
        over = (limit_part(limit, x),)
        return None if x < limit.at else replace(live, x=x, score=over[0][1], parts=over)

    def _marks(self, place: int, column: int, day: AgentDay, matured: Matured) -> Sequence[Mark]:
        signal = self.scorer.signals[column]
        if signal.special:
            return self.marks.get((place, column), ())
        if signal.count.startswith("unexplained"):
            return matured.hard if signal.count == "unexplained_hard" else matured.unexplained
        if signal.count == "unaccounted":
            return matured.hard
        if signal.count == "resting":
            return matured.resting
        if signal.count == OWN_REASON:
            return matured.own
        if signal.count == "orphan_reveals":
            return matured.orphans
        if signal.count == "off_hours":
            return matured.idle
        if signal.count.startswith("served"):
            return matured.served if signal.count == "served" else unshown(day)
        if signal.count.startswith("short"):
            return short_calls(day, SHORT_OUT if signal.count.endswith("out") else SHORT_IN, matured.bad)
        if signal.count == "listed":
            return day.listed_at
        return [mark for mark in day.marks if mark.kind == EXPORTED]

    def _told(self, day: AgentDay, matured: Matured, crossing: Crossing) -> Finding:
        told = told_of(self.scorer, self.version, self.learned, day, matured, crossing)
        return tell(crossing, told, self.facts, day.end + CLOSING)

    def _doubt(self, day: AgentDay, matured: Matured, live: Crossing) -> Doubt:
        span = matured.spans[RIPE.get(live.signal.count, live.signal.count)]
        x = span.day if live.signal.scale == "day" else span.most
        return doubt(
            told_of(self.scorer, self.version, self.learned, day, matured, live), x, live.pattern.noun
        )

    def _left(self, place: int, day: AgentDay, matured: Matured) -> list[Left]:
        """Days that look like a harvest row by row and were left alone, with what told them apart."""
        judge, agent, when = self.judge, day.person.agent, day.day.isoformat()
        shorts = day.short_out.most + day.short_in.most
        if max(day.opened.most, shorts) < LOOKED_AT:
            return []
        counts: dict[str, int] = {}
        for mark in day.marks if day.opened.most >= LOOKED_AT else ():
            if mark.kind == OPENED:
                bits = judge.at_opening(day, mark) or matured.reasons.get(mark.entry, 0)
                for name in [n for bit, n in NAMES.items() if bits & bit][:1] or ["none on file"]:
                    counts[name] = counts.get(name, 0) + 1
        what = (
            f"{day.opened.day} records opened, {day.opened.most} of them in 40 minutes; {shorts} short calls"
        )
        return [Left(agent, when, what, self._why_left(place, day, matured, counts), counts)]

    def _why_left(self, place: int, day: AgentDay, matured: Matured, counts: Mapping[str, int]) -> str:
        """What came nearest to a line that day, and what kept it below."""
        if self.facts.learning(day.person, day.start):
            return "below every plain limit; no precedent known yet"
        parts = [f"calls were short for everybody on {name}" for name in sorted(matured.bad)]
        opened = sum(counts.values())
        told = [f"{name} {n} of {opened} openings" for name, n in counts.items() if n * MOSTLY >= opened]
        parts += [text for text in told if not text.startswith("none on file")]
        asked = np.isfinite(self.scores[place]) & (self.x[place] > 0)
        if asked.any():
            best = int(np.argmax(np.where(asked, self.scores[place], -np.inf)))
            signal, pattern = self.scorer.signals[best], self.scorer.pattern_of[best]
            seen, usual = int(self.x[place, best]), float(self.usual.rate[place, best])
            parts.append(
                f"{seen} {pattern.noun} {SCALES[signal.scale]}, own usual {usual:.1f}: below the line"
            )
        context = self.facts.context(day, matured.hard, day.end)
        parts += [name for name, amount, needs in context.terms(PLAINEST) if amount < 0 and needs == "none"]
        return "; ".join(parts)


def told_of(
    scorer: Scorer,
    version: Mapping[str, str],
    learned: Learned,
    day: AgentDay,
    matured: Matured | None,
    crossing: Crossing,
) -> Told:
    """What the words need beside the crossing."""
    column = scorer.place.get(crossing.signal.name)
    agent = day.person.agent
    return Told(
        day,
        matured,
        None if column is None else learned.busiest(agent, column),
        sum(1 for rows in learned.rows.values() for row in rows if row.agent == agent),
        learned.calibration.days.get(day.person.role, 0),
        scorer.budgets[crossing.pattern.queue],
        version,
    )
