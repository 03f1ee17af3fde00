"""A behaviour day closes: its openings have matured, it is scored, and then it is learned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

import numpy as np

from viewtrail.finding import Finding, Left
from viewtrail.measure.agent_day import (
    SELF_MADE_LEAST,
    SELF_MADE_TIMES,
    AgentDay,
    Judge,
    Matured,
    past_day,
    short_calls,
    unshown,
)
from viewtrail.measure.baseline import RHO, Baselines, Matrix, Usual
from viewtrail.measure.clocks import CLOSING
from viewtrail.measure.counts import EXPORTED, OPENED, SHORT_IN, SHORT_OUT, Mark, Peak, Span, Tally
from viewtrail.measure.lists import Lists
from viewtrail.measure.look_back import MOST_PAST, PastDay
from viewtrail.measure.own_book import ByValue
from viewtrail.measure.peers import factors
from viewtrail.measure.reasons import NAMES
from viewtrail.measure.rings import RING_EPISODE, RING_RECORDS, Part
from viewtrail.measure.runs import Run
from viewtrail.patterns.base import OWN_REASON, SCALES, Signal, applies
from viewtrail.patterns.scorer import (
    CALIBRATION_DAYS,
    CALIBRATION_GAP,
    NOTICE,
    Calibration,
    Context,
    Row,
    Scorer,
)
from viewtrail.watch.beyond_days import ClosedDays, RunKey, fill_own_book, fill_runs
from viewtrail.watch.facts import FOR_EVER, Facts
from viewtrail.watch.ledger import Doubt, Settled
from viewtrail.watch.live import BY_CONTACT, limit_at, limit_part
from viewtrail.watch.ripe import Ripe, ripened, same
from viewtrail.watch.telling import Told, doubt, tell
from viewtrail.watch.zone_day import Basis, Crossing, ZoneDay

CALIBRATE_EVERY: Final = 7
"""Days between two calibrations."""

SETTLED_IN: Final = 10
"""An agent's days enter calibration after so many: the first only measure that we know nothing."""

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

    def busiest(self, agent: str, column: int) -> int | None:
        """The agent's own highest count of that signal in the past weeks."""
        found = [r.counts[column] for rows in self.rows.values() for r in rows if r.agent == agent]
        return int(max(found)) if found else None


