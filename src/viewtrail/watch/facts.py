"""What the loop knows beside behaviour: people, book and feeds, and what they say of an agent at a moment."""

from __future__ import annotations

import sys
from calendar import monthrange
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any, Final, NamedTuple

from viewtrail.log.entry import Stored
from viewtrail.measure.agent_day import MOST_CHANGED, AgentDay
from viewtrail.measure.clocks import DAY, instant
from viewtrail.measure.context import People, Person
from viewtrail.measure.counts import Mark
from viewtrail.measure.joined_calls import JoinedCalls
from viewtrail.measure.lost import gap_of
from viewtrail.measure.presence import Presence
from viewtrail.measure.reasons import (
    FEEDS,
    INBOUND_AFTER,
    Book,
    Campaign,
    Feeds,
    Owned,
    Task,
)
from viewtrail.measure.visits import Dwells
from viewtrail.patterns.scorer import Context
from viewtrail.settings import Settings
from viewtrail.watch.outcomes import Outcomes

FOR_EVER: Final = 2**53

BEFORE_END, AFTER_END = 4, 1
"""A review belongs to a month's or quarter's end from four days before to one day after it."""

REVIEWING: Final = frozenset(("manager", "compliance"))
"""Roles whose work it is to look through others' records."""

LONG_AWAY: Final = 4 * DAY
"""Leave of more days than this was a working week or longer."""

OWN_DESK: Final = 0.8
"""So much of what a manager opened must be the own desk's to be a review of it."""

_FEED_OF: Final = {type_: feed for feed, types in FEEDS.items() for type_ in types}

ABOUT_PEOPLE: Final = frozenset(
    "agent.joined agent.changed agent.left notice.given notice.withdrawn leave.booked leave.cancelled "
    "work.declared work.cancelled".split()
)


class Since(NamedTuple):
    """When a fact became known, and from when on it holds (both µs)."""

    known: int
    holds: int


