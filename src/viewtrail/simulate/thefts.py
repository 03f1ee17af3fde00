"""Who takes data, how and when: the thefts (a) to (k), planned before the period starts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.random import Generator

from viewtrail.simulate.company import Company
from viewtrail.simulate.parameters import (
    THEFT_DAYS_BEFORE_LEAVING,
    THEFT_NOTICE,
    THEFT_NOTICE_LEAD,
    THEFTS,
    THEFTS_EARLY,
    THEFTS_MONTH,
)
from viewtrail.simulate.people import CONVERSION, NEVER, RETENTION, SENIOR, People
from viewtrail.simulate.rows import Ints

TEXTS: Final = {
    "a": "Opens many records in one visit",
    "b": "Opens many records in less than an hour, days before the last day",
    "c": "Reveals contacts all morning and contacts hardly anybody",
    "d": "Opens a few records with no reason every day for weeks",
    "e": "Goes through the best clients of the own book and follows up none",
    "f": "Ends answered calls within seconds, one after the other",
    "g": "Walks a list in order at an even pace",
    "h": "Opens records at night from outside",
    "i": "Exports large lists",
    "j": "Two agents share out a list and open one half each",
    "k": "Opens other records while the desk dials a campaign",
}


@dataclass(frozen=True, slots=True)
class Plan:
    """One theft to come. `agents` has two for (j)."""

    kind: str
    agents: tuple[int, ...]
    day: int
    minutes: float
    leaves: bool


def how_many(agents: int, days: int, rng: Generator) -> int:
    """The number of thefts: at least one, else the rate's."""
    return max(1, int(rng.poisson(THEFTS_MONTH * agents / 100 * days / 30)))


def plan_thefts(company: Company, people: People, rng: Generator) -> list[Plan]:
    """Choose kinds evenly, agents of any tenure, days mostly late; most of them will leave soon after."""
    sellers = np.flatnonzero(
        np.isin(people.kind, (CONVERSION, RETENTION, SENIOR)) & (people.joined < company.days - 10)
    )
    sellers = rng.permutation(sellers[people.left[sellers] >= NEVER])
    wanted = min(how_many(len(people) - 1, company.days, rng), len(sellers) // 3)
    kinds = [kind for kind in THEFTS if kind != "f" or company.has_calls]
    deck = [kind for _ in range(wanted // len(kinds) + 1) for kind in rng.permutation(kinds).tolist()]
    plans: list[Plan] = []
    free = sellers.tolist()
    for kind in deck[:wanted]:
        crew = _crew(kind, free, people, company)
        if crew is None:
            continue
        for agent in crew:
            free.remove(agent)
        plans.append(_plan(kind, crew, company, people, rng))
    return plans


def _crew(kind: str, free: list[int], people: People, company: Company) -> tuple[int, ...] | None:
    if not free:
        return None
    if kind == "e":  # needs a book of clients
        owners = [a for a in free if company.desks[people.desk[a]].retention] or free
        return (owners[0],)
    if kind == "j":  # two of one desk
        for i, first in enumerate(free):
            for second in free[i + 1 :]:
                if people.desk[first] == people.desk[second]:
                    return (first, second)
        return None
    return (free[0],)


def _plan(kind: str, crew: tuple[int, ...], company: Company, people: People, rng: Generator) -> Plan:
    half = company.days // 2
    early = rng.random() < THEFTS_EARLY
    day = int(rng.integers(2, max(3, half)) if early else rng.integers(half, max(half + 1, company.days - 2)))
    if kind == "d":  # three weeks must fit
        day = max(1, min(day, company.days - 22))
    leaves = kind == "b" or (kind != "f" and rng.random() < THEFT_NOTICE)
    bounds = THEFTS["b"]["days_before"] if kind == "b" else THEFT_DAYS_BEFORE_LEAVING
    if leaves:
        for agent in crew:
            before = int(rng.integers(int(bounds[0]), int(bounds[1]) + 1)) + (18 if kind == "d" else 0)
            people.left[agent] = day + before
            lead = int(rng.integers(int(THEFT_NOTICE_LEAD[0]), int(THEFT_NOTICE_LEAD[1]) + 1))
            people.notice[agent] = max(0, day + before - lead)
    span = THEFTS[kind].get("minutes", (0, 0))
    return Plan(kind, crew, day, float(rng.uniform(*span)), leaves)


def day_of(people: People, plan: Plan, works: Ints) -> int:
    """The plan's day moved to a day on which the (first) agent works, before leaving if they leave.

    `works` lists the days of the period on which that agent is at work. For (b) it is counted back from the
    last day, as its description says.
    """
    agent = plan.agents[0]
    days = works[works <= people.left[agent]]
    if not len(days):
        return plan.day
    at = int(np.argmin(np.abs(days - plan.day)))
    return int(days[at])