class Closing:
    """Scores and learns a day, in this order: a day is never compared with itself."""

    def __init__(self, judge: Judge, scorer: Scorer, facts: Facts, version: dict[str, str]) -> None:
        self.judge, self.scorer, self.facts, self.version = judge, scorer, facts, version
        self.counted = [(None if s.special else s.count, s.scale == "day") for s in scorer.signals]
        "For each signal the count that it is of, if a day has it, and whether it is the whole day's."
        self.calibrated: tuple[list[list[Row]], int, Calibration] | None = None
        "The last calibration, with the days and the number of outcomes that it was made of."

    def close(self, zone_day: ZoneDay, following: ZoneDay | None, learned: Learned) -> None:
        """Say what holds of the day's claims and what else it shows (`settled`, `left`); then learn it."""
        zone_day.settled, zone_day.left = [], []
        days = self.active(zone_day)
        zone_day.basis = self._basis(zone_day, days, following)
        if not days:
            return
        basis = list(zone_day.basis.values())
        ripe, states = [one.ripe for one in basis], [one.state for one in basis]
        contexts = [one.context for one in basis]
        matured = [one.matured for one in ripe]
        agents, roles = [d.person.agent for d in days], [d.person.role for d in days]
        x = np.array([one.counts for one in ripe])
        usual = learned.baselines.usual(agents, roles)
        factor = np.round(factors(x, usual.rate, *_groups(days)), 9)
        mu = self._with_hours(zone_day, days, np.round(usual.expected(factor), 9))
        steady = learned.baselines.usual(agents, roles, own_spread=False)
        of = ClosedDays(days, matured, states, [one.valued for one in ripe], steady)
        beyond, *filled = fill_runs(self.scorer, of, learned.runs, x, usual, mu)
        seen, expected, surprise = filled
        fill_own_book(self.scorer, of, learned.books, beyond, (seen, expected, surprise))
        rarity = self.scorer.rarity(surprise, roles, learned.calibration)
        scores = self._asked(self.scorer.scores(seen, expected, rarity, contexts), states)
        verdict = _Verdict(
            *(self, zone_day, learned, seen, usual, factor, expected, rarity, scores, beyond.marks),
            self.scorer.above_floors(seen),
        )
        for place, (day, one) in enumerate(zip(days, ripe, strict=True)):
            verdict.settle(place, day, one.matured)
        self._learn(zone_day, days, x, usual, mu, learned)
        learned.runs.update(beyond.runs)
        learned.books.update(beyond.books)
        self._keep_past(zone_day, days, scores, contexts, learned)
        zone_day.parts = self._parts(days, matured, states, learned)
        self._remember(zone_day, days, seen, surprise, scores, learned)

    def stands(self, zone_day: ZoneDay, following: ZoneDay | None) -> bool:
        """Whether closing the day again would come to what it came to: what was told late changes nothing."""
        return zone_day.basis == self._basis(zone_day, self.active(zone_day), following)

    def _basis(
        self, zone_day: ZoneDay, days: Sequence[AgentDay], following: ZoneDay | None
    ) -> dict[str, Basis]:
        lists, facts = zone_day.lists(FOR_EVER), self.facts
        found = {}
        for day in days:
            person, ripe = day.person, self._ripened(day, following, lists)
            before = zone_day.basis.get(person.agent)
            if before is not None and same(before.ripe, ripe):
                ripe = before.ripe
            state, learning = facts.state(person, day.last), facts.learning(person, day.start)
            if before is not None and ripe is before.ripe and person.told <= ripe.people:
                context = before.context
            else:
                context = facts.context(day, ripe.matured.hard, day.end)
            found[person.agent] = Basis(
                ripe, state, learning, person.role, person.desk, context, len(day.calls)
            )
        return found

    def _with_hours(self, zone_day: ZoneDay, days: Sequence[AgentDay], mu: Matrix) -> Matrix:
        """In an hour in which the others had more short calls than on the day, more are expected of each."""
        extra: dict[bool, list[float]] = {}
        for n in self.scorer.columns("calls"):
            out = self.scorer.signals[n].count.endswith("out")
            if out not in extra:
                hours = zone_day.hours(FOR_EVER, out=out)
                extra[out] = [hours.extra(day.person.agent) for day in days] if hours.total[1] else []
            if extra[out]:
                mu[:, n] = np.round(mu[:, n] + extra[out], 9)
        return mu

    def active(self, zone_day: ZoneDay) -> list[AgentDay]:
        """The agents who did something that day, services left out, in a fixed order."""
        found = [d for d in zone_day.agents.values() if d.last and d.person.role != "service"]
        return sorted(found, key=lambda day: day.person.agent)

    def learn_only(self, zone_day: ZoneDay, learned: Learned) -> None:
        """An older day that came too late for findings still enters what is usual."""
        days = self.active(zone_day)
        if days:
            lists = zone_day.lists(FOR_EVER)
            x = np.array([self._ripened(d, None, lists).counts for d in days])
            agents, roles = [d.person.agent for d in days], [d.person.role for d in days]
            usual = learned.baselines.usual(agents, roles)
            learned.baselines.learn(agents, roles, x, usual, usual.expected(), zone_day.day)

    def _ripened(self, day: AgentDay, following: ZoneDay | None, lists: Lists) -> Ripe:
        agent = day.person.agent
        after = following.agents.get(agent) if following is not None else None
        return ripened(day, self.judge, after, lists.bad_for(agent, doubtful=False), self._counts)

    def _counts(self, matured: Matured, day: AgentDay) -> list[float]:
        running = {
            count: day.still_open(day.so_far(count), by_work=count not in BY_CONTACT) for count in RIPE
        }
        spans: dict[str, Span | Tally | Peak] = {**running, **matured.spans}
        found = []
        for count, by_day in self.counted:
            if count is None:
                found.append(0.0)
                continue
            span = spans.get(count)
            if span is None:
                raise KeyError(f"a signal names {count}, a count that no day has")
            found.append(float(span.day if by_day else span.most))
        return found

    def _asked(self, scores: Matrix, states: Sequence[str]) -> Matrix:
        for row, state in enumerate(states):
            silent = [n for n, s in enumerate(self.scorer.signals) if not applies(s.count, state)]
            scores[row, silent] = -np.inf
        return scores

    def _learn(
        self,
        zone_day: ZoneDay,
        days: Sequence[AgentDay],
        x: Matrix,
        usual: Usual,
        mu: Matrix,
        learned: Learned,
    ) -> None:
        agents, roles = [d.person.agent for d in days], [d.person.role for d in days]
        learned.baselines.learn(agents, roles, x, usual, mu, zone_day.day)
        for one in days:
            learned.self_made[one.person.agent] = learned.with_self_made(one)

    def _keep_past(
        self,
        zone_day: ZoneDay,
        days: Sequence[AgentDay],
        scores: Matrix,
        contexts: Sequence[Context],
        learned: Learned,
    ) -> None:
        """Each day as those see it who look back; that notice was given is no part of what was done."""
        columns = self.scorer.columns("access")
        notice = np.array([NOTICE * self.scorer.signals[n].notice for n in columns])
        given = np.array([context.notice for context in contexts])[:, None]
        told = {one.key[0] for one in zone_day.settled if one.finding is not None and one.key[1] == "access"}
        best = (scores[:, columns] - notice * given).max(axis=1, initial=-np.inf)
        for role in sorted({day.person.role for day in days}):
            rows = [n for n, day in enumerate(days) if day.person.role == role]
            rare = self.scorer.unlikely_of(best[rows], role, "access", learned.calibration)
            for n, unlikely in zip(rows, np.round(rare, 4).tolist(), strict=True):
                agent = days[n].person.agent
                before = learned.past.get(agent, ())[1 - MOST_PAST :]
                learned.past[agent] = (
                    *before,
                    past_day(days[n], zone_day.basis[agent].ripe.seen, unlikely, told=agent in told),
                )
        calls = [call for day in days for call in day.calls if call.campaign is not None]
        if calls:
            answered, short = learned.lists
            new = RHO * answered + len(calls), RHO * short + sum(call.short for call in calls)
            learned.lists = (round(new[0], 9), round(new[1], 9))

    def _parts(
        self,
        days: Sequence[AgentDay],
        matured: Sequence[Matured],
        states: Sequence[str],
        learned: Learned,
    ) -> list[Part]:
        """The days whose openings without a reason could be part of a list that several split."""
        found = []
        for day, one, state in zip(days, matured, states, strict=True):
            keys = {mark.key: mark.t for mark in reversed(one.unexplained)}
            if state != "scoreable" or len(keys) < RING_RECORDS:
                continue
            past = learned.past[day.person.agent]
            told = any(one.told for one in past[-RING_EPISODE:] if past[-1].day - one.day < RING_EPISODE)
            owned = {key: self.judge.book.get(key).owner_at(t, FOR_EVER) for key, t in keys.items()}
            taken = {key: one.owner if one is not None else None for key, one in owned.items()}
            found.append(Part(day.person.agent, past[-1].unlikely, told, taken))
        return found

    def _remember(
        self,
        zone_day: ZoneDay,
        days: Sequence[AgentDay],
        seen: Matrix,
        surprise: Matrix,
        scores: Matrix,
        learned: Learned,
    ) -> None:
        """Keep the day's rows for calibration, with what was found on them."""
        best = {q: scores[:, self.scorer.columns(q)].max(axis=1) for q in self.scorer.queues}
        found = {settled.key[0] for settled in zone_day.settled if settled.finding is not None}
        names = [day.person.role for day in days]
        stated = {q: self.scorer.stated(best[q], names, q, learned.calibration) for q in best}
        rows = []
        for n, day in enumerate(days):
            agent, role = day.person.agent, day.person.role
            settled = learned.baselines.days_known(agent) > SETTLED_IN
            own = {q: float(best[q][n]) for q in best}
            told = {q: float(of[n]) for q, of in stated.items() if np.isfinite(of[n])}
            here = agent in found
            rows.append(Row(agent, role, settled, seen[n], surprise[n], own, zone_day.day, here, told))
        oldest = zone_day.day - timedelta(days=CALIBRATION_DAYS + CALIBRATION_GAP)
        learned.rows = {d: kept for d, kept in learned.rows.items() if d >= oldest}
        learned.rows[zone_day.day] = [*learned.rows.get(zone_day.day, ()), *rows]
        self._calibrate(zone_day.day, learned)

    def _calibrate(self, today: date, learned: Learned) -> None:
        last = learned.calibrated_on
        if last is not None and (today - last).days < CALIBRATE_EVERY:
            return
        until = today - timedelta(days=CALIBRATION_GAP)
        days = [learned.rows[day] for day in sorted(learned.rows) if day <= until]
        known = self.calibrated
        if known is None or known[1] != self.facts.outcomes.told or not _same_objects(known[0], days):
            rows = self.facts.outcomes.judged(row for of in days for row in of)
            if not any(row.settled for row in rows):
                return
            known = self.calibrated = (days, self.facts.outcomes.told, self.scorer.calibrated(rows))
        learned.calibration, learned.calibrated_on = known[2], today


