"""One agent's behaviour day: what was done, and which openings had a reason, then and once all was known."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final, NamedTuple

from viewtrail.measure.clocks import CLOSING, HOUR, MINUTE
from viewtrail.measure.context import OVER, People, Person
from viewtrail.measure.counts import (
    AGAIN,
    ENDLESS,
    NONE_WAITING,
    OPENED,
    PAGE,
    REVEALED,
    SERVED,
    SHORT_IN,
    SHORT_OUT,
    Mark,
    Peak,
    Span,
    Tally,
    distinct,
    sweep,
    waiting,
)
from viewtrail.measure.lists import Call
from viewtrail.measure.look_back import PastDay
from viewtrail.measure.reasons import (
    ABSENT,
    ASSIGNED,
    BROUGHT_UP,
    CONTACT,
    DECLARED,
    FOLLOW_AFTER,
    FOLLOW_BEFORE,
    FRESH,
    FRESH_SPAN,
    INBOUND,
    INBOUND_AFTER,
    INBOUND_BEFORE,
    MASS_MESSAGES,
    OWNER_AWAY,
    SELF_MADE,
    TASK,
    UNKNOWN,
    WORK,
    Book,
    Owned,
    Record,
)

AROUND_HOURS: Final = HOUR
"""So long before and after the working hours somebody is early or late, not off duty."""

SELF_MADE_LEAST: Final = 10
"""So many self-made reasons a day are anybody's; above, three times the agent's own usual."""

SELF_MADE_TIMES: Final = 3.0

MOST_CHANGED: Final = 80
"""So many records changed for no other reason are no clean-up of one's own: somebody can declare it."""

LONG_CALL: Final = MINUTE
"""From so long on a call is work with a client, whoever asked for it; ringing each for seconds is not."""