class Facts:
    """Applies context and transaction events, in any order, and answers for a moment."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.people = People(settings.time_zone)
        self.book = Book()
        self.feeds = Feeds()
        self.dwells = Dwells()
        self.joined = JoinedCalls()
        self.presence = Presence()
        self.outcomes = Outcomes()
        self.seen_since: dict[str, int] = {}
        self.history = False
        "Whether the entry at hand was imported as history."

    def heard(self, type_: str, event: Stored, t: int) -> None:
        """Note that the feed of this type of event speaks."""
        owned = type_ == "record.created" and "owner" in event.data
        feed = "assignment" if owned else _FEED_OF.get(type_)
        if feed is not None:
            self.feeds.heard(feed, t, event.source)

    def closed(self, end: int) -> None:
        """A day that ended at `end` closes: what holds later does not concern it."""
        self.book.closed(end)
        self.people.closed_to = self.book.closed_to

    def seen(self, agent: str, t: int) -> None:
        if t < self.seen_since.get(agent, FOR_EVER):
            self.seen_since[agent] = t

    def known_since(self, data: Any, t: int) -> int:
        """Since when a fact counts as known: files of history may say it, what arrives now is known now."""
        return _since(data, "known_from", t) if self.history else t

    def person(self, type_: str, event: Stored, t: int) -> Since:
        """Take in a fact about a person."""
        if event.subject is None:
            return Since(t, t)
        since = self.known_since(event.data, t)
        self.people.tell(event.subject, type_, since, event.data)
        start = instant(event.data.get("from"), self.people.get(event.subject).clock)
        return Since(since, min(since, start) if start is not None else since)

    def record(self, type_: str, event: Stored, t: int) -> Since:
        """Take in a fact about a record."""
        data = event.data
        name = event.subject or ""
        if "desk" in data:
            self._on_desk(name, data["desk"])
        match type_:
            case "record.assigned":
                known = self.known_since(data, t)
                effective = _since(data, "effective_from", t)
                by = data.get("agent")
                self.book.get(name, effective).assign(Owned(effective, known, _one(data.get("to")), _one(by)))
                return Since(known, min(known, effective))
            case "record.created" | "record.valued":
                record = self.book.get(name, t)
                if "value_band" in data:
                    record.valued(t, data["value_band"])
                if "owner" in data and type_ == "record.created":
                    record.assign(Owned(t, t, _one(data["owner"]), None))
            case "client.contacted":
                self.book.get(name, t - INBOUND_AFTER).inbound += ((t, t),)
            case _:
                task = _task(type_, data, t)
                record = self.book.get(name, t)
                if type_ == "task.cancelled":
                    record.cancelled += (task,)
                else:
                    record.tasks += (task,)
        return Since(t, t)

    def _on_desk(self, name: str, desk: str) -> None:
        record = self.book.records.get(name)
        if record is None or record.desk != desk:
            self.book.get(name).desk = _one(desk)  # work may be declared for a desk's records: always matters

    def campaign(self, type_: str, event: Stored, t: int) -> Since:
        """A campaign starts (perhaps in several events of the same list) or ends."""
        key = event.data.get("campaign") or event.subject or ""
        before = self.book.campaigns.get(key)
        bare = before is not None and not before.records
        since = self._campaign(type_, event, t, key)
        self.book.told_of_campaign(key, since.holds, unlisted=bare or not self.book.campaigns[key].records)
        return since

    def _campaign(self, type_: str, event: Stored, t: int, key: str) -> Since:
        data = event.data
        clock = self.people.default
        if type_ == "campaign.ended":
            ended = self.book.campaigns.setdefault(key, Campaign(FOR_EVER, t, t, frozenset(), frozenset()))
            ended.end = min(ended.end, t)
            return Since(t, t)
        start = instant(data.get("from"), clock)
        end = instant(data.get("to"), clock, end=True)
        campaign = self.book.campaigns.get(key)
        begins, ends = start if start is not None else t, end or FOR_EVER
        if campaign is None:
            campaign = self.book.campaigns[key] = Campaign(begins, ends, t, frozenset(), frozenset())
        campaign.start, campaign.end = min(campaign.start, begins), min(campaign.end, ends)
        campaign.known = min(campaign.known, t)
        campaign.makers |= {data.get("agent")}
        campaign.agents |= set(data.get("agents", ()))
        campaign.desks |= {*data.get("desks", ()), *([data["desk"]] if "desk" in data else [])}
        for name in data.get("records", ()):
            if name not in campaign.records:
                campaign.records.add(name)
                self.book.get(name).campaigns += ((key, t),)
        return Since(t, min(t, campaign.start))

    def gap(self, event: Stored, _t: int) -> None:
        """A source says that it lost something, or that what was missing came after all."""
        gap = gap_of(event)
        if gap is not None:
            self.feeds.lost(gap)

    def state(self, person: Person, t: int) -> str:
        """Whether reasons can be seen for this agent at `t`: "scoreable" or "unscoreable".

        Whose work is to review others' records opens most of them because somebody asked for it; where
        nobody declares work, whether anybody did is not known.
        """
        asked = person.role not in REVIEWING or self.feeds.connected("declared", t)
        return "scoreable" if asked and self.feeds.scoreable(t) else "unscoreable"

    def learning(self, person: Person, t: int) -> bool:
        """Whether this agent has been seen too short a time for a precedent."""
        return t - self.seen_since.get(person.agent, t) < self.settings.learning_days * DAY

    def context(self, day: AgentDay, marks: Sequence[Mark], t: int) -> Context:
        """What raises or lowers the rank of this agent-day at `t`."""
        person = day.person
        away = person.away_before(day.start)
        return Context(
            notice=person.notice_at(t) is not None,
            quarter_end_own_desk=person.role == "manager"
            and near_month_end(day.day)
            and self.own_desk_share(person, marks) >= OWN_DESK,
            back_from_leave=away > 0,
            long_away=away > LONG_AWAY,
            new_hire=person.is_new(t),
            worked_on=self._changed_share(day, marks, t) if day.changes else 0.0,
        )

    def _changed_share(self, day: AgentDay, marks: Sequence[Mark], t: int) -> float:
        """Where reasons cannot be seen, to change a hundred records may be everybody's day's work."""
        return day.changed_share(marks, t, MOST_CHANGED if self.feeds.scoreable(t) else FOR_EVER)

    def own_desk_share(self, person: Person, marks: Iterable[Mark]) -> float:
        """The share of these marks' records that belong to somebody of the person's own desk."""
        found = [self._desk_of(mark) == person.desk for mark in marks]
        return sum(found) / len(found) if found and person.desk is not None else 0.0

    def _desk_of(self, mark: Mark) -> str | None:
        record = self.book.records.get(mark.key)
        if record is None:
            return None
        owned = record.owner_at(mark.t, mark.t)
        owner = self.people.by_agent.get(owned.owner) if owned is not None and owned.owner else None
        return owner.desk if owner is not None else record.desk


def _since(data: Any, name: str, t: int) -> int:
    value = data.get(name)
    return value if isinstance(value, int) else t


def _task(type_: str, data: Any, t: int) -> Task:
    agent = data.get("agent", "")
    due = data.get("due_at")
    by = data.get("by")
    own = type_ != "queue.offered" and (by is None or by == agent)
    return Task(sys.intern(agent), due if isinstance(due, int) else t, t, own)


def _one(name: str | None) -> str | None:
    """The one object for that name: hundreds of thousands of records have the same few owners and desks."""
    return None if name is None else sys.intern(name)


def near_month_end(day: date) -> bool:
    """Within four days before or one day after the end of a month (a quarter's end is one of them)."""
    last = day.replace(day=monthrange(day.year, day.month)[1])
    return (last - day).days <= BEFORE_END or day - timedelta(days=AFTER_END) < day.replace(day=1)
