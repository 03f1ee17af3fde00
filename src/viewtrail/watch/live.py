"""The provisional tier: every mark is counted, judged by what was known then, scored where a count rose."""

from __future__ import annotations

from collections.abc import Callable
from statistics import median
from typing import Final

import numpy as np

from viewtrail.measure.agent_day import AgentDay
from viewtrail.measure.baseline import Usual
from viewtrail.measure.counts import (
    EXPORT_ROWS,
    EXPORTED,
    LISTED,
    OPENED,
    PAGE,
    REVEALED,
    SERVED,
    SHORT_IN,
    SHORT_OUT,
    SLOT,
    Mark,
    Span,
    Tally,
    distinct,
    sweep,
)
from viewtrail.measure.judge import Judge
from viewtrail.measure.matured import short_calls, unshown
from viewtrail.measure.peers import FEWEST, MOST
from viewtrail.measure.reasons import SELF_MADE
from viewtrail.patterns.base import Limit, Pattern, Signal, applies
from viewtrail.patterns.scorer import Scorer
from viewtrail.watch.facts import FOR_EVER, Facts
from viewtrail.watch.limits import as_signal, limit_part, standing, usual_so_far
from viewtrail.watch.table import Table
from viewtrail.watch.zone_day import Crossing, ZoneDay

Counting = Span | Tally

MORE: Final = 2
"""After a line is crossed, the finding is updated when the count has grown this many times."""

SAME_DESK: Final = 2
"""So many colleagues of one desk told of in a day: the next waits for the close, it may be the desk's day."""

BY_CONTACT: Final = frozenset(("reveals_so_far", "unaccounted_so_far", "resting_so_far"))
"""Running counts that a call or a message ends, and no note."""

RUNNING: Final = BY_CONTACT | {"unexplained_so_far", "off_hours_so_far"}
"""Counts of what is without a reason so far: it leaves them again when something comes of it."""


def span_of(day: AgentDay, count: str) -> Counting:
    """The running count of that name."""
    match count:
        case "unexplained_so_far" | "unaccounted_so_far":
            return day.unexplained
        case "resting_so_far":
            return day.resting
        case "reveals_so_far":
            return day.reveals
        case "off_hours_so_far":
            return day.off_hours
        case "short_calls_out":
            return day.short_out
        case "short_calls_in":
            return day.short_in
        case "listed":
            return day.listed
        case "served":
            return day.served
        case "served_all":
            return day.served_all
        case _:
            return day.exports


