"""Managers' reviews before a month or quarter ends, and who may declare whose work."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import numpy as np
from numpy.random import Generator

from viewtrail.simulate.burst import Manner, clip_to_minutes, pace, run
from viewtrail.simulate.company import Company
from viewtrail.simulate.parameters import DECLARED, SIZES
from viewtrail.simulate.people import ADMIN, COMPLIANCE, MANAGER
from viewtrail.simulate.touches import VIA
from viewtrail.simulate.world import HOUR, Today, World


def quarter_end_days(company: Company) -> list[int]:
    """The last day of each quarter in the period."""
    return [d for d in month_end_days(company) if company.date(d).month % 3 == 0]


def month_end_days(company: Company) -> list[int]:
    dates = ((d, company.date(d)) for d in range(company.days))
    return [d for d, date in dates if (date + timedelta(days=1)).day == 1]


def plan_reviews(world: World, shares: tuple[float, float], rng: Generator) -> None:
    """Managers look through their desk before a month or quarter ends; a fifth say nothing beforehand."""
    for end in month_end_days(world.company):
        share = shares[0] if world.company.date(end).month % 3 == 0 else shares[1]
        for manager in np.flatnonzero(world.people.kind == MANAGER).tolist():
            if rng.random() < share:
                day = end - int(rng.integers(0, 5))
                declared = bool(rng.random() < DECLARED["review"])
                world.when_there(day, manager, partial(review, manager=manager, declared=declared))


def review(today: Today, manager: int, declared: bool) -> None:
    world, rng = today.world, today.rng
    desk = int(world.people.desk[manager])
    records = world.book.on_desk(desk)
    n = min(today.count(SIZES["review_records"]), len(records))
    by_value = np.argsort(-world.book.value[records] - rng.random(len(records)), kind="stable")
    chosen = records[by_value[: int(n * 1.5)]]
    chosen = clip_to_minutes(rng.choice(chosen, n, replace=False), 200)
    minutes = rng.uniform(40, 200)
    start = today.slot(manager, minutes)
    episode = world.episode(
        "review", "Manager reviews the desk's accounts before the period ends", honest=True
    )
    episode.facts["declared"] = declared
    if declared:
        boss = other_authority(today, manager)
        scope = {"desk": world.company.desks[desk].name}
        span = (start - 2 * HOUR, start + 30 * HOUR)
        today.declare(manager, boss, "quarterly-review", start - 20 * HOUR, span, int(n * 1.3), scope)
    manner = Manner(
        dwell_s=(5, 45), pause_s=pace(n, minutes, (5, 45)), via=VIA.index("list"), note=0.06,
        listed=2 + desk, in_order=bool(rng.random() < 0.5), away=bool(today.remote[manager]),
    )  # fmt: skip
    run(today, episode, manager, chosen, start, manner)


def other_authority(today: Today, person: int) -> int:
    """Somebody else who may declare work on any desk: the head office, else another manager."""
    people = today.world.people
    here = people.employed(today.day)
    here[person] = False
    for kind in (ADMIN, COMPLIANCE, MANAGER):
        found = np.flatnonzero((people.kind == kind) & here)
        if len(found):
            return int(today.rng.choice(found))
    return person


def authority(today: Today, agent: int) -> int:
    """Who declares an agent's work: the desk's manager, or somebody above for the manager's own."""
    boss = today.world.people.manager_of(int(today.world.people.desk[agent]), today.day)
    return boss if boss is not None and boss != agent else other_authority(today, agent)
