"""A company of two told by hand: what it did, and the truth about it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

import numpy as np

from viewtrail.evaluate.alert import Alert, Telling
from viewtrail.evaluate.company import Act, AgentDay, Company
from viewtrail.evaluate.noted import Noted
from viewtrail.evaluate.truth import Incident, Person, Truth
from viewtrail.measure.clocks import Clock, bounds, micros

START = date(2026, 1, 5)
MINUTE = 60_000_000


def at(day: int, hour: int, minute: int = 0) -> int:
    """Microseconds of a time on that day of the company."""
    return micros(datetime(2026, 1, 5, hour, minute, tzinfo=UTC) + timedelta(days=day))


def person(agent: str, desk: str = "desk-1") -> Person:
    return Person(
        agent, "agent", desk, "en", Clock(), part_time=False, night_shift=False, joined=date(2020, 1, 1)
    )


def incident(
    kind: str, agent: str, start: int, end: int, records: Iterable[str] = (), **facts: object
) -> Incident:
    honest = len(kind) > 1
    return Incident(0, kind, honest, (agent,), start, end, frozenset(records), facts)


def company(incidents: Iterable[Incident] = (), **acts: list[Act]) -> Company:
    """Everybody is at work once a day from 9, on days 0 to 99; `acts` come on top."""
    people = {agent: person(agent) for agent in ("ann", "bob")}
    days = []
    for agent in people:
        for day in range(100):
            on, start, end = bounds(Clock(), at(day, 9))
            days.append(AgentDay(agent, on, start, end))
    truth = Truth("standard 1", "standard", START, 100, people, tuple(incidents))
    done = {agent: sorted(acts.get(agent, [])) for agent in people}
    return Company(truth, (), done, tuple(days), frozenset())


def opened(records: Iterable[str], start: int, apart: int = MINUTE) -> list[Act]:
    return [Act(start + n * apart, "opened", record, 1) for n, record in enumerate(records)]


def alert(
    agent: str,
    first: int,
    last: int,
    *,
    queue: str = "access",
    status: str = "open",
    records: Iterable[str] = (),
) -> Alert:
    """An alert told once, live, at the time of the last thing it is about."""
    told = (Telling(last, first, last, live=True),)
    return Alert(
        agent, queue, "p", "s:day", "provisional", status, first, last, last, 5.0, frozenset(records), told
    )


def noted(
    agent: str,
    day: int,
    *counts: float,
    role: str = "agent",
    desk: str = "desk-1",
    stated: float = 0.0,
    score: float = -np.inf,
) -> Noted:
    """One closed agent-day from 9 to 17, all of it asked about, in the queue access alone."""
    return Noted(
        agent,
        role,
        desk,
        START + timedelta(days=day),
        at(day, 9),
        at(day, 17),
        np.array(counts, dtype=np.float64),
        np.ones(len(counts), dtype=bool),
        {"access": score},
        {"access": stated},
    )
