"""The company as it stands at one moment of the telling: who owns what, what is due, who is away."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from random import Random
from typing import NamedTuple

from viewtrail.stories import calendar
from viewtrail.stories.calendar import HOUR, MINUTE
from viewtrail.stories.company import BY_ID, SALES, Person, Record, desk_of
from viewtrail.stories.diary import Diary

Span = tuple[int, int]


class Task(NamedTuple):
    """Something an agent has to do with a record; `id` as the CRM numbers it."""

    due: int
    record: str
    kind: str
    id: str


class Contact(NamedTuple):
    """A client gets in touch, and who of the desk picks it up."""

    time: int
    record: str
    channel: str
    agent: str

    @property
    def patience(self) -> int:
        """Seconds within which it is usually picked up: a telephone rings, a mail waits."""
        return 5 if self.channel == "call" else 1500

    @property
    def channel_back(self) -> str:
        return {"ticket": "email"}.get(self.channel, self.channel)


class Life:
    """What everybody in the company knows today. Days and stories read it, and change it as they go."""

    def __init__(self, start: date, seed: int) -> None:
        self.start = start
        self.today = start
        self.opening = calendar.midnight(start) + 4 * HOUR + 10 * MINUTE  # the book is read in from here
        self.seed = seed
        self.diary = Diary()
        self.book: dict[str, Record] = {}
        self.owned: dict[str, list[str]] = defaultdict(list)
        self.due: dict[str, list[Task]] = defaultdict(list)
        self.fresh: dict[str, list[str]] = defaultdict(list)
        self.contacts: dict[str, list[Contact]] = defaultdict(list)  # of today, by who picks them up
        self.away: dict[str, dict[date, str]] = defaultdict(dict)  # agent, day, kind of absence
        self.busy: dict[tuple[str, date], list[Span]] = defaultdict(list)  # taken by a told story
        self.visits: dict[tuple[str, date], list[tuple[int, int, str]]] = {}
        self.in_story: dict[str, list[date]] = defaultdict(list)
        self.last_day: dict[str, date] = {}
        self.handed_to: dict[str, str] = {}
        self.kept: dict[str, list[str]] = {}  # what a story chose and another comes back to
        self.kept_tasks: list[Task] = []
        self.with_reason: dict[tuple[str, date], set[str]] = defaultdict(set)
        self.counted: dict[str, int] = defaultdict(int)

    def random(self, *about: object) -> Random:
        """Chance of its own for each person and day, so that a story changes nobody else's life."""
        return Random(":".join(map(str, (self.seed, *about))))

    def number(self, prefix: str) -> str:
        """The next number of visits, calls, tasks, documents: opaque, unique."""
        self.counted[prefix] += 1
        return f"{prefix}-{self.counted[prefix]:06}"

    def employed(self, person: Person, day: date) -> bool:
        return person.joined <= day <= self.last_day.get(person.id, day)

    def at_work(self, person: Person, day: date) -> bool:
        rostered = day.weekday() in person.weekdays
        return rostered and self.employed(person, day) and day not in self.away[person.id]

    def desk_at_work(self, desk: str, day: date) -> list[Person]:
        return [person for person in desk_of(desk) if self.at_work(person, day)]

    def hours(self, person: Person, day: date) -> Span:
        midnight = calendar.midnight(day)
        return midnight + person.opens * calendar.HOUR, midnight + person.closes * calendar.HOUR

    def is_taken(self, agent: str, day: date, start: int, end: int) -> bool:
        """Whether a told story needs the agent in this span (with five minutes to breathe)."""
        spans = self.busy.get((agent, day), ())
        return any(start < to + 5 * MINUTE and end > since - 5 * MINUTE for since, to in spans)

    def has_story_near(self, agent: str, day: date, days: int = 12) -> bool:
        return any(abs((told - day).days) <= days for told in self.in_story[agent])

    def own(self, agent: str, record: str) -> None:
        """The record changes hands (agent "" = the pool)."""
        entry = self.book[record]
        if entry.owner:
            self.owned[entry.owner].remove(record)
        entry.owner = agent
        if agent:
            self.owned[agent].append(record)
            entry.desk = BY_ID[agent].desk

    def add(self, record: Record) -> None:
        self.book[record.id] = record
        if record.owner:
            self.owned[record.owner].append(record.id)

    def alive(self, agent: str) -> list[str]:
        return [record for record in self.owned[agent] if self.book[record].alive]

    def reason(self, agent: str, day: date, record: str) -> None:
        """Remembers that today the agent has a reason to open this record, or has worked on it."""
        self.with_reason[(agent, day)].add(record)

    def without_reason(self, agent: str, day: date) -> list[str]:
        """Records whose opening today by this agent nothing would explain: for the unusual stories."""
        known = self.with_reason[(agent, day)] | {task.record for task in self.due[agent]}
        contacted = {contact.record for all in self.contacts.values() for contact in all}
        missing = {p.id for p in SALES if not self.at_work(p, day)} | {agent}
        return [
            record.id
            for record in self.book.values()
            if record.alive
            and record.owner
            and record.owner not in missing
            and record.id not in known
            and record.id not in contacted
        ]

    def visit_at(self, agent: str, day: date, time: int) -> str:
        """The agent's visit at this time, or the nearest of the day."""
        visits = self.visits[(agent, day)]
        return min(visits, key=lambda visit: max(visit[0] - time, time - visit[1]))[2]