@dataclass(slots=True)
class AgentDay:
    """What one agent did between two cuts. `marks` are kept so that the day can be computed again."""

    person: Person
    day: date
    start: int
    end: int
    usual_self_made: float = 0.0
    marks: list[Mark] = field(default_factory=list)
    unexplained_at: list[Mark] = field(default_factory=list)
    contacts: dict[str, list[tuple[int, int]]] = field(default_factory=dict)
    works: dict[str, list[int]] = field(default_factory=dict)
    changes: dict[str, list[int]] = field(default_factory=dict)
    "When the agent changed a record itself: its fields, its status, a task of it; a note is none."
    calls: list[Call] = field(default_factory=list)

    opened: Span = field(default_factory=Span)
    unexplained: Span = field(default_factory=Span)
    reveals: Span = field(default_factory=Span)
    short_out: Span = field(default_factory=Span)
    short_in: Span = field(default_factory=Span)
    exports: Tally = field(default_factory=Tally)
    listed: Tally = field(default_factory=Tally)
    listed_at: list[Mark] = field(default_factory=list)
    "The lists that showed more than was then opened."
    named: dict[int, tuple[str, ...]] = field(default_factory=dict)
    "By entry, the records that a list named: each counts once a day, however often it was `shown`."
    shown: set[str] = field(default_factory=set)
    page: Mark | None = None
    "The latest list, and how many rows of it no opening has accounted for yet."
    rows_left: int = 0
    rows_listed: int = 0
    rows_declared: int = 0
    "Rows shown for declared work."
    served: Span = field(default_factory=Span)
    served_all: Span = field(default_factory=Span)
    served_at: list[Mark] = field(default_factory=list)
    "What was sent and not shown, for no reason known then."
    off_hours: Span = field(default_factory=Span)
    off_hours_at: list[Mark] = field(default_factory=list)
    resting: Span = field(default_factory=Span)
    resting_at: list[Mark] = field(default_factory=list)
    "Openings, for no reason known then, of records on which nobody had done anything for a fortnight."
    revealed_at: list[Mark] = field(default_factory=list)
    shift: tuple[int, int] | None = field(init=False)
    "When the agent works that day (µs), with the time allowed before and after; None where not known."
    self_made: set[str] = field(default_factory=set)
    asked_self_made: set[str] = field(default_factory=set)
    messages: dict[str, list[int]] = field(default_factory=dict)
    sent: list[int] = field(default_factory=list)
    declared: dict[str, set[str]] = field(default_factory=dict)
    first: int = 0
    last: int = 0
    disordered: bool = False
    ripe: object = None
    "What the day came to when it was closed, kept while nothing is added to it."

    def __post_init__(self) -> None:
        shift = self.person.shift(self.day)
        if shift is not None and shift[0] < shift[1]:
            shift = (shift[0] - AROUND_HOURS, shift[1] + AROUND_HOURS)
        self.shift = shift

    def off_duty(self, t: int) -> bool:
        """Whether `t` lies outside the agent's working hours; False where they are not known."""
        return self.shift is not None and not self.shift[0] <= t < self.shift[1]

    def saw(self, t: int) -> None:
        """Any sign of activity at `t`."""
        self.ripe = None
        if not self.last:
            self.first = self.last = t
        elif t > self.last:
            self.last = t
        else:
            self.disordered |= t < self.last
            self.first = min(self.first, t)

    def turned_to(self, mark: Mark) -> tuple[Mark | None, int]:
        """The list before this one, and how many records it showed beyond those that openings account for.

        Named records count once a day; of others, the same list again after a while may be the same rows.
        """
        last, left = self.page, self.rows_left
        self.page, before = mark, len(self.shown)
        self.shown.update(self.named.get(mark.entry, ()))
        again = last is not None and mark.t - last.t >= AGAIN and (last[3], *last[7:]) == (mark[3], *mark[7:])
        self.rows_left = len(self.shown) - before + (0 if again else mark.weight)
        return last, left

    def takes_self_made(self, record: str) -> bool:
        """Whether one more record opened for a reason of the agent's own making is within what is usual."""
        self.asked_self_made.add(record)
        most = max(SELF_MADE_LEAST, SELF_MADE_TIMES * self.usual_self_made)
        if record not in self.self_made and len(self.self_made) >= most:
            return False
        self.self_made.add(record)
        return True

    def contact(self, record: str, start: int, end: int) -> None:
        self.ripe = None
        self.contacts.setdefault(record, []).append((start, end))

    def began_before(self, t: int) -> bool:
        """Whether anything was done, or a call begun, before `t`."""
        if self.last and self.first < t:
            return True
        return any(start < t for spans in self.contacts.values() for start, _ in spans)

    def wrote(self, record: str, t: int) -> None:
        self.ripe = None
        self.messages.setdefault(record, []).append(t)
        insort(self.sent, t)

    def _mailing(self, t: int) -> bool:
        """Whether a message sent at `t` was one of very many."""
        near = bisect_right(self.sent, t + FOLLOW_BEFORE) - bisect_left(self.sent, t - FOLLOW_BEFORE)
        return near > MASS_MESSAGES

    def worked(self, record: str, t: int) -> None:
        self.ripe = None
        self.works.setdefault(record, []).append(t)

    def changed(self, record: str, t: int) -> None:
        self.ripe = None
        self.changes.setdefault(record, []).append(t)

    def changed_share(self, marks: Iterable[Mark], known_by: int, most: int = ENDLESS) -> float:
        """Of the different records of these openings, the share that the agent changed soon after.

        0 from `most` on: too many for somebody to put in order without a word from anybody.
        """
        records: dict[str, bool] = {}
        for mark in marks:
            times = self.changes.get(mark.key, ())
            near = any(-FOLLOW_BEFORE <= t - mark.t <= FOLLOW_AFTER and t <= known_by for t in times)
            records[mark.key] = records.get(mark.key, False) or near
        changed = sum(records.values())
        return round(changed / len(records), 9) if 0 < changed < most else 0.0

    def answered_at(self, mark: Mark, *, by_work: bool) -> int:
        """When it became known that something came of an opening or a reveal; ENDLESS where nothing did.

        A call is known when it has ended; with `by_work`, notes and changes count beside contact.
        """
        record, t = mark.key, mark.t
        found = ENDLESS
        for start, end in self.contacts.get(record, ()):
            if start <= t + FOLLOW_AFTER and end >= t - FOLLOW_BEFORE:
                found = min(found, end)
        for when in self.messages.get(record, ()):
            if -FOLLOW_BEFORE <= when - t <= FOLLOW_AFTER and not self._mailing(when):
                found = min(found, when)
        for when in self.works.get(record, ()) if by_work else ():
            if -FOLLOW_BEFORE <= when - t <= FOLLOW_AFTER:
                found = min(found, when)
        return found

    def still_open(self, marks: Sequence[Mark], *, by_work: bool = True, before: int = ENDLESS) -> Peak:
        """The openings (or reveals) of which nothing had come yet, as they stood before `before`."""
        if not marks:
            return NONE_WAITING
        return waiting(
            (mark.t, mark.key, self.answered_at(mark, by_work=by_work)) for mark in marks if mark.t < before
        )

    def so_far(self, count: str) -> list[Mark]:
        """The marks that a running count is made of, in time order."""
        if count == "unexplained_so_far":
            return self.unexplained_at
        if count == "unaccounted_so_far":
            return self.unexplained_at
        if count == "resting_so_far":
            return self.resting_at
        return self.off_hours_at if count == "off_hours_so_far" else self.revealed_at

    def contacted_near(self, record: str, t: int) -> bool:
        """A call or message by the agent between 10 minutes before and 30 minutes after `t`."""
        for start, end in self.contacts.get(record, ()):
            if start <= t + FOLLOW_AFTER and end >= t - FOLLOW_BEFORE:
                return True
        for when in self.messages.get(record, ()):
            if -FOLLOW_BEFORE <= when - t <= FOLLOW_AFTER and not self._mailing(when):
                return True
        return False

    def talked_near(self, record: str, t: int) -> bool:
        """A minute and more on the telephone for this client, ringing included, in the same span."""
        return any(
            end - start >= LONG_CALL and start <= t + FOLLOW_AFTER and end >= t - FOLLOW_BEFORE
            for start, end in self.contacts.get(record, ())
        )

    def contacted_before(self, record: str, t: int) -> bool:
        if any(t - FOLLOW_BEFORE <= end <= t for _, end in self.contacts.get(record, ())):
            return True
        sent = self.messages.get(record, ())
        return any(t - FOLLOW_BEFORE <= when <= t and not self._mailing(when) for when in sent)

    def worked_near(self, record: str, t: int) -> bool:
        found = self.works.get(record)
        return found is not None and any(-FOLLOW_BEFORE <= when - t <= FOLLOW_AFTER for when in found)

    def followed(self, record: str, t: int) -> bool:
        """Contact or work by the agent near an opening at `t`."""
        if record not in self.contacts and record not in self.works and record not in self.messages:
            return False
        return self.contacted_near(record, t) or self.worked_near(record, t)

    def moments(self) -> list[int]:
        """When anything was done that day, as far as it is kept, in order."""
        found = {mark.t for mark in self.marks} | {call.t for call in self.calls} | {self.first, self.last}
        found.update(end for spans in self.contacts.values() for _, end in spans)
        found.update(t for times in self.works.values() for t in times)
        return sorted(found.union(self.sent))

    def take_over(self, other: AgentDay, t: int) -> None:
        """What `other` holds of the moment `t`, for an agent whose day turned out to be another."""
        self.ripe = None
        self.marks += [mark for mark in other.marks if mark.t == t]
        self.calls += [call for call in other.calls if call.t == t]
        self.named |= other.named
        for record, spans in other.contacts.items():
            for start, end in spans:
                if end == t:
                    self.contact(record, start, end)
        moved = ((other.works, self.worked), (other.messages, self.wrote), (other.changes, self.changed))
        for times, add in moved:
            for record, moments in times.items():
                for when in moments:
                    if when == t:
                        add(record, when)

    def fresh(self) -> AgentDay:
        """The same day without its counts, for taking the marks again in order."""
        again = AgentDay(self.person, self.day, self.start, self.end, self.usual_self_made)
        again.contacts, again.works, again.calls = self.contacts, self.works, self.calls
        again.changes, again.named = self.changes, self.named
        again.messages, again.sent = self.messages, self.sent
        again.first, again.last = self.first, self.last
        return again


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


