"""Signals that a day's count alone does not give: days together, and the best of the own book."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from viewtrail.measure.agent_day import AgentDay
from viewtrail.measure.baseline import Matrix, Usual
from viewtrail.measure.counts import EXPORTED, Mark
from viewtrail.measure.matured import Matured
from viewtrail.measure.own_book import NOTHING, ByValue, Chosen, chosen, learned
from viewtrail.measure.peers import factors
from viewtrail.measure.rare_days import RARE, RareDay, Week
from viewtrail.measure.rare_days import after as with_today
from viewtrail.measure.rare_days import surprise_of as surprise_of_week
from viewtrail.measure.runs import NO_RUN, SLACK, Run, after, most_of_a_day, steps, surprise_of
from viewtrail.patterns.base import OWN_REASON, UNACCOUNTED, applies
from viewtrail.patterns.scorer import Scorer

RunKey = tuple[str, str]


@dataclass(slots=True)
class Beyond:
    """What one closed day adds: `marks` by row and column of the scored matrix, and what is kept of it."""

    marks: dict[tuple[int, int], tuple[Mark, ...]] = field(default_factory=dict)
    runs: dict[RunKey, Run] = field(default_factory=dict)
    books: dict[str, ByValue] = field(default_factory=dict)
    weeks: dict[RunKey, Week] = field(default_factory=dict)
    "The rare days of those who had one today."


@dataclass(frozen=True, slots=True)
class ClosedDays:
    """The agent-days of one close with their matured counts, in the order of the matrix's rows."""

    days: Sequence[AgentDay]
    matured: Sequence[Matured]
    states: Sequence[str]
    valued: Sequence[Sequence[tuple[Mark, int]]]
    "The openings of own clients of known value, with the band."
    steady: Usual
    "What is usual by the role's spread: a run would widen the agent's own, and so hide itself."


def fill_runs(
    scorer: Scorer, of: ClosedDays, known: Mapping[RunKey, Run], x: Matrix, usual: Usual, mu: Matrix
) -> tuple[Beyond, Matrix, Matrix, Matrix]:
    """(what is kept, counts, expected, surprise) with the columns of runs; the arguments stay as they are."""
    beyond, seen, expected = Beyond(), x.copy(), mu.copy()
    surprise = scorer.surprise(x, usual, mu)
    for column in scorer.runs:
        count = scorer.signals[column].count
        base = scorer.place[f"{count}:day"]
        one = of.steady.columns([base])
        own = count == OWN_REASON
        counted = _not_met_before(of, known, x[:, base]) if own else x[:, base]
        step = steps(counted[:, None], mu[:, [base]], one)[:, 0]
        most = most_of_a_day(mu[:, [base]], one)[:, 0]
        if own:  # fewer than the day's floor are never told of for themselves
            most = np.maximum(most, scorer.floors[base])
        for row, (day, ripe) in enumerate(zip(of.days, of.matured, strict=True)):
            key = (day.person.agent, count)
            run = NO_RUN
            if applies(count, of.states[row]):
                most_today = counted[row] if count == "exports" else round(float(most[row]), 9)
                added = float(int(min(counted[row], most_today)))  # rows that have left have left
                marks = _of_run(count, day, ripe)
                run = after(
                    known.get(key, NO_RUN), round(float(step[row]), 9), added, float(mu[row, base]), marks
                )
            beyond.runs[key] = run
            rising = run.asked and step[row] > SLACK
            seen[row, column] = run.seen if rising else 0.0
            expected[row, column] = round(run.expected, 9) if rising else mu[row, column]
            surprise[row, column] = surprise_of(run) if rising else 0.0
            beyond.marks[row, column] = run.marks
    return beyond, seen, expected, surprise


def fill_weeks(
    scorer: Scorer,
    of: ClosedDays,
    known: Mapping[RunKey, Week],
    beyond: Beyond,
    filled: tuple[Matrix, Matrix, Matrix],
) -> None:
    """Put the rare days of a week into (counts, expected, surprise) of those for whom today is one."""
    seen, expected, surprise = filled
    for column in scorer.weeks:
        count = scorer.signals[column].count
        base = scorer.place[f"{count}:day"]
        for row in np.flatnonzero(surprise[:, base] >= RARE).tolist():
            day, ripe = of.days[row], of.matured[row]
            if not applies(count, of.states[row]):
                continue
            x, mu, rare = (float(each[row, base]) for each in filled)
            today = RareDay(day.day.toordinal(), x, mu, rare, _of_run(count, day, ripe))
            week = with_today(known.get((day.person.agent, count), ()), today)
            beyond.weeks[day.person.agent, count] = week
            surprise[row, column] = surprise_of_week(week)
            if len(week) > 1:
                seen[row, column] = sum(one.seen for one in week)
                expected[row, column] = round(sum(one.expected for one in week), 9)
                beyond.marks[row, column] = tuple(mark for one in week for mark in one.marks)


def _of_run(count: str, day: AgentDay, ripe: Matured) -> tuple[Mark, ...]:
    """What one day adds to a run of that count, or to a week."""
    if count == "exports":
        return tuple(mark for mark in day.marks if mark.kind == EXPORTED)
    if count == UNACCOUNTED:
        return tuple(ripe.hard)
    return tuple(ripe.own if count == OWN_REASON else ripe.unexplained)


def _not_met_before(of: ClosedDays, known: Mapping[RunKey, Run], x: Matrix) -> Matrix:
    """Of own reasons, the records new to the run: who works on the same ones has taken them over."""
    found = x.copy()
    for row in np.flatnonzero(x).tolist():
        before = {mark.key for mark in known.get((of.days[row].person.agent, OWN_REASON), NO_RUN).marks}
        if before:
            found[row] = float(len({mark.key for mark in of.matured[row].own} - before))
    return found


def fill_own_book(
    scorer: Scorer,
    of: ClosedDays,
    known: Mapping[str, ByValue],
    beyond: Beyond,
    filled: tuple[Matrix, Matrix, Matrix],
) -> None:
    """Put the best of the own book into (counts, expected, surprise), and what is learned into `beyond`."""
    opened = of.valued
    agents = [day.person.agent for day in of.days]
    found: dict[int, Chosen] = {}
    for row, agent in enumerate(agents):
        usual = known.get(agent, NOTHING)
        told = chosen(opened[row], usual)
        if told is not None:
            found[row] = told
        beyond.books[agent] = learned(usual, opened[row])
    shared = _shared(of, found)
    seen, expected, surprise = filled
    for column in scorer.own_book:
        for row, told in found.items():
            seen[row, column], expected[row, column] = told.seen, round(told.expected(shared[row]), 9)
            surprise[row, column] = told.surprise(shared[row])
            beyond.marks[row, column] = told.marks


def _shared(of: ClosedDays, found: Mapping[int, Chosen]) -> dict[int, float]:
    """By row, how much more than usual the peers went through the best of theirs that day."""
    rows = list(found)
    seen = np.array([[float(found[row].seen)] for row in rows]).reshape(-1, 1)
    usual = np.array([[found[row].expected(1.0)] for row in rows]).reshape(-1, 1)
    people = [of.days[row].person for row in rows]
    near, wide = [f"{one.role}\x00{one.desk}" for one in people], [one.role for one in people]
    shared = factors(seen, usual, near, wide)
    return {row: round(float(shared[n, 0]), 9) for n, row in enumerate(rows)}
