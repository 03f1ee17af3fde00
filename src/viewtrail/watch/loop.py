"""The only loop: entries in, in the order they became known; transitions out, each stamped with its cause.

What must hold, and where it does:
 1. Time advances only by entries. `now` is the latest knowledge time seen.
 2. Every answer is a function of the events' own times. What arrives out of order is put where it belongs,
    and the days it touches are computed again: an open day at its close, a closed one soon after.
 3. Score, then learn: a day is closed before it enters what is usual (`Closing`).
 4. Entries that the loop wrote itself are never its input.
 5. What was learned before each close is kept for 72 hours, so that a day can be computed again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from viewtrail.finding import Finding, Left, Transition
from viewtrail.log.entry import Logged, Stored
from viewtrail.measure.agent_day import AgentDay, Judge
from viewtrail.measure.baseline import Baselines
from viewtrail.measure.clocks import CLOSING, HOUR, LATE, Clock, bounds
from viewtrail.measure.counts import EXPORT_ROWS, EXPORTED, OPENED, REVEALED, SHORT_IN, SHORT_OUT, SLOT, Mark
from viewtrail.measure.lists import Call
from viewtrail.measure.reasons import is_contact, is_short
from viewtrail.patterns.base import Pattern, discovered
from viewtrail.patterns.scorer import Scorer
from viewtrail.settings import Settings
from viewtrail.watch.closing import Closing, Learned, told_of
from viewtrail.watch.facts import ABOUT_PEOPLE, FOR_EVER, Facts, Since
from viewtrail.watch.ledger import Doubt, Ledger
from viewtrail.watch.live import Live
from viewtrail.watch.table import Table, table
from viewtrail.watch.telling import dissolved, reason_names, tell
from viewtrail.watch.version import code_version
from viewtrail.watch.zone_day import Crossing, ZoneDay

DayKey = tuple[Clock, date]

ABOUT_RECORDS: Final = frozenset(
    "record.created record.assigned record.valued client.contacted task.due task.cancelled "
    "queue.offered".split()
)
WORKING: Final = frozenset("note.added status.changed record.updated task.completed".split())
CAMPAIGNS: Final = frozenset(("campaign.started", "campaign.ended"))

_NONE: Final[list[Transition]] = []


@dataclass(frozen=True, slots=True)
class Closed:
    """A closed day with the state before it closed."""

    at: int
    zone_day: ZoneDay
    learned: Learned
    tables: Mapping[Clock, list[Table]]


class Loop:
    """Folds entries; `take` returns the transitions that one entry caused."""

    def __init__(self, settings: Settings, patterns: Iterable[Pattern] | None = None) -> None:
        self.settings = settings
        self.version = {"code": code_version(), "settings": settings.version()}
        chosen = tuple(patterns) if patterns is not None else discovered()
        budgets = {"access": settings.budget, "calls": settings.calls_budget}
        self.facts = Facts(settings)
        self.scorer = Scorer(chosen, budgets)
        self.judge = Judge(self.facts.people, self.facts.book, self._seen_before)
        self.live = Live(self.judge, self.scorer, self.facts, self._crossed)
        self.closing = Closing(self.judge, self.scorer, self.facts, self.version)
        baselines = Baselines(len(self.scorer.signals))
        self.learned = Learned(baselines, {}, self.scorer.empty())
        self.ledger = Ledger(settings.episode_days * 24 * HOUR, settings.limit_cap)
        self.base = self.ledger.copy()
        self.tables: dict[Clock, list[Table]] = {}
        self.open: dict[DayKey, ZoneDay] = {}
        self.closed: list[Closed] = []
        self.older: dict[DayKey, ZoneDay] = {}
        self.members: dict[Clock, set[str]] = {}
        self.today: dict[str, AgentDay] = {}
        self.zone_days: dict[str, ZoneDay] = {}
        self.left: list[Left] = []
        self.told: dict[str, Finding] = {}
        self.retaking = False
        self.now = 0
        self.high = 0
        self.index = -1
        self.due = 0

        self.again = False
        self.out: list[Transition] = []
        self.handlers = self._handlers()

    # -- entries in ---------------------------------------------------------------------------------

    def take(self, logged: Logged) -> list[Transition]:
        """Fold one entry: the same entries in the same order give the same transitions."""
        self.index, known, entry = logged.index, logged.known, logged.entry
        event = entry.event
        self.facts.history = entry.backfill
        t = event.time - entry.skew * 1000 if entry.skew else event.time
        if known > self.now:
            self.now = known
            if known >= self.due:
                self._advance()
        handler = self.handlers.get(event.type)
        if handler is not None:
            handler(event, t)
            if t > self.high and t <= known:  # what is entered before it happens does not move time
                self.high = t
        if not self.out:
            return _NONE
        out, self.out = self.out, []
        return out

    def fold(self, entries: Iterable[Logged]) -> Iterator[Transition]:
        """The transitions that these entries cause."""
        take = self.take
        for logged in entries:
            out = take(logged)
            if out:
                yield from out

    def finish(self) -> list[Transition]:
        """Close what history has left open: a file that was handed over is over, its last day too.

        For replay over imported history only; a live log waits for the clock.
        """
        ends = [zone_day.end for zone_day in self.open.values()]
        if ends:
            self.now = max(self.now, max(ends) + CLOSING + HOUR)
            self._advance()
        out, self.out = self.out, []
        return out

    def _handlers(self) -> dict[str, Callable[[Stored, int], None]]:
        found: dict[str, Callable[[Stored, int], None]] = {
            "record.viewed": self._viewed,
            "record.left": self._closed_record,
            "contact.revealed": self._revealed,
            "export.created": self._exported,
            "call.ended": self._called,
            "message.sent": self._wrote,
            "capture.gap": self.facts.gap,
        }
        found |= dict.fromkeys(WORKING, self._worked)
        found |= dict.fromkeys(ABOUT_RECORDS, self._told_of_record)
        found |= dict.fromkeys(ABOUT_PEOPLE, self._told_of_person)
        found |= dict.fromkeys(CAMPAIGNS, self._told_of_campaign)
        return found

    # -- behaviour ----------------------------------------------------------------------------------

    def _viewed(self, event: Stored, t: int) -> None:
        data = event.data
        if data.get("surface") == "job" or event.subject is None:
            return
        day = self._day(data, t)
        if day is not None:
            identity = (event.source, event.id)
            get = data.get
            named = (get("campaign"), get("list"), get("visit"))
            self._mark(day, Mark(t, OPENED, event.subject, 1, self.index, identity, *named))
            if "dwell_ms" in data:
                day.dwells[identity] = data["dwell_ms"]

    def _closed_record(self, event: Stored, t: int) -> None:
        """How long a record stayed open, told when it was left; `view` is the source#id of its opening."""
        day, dwell = self._day(event.data, t), event.data.get("dwell_ms")
        if day is not None and dwell is not None:
            source, _, name = event.data.get("view", "").partition("#")
            day.dwells[source, name] = dwell

    def _revealed(self, event: Stored, t: int) -> None:
        day = self._day(event.data, t)
        if day is not None and event.subject is not None:
            self._mark(day, Mark(t, REVEALED, event.subject, 1, self.index, (event.source, event.id)))

    def _exported(self, event: Stored, t: int) -> None:
        day = self._day(event.data, t)
        if day is not None:
            weight = -(-event.data.get("rows", 0) // EXPORT_ROWS)
            self._mark(day, Mark(t, EXPORTED, "", weight, self.index, (event.source, event.id)))

    def _called(self, event: Stored, t: int) -> None:
        self.facts.heard(event.type, event, t)
        data = event.data
        day = self._day(data, t)
        if day is None:
            return
        answered, talk = data.get("answered"), data.get("talk_ms")
        out = data.get("direction") != "in"
        start = t - 1000 * ((talk or 0) + (data.get("ring_ms") or 0))
        if event.subject is not None:
            if out and is_contact(answered, data.get("ring_ms"), talk):
                day.contact(event.subject, start, t)
            elif not out:
                self.facts.book.get(event.subject).inbound.append((start, t))
            if t < self.high:
                self._late_fact(event.subject, Since(t, t))
        if answered:
            short = is_short(answered, talk, data.get("machine"))
            day.calls.append(Call(t, out, short, data.get("campaign")))
            if short:
                kind = SHORT_OUT if out else SHORT_IN
                identity = (event.source, event.id)
                self._mark(
                    day, Mark(t, kind, event.subject or "", 1, self.index, identity, data.get("campaign"))
                )

    def _wrote(self, event: Stored, t: int) -> None:
        day = self._day(event.data, t)
        if day is not None and event.subject is not None:
            day.wrote(event.subject, t)
            self._late_fact(event.subject, Since(t, t))

    def _worked(self, event: Stored, t: int) -> None:
        self.facts.heard(event.type, event, t)
        day = self._day(event.data, t)
        if day is not None and event.subject is not None:
            day.worked(event.subject, t)
            if t < self.high:
                self._late_fact(event.subject, Since(t, t))

    # -- context ------------------------------------------------------------------------------------

    def _told_of_record(self, event: Stored, t: int) -> None:
        self.facts.heard(event.type, event, t)
        since = self.facts.record(event.type, event, t)
        if event.subject is not None:
            self._late_fact(event.subject, since)

    def _told_of_campaign(self, event: Stored, t: int) -> None:
        self.facts.heard(event.type, event, t)
        since = self.facts.campaign(event.type, event, t)
        if since.holds < self.high:
            for record in event.data.get("records", ()):
                self._late_fact(record, since)

    def _told_of_person(self, event: Stored, t: int) -> None:
        self.facts.heard(event.type, event, t)
        since = self.facts.person(event.type, event, t)
        if event.subject in self.today:
            self._rehome(event.subject)
        if since.holds < self.high:
            for zone_day in self._held(since):
                taken = since.known < zone_day.end
                if taken or self._concerns(event.subject or "", zone_day):
                    self._dirty(zone_day, taken=taken)

    def _rehome(self, agent: str) -> None:
        """What an agent did before the own zone was known moves to the days of that zone."""
        person = self.facts.people.get(agent)
        for zone_day in list(self._recent()):
            day = zone_day.agents.get(agent)
            if day is None or person.clock_at(day.first) == zone_day.clock:
                continue
            del zone_day.agents[agent]
            self.today.pop(agent, None)
            self._dirty(zone_day)
            for moved in day.moments():
                home = self._another_day(agent, moved)
                home.saw(moved)
                home.take_over(day, moved)
                new = self._zone_day(person.clock_at(moved), moved)
                new.touched |= zone_day.touched
                self._dirty(new)

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

    def _late_fact(self, record: str, since: Since) -> None:
        """A fact about a moment already past: days that touched the record are computed again."""
        if since.holds < self.high:
            for zone_day in self._held(since):
                taken = since.known < zone_day.end
                if record in (zone_day.touched if taken else zone_day.doubted):
                    self._dirty(zone_day, taken=taken)

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

    def _recent(self) -> Iterator[ZoneDay]:
        yield from self.open.values()
        for closed in self.closed:
            yield closed.zone_day

    def _dirty(self, zone_day: ZoneDay, *, taken: bool = True) -> None:
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

    # -- days ---------------------------------------------------------------------------------------

    def _day(self, data: Mapping[str, object], t: int) -> AgentDay | None:
        """The agent-day that something done at `t` belongs to; None for services and systems."""
        agent = data.get("agent")
        if not isinstance(agent, str) or data.get("actor_kind", "human") != "human":
            return None
        day = self.today.get(agent)
        if day is None or not day.start <= t < day.end:
            day = self._another_day(agent, t)
        if day.last <= t and day.last:
            day.last = t
        else:
            day.saw(t)
        return day

    def _another_day(self, agent: str, t: int) -> AgentDay:
        person = self.facts.people.get(agent)
        clock = person.clock_at(t)
        self.facts.seen(agent, t)
        self.members.setdefault(clock, set()).add(agent)
        zone_day = self._zone_day(clock, t)
        day = zone_day.agents.get(agent)
        if day is None:
            usual = zone_day.first_table.self_made.get(agent, 0.0)
            day = AgentDay(person, zone_day.day, zone_day.start, zone_day.end, usual)
            zone_day.agents[agent] = day
        current = self.today.get(agent)
        if current is None or t >= current.end:
            self.today[agent], self.zone_days[agent] = day, zone_day
        return day

    def _zone_day(self, clock: Clock, t: int) -> ZoneDay:
        day, start, end = bounds(clock, t)
        key = (clock, day)
        found = self.open.get(key)
        if found is not None:
            return found
        for closed in self.closed:
            if (closed.zone_day.clock, closed.zone_day.day) == key:
                return closed.zone_day
        made = ZoneDay(clock, day, start, end, *self._tables(clock, start))
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
        self._dirty(zone_day)
        return zone_day

    def _tables(self, clock: Clock, start: int) -> tuple[Table, Table | None]:
        """The table in force at `start`, and the one that takes over when the day before has closed."""
        now = self._table(clock, start)
        later = [one for one in self.tables.get(clock, ()) if start < one.valid_from <= start + CLOSING]
        return now, later[-1] if later else None

    def _table(self, clock: Clock, t: int) -> Table:
        for one in reversed(self.tables.get(clock, ())):
            if one.valid_from <= t:
                return one
        learned = self.learned
        return table(0, [], [], learned.baselines, self.scorer, learned.calibration, {})

    def _mark(self, day: AgentDay, mark: Mark) -> None:
        """Put a mark where it belongs, and count it unless its day has closed."""
        t = mark.t
        agent = day.person.agent
        zone_day = self.zone_days.get(agent)
        if zone_day is None or zone_day.agents.get(agent) is not day:
            zone_day = self._zone_day(day.person.clock_at(t), t)
        day.marks.append(mark)
        if mark.key:
            zone_day.touched.add(mark.key)
        if t < self.high and (t < day.last or t // SLOT != self.high // SLOT):
            self._dirty(zone_day)
        if zone_day.open:
            self.live.take(zone_day, day, mark)

    def _seen_before(self, agent: str, day: date, t: int) -> bool:
        clock = self.facts.people.get(agent).clock_at(t)
        zone_day = self.open.get((clock, day))
        if zone_day is None:
            found = [c.zone_day for c in self.closed if (c.zone_day.clock, c.zone_day.day) == (clock, day)]
            zone_day = found[0] if found else None
        seen = zone_day.agents.get(agent) if zone_day is not None else None
        return seen is not None and bool(seen.last) and seen.first < t

    # -- findings -----------------------------------------------------------------------------------

    def _crossed(self, zone_day: ZoneDay, day: AgentDay, crossing: Crossing) -> None:
        zone_day.crossings.setdefault((day.person.agent, crossing.pattern.queue), crossing)
        told = told_of(self.closing, self.learned, day, None, crossing)
        claim = tell(crossing, told, self.facts, crossing.mark.t)
        zone_day.claims.append(claim)
        if not self.retaking:
            self.ledger.crossed(claim, zone_day.day, self._step)

    def _step(self, kind: str, finding: Finding) -> None:
        self.told[finding.id] = finding
        self.out.append(Transition(kind, self.index, self.now, finding))

    def _refold(self) -> None:
        """The ledger again from all days' claims and verdicts; tell only what has changed by it."""
        self.ledger = self.base.copy()
        days = sorted(self.open.values(), key=lambda one: (one.start, one.clock))
        for zone_day in [*(closed.zone_day for closed in self.closed), *days]:
            _fold_into(self.ledger, zone_day)
        now = self.ledger.findings
        for id_, finding in now.items():
            before = self.told.get(id_)
            if before is None:
                self._step("opened", finding)
            elif before != finding:
                changed = finding.status != before.status and finding.status != "open"
                self._step(finding.status if changed else "updated", finding)
        for id_, finding in list(self.told.items()):
            if id_ not in now and finding.status not in ("withdrawn", "superseded"):
                heir = self.ledger.living((finding.agent or "", finding.queue), finding.first_at)
                if heir is None:
                    why = self._why_gone(finding)
                    gone = finding.after(why.status, why.why, reasons=why.reasons)
                else:
                    gone = finding.after(
                        "superseded", "what arrived late tells it as one", superseded_by=heir.id
                    )
                self._step(gone.status, gone)

    def _why_gone(self, finding: Finding) -> Doubt:
        """What the openings of a finding that late facts dissolved are explained by now."""
        named, reasons = set(finding.entries), Counter[str]()
        for zone_day in self._recent():
            day = zone_day.agents.get(finding.agent or "")
            for mark in day.marks if day is not None else ():
                if mark.entry in named and day is not None:
                    found = self.judge.at_opening(day, mark) | self.judge.matured(day, mark, None, FOR_EVER)
                    reasons.update(reason_names(found))
        return dissolved(dict(sorted(reasons.items())))

    def findings(self) -> list[Finding]:
        """Every finding ever told, as it stands now, in the order in which they were first told."""
        return list(self.told.values())

    # -- time ---------------------------------------------------------------------------------------

    def _advance(self) -> None:
        """Close every day whose close has come, in order; first redo what late entries touched."""
        if self.again:
            self.again = False
            self._redo()
        while True:
            ready = [
                (z.end + CLOSING, z.clock, z.day) for z in self.open.values() if z.end + CLOSING <= self.now
            ]
            if not ready:
                break
            at, clock, day = min(ready)
            zone_day = self.open[clock, day]
            if zone_day.dirty:
                zone_day = self._taken_again(zone_day)
                self._refold()
            self._close(at, zone_day)
            for settled in zone_day.settled:
                self.ledger.settled(settled.key, day, settled.finding, settled.doubt, self._step)
        self._forget()
        self.due = min((zone_day.end + CLOSING for zone_day in self.open.values()), default=FOR_EVER)

    def _close(self, at: int, zone_day: ZoneDay) -> None:
        self.closed.append(Closed(at, zone_day, self.learned.copy(), dict(self.tables)))
        self._learn_older(zone_day.clock)
        following = self.open.get((zone_day.clock, zone_day.day + timedelta(days=1)))
        self.closing.close(zone_day, following, self.learned)
        self.open.pop((zone_day.clock, zone_day.day))
        zone_day.open = False
        self._new_table(zone_day.clock, at)

    def _learn_older(self, clock: Clock) -> None:
        for key in sorted(key for key in self.older if key[0] == clock):
            zone_day = self.older.pop(key)
            self.closing.learn_only(self._retaken(zone_day, zone_day.table, None), self.learned)

    def _new_table(self, clock: Clock, at: int) -> None:
        agents = sorted(self.members.get(clock, ()))
        roles = [self.facts.people.get(agent).role for agent in agents]
        learned, self_made = self.learned, self.learned.usual_self_made()
        made = table(at, agents, roles, learned.baselines, self.scorer, learned.calibration, self_made)
        kept = [one for one in self.tables.get(clock, ()) if one.valid_from > at - LATE - 48 * HOUR]
        self.tables[clock] = [*kept, made]
        for zone_day in self.open.values():
            if zone_day.clock == clock and zone_day.start < at < zone_day.end:
                zone_day.next_table = made

    def _forget(self) -> None:
        """Days that closed more than 72 hours ago can no longer change: their part of the ledger is final."""
        edge = self.now - LATE - CLOSING
        while self.closed and self.closed[0].zone_day.end <= edge:
            zone_day = self.closed.pop(0).zone_day
            _fold_into(self.base, zone_day)
            self.left += zone_day.left

    def left_alone(self) -> list[Left]:
        """What looked like a harvest and was left alone, with why."""
        return [*self.left, *(one for closed in self.closed for one in closed.zone_day.left)]

    # -- again --------------------------------------------------------------------------------------

    def _redo(self) -> None:
        """Compute again every closed day from the first that late entries touched."""
        first = next((n for n, closed in enumerate(self.closed) if closed.zone_day.stale), None)
        if first is None:
            return
        todo, self.closed = self.closed[first:], self.closed[:first]
        self.learned, self.tables = todo[0].learned.copy(), dict(todo[0].tables)
        for closed in todo:
            self.open[closed.zone_day.clock, closed.zone_day.day] = closed.zone_day
            closed.zone_day.open = True
        for closed in todo:
            self._close(closed.at, self._as_it_should_be(closed.zone_day))
        for zone_day in list(self.open.values()):
            self._as_it_should_be(zone_day)
        self._refold()

    def _as_it_should_be(self, zone_day: ZoneDay) -> ZoneDay:
        """The day as its marks and today's tables give it; taken again only where that could differ."""
        if zone_day.dirty or not zone_day.serves(*self._tables(zone_day.clock, zone_day.start)):
            return self._taken_again(zone_day)
        zone_day.stale = False
        return zone_day

    def _taken_again(self, zone_day: ZoneDay) -> ZoneDay:
        """The day from its marks in time order, as if nothing had come late; replaces the one at hand."""
        again = self._retaken(zone_day, *self._tables(zone_day.clock, zone_day.start))
        self.open[zone_day.clock, zone_day.day] = again
        for agent, day in again.agents.items():
            current = self.today.get(agent)
            if current is not None and current.start == day.start:
                self.today[agent], self.zone_days[agent] = day, again
        return again

    def _retaken(self, zone_day: ZoneDay, now: Table, later: Table | None) -> ZoneDay:
        again = zone_day.fresh(now, later)
        for agent, day in again.agents.items():
            day.usual_self_made = now.self_made.get(agent, 0.0)
        marks = [(mark, agent) for agent, day in zone_day.agents.items() for mark in day.marks]
        marks.sort(key=lambda pair: (pair[0].t, pair[0].identity, pair[0].kind))
        self.retaking = True
        for mark, agent in marks:
            again.agents[agent].marks.append(mark)
            self.live.take(again, again.agents[agent], mark)
        self.retaking = False
        return again


def _fold_into(ledger: Ledger, zone_day: ZoneDay) -> None:
    for claim in zone_day.claims:
        ledger.crossed(claim, zone_day.day, _untold)
    for settled in zone_day.settled:
        ledger.settled(settled.key, zone_day.day, settled.finding, settled.doubt, _untold)


def _untold(_kind: str, _finding: Finding) -> None:
    """The ledger is being folded again: what changed is told at the end."""
