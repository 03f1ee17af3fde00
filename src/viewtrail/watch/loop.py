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
from collections.abc import Iterable, Iterator
from typing import Final

from viewtrail.finding import Finding, Left, Transition
from viewtrail.log.entry import Logged, Stored
from viewtrail.measure.agent_day import AgentDay
from viewtrail.measure.baseline import Baselines
from viewtrail.measure.clocks import CLOSING, DAY, HOUR, LATE, Clock
from viewtrail.measure.judge import Judge
from viewtrail.patterns.base import Pattern, discovered
from viewtrail.patterns.scorer import Scorer
from viewtrail.settings import Settings
from viewtrail.watch.acts import Acts
from viewtrail.watch.beside import Beside
from viewtrail.watch.closing import Closing
from viewtrail.watch.days import Closed, Days
from viewtrail.watch.facts import FOR_EVER, Facts
from viewtrail.watch.learned import Learned
from viewtrail.watch.ledger import Doubt, Ledger
from viewtrail.watch.live import Live
from viewtrail.watch.table import Table
from viewtrail.watch.telling import dissolved, reason_names, tell
from viewtrail.watch.verdict import told_of
from viewtrail.watch.version import code_version
from viewtrail.watch.zone_day import Crossing, ZoneDay

GONE: Final = frozenset(("withdrawn", "explained", "superseded"))

_NONE: Final[list[Transition]] = []


