"""The behaviour days at hand: open ones, closed ones that may still change, and where each act belongs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from viewtrail.measure.agent_day import AgentDay
from viewtrail.measure.clocks import CLOSING, HOUR, LATE, Clock, bounds
from viewtrail.measure.counts import SLOT, Mark
from viewtrail.patterns.scorer import Scorer
from viewtrail.watch.facts import FOR_EVER, Facts, Since
from viewtrail.watch.learned import Learned
from viewtrail.watch.table import Table, table
from viewtrail.watch.zone_day import ZoneDay

DayKey = tuple[Clock, date]


@dataclass(frozen=True, slots=True)
class Closed:
    """A closed day with what had been learned before it closed, and the tables then in force."""

    at: int
    zone_day: ZoneDay
    learned: Learned
    tables: Mapping[Clock, list[Table]]


class Days:
    """Finds the day of an act, makes it where new, and marks what must be computed again.

    `now` is the latest knowledge time, `high` the latest time of what was known when it happened, `due` the
    next moment at which there is something to close or to do again.
    """

    def __init__(self, facts: Facts, scorer: Scorer, learned: Learned) -> None:
        self.facts, self.scorer, self.learned = facts, scorer, learned
        self.open: dict[DayKey, ZoneDay] = {}
        self.closed: list[Closed] = []
        self.older: dict[DayKey, ZoneDay] = {}
        self.tables: dict[Clock, list[Table]] = {}
        self.members: dict[Clock, set[str]] = {}
        self.today: dict[str, AgentDay] = {}
        self.zone_days: dict[str, ZoneDay] = {}
        self.now = self.high = self.due = 0
        self.again = False

    # -- where an act belongs -----------------------------------------------------------------------

    def of(self, data: Mapping[str, object], t: int) -> AgentDay | None:
        """The agent-day that something done at `t` belongs to; None for services and systems."""
        agent = data.get("agent")
        if not isinstance(agent, str) or data.get("actor_kind", "human") != "human":
            return None
        day = self.today.get(agent)
        if day is None or not day.start <= t < day.end:
            day = self._another(agent, t)
        if day.last <= t and day.last:
            day.last = t
        else:
            first = day.first
            day.saw(t)
            if t < self.high and day.first != first:
                self.facts.people.stirred(day.person)  # was thought absent until now
        return day

    def known(self, agent: str, t: int) -> AgentDay | None:
        """The agent's day at `t` where it is at hand; none is made."""
        for zone_day in self.recent():
            if zone_day.start <= t < zone_day.end and agent in zone_day.agents:
                return zone_day.agents[agent]
        return None

    def _another(self, agent: str, t: int) -> AgentDay:
        person = self.facts.people.get(agent)
        clock = person.clock_at(t)
        self.facts.seen(agent, t)
        self.facts.book.at_work.touched(agent, t)
        self.members.setdefault(clock, set()).add(agent)
        zone_day = self.at(clock, t)
        day = zone_day.agents.get(agent)
        if day is None:
            usual = zone_day.first_table.self_made.get(agent, 0.0)
            day = AgentDay(person, zone_day.day, zone_day.start, zone_day.end, usual)
            zone_day.agents[agent] = day
        current = self.today.get(agent)
        if current is None or t >= current.end:
            self.today[agent], self.zone_days[agent] = day, zone_day
        return day

    def place(self, day: AgentDay, mark: Mark) -> ZoneDay:
        """Put a mark into its day; returns the zone's day, dirty when the mark came out of order."""
        t = mark.t
        agent = day.person.agent
        zone_day = self.zone_days.get(agent)
        if zone_day is None or zone_day.agents.get(agent) is not day:
            zone_day = self.at(day.person.clock_at(t), t)
        day.marks.append(mark)
        day.ripe = None
        if mark.key:
            zone_day.touched.add(mark.key)
        if t < self.high and (t < day.last or t // SLOT != self.high // SLOT):
            self.dirty(zone_day)
        return zone_day

    def after(self, zone_day: ZoneDay) -> ZoneDay | None:
        """The next day on the same clock, where anything of it is known."""
        day = zone_day.day + timedelta(days=1)
        found = self.open.get((zone_day.clock, day))
        if found is None:
            later = (one.zone_day for one in self.closed)
            found = next((one for one in later if one.clock == zone_day.clock and one.day == day), None)
        return found

    def replace(self, again: ZoneDay) -> None:
        """Let a day that was taken again stand in for the one at hand."""
        self.open[again.clock, again.day] = again
        for agent, day in again.agents.items():
            current = self.today.get(agent)
            if current is not None and current.start == day.start:
                self.today[agent], self.zone_days[agent] = day, again

    def at(self, clock: Clock, t: int) -> ZoneDay:
        day, start, end = bounds(clock, t)
        key = (clock, day)
        found = self.open.get(key)
        if found is not None:
            return found
        for closed in self.closed:
            if (closed.zone_day.clock, closed.zone_day.day) == key:
                return closed.zone_day
        made = ZoneDay(clock, day, start, end, *self.tables_at(clock, start))
        if end <= self.now - LATE - CLOSING:
            made.open = False
            return self.older.setdefault(key, made)
        if end + CLOSING <= self.now:
            return self._closed_late(made)
        self.due = min(self.due, end + CLOSING)
        self.open[key] = made
        return made

    def _closed_late(self, zone_day: ZoneDay) -> ZoneDay:
        """A day on which nothing was known to have happened until after its close: put where it belongs."""
        at = zone_day.end + CLOSING
        zone_day.open = False
        place = sum(1 for closed in self.closed if (closed.at, closed.zone_day.clock) < (at, zone_day.clock))
        if place < len(self.closed):
            learned, tables = self.closed[place].learned, self.closed[place].tables
        else:
            learned, tables = self.learned, self.tables
        self.closed.insert(place, Closed(at, zone_day, learned.copy(), dict(tables)))
        self.dirty(zone_day)
        return zone_day

    def forget(self, zone_day: ZoneDay) -> None:
        """Let go of a day that can no longer change; who left would otherwise hold on to it for ever."""
        for agent in zone_day.agents:
            if self.zone_days.get(agent) is zone_day:
                del self.zone_days[agent]
                self.today.pop(agent, None)

    # -- what is usual -------------------------------------------------------------------------------

    def tables_at(self, clock: Clock, start: int) -> tuple[Table, Table | None]:
        """The table in force at `start`, and the one that takes over when the day before has closed."""
        now = self._table_at(clock, start)
        later = [one for one in self.tables.get(clock, ()) if start < one.valid_from <= start + CLOSING]
        return now, later[-1] if later else None

    def _table_at(self, clock: Clock, t: int) -> Table:
        for one in reversed(self.tables.get(clock, ())):
            if one.valid_from <= t:
                return one
        learned = self.learned
        return table(0, [], [], learned.baselines, self.scorer, learned.calibration, {})

    def new_table(self, clock: Clock, at: int) -> None:
        agents = sorted(self.members.get(clock, ()))
        roles = [self.facts.people.get(agent).role for agent in agents]
        learned, self_made = self.learned, self.learned.usual_self_made()
        made = table(at, agents, roles, learned.baselines, self.scorer, learned.calibration, self_made)
        kept = [one for one in self.tables.get(clock, ()) if one.valid_from > at - LATE - 48 * HOUR]
        self.tables[clock] = [*kept, made]
        for zone_day in self.open.values():
            if zone_day.clock == clock and zone_day.start < at < zone_day.end:
                zone_day.next_table = made

    # -- what comes late ----------------------------------------------------------------------------

    def recent(self) -> Iterator[ZoneDay]:
        yield from self.open.values()
        for closed in self.closed:
            yield closed.zone_day

    def dirty(self, zone_day: ZoneDay, *, taken: bool = True) -> None:
        """Something came late for a day: it must be closed again, and with `taken` its marks taken again.

        Within the hour if that may change what people see, else with the next close.
        """
        zone_day.stale = True
        zone_day.dirty |= taken
        if not zone_day.open:
            self.again = True
            if zone_day.dirty or zone_day.claims or any(one.finding for one in zone_day.settled):
                self.due = min(self.due, self._next_hour())

    def _next_hour(self) -> int:
        return (self.now // HOUR + 1) * HOUR

    def late_fact(self, record: str, since: Since) -> None:
        """A fact about a moment already past: days that touched the record are computed again."""
        if since.holds < self.high:
            for zone_day in self._held(since):
                taken = since.known < zone_day.end
                if record in (zone_day.touched if taken else zone_day.doubted):
                    self.dirty(zone_day, taken=taken)

    def _held(self, since: Since) -> Iterator[ZoneDay]:
        """The days for which a fact comes too late.

        An open day asks at its close what holds; only what should have been known while it went on changes
        it. A closed day has asked already.
        """
        if since.known < self.high:
            yield from (z for z in self.open.values() if z.end + CLOSING > since.known)
        for closed in self.closed:
            if closed.zone_day.end + CLOSING > since.holds:
                yield closed.zone_day

    def late_about(self, agent: str, since: Since) -> None:
        """The same for a fact about a person."""
        if agent in self.today:
            self.rehome(agent)
        if since.holds < self.high:
            for zone_day in self._held(since):
                taken = since.known < zone_day.end
                if taken or self._concerns(agent, zone_day):
                    self.dirty(zone_day, taken=taken)

    def _concerns(self, agent: str, zone_day: ZoneDay) -> bool:
        """Whether a fact about this person could explain an opening of that day, own or of an own client."""
        for day in zone_day.agents.values():
            if day.person.agent == agent and day.unexplained_at:
                return True
            for mark in day.unexplained_at:
                record = self.facts.book.records.get(mark.key)
                owned = record.owner_at(mark.t, mark.t) if record is not None else None
                if owned is not None and owned.owner == agent:
                    return True
        return False

    def rehome(self, agent: str) -> None:
        """What an agent did before the own zone was known moves to the days of that zone."""
        person = self.facts.people.get(agent)
        for zone_day in list(self.recent()):
            day = zone_day.agents.get(agent)
            if day is None or person.clock_at(day.first) == zone_day.clock:
                continue
            del zone_day.agents[agent]
            self.today.pop(agent, None)
            self.dirty(zone_day)
            for moved in day.moments():
                home = self._another(agent, moved)
                home.saw(moved)
                home.take_over(day, moved)
                new = self.at(person.clock_at(moved), moved)
                new.touched |= zone_day.touched
                self.dirty(new)

    def seen_before(self, agent: str, day: date, t: int) -> bool:
        clock = self.facts.people.get(agent).clock_at(t)
        zone_day = self.open.get((clock, day))
        if zone_day is None:
            found = [c.zone_day for c in self.closed if (c.zone_day.clock, c.zone_day.day) == (clock, day)]
            zone_day = found[0] if found else None
        seen = zone_day.agents.get(agent) if zone_day is not None else None
        return seen is not None and bool(seen.last) and seen.first < t

    def next_due(self) -> None:
        """Set `due` after everything due now was done."""
        self.due = min((zone_day.end + CLOSING for zone_day in self.open.values()), default=FOR_EVER)
