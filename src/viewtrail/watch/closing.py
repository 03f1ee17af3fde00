"""A behaviour day closes: its openings have matured, it is scored, and then it is learned."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

import numpy as np

from viewtrail.measure.agent_day import AgentDay
from viewtrail.measure.baseline import RHO, Matrix, Usual
from viewtrail.measure.counts import Peak, Span, Tally
from viewtrail.measure.judge import Judge
from viewtrail.measure.lists import Lists
from viewtrail.measure.look_back import MOST_PAST
from viewtrail.measure.matured import Matured, past_day
from viewtrail.measure.peers import factors, shared
from viewtrail.measure.rings import RING_EPISODE, RING_RECORDS, Part
from viewtrail.patterns.base import applies
from viewtrail.patterns.scorer import (
    CALIBRATION_DAYS,
    CALIBRATION_GAP,
    NOTICE,
    Calibration,
    Context,
    Row,
    Scorer,
)
from viewtrail.watch.beyond_days import ClosedDays, fill_own_book, fill_runs, fill_weeks
from viewtrail.watch.facts import FOR_EVER, Facts
from viewtrail.watch.learned import Learned
from viewtrail.watch.live import BY_CONTACT
from viewtrail.watch.ripe import Ripe, ripened, same
from viewtrail.watch.verdict import RIPE, Verdict
from viewtrail.watch.zone_day import Basis, ZoneDay

CALIBRATE_EVERY: Final = 7
"""Days between two calibrations."""

SETTLED_IN: Final = 10
"""An agent's days enter calibration after so many: the first only measure that we know nothing."""


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
        mu = self._with_those_who_share(days, x, usual, mu, learned)
        steady = learned.baselines.usual(agents, roles, own_spread=False)
        of = ClosedDays(days, matured, states, [one.valued for one in ripe], steady)
        beyond, *filled = fill_runs(self.scorer, of, learned.runs, x, usual, mu)
        seen, expected, surprise = filled
        fill_weeks(self.scorer, of, learned.weeks, beyond, (seen, expected, surprise))
        fill_own_book(self.scorer, of, learned.books, beyond, (seen, expected, surprise))
        rarity = self.scorer.rarity(surprise, roles, learned.calibration)
        scores = self._asked(self.scorer.scores(seen, expected, rarity, contexts), states)
        verdict = Verdict(
            *(self.judge, self.scorer, self.facts, self.version, zone_day, learned, seen, usual, factor),
            *(expected, rarity, scores, beyond.marks, self.scorer.above_floors(seen)),
        )
        for place, (day, one) in enumerate(zip(days, ripe, strict=True)):
            verdict.settle(place, day, one.matured)
        self._learn(zone_day, days, x, usual, mu, learned)
        learned.runs.update(beyond.runs)
        learned.books.update(beyond.books)
        learned.with_rare_days(beyond.weeks, told_of_by_precedent(zone_day))
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

    def _with_those_who_share(
        self, days: Sequence[AgentDay], x: Matrix, usual: Usual, mu: Matrix, learned: Learned
    ) -> Matrix:
        """Where several of a desk had a rare day at once, more is expected of each of them."""
        plain, roles = self.scorer.plain, [day.person.role for day in days]
        surprise = self.scorer.surprise(x, usual, mu, plain)
        rarity = self.scorer.rarity(surprise, roles, learned.calibration, plain)
        return np.round(shared(x, mu, rarity, *_groups(days)), 9)

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
        told = told_of_by_precedent(zone_day)
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


def told_of_by_precedent(zone_day: ZoneDay) -> set[str]:
    """Whose day was told of and stood out among days: a plain limit says nothing of how rare a day is."""
    found = [one.finding for one in zone_day.settled if one.finding is not None and one.key[1] == "access"]
    return {one.agent for one in found if one.tier != "limit" and one.agent is not None}


def _same_objects(one: Sequence[object], other: Sequence[object]) -> bool:
    return len(one) == len(other) and all(a is b for a, b in zip(one, other, strict=True))


def _groups(days: Sequence[AgentDay]) -> tuple[list[str], list[str]]:
    near = [f"{day.person.role}\x00{day.person.desk}" for day in days]
    return near, [day.person.role for day in days]