class Loop:
    """Folds entries; `take` returns the transitions that one entry caused."""

    def __init__(self, settings: Settings, patterns: Iterable[Pattern] | None = None) -> None:
        self.settings = settings
        self.version = {"code": code_version(), "settings": settings.version()}
        chosen = tuple(patterns) if patterns is not None else discovered()
        budgets = {"access": settings.budget, "calls": settings.calls_budget}
        self.facts = Facts(settings)
        self.scorer = Scorer(chosen, budgets)
        learned = Learned(Baselines(len(self.scorer.signals)), {}, self.scorer.empty())
        self.days = Days(self.facts, self.scorer, learned)
        self.judge = Judge(self.facts.people, self.facts.book, self.days.seen_before)
        self.live = Live(self.judge, self.scorer, self.facts, self._crossed)
        self.closing = Closing(self.judge, self.scorer, self.facts, self.version)
        self.acts = Acts(self.facts, self.days, self.live)
        self.acts.handlers["finding.closed"] = self._closed_by_a_person
        self.beside = Beside(
            self.facts, self.version, settings.episode_days * DAY, settings.learning_days * DAY
        )
        self.tell_of_person = self.acts.handlers["notice.given"]
        self.acts.handlers |= dict.fromkeys(("notice.given", "notice.withdrawn"), self._notice)
        ended = self.facts.outcomes.ended
        self.ledger = Ledger(settings.episode_days * DAY, settings.limit_cap, ended=ended)
        self.base = self.ledger.copy()
        "The ledger of the days that can no longer change."
        self.told: dict[str, Finding] = {}
        self.left: list[Left] = []
        self.out: list[Transition] = []
        self.index = -1
        self.retaking = False

    @property
    def now(self) -> int:
        """The latest knowledge time (µs) that an entry brought."""
        return self.days.now

    @property
    def learned(self) -> Learned:
        """What closed days taught so far."""
        return self.days.learned

    # -- entries in ---------------------------------------------------------------------------------

    def take(self, logged: Logged) -> list[Transition]:
        """Fold one entry: the same entries in the same order give the same transitions."""
        known, entry, days = logged.known, logged.entry, self.days
        self.index = self.acts.index = logged.index
        self.facts.history = entry.backfill
        event = entry.event
        t = event.time - entry.skew * 1000 if entry.skew else event.time
        if known > days.now:
            days.now = known
            if known >= days.due:
                self._advance()
        handler = self.acts.handlers.get(event.type)
        if handler is not None:
            handler(event, t)
            if t > days.high and t <= known:  # what is entered before it happens does not move time
                days.high = t
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
        ends = [zone_day.end for zone_day in self.days.open.values()]
        if ends:
            self.days.now = max(self.days.now, max(ends) + CLOSING + HOUR)
            self._advance()
        out, self.out = self.out, []
        return out

    # -- findings -----------------------------------------------------------------------------------

    def _crossed(self, zone_day: ZoneDay, day: AgentDay, crossing: Crossing) -> None:
        zone_day.crossings.setdefault((day.person.agent, crossing.pattern.queue), crossing)
        told = told_of(self.scorer, self.version, self.days.learned, day, None, crossing)
        claim = tell(crossing, told, self.facts, crossing.mark.t)
        zone_day.claims.append(claim)
        if not self.retaking:
            self.ledger.crossed(claim, zone_day.day, self._step)

    def _closed_by_a_person(self, event: Stored, t: int) -> None:
        """What people make of a finding decides what may be learned from its days, and what joins it."""
        finding = self.told.get(str(event.data.get("finding", "")))
        if finding is not None and finding.agent is not None:
            self.facts.outcomes.tell(finding, self.facts.people.get(finding.agent).clock, event.data, t)

    def _notice(self, event: Stored, t: int) -> None:
        """Somebody leaves: their history is looked back over for whoever may ask."""
        self.tell_of_person(event, t)
        self.beside.notice(event, self.index, self.days.now, self.days.learned)

    def _step(self, kind: str, finding: Finding) -> None:
        self.told[finding.id] = finding
        self.out.append(Transition(kind, self.index, self.days.now, finding))

    def _refold(self) -> None:
        """The ledger again from all days' claims and verdicts; tell only what has changed by it."""
        self.ledger = self.base.copy()
        days = sorted(self.days.open.values(), key=lambda one: (one.start, one.clock))
        for zone_day in [*(closed.zone_day for closed in self.days.closed), *days]:
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
            if id_ not in now and finding.status not in GONE:
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
        for zone_day in self.days.recent():
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
        if self.days.again:
            self.days.again = False
            self._redo()
        while True:
            ready = [
                (z.end + CLOSING, z.clock, z.day)
                for z in self.days.open.values()
                if z.end + CLOSING <= self.days.now
            ]
            if not ready:
                break
            at, clock, day = min(ready)
            zone_day = self.days.open[clock, day]
            if zone_day.dirty:
                zone_day = self._taken_again(zone_day)
                self._refold()
            self._close(at, zone_day)
            for settled in zone_day.settled:
                self.ledger.settled(settled.key, day, settled.finding, settled.doubt, self._step)
        self._forget()
        self.beside.advanced(self.index, self.days.now, self.days.learned)
        self.days.next_due()

    def _close(self, at: int, zone_day: ZoneDay) -> None:
        self.days.closed.append(Closed(at, zone_day, self.days.learned.copy(), dict(self.days.tables)))
        self._learn_older(zone_day.clock)
        self.facts.closed(zone_day.end)
        self.closing.close(zone_day, self.days.after(zone_day), self.days.learned)
        self.beside.closed.append(self.days.closed[-1])
        self.days.open.pop((zone_day.clock, zone_day.day))
        zone_day.open = False
        self.days.new_table(zone_day.clock, at)

    def _learn_older(self, clock: Clock) -> None:
        for key in sorted(key for key in self.days.older if key[0] == clock):
            zone_day = self.days.older.pop(key)
            self.closing.learn_only(self._retaken(zone_day, zone_day.table, None), self.days.learned)

    def _forget(self) -> None:
        """Days that closed more than 72 hours ago can no longer change: their part of the ledger is final."""
        edge = self.days.now - LATE - CLOSING
        while self.days.closed and self.days.closed[0].zone_day.end <= edge:
            zone_day = self.days.closed.pop(0).zone_day
            _fold_into(self.base, zone_day)
            self.left += zone_day.left
            self.days.forget(zone_day)

    def left_alone(self) -> list[Left]:
        """What looked like a harvest and was left alone, with why."""
        return [*self.left, *(one for closed in self.days.closed for one in closed.zone_day.left)]

    # -- again --------------------------------------------------------------------------------------

    def _redo(self) -> None:
        """Compute again every closed day from the first that late entries touched."""
        first = next((n for n, one in enumerate(self.days.closed) if self._differs(one.zone_day)), None)
        if first is None:
            return
        todo, self.days.closed = self.days.closed[first:], self.days.closed[:first]
        self.days.learned, self.days.tables = todo[0].learned.copy(), dict(todo[0].tables)
        for closed in todo:
            self.days.open[closed.zone_day.clock, closed.zone_day.day] = closed.zone_day
            closed.zone_day.open = True
        for closed in todo:
            self._close(closed.at, self._as_it_should_be(closed.zone_day))
        for zone_day in list(self.days.open.values()):
            self._as_it_should_be(zone_day)
        self._refold()

    def _differs(self, zone_day: ZoneDay) -> bool:
        """Whether what was told late changes what a closed day came to; else it stands as it is."""
        if not zone_day.stale or zone_day.dirty:
            return zone_day.dirty
        zone_day.stale = not self.closing.stands(zone_day, self.days.after(zone_day))
        return zone_day.stale

    def _as_it_should_be(self, zone_day: ZoneDay) -> ZoneDay:
        """The day as its marks and today's tables give it; taken again only where that could differ."""
        if zone_day.dirty or not zone_day.serves(*self.days.tables_at(zone_day.clock, zone_day.start)):
            return self._taken_again(zone_day)
        zone_day.stale = False
        return zone_day

    def _taken_again(self, zone_day: ZoneDay) -> ZoneDay:
        """The day from its marks in time order, as if nothing had come late; replaces the one at hand."""
        again = self._retaken(zone_day, *self.days.tables_at(zone_day.clock, zone_day.start))
        self.days.replace(again)
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