class Live:
    """Takes marks into their day. `crossed` is told of each line crossed."""

    def __init__(
        self,
        judge: Judge,
        scorer: Scorer,
        facts: Facts,
        crossed: Callable[[ZoneDay, AgentDay, Crossing], None],
    ) -> None:
        self.judge, self.scorer, self.facts, self.crossed = judge, scorer, facts, crossed
        self.signals: dict[str, list[tuple[int, Signal, Pattern]]] = {}
        for place, (signal, pattern) in enumerate(zip(scorer.signals, scorer.pattern_of, strict=True)):
            if signal.live:
                self.signals.setdefault(signal.count, []).append((place, signal, pattern))
        self.limits = {
            count: [(limit, p) for p in scorer.patterns for limit in p.limits if limit.count == count]
            for count in self.signals
        }
        self.least = {
            count: min([s.floor for _, s, _ in self.signals[count]] + [x.at for x, _ in self.limits[count]])
            for count in self.signals
        }

    def take(self, zone_day: ZoneDay, day: AgentDay, mark: Mark) -> None:
        """Count one mark and score whatever rose."""
        kind = mark[1]
        if kind == OPENED:
            day.opened.add(mark[0], mark[2])
            day.rows_left -= PAGE
            found = self.judge.at_opening(day, mark)
            shift = day.shift
            if shift is not None and not shift[0] <= mark[0] < shift[1]:
                self._off_hours(zone_day, day, mark, found)
            if found & SELF_MADE and self.judge.own_made(day, mark, found):
                day.own_made_at.append(mark)
                zone_day.doubted.add(mark[2])
            elif not found:
                day.unexplained_at.append(mark)
                zone_day.doubted.add(mark[2])
                if day.unexplained.add(mark[0], mark[2]):
                    self._rose(zone_day, day, "unexplained_so_far", day.unexplained, mark)
                    self._rose(zone_day, day, "unaccounted_so_far", day.unexplained, mark)
                if self.judge.rests(day, mark):
                    day.resting_at.append(mark)
                    if day.resting.add(mark[0], mark[2]):
                        self._rose(zone_day, day, "resting_so_far", day.resting, mark)
        elif kind == REVEALED:
            if not day.contacted_before(mark.key, mark.t):
                day.revealed_at.append(mark)
                if day.reveals.add(mark.t, mark.key):
                    self._rose(zone_day, day, "reveals_so_far", day.reveals, mark)
        elif kind == SERVED:
            self._served(zone_day, day, mark)
        elif kind == EXPORTED:
            day.exports.add(mark.t, -(-mark.weight // EXPORT_ROWS))
            self._rose(zone_day, day, "exports", day.exports, mark)
        elif kind == LISTED:
            self._listed(zone_day, day, mark)
        else:
            count = "short_calls_out" if kind == SHORT_OUT else "short_calls_in"
            span = day.short_out if kind == SHORT_OUT else day.short_in
            span.add(mark.t, mark.entry)
            self._rose(zone_day, day, count, span, mark)

    def _off_hours(self, zone_day: ZoneDay, day: AgentDay, mark: Mark, found: int) -> None:
        """Outside the working hours, for no new cause, and not what somebody asked for on that day."""
        if self.judge.without_cause(mark) and not self.judge.asked_for(day, mark, found):
            day.off_hours_at.append(mark)
            if day.off_hours.add(mark[0], mark[2]):
                self._rose(zone_day, day, "off_hours_so_far", day.off_hours, mark)

    def _listed(self, zone_day: ZoneDay, day: AgentDay, mark: Mark) -> None:
        """A list counts when the next one is asked for: by then it shows what was opened from it."""
        page, left = day.turned_to(mark)
        if page is not None and left > 0 and not self.judge.looked_for(day, page.t, left):
            day.listed_at.append(page)
            day.rows_listed += left
            if day.listed.add(mark.t, day.rows_listed // PAGE - day.listed.day):
                self._rose(zone_day, day, "listed", day.listed, mark)

    def _served(self, zone_day: ZoneDay, day: AgentDay, mark: Mark) -> None:
        """What was sent and not shown: nobody's opening, and yet out of the house."""
        if mark.key in day.opened.all:
            return
        if day.served_all.add(mark.t, mark.key):
            self._rose(zone_day, day, "served_all", day.served_all, mark)
        if not self.judge.at_opening(day, mark):
            day.served_at.append(mark)
            zone_day.doubted.add(mark.key)
            if day.served.add(mark.t, mark.key):
                self._rose(zone_day, day, "served", day.served, mark)

    def _rose(self, zone_day: ZoneDay, day: AgentDay, count: str, span: Counting, mark: Mark) -> None:
        if span.day < self.least.get(count, FOR_EVER):  # no pattern asks for some counts
            return
        if zone_day.next_table is None:
            bars = zone_day.bars.get((day.person.agent, count))
            if bars is not None and span.day < bars[0] and span.most < bars[1]:
                return
        if day.person.role == "service":
            return
        state = self.facts.state(day.person, mark.t)
        if self.facts.learning(day.person, day.start):  # as its close will ask
            self._limits(zone_day, day, count, span, mark, state)
            return
        table = zone_day.table_at(mark.t)
        if (day.person.agent, count) not in zone_day.bars:
            self._put_bars(zone_day, day, table, count)
        for place, signal, pattern in self.signals[count]:
            if not applies(signal.count, state):
                continue
            x = span.day if signal.scale == "day" else span.most
            least = zone_day.least[day.person.agent, signal.name]
            if x >= least:
                x = self._holds(zone_day, day, signal, pattern, x, mark)
            if x >= least:
                self._score(zone_day, day, table, place, signal, pattern, x, mark)

    def _put_bars(self, zone_day: ZoneDay, day: AgentDay, table: Table, count: str) -> None:
        """Note below what counts, of the day and of 40 minutes, there is nothing to ask of this agent."""
        agent, bars = day.person.agent, [FOR_EVER * 1.0, FOR_EVER * 1.0]
        least = table.least[table.row(agent, day.person.role)]
        for place, signal, _ in self.signals[count]:
            zone_day.least[agent, signal.name] = least[place]
            scale = 0 if signal.scale == "day" else 1
            bars[scale] = min(bars[scale], least[place])
        for limit, _ in self.limits[count]:
            scale = 0 if limit.scale == "day" else 1
            bars[scale] = min(bars[scale], limit.at)
        zone_day.bars[agent, count] = (bars[0], bars[1])

    def _limits(
        self, zone_day: ZoneDay, day: AgentDay, count: str, span: Counting, mark: Mark, state: str
    ) -> None:
        agent, role = day.person.agent, day.person.role
        for plain, pattern in self.limits[count]:
            x = span.day if plain.scale == "day" else span.most
            if x < plain.at or not applies(plain.count, state):
                continue
            column = self.scorer.place.get(f"{plain.count}:{plain.scale}")
            limit = standing(plain, role, usual_so_far(zone_day.first_table, agent, role, column))
            key = (agent, f"limit {limit.count}:{limit.scale}")
            least = zone_day.least.get(key, limit.at)
            if x < least:
                continue
            x = self._holds(zone_day, day, limit, pattern, x, mark)  # never more than `x`
            if x < least:
                continue
            zone_day.least[key] = x * MORE
            over = (limit_part(limit, x),)
            of = (x, 0, 0, 1.0, over[0][1], 0.0, over, limit)
            self.crossed(zone_day, day, Crossing(pattern, as_signal(limit), mark, "limit", *of))

    def _holds(
        self, zone_day: ZoneDay, day: AgentDay, asked: Signal | Limit, pattern: Pattern, x: int, mark: Mark
    ) -> int:
        """The count without what was answered for meanwhile, or what was everybody's."""
        if pattern.queue == "calls":
            return self._own_short(zone_day, day, asked, mark)
        if asked.count.startswith("served"):
            marks = day.served_at if asked.count == "served" else unshown(day)
            left = sweep(one for one in marks if one.key not in day.opened.all)
            return left.day if asked.scale == "day" else left.most
        if asked.count not in RUNNING:
            return x
        open_now = day.still_open(day.so_far(asked.count), by_work=asked.count not in BY_CONTACT)
        return open_now.now_day if asked.scale == "day" else open_now.now_most

    def _own_short(self, zone_day: ZoneDay, day: AgentDay, asked: Signal | Limit, mark: Mark) -> int:
        """The short calls that are not on a list which is short for everybody, as far as can be seen now."""
        bad = zone_day.lists(mark.t).bad_for(day.person.agent, doubtful=True)
        kind = SHORT_OUT if asked.count.endswith("out") else SHORT_IN
        span = distinct(short_calls(day, kind, bad)) if bad else span_of(day, asked.count)
        return span.day if asked.scale == "day" else span.most

    def _score(
        self,
        zone_day: ZoneDay,
        day: AgentDay,
        table: Table,
        place: int,
        signal: Signal,
        pattern: Pattern,
        x: int,
        mark: Mark,
    ) -> None:
        role = day.person.role
        usual = table.usual_of(table.row(day.person.agent, role), place)
        factor = self._factor(zone_day, day, table, place, signal, mark.t)
        mu = usual.expected(factor)
        if pattern.queue == "calls":
            hours = zone_day.hours(mark.t, out=signal.count.endswith("out"))
            mu = np.round(mu + hours.extra(day.person.agent), 9).astype(np.float64)
        rarity = self._rarity(x, usual, mu, role, place, table)
        expected = round(float(mu[0, 0]), 9)
        weighed = self.scorer.weigh(
            signal, x, expected, rarity, self.facts.context(day, day.unexplained_at, mark.t)
        )
        unlikely = self.scorer.unlikely(weighed.score, role, pattern.queue, table.calibration)
        if unlikely < self.scorer.line[pattern.queue]:
            return
        zone_day.least[day.person.agent, signal.name] = x * MORE
        if self._desks_day(zone_day, day, pattern.queue):
            return
        rate = round(float(usual.rate[0, 0]), 9)
        found = Crossing(
            pattern,
            signal,
            mark,
            "provisional",
            x,
            expected,
            rate,
            factor,
            weighed.score,
            unlikely,
            weighed.parts,
        )
        self.crossed(zone_day, day, found)

    def _desks_day(self, zone_day: ZoneDay, day: AgentDay, queue: str) -> bool:
        """Whether colleagues on the desk were told of that day, and this agent not yet."""
        told = [agent for agent, of in zone_day.crossings if of == queue]
        if day.person.agent in told:
            return False
        desk, role = day.person.desk, day.person.role
        people = [zone_day.agents[agent].person for agent in told if agent in zone_day.agents]
        return sum(one.desk == desk and one.role == role for one in people) >= SAME_DESK

    def _stood(self, zone_day: ZoneDay, day: AgentDay, count: str, slot: int) -> tuple[int, int]:
        """(in the day, in 40 minutes) as they stood for an agent just before `slot`."""
        if count not in RUNNING:
            return span_of(day, count).before(slot)
        key = (day.person.agent, count, slot)
        found = zone_day.stood.get(key)
        if found is None:
            peak = day.still_open(day.so_far(count), by_work=count not in BY_CONTACT, before=slot)
            found = zone_day.stood[key] = (peak.day, peak.most)
        return found

    def _rarity(self, x: int, usual: Usual, mu: np.ndarray, role: str, place: int, table: Table) -> float:
        surprise = self.scorer.surprise(np.array([[float(x)]]), usual, mu)
        tail = table.calibration.signals.get((role, place))
        return float((surprise if tail is None else tail.surprise_of(surprise))[0, 0])

    def _factor(
        self, zone_day: ZoneDay, day: AgentDay, table: Table, place: int, signal: Signal, t: int
    ) -> float:
        """The peers' factor as it stood at the last full five minutes, the agent left out."""
        slot = t // SLOT * SLOT
        key = (day.person.agent, place, slot)
        found = zone_day.factors.get(key)
        if found is None:
            near, wide = [], []
            for other in zone_day.agents.values():
                here = other.last and other.first < slot and other.person.role == day.person.role
                if other is day or not here:
                    continue
                by_day, by_window = self._stood(zone_day, other, signal.count, slot)
                rate = float(table.usual.rate[table.row(other.person.agent, other.person.role), place])
                ratio = ((by_day if signal.scale == "day" else by_window) + 1.0) / (rate + 1.0)
                wide.append(ratio)
                if other.person.desk == day.person.desk:
                    near.append(ratio)
            ratios = near if len(near) >= FEWEST else wide
            factor = 1.0 if len(ratios) < FEWEST else min(max(median(ratios), 1.0), MOST)
            found = zone_day.factors[key] = round(factor, 9)
        return found
