"""Who the people are and what is known of their days: role, desk, hours, notice, leave, declared work."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any, Final, NamedTuple

from viewtrail.measure.clocks import DAY, HOUR, MINUTE, Clock, day_of, instant, night_cut, start_of, zone

NEEDS: Final = {
    "agent.joined": {"role", "desk", "manager", "entity", "time_zone", "hours", "known_from"},
    "agent.changed": {"role", "desk", "manager", "entity", "time_zone", "hours", "known_from"},
    "agent.left": {"known_from"},
    "notice.given": {"last_day", "known_from", "told_from"},
    "notice.withdrawn": {"known_from"},
    "leave.booked": {"from", "to"},
    "leave.cancelled": {"from", "to"},
    "work.declared": {
        "purpose",
        "from",
        "to",
        "scope",
        "records_expected",
        "declared_by",
        "work",
        "known_from",
    },
    "work.cancelled": {"purpose", "from", "to", "declared_by", "work"},
}

WEEK: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

NEW_HIRE: Final = 30 * DAY
"""So long after joining somebody counts as new."""

OVER: Final = 1.2
"""Declared work explains up to this multiple of the records expected: lists are never counted exactly."""

INTRODUCING: Final = frozenset(("agent.joined", "agent.changed"))
"""Types that give a role, which decides whose word counts for others."""

AUTHORITY: Final = frozenset({"manager", "compliance", "admin", "back-office"})
"""Roles that may declare work for others."""


@dataclass(slots=True)
class Work:
    """One declared piece of work. It is a reason once, for its scope, dates and volume, and no further."""

    key: str
    purpose: str
    start: int
    end: int
    known: int
    by: str | None
    entered: str | None
    scope: Mapping[str, Any]
    expected: int | None
    cancelled: int | None = None

    def binding(self) -> bool:
        """Without scope, dates and volume it is context only."""
        return bool(self.scope) and self.expected is not None

    def stands_at(self, t: int, known_by: int) -> bool:
        cancelled = self.cancelled is not None and self.cancelled <= known_by
        return self.start <= t < self.end and self.known <= known_by and not cancelled


class Leave(NamedTuple):
    """Leave from `start` (µs); `end` takes the last date in, `sure` not: some write the day of return."""

    start: int
    end: int
    sure: int
    booked: bool
    known: int


@dataclass(slots=True)
class Person:
    """What the log says of one agent (a pseudonym), each fact with the time since when it is known."""

    agent: str
    role: str = "agent"
    desk: str | None = None
    entity: str | None = None
    manager: str | None = None
    clock: Clock = field(default_factory=Clock)
    zone_known: bool = False
    hours: Mapping[str, list[str]] = field(default_factory=dict)
    joined: int | None = None
    left: int | None = None
    notices: list[tuple[int, str | None, int | None]] = field(default_factory=list)
    leaves: list[Leave] = field(default_factory=list)
    work: list[Work] = field(default_factory=list)
    introduced: bool = False
    clocks: list[tuple[int, Clock]] = field(default_factory=list)
    "Since when which clock was told; a person seen before being introduced has the first one told."
    told: int = 0
    "What `People` had been told of by when this person was last part of it."

    def clock_at(self, t: int) -> Clock:
        """The clock in force at `t`."""
        if not self.clocks:
            return self.clock
        found = self.clocks[0][1]
        for since, clock in self.clocks:
            if since <= t:
                found = clock
        return found

    def notice_at(self, t: int) -> tuple[int, str, int | None] | None:
        """(known since, last day, told since) of the notice in force at `t`, as far as known by then."""
        found: tuple[int, str | None, int | None] | None = None
        for notice in self.notices:
            if notice[0] <= t and (found is None or notice[0] >= found[0]):
                found = notice
        if found is None or found[1] is None:
            return None
        last = start_of(Clock(self.clock.zone, 0), date.fromisoformat(found[1])) + DAY
        return (found[0], found[1], found[2]) if t < last + DAY else None

    def gone(self, day: date) -> bool:
        """Whether the agent had left before that day; midnight may stand before the last day or after."""
        return self.left is not None and day > day_of(Clock(self.clock.zone, 0), self.left)

    def on_leave(self, t: int, known_by: int) -> bool:
        """Whether leave at `t` is booked, as far as known by `known_by`; on its last date too."""
        if not any(leave.start <= t < leave.end for leave in self.leaves):
            return False
        return any(start <= t < end for start, end, _ in self._standing_leaves(known_by))

    def _surely_off(self, t: int) -> bool:
        """The same without the last date: sources do not agree whether that is still a day off."""
        return any(start <= t < sure for start, _, sure in self._standing_leaves(t))

    def _standing_leaves(self, known_by: int) -> set[tuple[int, int, int]]:
        if not self.leaves:
            return set()
        known = [leave for leave in self.leaves if leave.known <= known_by]
        cancelled = {leave[:3] for leave in known if not leave.booked}
        return {leave[:3] for leave in known if leave.booked} - cancelled

    def back_today(self, day_start: int) -> bool:
        """Whether this is the first working day after leave: nothing but days off lies between."""
        return self.away_before(day_start) > 0

    def away_before(self, day_start: int) -> int:
        """How long the leave was (µs) of which this is the first working day after; 0 where it is none."""
        noon = day_start + 12 * HOUR
        if not self.leaves or self._surely_off(noon):
            return 0
        ends = {(start, end) for start, *both in self._standing_leaves(noon) for end in both}
        return max((end - start for start, end in ends if self._first_after(end, day_start)), default=0)

    def _first_after(self, end: int, day_start: int) -> bool:
        if not day_start - 4 * DAY < end <= day_start + DAY:
            return False
        between = range((day_start - end) // DAY)
        return all(self._off(day_of(self.clock, day_start - n * DAY - HOUR)) for n in between)

    def _off(self, day: date) -> bool:
        """Whether that is a day off: by the own hours, or a weekend where these are not known."""
        shift = self.shift(day)
        return day.weekday() >= 5 if shift is None else shift[0] == shift[1]

    def is_new(self, t: int) -> bool:
        return self.joined is not None and self.joined <= t < self.joined + NEW_HIRE

    def shift(self, day: date) -> tuple[int, int] | None:
        """(begin, end) of the working day (µs), breaks included; equal on a day off; None where not known.

        A shift past midnight belongs to the day on which it begins. Who has left has no days at work.
        """
        gone = self.gone(day)
        if not self.hours and not gone:
            return None
        midnight = start_of(Clock(self.clock.zone, 0), day)
        noon = midnight + 12 * HOUR
        if gone:
            return noon, noon
        spans = self.hours.get(WEEK[day.weekday()], [])
        if not spans or self._surely_off(noon):
            return noon, noon
        found = []
        for span in spans:
            first, last = (int(part[:2]) * 60 + int(part[3:]) for part in span.split("-"))
            found.append((first, last if last > first else last + 1440))
        begin, end = min(first for first, _ in found), max(last for _, last in found)
        return midnight + begin * MINUTE, midnight + end * MINUTE

    def begins_at(self, day: date) -> int | None:
        """When the working hours of that day begin (µs), if known."""
        spans = self.hours.get(WEEK[day.weekday()])
        if not spans:
            return None
        first = min(int(span[:2]) * 60 + int(span[3:5]) for span in spans)
        return start_of(Clock(self.clock.zone, 0), day) + first * MINUTE


class People:
    """Everybody the log has named, and the facts about them, whatever the order they came in."""

    def __init__(self, default_zone: str = "UTC") -> None:
        self.default = Clock(default_zone)
        self.by_agent: dict[str, Person] = {}
        self._facts: dict[str, list[tuple[int, str, str, Mapping[str, Any]]]] = {}
        self.told = self.told_of_all = 0
        self.told_of_desk: dict[str | None, int] = {}
        "How often something was told that concerns a closed day, and when it concerned anybody, or a desk."
        self.closed_to = 0
        "What holds from here (µs) on concerns no closed day."

    def get(self, agent: str) -> Person:
        person = self.by_agent.get(agent)
        if person is None:
            person = self.by_agent[agent] = Person(agent, clock=self.default)
        return person

    def tell(self, agent: str, type_: str, at: int, data: Mapping[str, Any]) -> None:
        """Add one fact known since `at`. Facts are kept sorted by it, so late ones change nothing else."""
        person = self.get(agent)
        before, left = person.desk, person.left
        self._take(agent, type_, at, data)
        if _matters_from(person, type_, at, left, data) < self.closed_to:
            self.stirred(person)
            self.told_of_desk[before] = self.told
            if type_ in INTRODUCING:
                self.told_of_all = self.told

    def stirred(self, person: Person) -> None:
        """Something about this person may change what was a reason for others on the same desk."""
        self.told += 1
        person.told = self.told_of_desk[person.desk] = self.told

    def _take(self, agent: str, type_: str, at: int, data: Mapping[str, Any]) -> None:
        facts = self._facts.setdefault(agent, [])
        fact = (at, type_, repr(sorted(data.items(), key=lambda item: item[0])), data)
        facts.append(fact)
        if len(facts) > 1 and facts[-2][:3] > fact[:3]:
            facts.sort(key=lambda known: known[:3])
            self._retell(agent)
        else:
            self._apply(self.get(agent), type_, at, data)

    def _retell(self, agent: str) -> None:
        again = Person(agent, clock=self.default)
        for at, type_, _, data in self._facts[agent]:
            self._apply(again, type_, at, data)
        person = self.get(agent)  # days hold this one: it is changed, not replaced
        for part in fields(Person):
            setattr(person, part.name, getattr(again, part.name))

    def _apply(self, person: Person, type_: str, at: int, data: Mapping[str, Any]) -> None:
        match type_:
            case "agent.joined" | "agent.changed":
                _introduce(person, at, data, joined=type_ == "agent.joined")
            case "agent.left":
                person.left = at
            case "notice.given":
                told = instant(data.get("told_from"), person.clock)
                person.notices.append((at, data.get("last_day"), told))
            case "notice.withdrawn":
                person.notices.append((at, None, None))
            case "leave.booked" | "leave.cancelled":
                leave = _leave(person, at, data, booked=type_ == "leave.booked")
                person.leaves += [leave] if leave is not None else []
            case "work.declared":
                person.work.append(_declared(person, at, data))
            case "work.cancelled":
                for work in person.work:
                    if work.key == _work_key(data):
                        work.cancelled = at

    def declared(self, person: Person, t: int, known_by: int) -> Iterator[Work]:
        """Declared work in force for this person at `t`, by somebody else who may, known by `known_by`.

        What was declared only after `t` needs a second person: entered by another than who declares it.
        What the person entered is never more than their own word, whoever it names as declarer.
        """
        for work in person.work:
            enough = work.known <= t or work.entered != work.by
            if work.entered == person.agent or not enough:
                continue
            if work.stands_at(t, known_by) and self.may_declare(work.by, person):
                yield work

    def may_declare(self, by: str | None, person: Person) -> bool:
        """Nobody declares their own work; others need authority, or to be no agent we know (HR's system)."""
        if by is None or by == person.agent:
            return False
        other = self.by_agent.get(by)
        return other is None or not other.introduced or other.role in AUTHORITY

    def has_authority(self, agent: str | None) -> bool:
        """Whether this is somebody we know, of a role that may declare work for others."""
        person = self.by_agent.get(agent or "")
        return person is not None and person.introduced and person.role in AUTHORITY


def _leave(person: Person, at: int, data: Mapping[str, Any], *, booked: bool) -> Leave | None:
    start = instant(data.get("from"), person.clock)
    end = instant(data.get("to"), person.clock, end=True)
    if start is None or end is None:
        return None
    until = instant(data.get("to"), person.clock) or 0
    return Leave(start, end, end if until <= start else until, booked, at)


def _matters_from(person: Person, type_: str, at: int, left: int | None, data: Mapping[str, Any]) -> int:
    """The first moment (µs) at which the fact could be a reason, or take one away."""
    if type_.startswith("leave."):
        return instant(data.get("from"), person.clock) or 0
    return min(at, left if left is not None else at) if type_ == "agent.left" else 0


def _introduce(person: Person, at: int, data: Mapping[str, Any], *, joined: bool) -> None:
    person.introduced = True
    person.role = data.get("role", person.role)
    person.desk = data.get("desk", person.desk)
    person.entity = data.get("entity", person.entity)
    person.manager = data.get("manager", person.manager)
    person.hours = data.get("hours", person.hours)
    name = data.get("time_zone")
    if name is not None and zone(name) is not None:
        person.clock, person.zone_known = Clock(name, person.clock.cut), True
    person.clock = Clock(person.clock.zone, night_cut(dict(person.hours)))
    person.clocks.append((at, person.clock))
    if joined:
        person.joined, person.left = at, None


def _declared(person: Person, at: int, data: Mapping[str, Any]) -> Work:
    start = instant(data.get("from"), person.clock)
    end = instant(data.get("to"), person.clock, end=True)
    dated = start is not None and end is not None
    return Work(
        key=_work_key(data),
        purpose=data.get("purpose", "other"),
        start=start or 0,
        end=end or 0,
        known=at,
        by=data.get("declared_by") or data.get("agent"),
        entered=data.get("agent"),
        scope=data.get("scope") or {},
        expected=data.get("records_expected") if dated else None,
    )


def _work_key(data: Mapping[str, Any]) -> str:
    return str(data.get("work") or (data.get("purpose"), data.get("from"), data.get("to")))
