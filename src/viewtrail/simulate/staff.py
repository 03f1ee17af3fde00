"""Who joins, leaves, moves, is away or ill, and what personnel tells the log about it."""

from __future__ import annotations

from functools import partial
from typing import Any, Final

import numpy as np
from numpy.random import Generator

from viewtrail.simulate.company import DAY_MS, LANGUAGES, Company
from viewtrail.simulate.parameters import KINDS
from viewtrail.simulate.people import (
    CONVERSION,
    MANAGER,
    NEVER,
    RETENTION,
    SENIOR,
    SERVICE,
    People,
    hire,
)
from viewtrail.simulate.rows import Ints, stamp
from viewtrail.simulate.world import HOUR, MINUTE, Today, World

ON_LEAVE, ILL = 1, 2
SPELLS: Final = ((1, 0.30), (2, 0.15), (5, 0.30), (10, 0.20), (15, 0.05))
"""Leave spells in working days and their shares: judgement. Mean 5.1."""

END_OF_DAY: Final = 27 * HOUR + 30 * MINUTE
"""Leaving is entered at 03:30, before the behaviour day is cut: the last day's work is before it."""


def draw_turnover(company: Company, people: People, rng: Generator) -> People:
    """Who leaves when, with notice, and their successors. The company does not grow."""
    rate = company.drawn["turnover_year"] / 365
    for agent in range(len(people)):
        hazard = rate * (0.4 if people.kind[agent] >= MANAGER else 1.0)
        last = int(rng.exponential(1 / hazard)) + 3
        if people.kind[agent] == SERVICE or last >= company.days + 31:
            continue
        people.left[agent] = last
        lead = int(rng.integers(0, 4)) if rng.random() < 0.15 else int(rng.integers(10, 31))
        people.notice[agent] = max(0, last - lead)
        after = last + 1 + int(rng.integers(0, 21))
        if after < company.days and rng.random() < 0.9:
            people = hire(people, company, int(people.kind[agent]), int(people.desk[agent]), after, rng)
    return people