def _same_objects(one: Sequence[object], other: Sequence[object]) -> bool:
    return len(one) == len(other) and all(a is b for a, b in zip(one, other, strict=True))


def _groups(days: Sequence[AgentDay]) -> tuple[list[str], list[str]]:
    near = [f"{day.person.role}\x00{day.person.desk}" for day in days]
    return near, [day.person.role for day in days]


@dataclass(frozen=True, slots=True)
class _Verdict:
    """The scored day, from which each agent's findings are settled."""

    closing: Closing
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
        for queue in self.closing.scorer.queues:
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
        scorer, facts = self.closing.scorer, self.closing.facts
        live = self.zone_day.crossings.get((day.person.agent, queue))
        if facts.learning(day.person, day.start):
            if live is not None and live.limit is not None:
                return self._limit(day, matured, live)
            return self._limit_at_close(place, day, matured, queue)
        asked = [n for n in self.asked[place] if scorer.pattern_of[n].queue == queue]
        if not asked:
            return None
        best = max(asked, key=lambda n: (self.scores[place, n], -n))
        score = float(self.scores[place, best])
        unlikely = scorer.unlikely(score, day.person.role, queue, self.learned.calibration)
        if not unlikely >= scorer.line[queue]:
            return None
        signal = scorer.signals[best]
        marks = self._marks(place, best, day, matured)
        if not marks:
            return None
        context = facts.context(day, matured.hard, day.end)
        x, mu = int(self.x[place, best]), float(self.mu[place, best])
        weighed = scorer.weigh(signal, x, mu, float(self.rarity[place, best]), context)
        return Crossing(
            scorer.pattern_of[best],
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
        scorer = self.closing.scorer
        state = self.closing.facts.state(day.person, day.last)
        for pattern in scorer.patterns:
            for limit in pattern.limits if pattern.queue == queue else ():
                column = scorer.place.get(f"{limit.count}:{limit.scale}")
                if column is None or scorer.signals[column].live or not applies(limit.count, state):
                    continue
                x, marks = int(self.x[place, column]), tuple(self._marks(place, column, day, matured))
                if x >= limit_at(limit, day.person.role) and marks:
                    over = (limit_part(limit, x),)
                    signal = Signal(limit.count, limit.scale, limit.at, 1.0)
                    of = (0.0, 0.0, 1.0, over[0][1], 0.0, over, limit, marks)
                    return Crossing(pattern, signal, marks[limit.at - 1], "limit", x, *of)
        return None

    def _limit(self, day: AgentDay, matured: Matured, live: Crossing) -> Crossing | None:
        """A limit holds if what matured is still above it."""
        limit = live.limit
        if limit is None:
            return None
        span = matured.spans[RIPE.get(limit.count, limit.count)]
        x = span.day if limit.scale == "day" else span.most
        return None if x < limit_at(limit, day.person.role) else live

    def _marks(self, place: int, column: int, day: AgentDay, matured: Matured) -> Sequence[Mark]:
        signal = self.closing.scorer.signals[column]
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
        told = told_of(self.closing, self.learned, day, matured, crossing)
        return tell(crossing, told, self.closing.facts, day.end + CLOSING)

    def _doubt(self, day: AgentDay, matured: Matured, live: Crossing) -> Doubt:
        span = matured.spans[RIPE.get(live.signal.count, live.signal.count)]
        x = span.day if live.signal.scale == "day" else span.most
        return doubt(told_of(self.closing, self.learned, day, matured, live), x, live.pattern.noun)

    def _left(self, place: int, day: AgentDay, matured: Matured) -> list[Left]:
        """Days that look like a harvest row by row and were left alone, with what told them apart."""
        judge, agent, when = self.closing.judge, day.person.agent, day.day.isoformat()
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
        if self.closing.facts.learning(day.person, day.start):
            return "below every plain limit; no precedent known yet"
        parts = [f"calls were short for everybody on {name}" for name in sorted(matured.bad)]
        opened = sum(counts.values())
        told = [f"{name} {n} of {opened} openings" for name, n in counts.items() if n * MOSTLY >= opened]
        parts += [text for text in told if not text.startswith("none on file")]
        asked = np.isfinite(self.scores[place]) & (self.x[place] > 0)
        if asked.any():
            best = int(np.argmax(np.where(asked, self.scores[place], -np.inf)))
            signal, pattern = self.closing.scorer.signals[best], self.closing.scorer.pattern_of[best]
            seen, usual = int(self.x[place, best]), float(self.usual.rate[place, best])
            parts.append(
                f"{seen} {pattern.noun} {SCALES[signal.scale]}, own usual {usual:.1f}: below the line"
            )
        context = self.closing.facts.context(day, matured.hard, day.end)
        parts += [name for name, amount, needs in context.terms(PLAINEST) if amount < 0 and needs == "none"]
        return "; ".join(parts)


def told_of(
    closing: Closing, learned: Learned, day: AgentDay, matured: Matured | None, crossing: Crossing
) -> Told:
    """What the words need beside the crossing."""
    column = closing.scorer.place.get(crossing.signal.name)
    agent = day.person.agent
    return Told(
        day,
        matured,
        None if column is None else learned.busiest(agent, column),
        sum(1 for rows in learned.rows.values() for row in rows if row.agent == agent),
        learned.calibration.days.get(day.person.role, 0),
        closing.scorer.budgets[crossing.pattern.queue],
        closing.version,
    )