@dataclass(frozen=True, slots=True)
class Matured:
    """The counts of a closed day: spans of what stayed without reason, and what explained the rest."""

    unexplained: list[Mark]
    hard: list[Mark]
    orphans: list[Mark]
    reasons: dict[int, int]
    spans: dict[str, Span | Tally]
    bad: frozenset[str] = frozenset()
    idle: list[Mark] = field(default_factory=list)
    "Openings outside working hours that nothing came of."
    unworked: list[Mark] = field(default_factory=list)
    "Openings that nothing came of and nothing led to."
    served: list[Mark] = field(default_factory=list)
    "What was sent and not shown, without a reason."
    resting: list[Mark] = field(default_factory=list)
    "Openings without a reason, a note being none, of records that rested."
    own: list[Mark] = field(default_factory=list)
    "Openings for which what the agent did themself is the only reason, and no long call came of it."


def mature(
    day: AgentDay, judge: Judge, following: AgentDay | None, known_by: int, bad: frozenset[str]
) -> Matured:
    """All counts of a day whose openings have matured: a function of the day's marks and the facts alone.

    Calls on the `bad` lists, short for everybody, do not count as this agent's short calls.
    """
    unexplained, hard, own, reasons = [], [], [], {}
    for mark in day.unexplained_at:
        found = judge.matured(day, mark, following, known_by)
        reasons[mark.entry] = found
        if not found & ~(FRESH | SELF_MADE):
            unexplained.append(mark)
        if not found & ~(WORK | FRESH | SELF_MADE):
            hard.append(mark)
        if found & (CONTACT | WORK) and not found & ~(CONTACT | WORK | FRESH | SELF_MADE):
            talked = (each.talked_near(mark.key, mark.t) for each in (day, following) if each is not None)
            if not any(talked):
                own.append(mark)
    unworked = _unworked(day, judge, following)
    idle = [mark for mark in day.off_hours_at if _idle(mark, day, judge, following)]
    resting = [mark for mark in hard if judge.rests(day, mark)]
    orphans = [mark for mark in _revealed(day) if not _followed(mark, day, following)]
    shown, served = day.opened.all, []
    for mark in day.served_at:
        found = judge.matured(day, mark, following, known_by)
        if mark.key not in shown and not found & ~(FRESH | SELF_MADE):
            served.append(mark)
    without = sweep(hard)
    spans: dict[str, Span | Tally] = {
        "served": sweep(served),
        "served_all": sweep(unshown(day)),
        "unexplained": sweep(unexplained),
        "unexplained_hard": without,
        "unaccounted": without,
        "orphan_reveals": sweep(orphans),
        "short_calls_out": day.short_out if not bad else distinct(short_calls(day, SHORT_OUT, bad)),
        "short_calls_in": day.short_in if not bad else distinct(short_calls(day, SHORT_IN, bad)),
        "exports": day.exports,
        "listed": day.listed,
        "opened": day.opened,
        "off_hours": sweep(idle),
        "resting": sweep(resting),
        "own_reason": sweep(own),
    }
    return Matured(unexplained, hard, orphans, reasons, spans, bad, idle, unworked, served, resting, own)


