"""Who the people are and what they did on each of their days."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import pyarrow as pa

from viewtrail.measure.clocks import bounds
from viewtrail.measure.context import People, Person
from viewtrail.store.asking_answers import AgentDates, AgentSeen, DayCounts, DeskCount
from viewtrail.store.asking_deeds import counted
from viewtrail.store.asking_hours import QUARTER, clocks
from viewtrail.store.asking_near import Near
from viewtrail.store.asking_view import Asking


def agents(ask: Asking, people: People) -> list[AgentSeen]:
    """Everybody who did something, then those of whom was only told."""
    told = {
        one.agent: one for one in list(people.by_agent.values()) if one.introduced or one.left is not None
    }
    seen = {agent: rest for agent, *rest in ask("agents")}
    found = [_seen(told.get(agent), agent, *seen[agent]) for agent in seen]
    return found + [_seen(told[agent], agent, True, 0, None, None) for agent in told if agent not in seen]


def _seen(
    person: Person | None, agent: str, human: bool, events: int, first: int | None, last: int | None
) -> AgentSeen:
    known = person if person is not None and person.introduced else None
    return AgentSeen(
        agent=agent,
        role=known.role if known else None,
        desk=known.desk if known else None,
        last_seen=last,
        events=events,
        first_seen=first,
        human=human,
        manager=known.manager if known else None,
        entity=known.entity if known else None,
        time_zone=known.clock.zone if known and known.zone_known else None,
        left=person is not None and person.left is not None,
    )


def dates(people: People, now: int) -> list[AgentDates]:
    """The dates told of everybody whom the log has introduced; leave that is over is left out."""
    return [_dates(one, now) for one in list(people.by_agent.values()) if one.introduced]


def _dates(person: Person, now: int) -> AgentDates:
    booked = {leave[:2] for leave in person.leaves if leave[2]}
    leaves = sorted(booked - {leave[:2] for leave in person.leaves if not leave[2]})
    notice = person.notice_at(now)
    return AgentDates(
        agent=person.agent,
        role=person.role,
        desk=person.desk,
        zone=person.clock.zone,
        joined=person.joined,
        left=person.left,
        notice=notice[0] if notice else None,
        last_day=notice[1] if notice else "",
        leaves=tuple(leave for leave in leaves if leave[1] > now),
    )


def days(
    ask: Asking, people: People, agents: Sequence[str], start: int, end: int
) -> dict[str, list[DayCounts]]:
    """By agent, the counts of each behaviour day that reaches into the span and has an entry."""
    found: dict[str, list[DayCounts]] = {agent: [] for agent in agents}
    days = {agent: _days(_person(people, agent), start, end) for agent in found}
    if not any(days.values()):
        return found
    first = min(begin for mine in days.values() for _, begin, _ in mine)
    last = max(stop for mine in days.values() for _, _, stop in mine)
    spans = {agent: [(begin, stop) for _, begin, stop in mine] for agent, mine in days.items()}
    for agent, place, counts in counted(_acts(ask, list(found), first, last), spans):
        found[agent].append(_counts(*days[agent][place], counts))
    return found


def _acts(ask: Asking, agents: Sequence[str], first: int, last: int) -> pa.Table:
    """What these agents did in the span; of a single one what is kept of them anyway."""
    if len(agents) == 1:
        return ask.near(Near("acts", frozenset(agents), first, last))
    # One agent's days lie together in a segment: so few of its rows are read.
    span = {"low": min(agents), "high": max(agents), "first": first, "last": last}
    return ask.table("did_by_agents", people=list(agents), **span)


def _person(people: People, agent: str) -> Person:
    """What was told of the agent; somebody on the company's clock, if nothing was."""
    return people.by_agent.get(agent) or Person(agent, clock=people.default)


def _days(person: Person, start: int, end: int) -> list[tuple[date, int, int]]:
    """(day, start, end) of the days that reach into the span, by the clock in force; they never overlap."""
    found: list[tuple[date, int, int]] = []
    t = start
    while t < end:
        day, begin, stop = bounds(person.clock_at(t), t)
        begin = max(begin, found[-1][2]) if found else begin
        found.append((day, begin, stop))
        t = stop
    return found


def _counts(day: date, start: int, end: int, counts: dict[str, int]) -> DayCounts:
    told: dict[str, Any] = dict(counts)
    return DayCounts(day, start, end, talk_s=told.pop("talk_ms") / 1000, **told)


def desks(ask: Asking, people: People, start: int, end: int) -> list[DeskCount]:
    """What people did in the span by desk as it is now, the busiest first; None: nobody told the desk."""
    by_desk: dict[str | None, list[Any]] = {}
    for row in ask("work_by_agent", start=start // QUARTER, end=-(-end // QUARTER)):
        person = people.by_agent.get(row[0])
        by_desk.setdefault(person.desk if person else None, []).append(row)
    found = [
        DeskCount(desk, len(rows), *(sum(row[at] for row in rows) for at in (1, 2, 3)))
        for desk, rows in by_desk.items()
    ]
    return sorted(found, key=lambda one: (-one.openings, one.desk or ""))


def active_days(ask: Asking, start: int, end: int, zone: str) -> int:
    """How many behaviour days of people there were, all days cut at 04:00 in `zone`."""
    ((first, last),) = ask("work_span", start=start // QUARTER, end=-(-end // QUARTER))
    if first is None:
        return 0
    shifts = clocks(first * QUARTER, (last + 1) * QUARTER, zone)
    ((count,),) = ask(
        "active_days",
        start=start // QUARTER,
        end=-(-end // QUARTER),
        clock_starts=[t // QUARTER for t, _ in shifts],
        clock_shifts=[shift // QUARTER for _, shift in shifts],
    )
    return int(count)
