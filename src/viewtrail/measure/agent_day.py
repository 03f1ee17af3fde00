"""One agent's behaviour day: what was done, and what came of each opening."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from viewtrail.measure.clocks import HOUR, MINUTE
from viewtrail.measure.context import Person
from viewtrail.measure.counts import (
    AGAIN,
    ENDLESS,
    NONE_WAITING,
    Mark,
    Peak,
    Span,
    Tally,
    waiting,
)
from viewtrail.measure.lists import Call
from viewtrail.measure.reasons import (
    FOLLOW_AFTER,
    FOLLOW_BEFORE,
    MASS_MESSAGES,
)

AROUND_HOURS: Final = HOUR
"""So long before and after the working hours somebody is early or late, not off duty."""

SELF_MADE_LEAST: Final = 10
"""So many self-made reasons a day are anybody's; above, three times the agent's own usual."""

SELF_MADE_TIMES: Final = 3.0

MOST_CHANGED: Final = 80
"""Of records changed for no other reason each beyond so many takes one off: somebody can declare them."""

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
    own_made_at: list[Mark] = field(default_factory=list)
    "Openings of another's clients for which only a callback or a campaign of the agent's own making spoke."
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

        Each beyond `most` takes one off again: too many for somebody to put in order without a word.
        """
        records: dict[str, bool] = {}
        for mark in marks:
            times = self.changes.get(mark.key, ())
            near = any(-FOLLOW_BEFORE <= t - mark.t <= FOLLOW_AFTER and t <= known_by for t in times)
            records[mark.key] = records.get(mark.key, False) or near
        changed = sum(records.values())
        counted = max(changed - 2 * max(changed - most, 0), 0)
        return round(counted / len(records), 9) if counted else 0.0

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