class Seen(NamedTuple):
    """What went past an agent's eyes on a day: records opened (by value too), revealed and served, rows."""

    opened: int
    revealed: int
    exported: int
    served: int
    bands: tuple[int, int, int, int]


def seen(day: AgentDay, book: Book) -> Seen:
    """The same, values as they were when the day ended."""
    bands, end, records = [0, 0, 0, 0], day.end, book.records
    for key in day.opened.all:
        record = records.get(key)  # type: ignore[call-overload]  # what is opened is a record
        value = record.value_at(end) if record is not None and record.values else None
        bands[0 if not value else 1 + (value > 6) + (value > 13)] += 1
    revealed = len({mark.key for mark in day.marks if mark.kind == REVEALED})
    by_value = (bands[0], bands[1], bands[2], bands[3])
    return Seen(day.opened.day, revealed, day.exports.day, len(unshown(day)), by_value)


def past_day(day: AgentDay, what: Seen, unlikely: float, *, told: bool) -> PastDay:
    """The closed day as those see it who look back: how unlikely it was, and what was seen on it."""
    return PastDay(
        day.day.toordinal(),
        day.start,
        day.end,
        unlikely,
        what.opened,
        what.revealed,
        what.exported,
        what.served,
        what.bands,
        told,
    )


def unshown(day: AgentDay) -> list[Mark]:
    """What was served that day and not shown on it, in time order."""
    if not day.served_all.all:
        return []
    found = [mark for mark in day.marks if mark.kind == SERVED and mark.key not in day.opened.all]
    return sorted(found, key=lambda mark: (mark.t, mark.entry))


