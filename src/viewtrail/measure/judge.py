"""Which reasons there were for an opening: as known when it was made, and once all was known."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from viewtrail.measure.agent_day import AgentDay
from viewtrail.measure.clocks import CLOSING
from viewtrail.measure.context import OVER, People, Person
from viewtrail.measure.counts import PAGE, Mark
from viewtrail.measure.reasons import (
    ABSENT,
    ASSIGNED,
    CONTACT,
    DECLARED,
    FRESH,
    FRESH_SPAN,
    INBOUND,
    INBOUND_AFTER,
    INBOUND_BEFORE,
    OWNER_AWAY,
    SELF_MADE,
    TASK,
    UNKNOWN,
    WORK,
    Book,
    Owned,
    Record,
)


class Judge:
    """Decides for each opening which reasons there were, from the people and the book."""

    def __init__(self, people: People, book: Book, seen_before: Callable[[str, date, int], bool]) -> None:
        self.people = people
        self.book = book
        self.seen_before = seen_before
        "Whether an agent did anything on a day before an instant; the loop, which has the days, answers."

    def at_opening(self, day: AgentDay, mark: Mark) -> int:
        """The reasons known when the record was opened (no follow-up yet); 0 is none known."""
        record = self.book.records.get(mark.key)
        if record is None:
            found = 0
        else:
            if record.owners:  # made the agent's by another, known by then: most openings end here
                last, t = record.owners[-1], mark.t
                agent = day.person.agent
                if last.owner == agent and last.effective <= t and last.known <= t and last.by != agent:
                    return ASSIGNED
            found = self._standing(day, mark, record, mark.t)
        if not found & ~(SELF_MADE | FRESH):
            found |= self._declared(day, mark, record, mark.t) if day.person.work else 0
            if mark.campaign is not None and not self.book.campaigns:
                found |= UNKNOWN
        if found & SELF_MADE and not found & ~(SELF_MADE | FRESH) and not day.takes_self_made(mark.key):
            return 0
        return found

    def own_made(self, day: AgentDay, mark: Mark, found: int) -> bool:
        """Whether all reasons `found` are of the agent's own making, and the client is another's."""
        if not found & SELF_MADE or found & ~(SELF_MADE | FRESH):
            return False
        record = self.book.records.get(mark.key)
        owned = record.owner_at(mark.t, mark.t) if record is not None else None
        return owned is not None and owned.owner not in (None, day.person.agent)

    def rests(self, day: AgentDay, mark: Mark) -> bool:
        """Whether nobody had done anything with the record for a fortnight.

        It ends with the agent's last day at work: what rested because its owner was on leave did not rest.
        """
        last = self.book.at_work.latest(day.person.agent, day.start)
        return self.book.last_work.rests(mark.key, day.start, day.start if last is None else last)

    def looked_for(self, day: AgentDay, t: int, rows: int) -> bool:
        """Whether so many more rows are within what work declared for the agent at `t` makes one look at."""
        found = self.people.declared(day.person, t, t) if day.person.work else ()
        most = max((PAGE * (work.expected or 0) for work in found if work.binding()), default=0)
        if day.rows_declared + rows > most:
            return False
        day.rows_declared += rows
        return True

    def asked_for(self, day: AgentDay, mark: Mark, found: int) -> bool:
        """Whether the opening is within work declared for the agent by then; `found` are its reasons.

        Of one's own clients that reason is not looked for, as another stands first: here it is.
        """
        if found & DECLARED or not day.person.work:
            return bool(found & DECLARED)
        return self._declared(day, mark, self.book.records.get(mark.key), mark.t) == DECLARED

    def without_cause(self, mark: Mark) -> bool:
        """Whether nothing new had happened to the record: no contact by the client, not freshly assigned."""
        record = self.book.records.get(mark.key)
        if record is None:
            return True
        t = mark.t
        owned = record.owner_at(t, t)
        if owned is not None and t - owned.effective < FRESH_SPAN:
            return False
        return not (
            record.inbound and any(-INBOUND_AFTER <= t - when <= INBOUND_BEFORE for when, _ in record.inbound)
        )

    def matured(self, day: AgentDay, mark: Mark, following: AgentDay | None, known_by: int) -> int:
        """The reasons that stand now for an opening that had none when made."""
        record = self.book.records.get(mark.key)
        found = 0
        if record is not None:
            found = self._standing(day, mark, record, known_by) & ~SELF_MADE
            found |= self._away_that_day(day, mark, record)
            found |= self._given_that_day(day, mark, record, known_by)
        if not found & ~FRESH and day.person.work:
            found |= self._declared(day, mark, record, known_by)
        for each in (day, following):
            if each is not None:
                found |= CONTACT if each.contacted_near(mark.key, mark.t) else 0
                found |= WORK if each.worked_near(mark.key, mark.t) else 0
        return found

    def _standing(self, day: AgentDay, mark: Mark, record: Record, known_by: int) -> int:
        agent, t, later = day.person.agent, mark.t, known_by > mark.t
        owned = record.owner_at(t, known_by)
        found = 0
        if owned is not None:
            if owned.owner == agent and not (later and owned.known > t and owned.by == agent):
                self_made = owned.by == agent and t - owned.effective < FRESH_SPAN
                found = SELF_MADE if self_made else ASSIGNED
                if t - owned.effective < FRESH_SPAN:
                    found |= FRESH
            elif owned.owner is not None and owned.owner != agent:
                found = self._owner_away(day.person, owned, t, known_by)
        by_close = min(known_by, day.end + CLOSING)  # set on a later day, it explains nothing of this one
        for task in record.tasks_of(agent, t, by_close) if record.tasks else ():
            late_own = task.self_made and task.known > t
            found |= 0 if late_own else SELF_MADE if task.self_made else TASK
        if record.inbound:
            after = INBOUND_AFTER if later else 0
            for when, known in record.inbound:
                if t - INBOUND_BEFORE <= when <= t + after and known <= known_by:
                    found |= INBOUND
                    break
        if record.campaigns or mark.campaign:
            found |= self.book.on_campaign(
                record, mark.campaign, mark.via, agent, day.person.desk, t, known_by
            )
        return found

    def _owner_away(self, person: Person, owned: Owned, t: int, known_by: int) -> int:
        owner = self.people.by_agent.get(owned.owner or "")
        if owner is None or owner.desk is None or owner.desk != person.desk:
            return 0
        gone = owner.left is not None and owner.left <= t
        return ABSENT if gone or owner.on_leave(t, known_by) else 0

    def _away_that_day(self, day: AgentDay, mark: Mark, record: Record) -> int:
        owned = record.owner_at(mark.t, mark.t)
        if owned is None or owned.owner in (None, day.person.agent):
            return 0
        owner = self.people.by_agent.get(owned.owner or "")
        if owner is None or owner.desk is None or owner.desk != day.person.desk:
            return 0
        begins = owner.begins_at(day.day)
        if begins is None or mark.t < begins + OWNER_AWAY:
            return 0
        return 0 if self.seen_before(owner.agent, day.day, mark.t) else ABSENT

    def _given_that_day(self, day: AgentDay, mark: Mark, record: Record, known_by: int) -> int:
        """ASSIGNED where a manager, or whoever may declare work, made the record the agent's later that day.

        First looked through and then entered is how lists are handed over in the morning. A system's word is
        none here: a CRM may give a lead to whoever touches it.
        """
        agent, until = day.person.agent, min(known_by, day.end + CLOSING)
        given = (one for one in record.owners if one.effective > mark.t and one.owner == agent != one.by)
        in_time = (one for one in given if max(one.effective, one.known) <= until)
        return ASSIGNED if any(self.people.has_authority(one.by) for one in in_time) else 0

    def _declared(self, day: AgentDay, mark: Mark, record: Record | None, known_by: int) -> int:
        for work in self.people.declared(day.person, mark.t, known_by):
            if not work.binding() or not _in_scope(work.scope, mark, record):
                continue
            used = day.declared.setdefault(work.key, set())
            if mark.key in used or len(used) < (work.expected or 0) * OVER:
                used.add(mark.key)
                return DECLARED
        return 0


def _in_scope(scope: object, mark: Mark, record: Record | None) -> bool:
    if not isinstance(scope, dict):
        return False
    if mark.key in scope.get("records", ()):
        return True
    owner = record.owner_at(mark.t, mark.t) if record is not None else None
    if owner is not None and owner.owner in scope.get("agents", ()):
        return True
    desk = scope.get("desk")
    if desk == "all":
        return True
    if desk is not None and record is not None and record.desk == desk:
        return True
    return bool(scope.get("list")) and mark.list == scope["list"]