def draw_absence(company: Company, people: People, rng: Generator) -> tuple[Ints, list[dict[str, Any]]]:
    """[person, day] -> 0, ON_LEAVE or ILL; and the spells, each with the day it is told."""
    away = np.zeros((len(people), company.days + 1), dtype=np.int64)
    spells: list[dict[str, Any]] = []
    for agent in np.flatnonzero(people.kind != SERVICE).tolist():
        leaves = rng.poisson(company.drawn["leave_days_year"] / 5.1 * company.days / 365)
        for _ in range(leaves):
            length = int(rng.choice([n for n, _ in SPELLS], p=[share for _, share in SPELLS]))
            first = int(rng.integers(0, company.days))
            told = max(-1, first - int(rng.integers(3, 60)))
            _spell(away, spells, agent, first, length + 2 * (length // 5), ON_LEAVE, told)
        for _ in range(rng.poisson(company.drawn["sick_days_year"] / 2.5 * company.days / 365)):
            first = int(rng.integers(0, company.days))
            late = int(rng.integers(1, 4)) if rng.random() < company.drawn["sick_told_late"] else 0
            _spell(away, spells, agent, first, int(rng.geometric(1 / 2.5)), ILL, first + late)
    return away, spells


def _spell(
    away: Ints, spells: list[dict[str, Any]], agent: int, first: int, length: int, code: int, told: int
) -> None:
    last = min(first + length, away.shape[1])
    if away[agent, first:last].any():
        return
    away[agent, first:last] = code
    spells.append({"agent": agent, "first": first, "last": last, "code": code, "told": told})


def tell_staff(world: World, spells: list[dict[str, Any]]) -> None:
    """Put the whole period's personnel events where they belong in time."""
    people = world.people
    for agent in range(len(people)):
        _tell_joined(world, agent)
        if people.left[agent] < NEVER:
            tell_leaving(world, agent)
    for spell in spells:
        _tell_spell(world, spell)


def _facts(world: World, agent: int, day: int) -> dict[str, Any]:
    people, company = world.people, world.company
    desk = int(people.desk[agent])
    manager = people.manager_of(desk, max(day, 0)) if desk >= 0 else None
    return {
        "role": people.role(agent),
        "desk": company.desks[desk].name if desk >= 0 else "office",
        "manager": people.names[manager] if manager is not None and manager != agent else None,
        "entity": f"entity-{int(people.zone[agent]) + 1}",
        "time_zone": company.zones[people.zone[agent]],
        "languages": [LANGUAGES[people.language[agent]]],
        "hours": people.hours(agent),
    }


def _tell_joined(world: World, agent: int) -> None:
    people = world.people
    day = int(people.joined[agent])
    at = int(world.company.midnight[people.zone[agent], 0]) + day * DAY_MS + 7 * HOUR
    world.single.tell("/hr", "agent.joined", at, people.names[agent], **_facts(world, agent, day))


def tell_leaving(world: World, agent: int) -> None:
    """Notice when it is given, and the leaving itself on the evening of the last day."""
    people, company = world.people, world.company
    last, notice = int(people.left[agent]), int(people.notice[agent])
    midnight = company.midnight[people.zone[agent]]
    name = people.names[agent]
    if notice <= min(last, company.days - 1):
        told = int(midnight[notice]) + 11 * HOUR
        world.single.tell("/hr", "notice.given", told, name, last_day=company.date(last).isoformat())
    if last >= company.days:
        return
    shift_end = (int(people.start[agent]) + int(people.length[agent]) + 60) * MINUTE
    gone = int(midnight[last]) + max(END_OF_DAY, shift_end)
    world.single.tell("/hr", "agent.left", gone, name, role=people.role(agent))


def _tell_spell(world: World, spell: dict[str, Any]) -> None:
    people, company = world.people, world.company
    agent, last = spell["agent"], min(spell["last"], company.days)
    midnight = company.midnight[people.zone[agent]]
    told = int(midnight[max(0, min(spell["told"], company.days))]) + 8 * HOUR
    told -= DAY_MS * (spell["told"] < 0)
    # A shift that runs past midnight is still the day before: leave begins and ends with it.
    over = max(0, int(people.start[agent]) + int(people.length[agent]) - 1440) * MINUTE
    if spell["told"] > company.days or not people.joined[agent] <= spell["first"] <= people.left[agent]:
        return
    world.single.tell(
        "/hr",
        "leave.booked",
        told,
        people.names[agent],
        kind="annual" if spell["code"] == ON_LEAVE else "sick",
        from_=stamp(int(midnight[spell["first"]]) + over),
        to_=stamp(int(midnight[last]) + over),
    )


def draw_moves(world: World, rng: Generator) -> None:
    """Promotions and changes of desk, told on the day."""
    company, people = world.company, world.people
    for agent in np.flatnonzero(np.isin(people.kind, (CONVERSION, RETENTION))).tolist():
        for name in ("role_change_year", "desk_change_year"):
            if rng.random() < company.drawn[name] * company.days / 365:
                day = int(rng.integers(5, max(6, company.days)))
                world.when_there(day, agent, partial(_move, agent=agent, what=name))


def _move(today: Today, agent: int, what: str) -> None:
    """A new role, or a new desk of the same kind of work; the book is kept in the first case only."""
    world = today.world
    people, company = world.people, world.company
    desk = int(people.desk[agent])
    if what == "role_change_year":
        people.kind[agent] = SENIOR
    else:
        here = company.desks[desk]
        others = [
            i
            for i, d in enumerate(company.desks)
            if i != desk and d.retention == here.retention and d.zone == here.zone and d.shift == here.shift
        ]
        if not others:
            return
        people.desk[agent] = others[int(today.rng.integers(len(others)))]
        world.book.desk[world.book.of(agent)] = people.desk[agent]
        world.book.changed()
    at = int(company.midnight[people.zone[agent], today.day]) + 6 * HOUR
    world.single.tell("/hr", "agent.changed", at, people.names[agent], **_facts(world, agent, today.day))


def describe(world: World) -> list[dict[str, Any]]:
    """A truth line for each person."""
    people, company = world.people, world.company
    return [
        {
            "line": "agent",
            "agent": people.names[a],
            "role": people.role(a),
            "kind": KINDS[people.kind[a]],
            "desk": company.desks[people.desk[a]].name if people.desk[a] >= 0 else "office",
            "zone": company.zones[people.zone[a]],
            "language": LANGUAGES[people.language[a]],
            "hours": people.hours(a),
            "part_time": people.part_time(a),
            "night_shift": bool(people.start[a] >= 1200),
            "tenure_days": max(0, -int(people.joined[a])),
            "joined": company.date(int(people.joined[a])).isoformat(),
            "left": company.date(int(people.left[a])).isoformat() if people.left[a] < NEVER else None,
            "notice": company.date(int(people.notice[a])).isoformat()
            if people.notice[a] < company.days
            else None,
        }
        for a in range(len(people))
    ]