def _unworked(day: AgentDay, judge: Judge, following: AgentDay | None) -> list[Mark]:
    """The openings that nothing came of and nothing led to, in the order of the marks."""
    contacts, works, messages = day.contacts, day.works, day.messages
    late, idle = (day.end - CLOSING if following is not None else ENDLESS), judge.without_cause
    found = []
    for mark in day.marks:
        if mark.kind != OPENED:
            continue
        key = mark.key
        if key not in contacts and key not in works and key not in messages and mark.t <= late:
            if idle(mark):
                found.append(mark)
        elif _idle(mark, day, judge, following):
            found.append(mark)
    return found


def _idle(mark: Mark, day: AgentDay, judge: Judge, following: AgentDay | None) -> bool:
    """Whether nothing led to an opening and nothing came of it: no contact, work, inbound, fresh lead."""
    if day.followed(mark.key, mark.t):
        return False
    late = following is not None and mark.t > day.end - CLOSING
    if late and following is not None and following.followed(mark.key, mark.t):
        return False
    return judge.without_cause(mark)


def own_and_valued(
    day: AgentDay, judge: Judge, unworked: Iterable[Mark], known_by: int
) -> list[tuple[Mark, int]]:
    """The openings of own clients of known value among these, each client once, with the value band.

    What a dialler or a campaign brought up was not chosen by the agent.
    """
    found: dict[str, tuple[Mark, int]] = {}
    for mark in unworked:
        if mark.key in found or mark.campaign is not None or mark.via in BROUGHT_UP:
            continue
        record = judge.book.records.get(mark.key)
        owned = record.owner_at(mark.t, known_by) if record is not None else None
        band = record.value_at(mark.t) if record is not None else None
        if band is not None and owned is not None and owned.owner == day.person.agent:
            found[mark.key] = (mark, band)
    return list(found.values())


def short_calls(day: AgentDay, kind: str, bad: frozenset[str]) -> list[Mark]:
    """The short calls of that direction that are not on a list which is bad for everybody."""
    return [mark for mark in day.marks if mark.kind == kind and mark.campaign not in bad]


def _revealed(day: AgentDay) -> Iterator[Mark]:
    return (mark for mark in day.marks if mark.kind == REVEALED)


def _followed(mark: Mark, day: AgentDay, following: AgentDay | None) -> bool:
    late = following is not None and mark.t > day.end - CLOSING
    return day.contacted_near(mark.key, mark.t) or (
        late and following is not None and following.contacted_near(mark.key, mark.t)
    )
